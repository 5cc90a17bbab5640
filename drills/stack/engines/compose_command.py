"""The compose command, asked for what it makes of a file and told to bring it up.

The only importer of testcontainers: its ``DockerCompose`` finds the command and builds its line;
what it lacks (a project, an environment, an end that survives Ctrl-C) is added here. Its reaper is
never started.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess

from testcontainers.compose import DockerCompose

from drills.errors import EngineError, PlanError, StackError
from drills.stack.engines.composed import Composed, read

UP_SECONDS = 180.0
ASK_SECONDS = 60.0
_CANCEL_SECONDS = 5.0
_LAST_LINES = 15
# What says which engine is asked, and how.
_CHOICE = frozenset(
    ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")
)
_HINT = "Hint: `make setup` installs it where it can."
_WARNING = re.compile(r'level=warning msg="((?:\\.|[^"\\])*)"')
# The engine's words for a configuration that it refuses, whatever state it or the machine is in.
# "invalid" alone is not enough: "invalid pool request" tells of networks that are there today.
_REFUSAL = re.compile(
    r"Error response from daemon: (?:failed to create .*: )?("
    r"invalid (?:mount|volume spec|spec|mode|CapAdd|CapDrop|--security-opt|containerPort|port|"
    r"reference format|restart policy|config for network|hostname|isolation|user)"
    r".*|the working directory .* is invalid.*|unable to find (?:user|group) .*|"
    r"unknown or invalid runtime.*|Minimum memory limit allowed.*|Duplicate mount point.*|"
    r"conflicting options: .*|.*executable file not found in .*|wrong rlimit value.*)"
).search


class ComposeCommand:
    """Compose, for one file and one project."""

    def __init__(
        self,
        file: Path,
        project: str,
        environment: Mapping[str, str],
        profiles: Sequence[str] = (),
        overrides: Sequence[Path] = (),
        asks: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """``environment`` is what fills its variables, before that of this process.

        ``asks`` has those by which it asks its engine, {} for the user's own choice.
        """
        self._file = file
        self._overrides = tuple(overrides)
        self._project = project
        self.profiles = tuple(profiles)
        # A user's COMPOSE_FILE or COMPOSE_PROFILES is meant for other stacks than ours.
        own = {key: value for key, value in os.environ.items() if not key.startswith("COMPOSE_")}
        self._own = {**own, **environment}
        self._asks = asks
        self._cancelled = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> Mapping[str, str]:
        """All that it is run with. Raises EngineError where its engine is not reached by ssh."""
        asks = self._asks()
        own = {k: v for k, v in self._own.items() if not asks or k not in _CHOICE}
        return {**own, **asks}

    def resolve(self) -> Composed:
        """What compose makes of the file under the drill's project; asks no engine.

        Raises PlanError with compose's words where there is no such file, or compose refuses it.
        """
        return self._resolve(self._project, self.profiles)

    def as_the_teams_own(self) -> Composed:
        """What compose makes of the file when the team runs it: under the team's own project."""
        return self._resolve(os.environ.get("COMPOSE_PROJECT_NAME", ""), self.profiles)

    def inactive(self) -> Mapping[str, Sequence[str]]:
        """The services that run only with a profile, and these profiles."""
        everything = self._resolve(self._project, ("*",))
        return {name: each.profiles for name, each in everything.services.items() if each.profiles}

    def variables(self, names: Collection[str], draft: Path) -> Mapping[str, str]:
        """What compose fills these variables with, be it from the ``.env`` beside the file.

        It tells that only of a file, which is ``draft``.
        """
        service = {"image": "x", "environment": {name: f"${{{name}:-}}" for name in names}}
        draft.write_text(json.dumps({"services": {"x": service}}), "utf-8")
        words = ["--project-directory", str(self._file.parent), "config", "--format", "json"]
        done = self._run(draft, words, self._project, seconds=ASK_SECONDS)
        self._check("config", done)
        found = read(done.stdout, draft).services["x"].environment
        return {name: value or "" for name, value in found.items()}

    def up(self, file: Path) -> None:
        """Create and start what ``file`` says, from images that are here, as in the team's folder.

        Raises StackError with the last lines of what compose said; PlanError where the engine does
        not take what the file asks for, as it will not tomorrow.
        """
        words = ["up", "--detach", "--no-build", "--pull", "never"]
        where = ["--project-directory", str(self._file.parent)]
        done = self._run(file, [*where, *words], self._project, seconds=UP_SECONDS)
        said = done.stderr.decode(errors="replace")
        if done.returncode != 0 and (refusal := refusal_in(said)):
            raise PlanError(f"{self._file}: the engine does not take what it asks for: {refusal}")
        self._check("up", done)
        if taken := [line for line in said.splitlines() if "already exists but was" in line]:
            raise StackError(
                f"`compose up` of {self._project} met what it did not make:\n" + "\n".join(taken)
            )

    def scale(self, file: Path, service: str, instances: int) -> None:
        """Have so many instances of a service of ``file`` run, and leave what is there alone.

        Raises StackError with the last lines of what compose said.
        """
        words = ["up", "--detach", "--no-build", "--pull", "never", "--no-deps", "--no-recreate"]
        where = ["--project-directory", str(self._file.parent)]
        how_many = ["--scale", f"{service}={instances}", service]
        done = self._run(file, [*where, *words, *how_many], self._project, seconds=UP_SECONDS)
        self._check("up --scale", done)

    def line(self, file: Path) -> tuple[str, ...]:
        """The beginning of a command on this project as ``file`` says, wherever it is run."""
        driver = DockerCompose(context=self._file.parent, compose_file_name=str(file))
        named = ["--project-name", self._project, "--project-directory", str(self._file.parent)]
        return (*driver.compose_command_property, "--ansi", "never", *named)

    def version(self) -> str:
        """Compose's own version. Raises EngineError where there is no compose."""
        done = self._run(self._file, ["version", "--short"], self._project, seconds=ASK_SECONDS)
        if done.returncode != 0:
            raise EngineError(f"compose cannot be run: {last_lines(done.stderr)}. {_HINT}")
        return str(done.stdout.decode(errors="replace").strip())

    def cancel(self) -> None:
        """Ask a command that runs to give up, as Ctrl-C would; kill it where it does not."""
        self._cancelled.set()
        process = self._process
        if process is not None:
            _give_up(process)

    def resume(self) -> None:
        """Obey again after a ``cancel``."""
        self._cancelled.clear()

    def _resolve(self, project: str, profiles: Sequence[str]) -> Composed:
        words = [word for profile in profiles for word in ("--profile", profile)]
        words += ["config", "--format", "json"]
        for file in (self._file, *self._overrides):
            if not file.is_file():
                raise PlanError(f"expected a compose file, found none: {file}")
        done = self._run(self._file, words, project, seconds=ASK_SECONDS)
        if done.returncode < 0:
            self._check("config", done)
        if done.returncode != 0:
            self.version()  # what is not there refuses nothing
            said = last_lines(done.stderr)
            raise PlanError(f"{self._file}: compose does not take this file:\n{said}")
        return read(done.stdout, self._file, warnings(done.stderr), self._overrides)

    def _check(self, word: str, done: CompletedProcess[bytes]) -> None:
        if done.returncode != 0:
            said = last_lines(done.stderr)
            raise StackError(f"`compose {word}` of {self._project} failed:\n{said}")

    def _run(
        self, file: Path, words: Sequence[str], project: str, *, seconds: float
    ) -> CompletedProcess[bytes]:
        if self._cancelled.is_set():
            raise StackError(f"{self._project} was cancelled before it was begun")
        files = [file, *self._overrides] if file == self._file else [file]
        driver = DockerCompose(context=self._file.parent, compose_file_name=[*map(str, files)])
        named = ["--project-name", project] if project else []
        try:
            # A session of its own: Ctrl-C in the terminal comes to us, and we decide.
            process = subprocess.Popen(
                [*driver.compose_command_property, *named, *words],
                cwd=self._file.parent,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise EngineError(f"compose cannot be run: {error}. {_HINT}") from error
        self._process = process
        return self._await(process, seconds)

    def _await(self, process: subprocess.Popen[bytes], seconds: float) -> CompletedProcess[bytes]:
        if self._cancelled.is_set():  # it came before the process was known
            _give_up(process)
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            output, errors = process.communicate()
            errors += f"\ngiven up after {seconds:.0f} s".encode()
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


def warnings(errors: bytes) -> Sequence[str]:
    """What compose warned of, such as a variable that is not set; each once."""
    found = _WARNING.findall(errors.decode(errors="replace"))
    return list(dict.fromkeys(said.replace('\\"', '"') for said in found))


def refusal_in(said: str) -> str:
    """What the engine will say tomorrow too, of a file as it is and images as they are; or ""."""
    return next((match[1].strip() for line in said.splitlines() if (match := _REFUSAL(line))), "")


def last_lines(errors: bytes) -> str:
    """The last lines of what a command said: its progress is long, its trouble comes at the end."""
    lines = [line.rstrip() for line in errors.decode(errors="replace").splitlines() if line.strip()]
    return "\n".join(lines[-_LAST_LINES:]) or "(it said nothing)"
