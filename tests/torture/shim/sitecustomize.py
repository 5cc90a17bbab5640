"""Crash points inside a drill's processes, as SQLite tests itself: a shim around ``os.fsync``.

Python imports this file at the start of every process of a tortured drill. It counts what is
synced (the drill's entry and each synced line of its journal), and right before or after the sync
that was chosen it strikes: the process signals itself, and others where they are to die at once.
``torn`` leaves half of the line on the disk, as a machine that loses its power may.

It also takes a picture of limits, processes and database settings when an undo is armed and when
it is proven. Nothing of the product knows of it.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

NOTES = os.environ.get("TORTURE_NOTES", "")
POINTS = os.environ.get("TORTURE_POINTS", "")  # role:number:when:signal:victims, joined by ";"
SETTLED_WITHIN = 3.0  # seconds for a container that was started to have started its program
SETTINGS = (
    "SELECT name, setting, source, sourcefile, pending_restart FROM pg_settings "
    "WHERE source NOT IN ('client', 'session') ORDER BY name; "
    "SELECT sourcefile, name, setting, applied, error FROM pg_file_settings ORDER BY seqno; "
    "SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting ORDER BY 1, 2; "
    "SELECT rolname, rolcanlogin, rolconnlimit, rolpassword FROM pg_authid ORDER BY 1; "
    "SELECT slot_name FROM pg_replication_slots ORDER BY 1; "
    "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'drill-%'; "
    "SELECT rule_number, error FROM pg_hba_file_rules; "
    "SELECT attrelid::regclass, attname FROM pg_attribute WHERE attrelid >= 16384 ORDER BY 1, 2"
)


def role() -> str:
    """What this process is to the drill: drill, watchdog, or "" for one that syncs nothing."""
    line = " ".join(sys.orig_argv)
    if "-m drills.lifecycle.watchdog" in line:
        return "watchdog"
    return "drill" if "-m pytest" in line else ""


class Engine(http.client.HTTPConnection):
    """The engine's API on its socket, without the product's code."""

    def __init__(self) -> None:
        super().__init__("localhost", timeout=10)

    def connect(self) -> None:
        """By the socket of this machine."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(10)
        self.sock.connect("/var/run/docker.sock")

    def ask(self, path: str, body: object = None) -> bytes:
        """The answer to a GET, or to a POST where there is a body."""
        data = None if body is None else json.dumps(body)
        headers = {"Content-Type": "application/json"} if data else {}
        self.request("POST" if data else "GET", path, data, headers)
        return self.getresponse().read()

    def run(self, container: str, argv: list[str]) -> str:
        """The output of a command inside a container."""
        words = {"Cmd": argv, "AttachStdout": True, "AttachStderr": True, "Tty": True}
        created = json.loads(self.ask(f"/containers/{container}/exec", words))
        return self.ask(f"/exec/{created['Id']}/start", {"Tty": True}).decode("utf-8", "replace")


def picture(project: str) -> dict[str, object]:
    """Limits of all containers, state and processes of the target, settings of the database."""
    engine = Engine()
    label = quote(json.dumps({"label": [f"com.docker.compose.project={project}"]}))
    seen: dict[str, object] = {}
    for row in json.loads(engine.ask(f"/containers/json?all=1&filters={label}")):
        service = row["Labels"]["com.docker.compose.service"]
        found = json.loads(engine.ask(f"/containers/{row['Id']}/json"))
        seen[f"{service} limits"] = {**found["HostConfig"], **unlimited(found["HostConfig"])}
        if service == "app":
            seen["configuration"] = [
                told
                for mount in found["Mounts"]
                if mount["Destination"] == "/app/config"
                for told in held(Path(mount["Source"]))
            ]
            seen["app state"] = {key: found["State"][key] for key in ("Status", "Paused", "Dead")}
            listed = engine.ask(f"/containers/{row['Id']}/top?ps_args=-eo%20pid,stat,args")
            seen["app processes"] = sorted(
                f"{args}{' (stopped)' * state.startswith('T')}{open_files(pid)}"
                for pid, state, args in json.loads(listed)["Processes"]
                if args != "runc init"  # of a health check that is just starting
            )
        if service == "postgres-replica":
            argv = ["psql", "-U", "postgres", "-Atqc", "SELECT pg_get_wal_replay_pause_state()"]
            seen["replay"] = engine.run(row["Id"], argv).splitlines()
        if service in ("postgres", "postgres-replica"):
            argv = ["psql", "-U", "postgres", "-d", "sme_erp", "-P", "pager=off", "-Atqc", SETTINGS]
            seen[f"{service} settings"] = engine.run(row["Id"], argv).splitlines()
    return seen


def held(folder: Path) -> list[str]:
    """What each file of a folder holds, as a hash, and who may read it."""
    return [
        f"{path.name} {path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in sorted(folder.iterdir())
    ]


def unlimited(host: dict[str, object]) -> dict[str, object]:
    """What an engine has several words for: null, 0 and -1 are no limit."""
    return {key: max(int(str(host[key] or 0)), 0) for key in ("PidsLimit", "CpuQuota")}


def open_files(pid: str) -> str:
    """How many files a process may open."""
    lines = Path(f"/proc/{pid}/limits").read_text("utf-8").splitlines()
    return "".join(f" ({line})" for line in lines if line.startswith("Max open files"))


def note(name: str, what: object) -> None:
    """Leave a file for whoever tortures; it is whole or not there."""
    path = Path(NOTES, name)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(what), "utf-8")
    draft.rename(path)


def last_event(path: str) -> dict[str, object]:
    """The last line of a journal; {} for anything else."""
    if not path.endswith("journal.jsonl"):
        return {}
    try:
        return dict(json.loads(Path(path).read_bytes().splitlines()[-1]))
    except (ValueError, IndexError):
        return {}


def look(path: str) -> None:
    """Take the picture, where the line that was synced arms an undo or proves one."""
    event = last_event(path)
    data = event.get("data")
    if event.get("kind") not in ("fault.intended", "undo.verified") or not isinstance(data, dict):
        return
    if event["kind"] == "undo.verified" and not data.get("exists"):
        return  # the container is gone, and its limits with it
    injection = str(data["injection"])
    project = f"drill-{injection.rpartition('-')[0]}"
    try:
        if event["kind"] == "fault.intended":
            note(f"{injection}.before.json", answering(project))
        else:
            before = json.loads(Path(NOTES, f"{injection}.before.json").read_bytes())
            note(f"{injection}.after.json", settled(project, before))
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        note(f"{injection}.{event['kind']}.json", f"{type(error).__name__}: {error}")


def answering(project: str) -> dict[str, object]:
    """The picture once every database answers: one that is starting is no state to come back to."""
    deadline = time.monotonic() + SETTLED_WITHIN
    while "psql: error" in json.dumps(seen := picture(project)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return seen


def settled(project: str, before: dict[str, object]) -> dict[str, object]:
    """The picture once it is as before; as it is where that takes longer than a start may."""
    deadline = time.monotonic() + SETTLED_WITHIN
    while (seen := picture(project)) != before and time.monotonic() < deadline:
        time.sleep(0.05)
    return seen


def children(words: str) -> list[int]:
    """The processes that this one started and whose command line holds the words."""
    found = [
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text("ascii").split()
    ]
    return [pid for pid in found if words in Path(f"/proc/{pid}/cmdline").read_text("utf-8")]


def strike(number: int, name: str, victims: str) -> None:
    """Signal the victims, this process last, and note when."""
    whom = victims.split(",")
    pids = [pid for one in whom if one != "drill" for pid in children(f".{one}\0")]
    if "drill" in whom:
        pids.append(os.getpid())
    note(f"struck-{role()}.json", {"at_ns": time.monotonic_ns(), "point": number})
    for pid in pids:
        os.kill(pid, signal.Signals[name])


class HasFileno(Protocol):
    """What ``os.fsync`` takes besides a number."""

    def fileno(self) -> int:
        """The number."""


class Shim:
    """Stands in for ``os.fsync``."""

    def __init__(self, points: str) -> None:
        self._fsync = os.fsync
        self._count = 0
        self._points = {}
        for each in filter(None, points.split(";")):
            who, number, when, name, victims = each.split(":")
            if who == role():
                self._points[int(number)] = (when, name, victims)

    def __call__(self, fd: int | HasFileno) -> None:
        """Sync, and strike where that was chosen."""
        file = fd if isinstance(fd, int) else fd.fileno()
        path = str(Path(f"/proc/self/fd/{file}").readlink())
        if not path.endswith("journal.jsonl") and "/running/." not in path:
            self._fsync(file)
            return
        self._count += 1
        when, name, victims = self._points.get(self._count, ("", "", ""))
        if when == "torn":
            last = Path(path).read_bytes().splitlines(keepends=True)[-1:]
            os.ftruncate(file, os.fstat(file).st_size - len(b"".join(last)) // 2)
        if when in ("before", "torn"):
            strike(self._count, name, victims)
        self._fsync(file)
        look(path)
        if when == "after":
            strike(self._count, name, victims)


if NOTES and role():
    os.fsync = Shim(POINTS)
    if role() == "drill":  # a shell's background job is deaf to it, and so are its children
        signal.signal(signal.SIGINT, signal.default_int_handler)
