"""A stack from a compose file. The only importer of testcontainers.

testcontainers' ``DockerCompose`` finds the command and builds its line; what it lacks (a project
name, an environment, an end that survives Ctrl-C) is added here. Its reaper is never started.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess

from testcontainers.compose import DockerCompose

from drills.clock import Clock
from drills.errors import EngineError, StackError
from drills.runtime import Runtime
from drills.runtime.docker import DockerRuntime, Engine, ensure_engine
from drills.runtime.sweep import leftovers, sweep
from drills.runtime.uninterrupted import Uninterrupted

__all__ = ["ComposeStack", "ensure_engine", "leftovers"]

UP_SECONDS = 180.0
DOWN_SECONDS = 60.0
_CANCEL_SECONDS = 5.0
_LOOKS_AFTER_A_CUT = 5
_LAST_LINES = 15
_PORT_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*_PORT)\b")
_PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")


class ComposeStack:
    """The services of one compose file under a project of their own. See ``drills.runtime.Stack``.

    - ``environment`` fills the compose file's variables. Every ``${..._PORT}`` in the file is 0
      unless given, so that the engine chooses a free port and several stacks run at once.
    - ``directory`` holds the applications' configuration (one of its files ends in ``.env``). The
      stack gets a private copy of it as ERP_CONFIG_DIR, so that a drill may edit it.
    - ``drill_id`` becomes DRILL_ID, which the compose file puts on everything as a label.
    """

    def __init__(
        self,
        compose_file: Path,
        project: str,
        environment: Mapping[str, str],
        directory: Path,
        drill_id: str,
        clock: Clock,
        *,
        allow_remote: bool = False,
    ) -> None:
        if not _PROJECT.match(project):
            raise StackError(f"expected a project of a-z, 0-9, - and _, got {project!r}")
        self.project = project
        self._template = directory
        self._clock = clock
        self._engine = Engine(allow_remote=allow_remote)
        self.engine = self._engine.target
        # Named before it is made: whenever Ctrl-C comes, down() knows what to remove.
        self._private = Path(tempfile.gettempdir(), f"drills-{project}-{secrets.token_hex(8)}")
        self._compose = _Compose(
            compose_file.resolve(),
            project,
            {
                **dict.fromkeys(_port_variables(compose_file), "0"),
                **environment,
                "DRILL_ID": drill_id,
                "ERP_CONFIG_DIR": str(self._configuration),
            },
        )
        self._coming_up: Uninterrupted | None = None
        self._complete = True  # nothing was begun that could still go on

    def up(self) -> Runtime:
        """Create and start everything; whether it is ready is for others to ask.

        Nothing is pulled or built. Raises StackError with the last lines of what compose said.
        The caller calls ``down`` afterwards whatever happens, also after a KeyboardInterrupt.
        """
        self._compose.resume()
        self._coming_up = Uninterrupted(self._create, cancel=self._compose.cancel)
        self._coming_up.run()
        return DockerRuntime(self.project, self._clock, engine=self._engine)

    def down(self) -> None:
        """Remove every container, network, volume and file of it. See ``Stack.down``.

        A KeyboardInterrupt meanwhile is raised when all is gone.
        """
        Uninterrupted(self._remove).run()

    def environment_file(self) -> Path:
        """The environment file in the stack's private configuration, there from ``up`` to ``down``.

        Raises StackError when there is not exactly one.
        """
        found = sorted(self._configuration.glob("*.env")) if self._configuration.is_dir() else []
        if len(found) != 1:
            raise StackError(
                f"expected one .env file in the stack's copy of {self._template}, "
                f"got {[path.name for path in found]}. Hint: it is there from up() to down()."
            )
        return found[0]

    def describe(self) -> Mapping[str, str]:
        """Versions of ``engine`` and ``compose``, ``target``, and the id of ``image:<service>``."""
        with self._engine.asked("list the stack's images") as client:
            label = f"com.docker.compose.project={self.project}"
            rows = client.containers(all=True, filters={"label": label})
        images = {
            f"image:{row['Labels'].get('com.docker.compose.service', '')}": str(row["ImageID"])
            for row in rows
        }
        return {
            "engine": self._engine.version(),
            "target": self._engine.target,
            "compose": self._compose.version(),
            **dict(sorted(images.items())),
        }

    @property
    def _configuration(self) -> Path:
        return self._private / "config"

    def _create(self) -> None:
        """Runs where no signal reaches."""
        self._complete = False
        try:
            self._private.mkdir(mode=0o700, exist_ok=True)
            if not self._configuration.exists():
                shutil.copytree(self._template, self._configuration)
            # Containers have users of their own; the directory above keeps this host's others out.
            self._configuration.chmod(0o755)
        except OSError as error:
            raise StackError(f"the configuration cannot be copied: {error}") from error
        self._compose.up()
        self._complete = True

    def _remove(self) -> None:
        """Runs where no signal reaches. What compose fails to remove, the sweep does."""
        if self._coming_up is not None:
            self._coming_up.finish()
        self._compose.resume()
        try:
            trouble = self._compose.down() if leftovers(self.project, self._engine) else ""
            looks = 1 if self._complete else _LOOKS_AFTER_A_CUT
            try:
                sweep(self._engine, self.project, self._clock, looks=looks, within=DOWN_SECONDS)
            except StackError as error:
                raise StackError(f"{error} {trouble}".strip()) from error
        finally:
            shutil.rmtree(self._private, ignore_errors=True)


class _Compose(DockerCompose):
    """testcontainers' driver of the compose command, with a project and an environment."""

    def __init__(self, file: Path, project: str, environment: Mapping[str, str]) -> None:
        super().__init__(context=file.parent, compose_file_name=str(file))
        self._project = project
        # A user's COMPOSE_FILE or COMPOSE_PROFILES is meant for other stacks than ours.
        own = {key: value for key, value in os.environ.items() if not key.startswith("COMPOSE_")}
        self._environment = {**own, **environment}
        self._cancelled = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def up(self) -> None:
        """Create and start, from images that are here."""
        if self._cancelled.is_set():
            raise StackError(f"{self._project} was cancelled before it was begun")
        self._run(["up", "--detach", "--no-build", "--pull", "never"], seconds=UP_SECONDS)

    def down(self) -> str:
        """Stop at once and remove; what went wrong, for the sweep's error, or ""."""
        line = ["down", "--volumes", "--timeout", "0", "--remove-orphans"]
        try:
            self._run(line, seconds=DOWN_SECONDS)
        except StackError as error:
            return str(error)
        return ""

    def version(self) -> str:
        """Compose's own version."""
        return self._run(["version", "--short"], seconds=DOWN_SECONDS).stdout.decode().strip()

    def cancel(self) -> None:
        """Ask a command that runs to give up, as Ctrl-C would; kill it where it does not."""
        self._cancelled.set()
        process = self._process
        if process is not None:
            _give_up(process)

    def resume(self) -> None:
        """Obey again after a ``cancel``."""
        self._cancelled.clear()

    def _run(self, words: Sequence[str], *, seconds: float) -> CompletedProcess[bytes]:
        line = [*self.compose_command_property, "--project-name", self._project, *words]
        try:
            # A session of its own: Ctrl-C in the terminal comes to us, and we decide.
            process = subprocess.Popen(
                line,
                cwd=self.context,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise EngineError(f"compose cannot be run: {error}. Hint: `make setup`.") from error
        self._process = process
        return self._await(process, words[0], seconds)

    def _await(
        self, process: subprocess.Popen[bytes], word: str, seconds: float
    ) -> CompletedProcess[bytes]:
        if self._cancelled.is_set():  # it came before the process was known
            _give_up(process)
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            output, errors = process.communicate()
            errors += f"\ngiven up after {seconds:.0f} s".encode()
        if process.returncode != 0:
            raise StackError(f"`compose {word}` of {self._project} failed:\n{_last(errors)}")
        return CompletedProcess(process.args, process.returncode, output, errors)


def _give_up(process: subprocess.Popen[bytes]) -> None:
    _signal(process, signal.SIGINT)
    killer = threading.Timer(_CANCEL_SECONDS, _signal, (process, signal.SIGKILL))
    killer.daemon = True
    killer.start()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the command and its plugin, which is a process of its own in the same group."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def _last(errors: bytes) -> str:
    lines = [line.rstrip() for line in errors.decode(errors="replace").splitlines() if line.strip()]
    return "\n".join(lines[-_LAST_LINES:]) or "(it said nothing)"


def _port_variables(compose_file: Path) -> set[str]:
    try:
        return set(_PORT_VARIABLE.findall(compose_file.read_text(encoding="utf-8")))
    except OSError as error:
        raise StackError(f"the compose file cannot be read: {error}") from error
