"""The way to another machine's engine, and to ports there, by the system's own ssh.

The user's own configuration, keys and known hosts decide who is let in; nothing is ever asked, as
nobody may be there to answer. What runs on the other side reads what this process would write, so
that it ends with this process, however that ends.
"""

from __future__ import annotations

import atexit
import os
import select
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from drills.errors import EngineError

OPEN_SECONDS = 20.0
_READY = b"drills: ready"
_THERE = "/var/run/docker.sock"
_OPTIONS = (
    "BatchMode=yes",
    "ConnectTimeout=10",
    "ExitOnForwardFailure=yes",
    "ServerAliveInterval=5",
    "ServerAliveCountMax=3",
    "StreamLocalBindUnlink=yes",
    "ControlMaster=no",
    "ControlPath=none",
    "PermitLocalCommand=no",
    "ForwardAgent=no",
    "ForwardX11=no",
)


class Tunnel:
    """To the machine of an address such as ``ssh://user@host:22/run/user/1000/docker.sock``.

    The path is that of the engine's socket there, its usual one where the address has none.
    """

    def __init__(self, target: str) -> None:
        url = urlsplit(target)
        if not url.hostname or url.hostname.startswith("-"):
            raise EngineError(f"expected ssh://HOST for the engine, got {target!r}")
        self._target = target
        self._who = (
            *(("-l", url.username) if url.username else ()),
            *(("-p", str(url.port)) if url.port else ()),
            *("--", url.hostname),
        )
        there = url.path if url.path not in ("", "/") else _THERE
        self._folder = Path(tempfile.mkdtemp(prefix="drills-ssh-"))
        self._socket = self._folder / "engine.sock"
        self._first = ("-L", f"{self._socket}:{there}")
        self._ways: dict[tuple[str, int], tuple[int, subprocess.Popen[bytes]]] = {}
        self._engine: subprocess.Popen[bytes] | None = None
        self._opening = threading.Lock()

    def engine(self) -> str:
        """The address on this machine at which that engine answers. Raises EngineError."""
        with self._opening:
            if self._engine is None or self._engine.poll() is not None:
                self._engine = self._opened(self._first)
        return f"unix://{self._socket}"

    def port(self, host: str, port: int) -> tuple[str, int]:
        """An address of this machine that leads to a port there, the same one as long as it lasts.

        Raises EngineError.
        """
        with self._opening:
            here, process = self._ways.get((host, port), (0, None))
            if process is None or process.poll() is not None:
                here = here or _free()
                place = f"[{host}]" if ":" in host else host
                process = self._opened(("-L", f"127.0.0.1:{here}:{place}:{port}"))
                self._ways[host, port] = here, process
        return "127.0.0.1", here

    def close(self) -> None:
        """End all of it. Idempotent."""
        with self._opening:
            for process in [self._engine, *(each for _, each in self._ways.values())]:
                if process is not None:
                    process.kill()
                    process.wait()
            self._engine, self._ways = None, {}
        shutil.rmtree(self._folder, ignore_errors=True)

    def _opened(self, forwarding: Sequence[str]) -> subprocess.Popen[bytes]:
        words = [word for option in _OPTIONS for word in ("-o", option)]
        line = ["ssh", "-T", "-a", "-x", *words, *forwarding, *self._who]
        complaints = self._folder / "ssh.log"
        try:
            with complaints.open("wb") as log:
                process = subprocess.Popen(
                    [*line, f"echo '{_READY.decode()}' && exec cat"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C in the terminal comes to us
                    bufsize=0,
                )
        except OSError as error:
            raise EngineError(f"ssh cannot be run: {error}") from error
        if not _says(process, time.monotonic() + OPEN_SECONDS):
            process.kill()
            process.wait()
            said = complaints.read_text("utf-8", "replace").strip().splitlines()
            last = said[-1] if said else f"no answer in {OPEN_SECONDS:g} s"
            raise EngineError(
                f"{self._target} is not reached by ssh: {last}. Hint: what has to work without a "
                f"question is `ssh -o BatchMode=yes {' '.join(self._who)} true`"
            )
        return process


@cache
def tunnel_to(target: str) -> Tunnel:
    """The one of this process to that address; it ends with the process."""
    tunnel = Tunnel(target)
    owner = os.getpid()
    atexit.register(lambda: tunnel.close() if os.getpid() == owner else None)
    return tunnel


def _says(process: subprocess.Popen[bytes], deadline: float) -> bool:
    """Whether the other side is there in time; a machine may greet before that."""
    assert process.stdout is not None
    heard = b""
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([process.stdout], [], [], left)
        chunk = os.read(process.stdout.fileno(), 4096) if ready else b""
        if not chunk:
            return False
        heard = heard[-len(_READY) :] + chunk
        if _READY in heard:
            return True
    return False


def _free() -> int:
    """A port of this machine that nobody has just now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
