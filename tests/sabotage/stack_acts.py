"""How the stack of containers is sabotaged: edits of its files, and what is done while it runs."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from drills.errors import EngineError
from drills.faults.resource import lent as memory
from drills.journal.facts import Signal
from drills.stack.engines.docker import DockerRuntime
from drills.stack.engines.lend import Lender
from drills.stack.runtime import Container
from drills.wait import until
from tests.sabotage.case import Scene
from tests.sabotage.scenario import replaced

Edit = Callable[[Path], None]
Act = Callable[[Scene], None]

LIES = """\
      - |
        import http.server
        class Liar(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                slot = '{slot_name="postgres_replica"}'
                well = f"pg_up 1\\npg_replication_slot_slot_is_active{slot} 1\\n"
                self.wfile.write(well.encode())
            def log_message(self, *_):
                pass
        http.server.ThreadingHTTPServer(("", 9187), Liar).serve_forever()
"""
# The first start is as ever; what comes back afterwards is what the words after `again` make of it.
COMES_BACK = """\
    command:
      - sh
      - -c
      - |
        set -e -- start-postgres /etc/postgresql/{role}.conf
        began=/var/lib/postgresql-seed/began
        if [ -e $$began ]; then {again}; else touch $$began; fi
        exec "$$@"
"""
EMPTY = (
    "rm -rf $$PGDATA/*; initdb -D $$PGDATA --username=postgres --auth=trust >/dev/null; "
    "set -- postgres -c listen_addresses=* -c unix_socket_directories=/tmp"
)

# It asks nobody whether it was replaced meanwhile.
STUBBORN = "set -- postgres -c config_file=/etc/postgresql/primary.conf"

TEAMS_VOLUME = "incident-drills-sabotage-team"
OPEN = "/tmp/open"  # noqa: S108 - inside a container


# Edits


def rewritten(path: str, old: str, new: str) -> Edit:
    """In a file of the stack, one text stands for another."""

    def edit(stack: Path) -> None:
        file = stack / path
        file.write_text(replaced(file.read_text("utf-8"), old, new), "utf-8")

    return edit


# An hour without a heartbeat is nothing to it.
patient_pager = rewritten(
    "compose.yaml", '--port, "8080"]\n', '--port, "8080", --silence, "3600"]\n'
)


def without_the_rule(alert: str) -> Edit:
    """The rule of that name is deleted."""

    def edit(stack: Path) -> None:
        rules = stack / "monitoring" / "rules.yml"
        text = rules.read_text("utf-8")
        begin = text.index(f"      - alert: {alert}\n")
        end = text.find("      - alert: ", begin + 1)
        rules.write_text(text[:begin] + (text[end:] if end > 0 else ""), "utf-8")

    return edit


def wrong_webhook(stack: Path) -> None:
    """Alertmanager notifies an address where nobody takes pages."""
    wrong = rewritten("monitoring/alertmanager.yml", "pager:8080/alerts", "pager:8080/nobody")
    wrong(stack)
    mounted = "    volumes: [./monitoring/alertmanager.yml:/etc/monitoring/alertmanager.yml:ro]\n"
    rewritten("compose.yaml", "  alertmanager:\n", f"  alertmanager:\n{mounted}")(stack)


def before_restoring(incident: str, *command: str) -> Edit:
    """Somebody does something to the backup of an incident's procedure, and says no word."""
    head = f"[[incidents.{incident}.procedure]]\n"
    restore = f'{head}action = "restore"'
    step = f'{head}action = "run"\nsays = "Spoil it"\nservice = "postgres"\n'
    words = ", ".join(f'"{word}"' for word in command)
    return rewritten("runbook.toml", restore, f"{step}command = [{words}]\n\n{restore}")


def volume_of_the_team(stack: Path) -> None:
    """The app keeps something in a volume whose name is fixed."""
    mounted = "      - ${DRILL_CONFIG_DIR:-./config}:/app/config:ro\n"
    rewritten("compose.yaml", mounted, f"{mounted}      - team:/team\n")(stack)
    named = f"\nvolumes:\n  team: {{name: {TEAMS_VOLUME}}}\n"
    rewritten("compose.yaml", "\nvolumes:\n", named)(stack)


def lying_exporters(stack: Path) -> None:
    """Both exporters of PostgreSQL are replaced by one answer that is always good."""
    file = stack / "compose.yaml"
    text = file.read_text("utf-8")
    begin = text.index("  postgres-exporter: &postgres-exporter\n")
    end = text.index("    mem_limit:", begin)
    liar = (
        "  postgres-exporter: &postgres-exporter\n    <<: *service\n"
        "    image: incident-drills/erp:${DRILLS_IMAGE_TAG:-latest}\n    pull_policy: never\n"
        f"    command:\n      - python3\n      - -c\n{LIES}"
    )
    file.write_text(text[:begin] + liar + text[end:], "utf-8")


def comes_back(again: str, service: str = "postgres-replica", role: str = "replica") -> Edit:
    """Every start of a database but its first one is another one."""
    named = f"  {service}:\n"
    command = COMES_BACK.format(again=again, role=role)
    return rewritten("compose.yaml", named, named + command)


def truncated_exports(stack: Path) -> None:
    """Exports answer 200 and end in the middle, without a word."""
    rewritten(
        "erp/app/export.py",
        'yield bytes(held) + b"#rows,%d\\n" % seen',
        "yield bytes(held[: len(held) // 2])",
    )(stack)
    config = "      - ${DRILL_CONFIG_DIR:-./config}:/app/config:ro\n"
    rewritten(
        "compose.yaml", config, f"{config}      - ./erp/app/export.py:/app/app/export.py:ro\n"
    )(stack)


def door_that_opens(stack: Path) -> None:
    """An app that lets anybody in, once it finds a file that nobody has put there yet."""
    token = "erp/app/core/auth/token.py"
    rewritten(
        token, "    if name is None:\n", f"    if name is None and not Path({OPEN!r}).exists():\n"
    )(stack)
    rewritten(token, "import time\n", "import time\nfrom pathlib import Path\n")(stack)
    config = "      - ${DRILL_CONFIG_DIR:-./config}:/app/config:ro\n"
    rewritten(
        "compose.yaml", config, f"{config}      - ./{token}:/app/app/core/auth/token.py:ro\n"
    )(stack)


def all_at_once(stack: Path) -> None:
    """First aid begins by stopping every instance, the last good one too."""
    head = "[[incidents.application-start-failure.procedure]]\n"
    first = f'{head}action = "check"\n'
    stop = f'{head}action = "stop"\nsays = "Stop them all"\nservice = "app"\n\n'
    rewritten("runbook.toml", first, stop + first)(stack)


# Acts


def open_door(scene: Scene) -> None:
    """From now on the second instance of the app lets anybody in."""
    done = scene.drill.runtime.execute(scene.container("app", 2), ["touch", OPEN])
    assert done.exit_code == 0, done.output


def stopping(*services: str) -> Act:
    """Services are stopped."""

    def act(scene: Scene) -> None:
        for service in services:
            scene.drill.runtime.stop(scene.container(service), 1.0)

    return act


def nothing_to_leak_with(scene: Scene) -> None:
    """The engine lends nothing, and the target's image has no `tail`."""

    def refuse(*_: object) -> str:
        raise EngineError("refused")

    scene.patch.setattr(Lender, "lend", refuse)
    scene.patch.setattr(memory, "NEEDED", "echo no tail; exit 127")


def firing(scene: Scene) -> None:
    """Alertmanager is told of the incident's alert, and has paged, before there is an incident."""
    add = ["amtool", "--alertmanager.url=http://localhost:9093", "alert", "add", "ReplicaDown"]
    done = scene.drill.runtime.execute(scene.container("alertmanager"), add)
    assert done.exit_code == 0, done.output
    journal = scene.drill.journal
    until(
        lambda: journal.timeline().first(Signal, name="ReplicaDown", state="firing"),
        awaited="the pager is told",
        within=60,
    )


def sql(service: str, *statements: str) -> Act:
    """The database's own superuser does something, behind everybody's back."""

    def act(scene: Scene) -> None:
        container = scene.container(service)
        until(
            lambda: scene.drill.runtime.execute(container, ["pg_isready", "-q"]).exit_code == 0,
            awaited=f"{service} takes connections",
            within=30,
        )
        for statement in statements:
            done = scene.drill.runtime.execute(
                container,
                ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement, "sme_erp", "postgres"],
            )
            assert done.exit_code == 0, done.output

    return act


def stale_replica(scene: Scene) -> None:
    """The replica replays nothing any more, and an order is acknowledged that it does not show."""
    sql("postgres-replica", "SELECT pg_wal_replay_pause()")(scene)
    container = scene.container("postgres-replica")
    state = ["psql", "-XqAt", "-c", "SELECT pg_get_wal_replay_pause_state()", "sme_erp", "postgres"]
    until(
        lambda: scene.drill.runtime.execute(container, state).output.strip() == b"paused",
        awaited="the replica replays nothing",
        within=30,
    )
    now_ns = time.monotonic_ns()

    def ordered() -> bool:
        orders = scene.drill.observers.observations().samples["orders"]
        return any(one.sent_ns > now_ns and one.outcome.good for one in orders)

    until(ordered, awaited="an order that the replica does not show", within=30)


def deaf_instance(scene: Scene) -> None:
    """The second instance of the app never restarts, although the engine says that it did."""
    restart = DockerRuntime.restart

    def some(runtime: DockerRuntime, container: Container, grace: float | None = None) -> None:
        if (container.service, container.instance) != ("app", 2):
            restart(runtime, container, grace)

    scene.patch.setattr(DockerRuntime, "restart", some)


def cut_off(scene: Scene) -> None:
    """The front door is taken off the stack's network: nobody outside gets through to anything."""
    name = scene.container("nginx").name
    network = name.removesuffix("-nginx-1") + "_stack"
    subprocess.run(
        ["docker", "network", "disconnect", "-f", network, name], check=True, capture_output=True
    )


def team_was_here(_scene: Scene) -> None:
    """The team ran this file once: its volume is there, and its stack is not."""
    line = ["docker", "volume", "create", "--label", "com.docker.compose.project=the-team"]
    subprocess.run([*line, TEAMS_VOLUME], capture_output=True, check=True)
