"""What stands in an operator's console: it runs one command after the other, and asks for the rest.

The console has no network and no engine. This program listens where a runbook means the system's
ports, and stands behind the words ``docker`` and ``docker-compose``; what comes there it hands to
whoever started it, a JSON object a line, and gives the answers back. It says nothing before it was
told what to do, so that nobody can miss the beginning.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import IO, Any

HOME, STATE, BIN, SOCKET = "/runbook", "/run/drill", "/run/drill/bin", "/run/drill/words"
FOLDERS = (HOME, "/tmp", "/var/tmp")  # noqa: S108 - the console's own
KEPT = 1 << 20  # bytes of each stream of a command
FILES = 2000  # looked at, of those that a command may have made
PIECE = 1 << 16
HARD = struct.pack("ii", 1, 0)  # closed so, a connection is reset: the nearest to a refusal
ANSWER = 30.0  # seconds that an answer may take once all was said
GRACE = 2.0  # seconds between asking a command to end and ending it
END = 20.0  # seconds in which all that a command left must have ended

ASKING = """#!/usr/bin/python3 -I
import base64, json, os, socket, sys, threading
to = socket.socket(socket.AF_UNIX)
to.connect(%r)
lock = threading.Lock()
def say(**what):
    with lock:
        to.sendall(json.dumps(what).encode() + b"\\n")
say(words=[os.path.basename(sys.argv[0]), *sys.argv[1:]], folder=os.getcwd())
def feed():
    while piece := os.read(0, 65536):
        say(data=base64.b64encode(piece).decode())
    say(end=True)
threading.Thread(target=feed, daemon=True).start()
for line in to.makefile():
    told = json.loads(line)
    if "code" in told:
        os._exit(told["code"])
    try:
        place = 2 if told.get("errors") else 1
        piece = base64.b64decode(told.get("data", ""))
        while piece:
            piece = piece[os.write(place, piece):]
    except BrokenPipeError:
        os._exit(141)
os._exit(125)
"""

SUDO = """#!/bin/bash
# Just runs it: who stands here is root already, of nothing but the console.
while [ $# -gt 0 ]; do
    case $1 in
        -u|-g|-h|-p|-C|-D|-R|-T|--user|--group) shift 2 ;;
        --) shift; break ;;
        -*) shift ;;
        *=*) export "$1"; shift ;;
        *) break ;;
    esac
done
[ $# -gt 0 ] || exit 0
exec "$@"
"""

# Around a command: it begins where the one before it ended, and the status of each part is kept.
# What is kept of a line takes no process of its own: it may have left room for none.
BEFORE = """
__drill_known=" $(compgen -v | tr '\\n' ' ') __drill_known __drill_new __drill_parts __drill_code "
[ ! -f {state}/variables ] || . {state}/variables
cd -- "$(cat {state}/folder 2>/dev/null || echo {home})" 2>/dev/null || cd {home}
__drill_leave() {{
    __drill_code=$?
    printf '%s\\n' "${{__drill_parts[*]-$__drill_code}}" > {state}/parts
    pwd > {state}/folder
    compgen -v > {state}/names
    while read -r __drill_new; do
        case $__drill_known in *" $__drill_new "*) ;; *) declare -p "$__drill_new" ;; esac
    done < {state}/names > {state}/new 2>/dev/null
    : > {state}/left
    exit $__drill_code
}}
__drill_status() {{ return "$1"; }}
trap __drill_leave EXIT
set -u
"""
AFTER = '\n__drill_parts=("${PIPESTATUS[@]}")\n__drill_status "${__drill_parts[-1]}"\n'


class Wire:
    """One JSON object a line, to whoever started this."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._lock = threading.Lock()

    def say(self, **what: Any) -> None:
        """Send it whole."""
        with self._lock:
            self._out.write(json.dumps(what).encode() + b"\n")
            self._out.flush()


class Channels:
    """What is asked for and not answered yet, by number; each has somebody who hears answers."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._numbers = count(1)
        self._hearing: dict[int, Callable[[dict[str, Any]], None]] = {}

    def open(self, hear: Callable[[dict[str, Any]], None], **what: Any) -> int:
        """Ask for something; ``hear`` is called with each line of the answer."""
        number = next(self._numbers)
        self._hearing[number] = hear
        self.wire.say(channel=number, open=what)
        return number

    def hear(self, told: dict[str, Any]) -> None:
        """A line of an answer; one that nobody waits for any more is dropped."""
        if hear := self._hearing.get(told["channel"]):
            with suppress(OSError):
                hear(told)

    def close(self, number: int) -> None:
        """Nobody waits for it any more."""
        if self._hearing.pop(number, None):
            self.wire.say(channel=number, gone=True)


def listen_at(port: int, channels: Channels) -> None:
    """Hand on whatever is said to a port of this machine."""
    server = socket.create_server(("127.0.0.1", port), backlog=64)
    for connection in _accepted(server):
        _apart(_hand_on, connection, port, channels)


def _hand_on(connection: socket.socket, port: int, channels: Channels) -> None:
    there: queue.SimpleQueue[bool] = queue.SimpleQueue()
    answered = threading.Event()

    def hear(told: dict[str, Any]) -> None:
        if "there" in told:
            there.put(told["there"])
        elif told.get("end"):
            answered.set()
            connection.shutdown(socket.SHUT_WR)
        else:
            connection.sendall(base64.b64decode(told["data"]))

    number = channels.open(hear, port=port)
    with connection, suppress(OSError):
        if there.get():
            _talk(connection, number, channels.wire)
            answered.wait(ANSWER)  # who has said all may still be told something
        else:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HARD)
    channels.close(number)


def _talk(connection: socket.socket, number: int, wire: Wire) -> None:
    """Hand on what is said, until the other side is gone."""
    while piece := connection.recv(PIECE):
        wire.say(channel=number, data=base64.b64encode(piece).decode())
    wire.say(channel=number, end=True)


def answer_words(channels: Channels) -> None:
    """Hand on what the words ``docker`` and ``docker-compose`` were called with."""
    server = socket.socket(socket.AF_UNIX)
    Path(SOCKET).unlink(missing_ok=True)  # of the program before this one
    server.bind(SOCKET)
    server.listen(64)
    for connection in _accepted(server):
        _apart(_asked, connection, channels)


def _asked(connection: socket.socket, channels: Channels) -> None:
    lines = connection.makefile("rb")
    number = channels.open(
        lambda told: connection.sendall(json.dumps(told).encode() + b"\n"),
        **json.loads(lines.readline()),
    )
    with connection, suppress(OSError):
        for line in lines:
            channels.wire.say(channel=number, **json.loads(line))
    channels.close(number)


def _apart(work: Callable[..., None], *given: Any) -> None:
    """Do it on a thread of its own; where a line left no room for one it is not done."""
    with suppress(RuntimeError):
        threading.Thread(target=work, args=given, daemon=True).start()


def _accepted(server: socket.socket) -> Iterator[socket.socket]:
    while True:
        with suppress(OSError):
            yield server.accept()[0]


def furnish() -> None:
    """Put the words of an operator where they are found."""
    Path(BIN).mkdir(parents=True, exist_ok=True)
    words = {"docker": ASKING % SOCKET, "docker-compose": ASKING % SOCKET, "sudo": SUDO}
    for name, text in words.items():
        path = Path(BIN, name)
        path.write_text(text, "utf-8")
        path.chmod(0o700)


def run(text: str, seconds: float) -> dict[str, Any]:
    """One command of a shell, and what came of it."""
    furnish()
    before = _files()
    for name in ("parts", "left"):
        Path(STATE, name).unlink(missing_ok=True)
    script = BEFORE.format(state=STATE, home=HOME) + text + AFTER
    Path(STATE, "command").write_text(script, "utf-8")
    process = subprocess.Popen(
        ["bash", f"{STATE}/command"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        cwd=HOME,
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": HOME, "TERM": "dumb"},
    )
    streams = [_Kept(process.stdout), _Kept(process.stderr)]
    over = _await(process, seconds)
    for stream in streams:
        stream.join(GRACE)
    _end_all(process)  # what it left behind
    if Path(STATE, "left").is_file():  # or else it was ended before it had told all
        Path(STATE, "new").replace(Path(STATE, "variables"))
    after = _files()
    return {
        "code": process.returncode,
        "parts": [int(each) for each in _read("parts").split()],
        "over": over,
        "output": base64.b64encode(streams[0].kept).decode(),
        "errors": base64.b64encode(streams[1].kept).decode(),
        "files": {path: now[0] for path, now in after.items() if before.get(path) != now},
        "removed": [path for path in before if path not in after],
    }


class _Kept(threading.Thread):
    """What comes out of a stream: so much of its beginning is kept, the rest is only taken."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        super().__init__(daemon=True)
        self.kept = b""
        self._stream = stream
        self.start()

    def run(self) -> None:
        while self._stream and (piece := os.read(self._stream.fileno(), PIECE)):
            self.kept = (self.kept + piece)[:KEPT]


def _await(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether its time was over before it had ended."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
        _signal(process, signal.SIGKILL)
        process.wait()
        return True
    return False


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _end_all(process: subprocess.Popen[bytes]) -> None:
    """End the command's group, also where it makes others faster than one call reaches them.

    What stands still makes no more of itself; so they are stopped first, and are fewer each time.
    """
    end = time.monotonic() + END
    while time.monotonic() < end:
        try:
            os.killpg(process.pid, signal.SIGSTOP)
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        time.sleep(0.02)


def _files() -> dict[str, tuple[int, int]]:
    """Size and time of change of what lies where an operator puts things."""
    found: dict[str, tuple[int, int]] = {}
    for top in FOLDERS:
        for folder, _, names in os.walk(top):
            for name in names[: FILES - len(found)]:
                path = Path(folder, name)
                with suppress(OSError):
                    stat = path.lstat()
                    found[str(path)] = (stat.st_size, stat.st_mtime_ns)
    return found


def _read(name: str) -> str:
    with suppress(OSError):
        return Path(STATE, name).read_text("utf-8")
    return ""


def main() -> None:
    """Do what each line says, until there are no more."""
    wire = Wire(os.fdopen(os.dup(1), "wb"))
    channels = Channels(wire)
    for line in sys.stdin.buffer:
        told = json.loads(line)
        if "channel" in told:
            channels.hear(told)
        elif "ports" in told:
            furnish()
            for port in told["ports"]:
                threading.Thread(target=listen_at, args=(port, channels), daemon=True).start()
            threading.Thread(target=answer_words, args=(channels,), daemon=True).start()
            wire.say(ready=True)
        else:
            threading.Thread(target=_answer, args=(wire, told), daemon=True).start()


def _answer(wire: Wire, told: dict[str, Any]) -> None:
    wire.say(ran=run(told["run"], told["seconds"]))


if __name__ == "__main__":
    main()
