"""compose/setup/engine.sh: what answers is used; only Debian with root gets one installed."""

import pytest

from tests.setup.conftest import Machine


def test_an_engine_that_answers_is_used_in_silence(ready_machine: Machine) -> None:
    """Nothing is said and nothing is installed where all parts are there, even on Debian."""
    ready_machine.debian("bookworm")

    done = ready_machine.run("engine.sh")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not ready_machine.called("apt-get")


@pytest.mark.parametrize("endpoint", ["tcp://10.1.2.3:2376", "ssh://ops@db.example"])
def test_a_daemon_that_is_not_local_is_refused(ready_machine: Machine, endpoint: str) -> None:
    """The sentence names the endpoint and the option; the daemon is not even asked."""
    done = ready_machine.run("engine.sh", env={"DOCKER_HOST": endpoint})

    assert done.returncode == 1
    assert endpoint in done.stderr
    assert "DRILLS_ALLOW_REMOTE_ENGINE=1" in done.stderr
    assert not ready_machine.called("docker info")


def test_the_context_decides_where_no_variable_does(ready_machine: Machine) -> None:
    """A remote docker context is as remote as DOCKER_HOST."""
    ready_machine.command("docker", 'echo "tcp://far.example:2376"')

    done = ready_machine.run("engine.sh")

    assert done.returncode == 1
    assert "tcp://far.example:2376" in done.stderr


def test_a_remote_daemon_may_be_allowed(ready_machine: Machine) -> None:
    """With the option set, a remote engine that answers is used as it is."""
    done = ready_machine.run(
        "engine.sh", env={"DOCKER_HOST": "tcp://10.1.2.3:2376", "DRILLS_ALLOW_REMOTE_ENGINE": "1"}
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_a_remote_daemon_that_does_not_answer_is_not_replaced(machine: Machine) -> None:
    """No engine is installed here for one that is missing over there."""
    machine.debian("bookworm")

    done = machine.run(
        "engine.sh", env={"DOCKER_HOST": "tcp://10.1.2.3:2376", "DRILLS_ALLOW_REMOTE_ENGINE": "1"}
    )

    assert done.returncode == 1
    assert "No container engine answers at tcp://10.1.2.3:2376" in done.stderr
    assert not machine.called("apt-get")


def test_elsewhere_one_sentence_names_what_is_missing(bare_machine: Machine) -> None:
    """Without Debian, a single line lists client, engine and plugins; nothing is installed."""
    done = bare_machine.run("engine.sh", env={"DRILLS_USER_ID": "0"})

    assert done.returncode == 1
    assert "missing: client engine compose buildx" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_root_debian_gets_the_sentence_too(machine: Machine) -> None:
    """Debian alone is not enough: installing needs root."""
    machine.debian("trixie")

    done = machine.run("engine.sh", env={"DRILLS_USER_ID": "1000"})

    assert done.returncode == 1
    assert "missing: engine compose buildx" in done.stderr
    assert not machine.called("apt-get")


def test_only_the_missing_plugin_is_named(ready_machine: Machine) -> None:
    """An engine without compose v2 is told so, and nothing else."""
    (ready_machine.root / "plugins/compose").unlink()

    done = ready_machine.run("engine.sh")

    assert done.returncode == 1
    assert "missing: compose)" in done.stderr


def test_bookworm_gets_the_engine_from_the_next_release(machine: Machine) -> None:
    """Said first, then installed from the machine's own mirror with a low pin, then started."""
    machine.debian("bookworm", uri="http://mirror.test/debian/")

    done = machine.run("engine.sh")

    assert done.returncode == 0, done.stderr
    first, second, *_ = done.stderr.splitlines()
    assert first == "Setting up the container engine (missing: engine compose buildx)."
    assert second.startswith("Installing docker.io docker-compose docker-buildx from Debian trixie")
    (install,) = machine.called("apt-get install")
    assert install.endswith("docker.io/trixie docker-compose/trixie docker-buildx/trixie")
    sources = (machine.root / "apt/sources.list.d/incident-drills-trixie.sources").read_text()
    assert "URIs: http://mirror.test/debian/\nSuites: trixie\n" in sources
    preferences = (machine.root / "apt/preferences.d/incident-drills-trixie").read_text()
    assert "Pin: release n=trixie*\nPin-Priority: 100\n" in preferences
    assert machine.called("setsid dockerd") or machine.called("systemctl start docker")


def test_trixie_needs_no_other_source(machine: Machine) -> None:
    """On trixie the machine's own sources are enough and apt's folder stays untouched."""
    machine.debian("trixie")

    done = machine.run("engine.sh")

    assert done.returncode == 0, done.stderr
    (install,) = machine.called("apt-get install")
    assert install.endswith("docker.io docker-compose docker-buildx")
    assert not list((machine.root / "apt").rglob("incident-drills*"))


def test_an_engine_that_answers_is_not_upgraded_for_a_plugin(ready_machine: Machine) -> None:
    """Where only compose is missing, only compose is installed and nothing is started."""
    ready_machine.debian("bookworm")
    (ready_machine.root / "plugins/compose").unlink()

    done = ready_machine.run("engine.sh")

    assert done.returncode == 0, done.stderr
    (install,) = ready_machine.called("apt-get install")
    assert install.endswith(" docker-compose/trixie")
    assert not ready_machine.called("setsid")
    assert not ready_machine.called("systemctl")


def test_an_installed_engine_is_only_started(machine: Machine) -> None:
    """With all packages there and no daemon, apt is not asked at all."""
    machine.debian("bookworm")
    machine.command("dockerd", "")
    machine.has("plugins/compose")
    machine.has("plugins/buildx")

    done = machine.run("engine.sh")

    assert done.returncode == 0, done.stderr
    assert not machine.called("apt-get")


def test_lists_that_cannot_be_fetched_leave_no_trace(machine: Machine) -> None:
    """After three failed updates the added source is gone again, so that apt still works."""
    machine.debian("bookworm")
    machine.has("apt-broken")

    done = machine.run("engine.sh")

    assert done.returncode == 1
    assert "nothing was changed" in done.stderr
    assert len(machine.called("apt-get update")) == 3
    assert not list((machine.root / "apt").rglob("incident-drills*"))


def test_an_engine_that_does_not_come_up_shows_its_log(machine: Machine) -> None:
    """The wait is bounded and ends with the last lines that the daemon wrote."""
    machine.debian("bookworm")
    for starter in ("setsid", "systemctl"):
        machine.command(starter, "")
    machine.has("engine.log", "failed to mount cgroups\n")

    done = machine.run("engine.sh", env={"DRILLS_ENGINE_WAIT_S": "0"})

    assert done.returncode == 1
    assert "did not answer within 0 s" in done.stderr
    assert "failed to mount cgroups" in done.stderr


@pytest.mark.parametrize("pid_names", ["another program", "nothing"])
def test_a_stale_pid_file_does_not_hinder_the_start(machine: Machine, pid_names: str) -> None:
    """A pid file that names no dockerd is removed; dockerd would refuse to start otherwise."""
    machine.debian("bookworm")
    pid = "1" if pid_names == "another program" else "999999999"
    pidfile = machine.has("engine.pid", pid)

    done = machine.run("engine.sh")

    assert done.returncode == 0, done.stderr
    assert machine.called("systemctl start docker") or not pidfile.exists()
