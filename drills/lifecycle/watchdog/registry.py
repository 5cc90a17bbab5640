"""Which drills run on this machine, and which ended without cleaning up.

Each drill has one small file in the user's state directory, and its process holds a lock on that
file for as long as it lives. The kernel drops the lock with the process, whatever ends it: a file
whose lock is free belongs to a drill that died. Nobody guesses by process ids.

A free lock proves nothing where the file may be another machine's (a state directory on a network)
or a copy of the one that was entered: there only the drill's lease on its engine tells.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from drills.clock import SystemClock
from drills.errors import JournalError, WaitTimeout
from drills.journal import regular
from drills.lifecycle.watchdog.state import state_directory
from drills.wait import until

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Entry:
    """One drill as its file tells it. A file that cannot be read has a ``problem`` and no more.

    ``started`` is when the process began, in the kernel's ticks since ``boot``: with ``pid`` it
    names one process for good in its namespace, ``pids``. ``engine`` is the address of the engine
    that runs its stack ("" where nobody said it), ``allow_remote`` whether that may be on another
    host. ``host`` is the name of the machine, ``inode`` the number of the file that was written.
    ``root`` is the folder of the project that it drills, None where nobody said it. ``attached`` is
    the team's compose project that it visits, "" where it has a stack of its own.
    """

    path: Path
    drill_id: str
    directory: Path | None = None
    project: str = ""
    pid: int = 0
    started: int = 0
    boot: str = ""
    engine: str = ""
    allow_remote: bool = False
    host: str = ""
    pids: str = ""
    inode: int = 0
    root: Path | None = None
    attached: str = ""
    problem: str = ""

    @property
    def alive(self) -> bool:
        """Whether the drill's process holds its lock, or whoever cleans up after it does."""
        lock = _lock(self.path, fcntl.LOCK_SH)  # readers do not keep each other out
        if lock is not None:
            os.close(lock)
        return lock is None and self.path.exists()

    @property
    def log(self) -> Path:
        """What the drill's watchdog says."""
        return self.path.with_suffix(".log")

    @property
    def of_this_boot(self) -> bool:
        """Whether the machine has not started anew since."""
        return self.boot in ("", boot_id())

    @property
    def lock_tells(self) -> bool:
        """Whether a free lock proves that the drill's process is gone."""
        return self.of_this_boot and self.inode in (0, _inode(self.path))

    @property
    def elsewhere(self) -> str:
        """The machine that entered it, where that is surely another one; "" otherwise."""
        return self.host if not self.of_this_boot and self.host != socket.gethostname() else ""

    def same_process(self) -> bool:
        """Whether ``pid``, seen from here, is still the process that began the drill."""
        seen = self.of_this_boot and self.pids in ("", pid_namespace())
        return seen and self.pid > 0 and started_of(self.pid) == self.started


class Claim:
    """An entry that is ours alone: as the drill's own process, or to clean up after it."""

    def __init__(self, entry: Entry, lock: int, sign: socket.socket | None = None) -> None:
        self.entry = entry
        self._lock = lock
        self._sign = sign

    def remove(self) -> None:
        """The drill ended and left nothing: forget it. Idempotent."""
        if self._lock >= 0:
            self.entry.path.unlink(
                missing_ok=True
            )  # under the lock: nobody takes it for a leftover
        self.release()

    def release(self) -> None:
        """Let go of the lock and leave the file to whoever cleans up. Idempotent."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
        if self._sign is not None:
            self._sign.close()


def project_of(drill_id: str) -> str:
    """The name of a drill's compose project."""
    return f"drill-{drill_id}"


def path_of(drill_id: str) -> Path:
    """The file in which this user's drill of that id is entered."""
    return state_directory() / f"{drill_id}.json"


def plausible(name: str) -> bool:
    """Whether a drill's id or a project's name is one: letters, digits, ``-`` and ``_``."""
    return bool(_NAME.match(name)) and name != "none"


def register(
    drill_id: str,
    directory: Path,
    project: str,
    *,
    engine: str = "",
    allow_remote: bool = False,
    root: Path | None = None,
    attached: str = "",
) -> Claim:
    """Enter a drill before it touches anything; its lock is this process's until the claim's end.

    Raises JournalError when the state directory takes no file.
    """
    entry = Entry(
        path_of(drill_id),
        drill_id,
        directory.resolve(),
        project,
        os.getpid(),
        started_of(os.getpid()),
        boot_id(),
        engine,
        allow_remote,
        socket.gethostname(),
        pid_namespace(),
        root=root.resolve() if root else None,
        attached=attached,
    )
    try:
        entry.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        entry, lock = _write(entry)
        return Claim(entry, lock, _sign_of_life(drill_id))
    except OSError as error:
        raise JournalError(
            f"expected to enter the drill in {entry.path}: {error.strerror or error}"
        ) from error


def _write(entry: Entry) -> tuple[Entry, int]:
    """Under another name until it is locked and on the disk: no reader sees it half made."""
    draft = entry.path.with_name(f".{entry.path.name}.{os.getpid()}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        entry = replace(entry, inode=os.fstat(file).st_ino)
        os.write(file, json.dumps(_as_json(entry)).encode())
        os.fsync(file)
        draft.rename(entry.path)
    except BaseException:
        os.close(file)
        draft.unlink(missing_ok=True)
        raise
    return entry, file


def _as_json(entry: Entry) -> dict[str, Any]:
    return {
        "drill_id": entry.drill_id,
        "directory": str(entry.directory),
        "project": entry.project,
        "pid": entry.pid,
        "started": entry.started,
        "boot": entry.boot,
        "engine": entry.engine,
        "allow_remote": entry.allow_remote,
        "host": entry.host,
        "pids": entry.pids,
        "inode": entry.inode,
        "root": str(entry.root or ""),
        "attached": entry.attached,
    }


def forget_drafts() -> None:
    """Remove what is left of drills that died while they were entered, and had begun nothing."""
    with suppress(OSError):
        for draft in state_directory().glob(".*.json.*"):
            pid = draft.name.rpartition(".")[2]
            if pid.isdecimal() and not started_of(int(pid)):
                _forget_draft(draft)


def _forget_draft(draft: Path) -> None:
    """Remove it, unless a process that is not seen from here is just writing it."""
    lock = _lock(draft)
    if lock is not None:
        draft.unlink(missing_ok=True)
        os.close(lock)


def logs_of_nobody() -> Sequence[Path]:
    """The logs of drills that are not entered any more, and that nobody runs here."""
    try:
        logs = sorted(state_directory().glob("[!.]*.log"))
    except OSError:
        return []
    return [log for log in logs if not path_of(log.stem).exists() and not shows_life(log.stem)]


def last_words(log: Path) -> str:
    """What a watchdog's log ends with, in words; "" where there is none. It is removed."""
    try:
        lines = regular.read(log).decode("utf-8", "replace").split("\n")
        log.unlink()
    except OSError:
        return ""
    said = next((line.strip() for line in reversed(lines) if line.strip()), "nothing")
    return f"its watchdog's last words were: {said}"


def entries() -> Sequence[Entry]:
    """Every drill that is entered, alive or not; a file that makes no sense has a problem."""
    try:
        return [read(path) for path in sorted(state_directory().glob("[!.]*.json"))]
    except OSError:
        return []


def named(drill: str) -> Entry | None:
    """The entry of a drill, by its id or its directory; None where there is none."""
    for entry in entries():
        if drill == entry.drill_id or Path(drill).resolve() == entry.directory:
            return entry
    return None


def read(path: Path) -> Entry:
    """The entry in a file. Never raises: what is wrong with it is its ``problem``."""
    drill_id = path.stem
    try:
        return _parse(path, json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        why = f"{path} makes no sense ({type(error).__name__})"
        return Entry(path, drill_id, project=project_of(drill_id), problem=why)


def _parse(path: Path, found: dict[str, Any]) -> Entry:
    project = str(found["project"])
    if not plausible(project):
        raise ValueError(project)
    return Entry(
        path,
        path.stem,
        Path(found["directory"]),
        project,
        int(found["pid"]),
        int(found["started"]),
        str(found["boot"]),
        str(found.get("engine", "")),
        found["allow_remote"] is True,
        str(found.get("host", "")),
        str(found.get("pids", "")),
        int(found.get("inode", 0)),
        Path(root) if (root := str(found.get("root", ""))) else None,
        str(found.get("attached", "")),
    )


def claim(entry: Entry, *, within: float = 0.2) -> Claim | None:
    """Take a dead drill's entry, to clean up after it; None where it lives or somebody else does.

    ``within``: seconds to wait for the lock, which a passing reader may hold for an instant.
    """
    clock = SystemClock()
    try:
        lock = until(
            lambda: _Lock.of(entry.path),
            awaited=f"the lock of {entry.path}",
            within=within,
            interval=0.01,
            clock=clock,
        )
    except WaitTimeout:
        return None
    return Claim(entry, lock.file) if lock.file >= 0 else None


@dataclass(frozen=True, slots=True)
class _Lock:
    """A lock that was taken; ``file`` is -1 where there is nothing left to lock."""

    file: int

    @classmethod
    def of(cls, path: Path) -> _Lock | None:
        """The lock, or None while somebody else has it."""
        file = _lock(path)
        if file is not None:
            return cls(file)
        return None if path.exists() else cls(-1)


def _lock(path: Path, how: int = fcntl.LOCK_EX) -> int | None:
    """The locked file; None where somebody else holds it or there is none (any more)."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(file), path.stat()):
            return file
    except OSError:  # held, or removed in between
        pass
    os.close(file)
    return None


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return -1


def pid_namespace() -> str:
    """What names the process ids that are seen from here; "" where the kernel does not tell."""
    try:
        return os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - it is no path
    except OSError:
        return ""


def boot_id() -> str:
    """What names this run of the machine; "" where the kernel does not tell."""
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return ""


def started_of(pid: int) -> int:
    """When a process began, in the kernel's ticks since boot; 0 where there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
        return int(stat[stat.rindex(")") + 1 :].split()[19])  # field 22; the name may hold spaces
    except (OSError, ValueError, IndexError):
        return 0


def _sign_of_life(drill_id: str) -> socket.socket | None:
    """A socket whose name the whole machine sees, whoever runs the drill and wherever its state is.

    It only keeps others from taking the containers of a living drill for orphans.
    """
    sign = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with suppress(OSError):
        sign.bind(f"\0incident-drills/{drill_id}")
        return sign
    sign.close()
    return None


def shows_life(drill_id: str) -> bool:
    """Whether some process of this machine, of any user, runs the drill.

    Looked up, not tried out: two who look at once must not take each other for its life.
    """
    try:
        named = Path("/proc/net/unix").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return False  # nothing is known here; its lock and its lease tell
    return any(line.endswith(f" @incident-drills/{drill_id}") for line in named)
