"""The way to another machine by the system's ssh; here by a stand-in for that command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drills.errors import EngineError
from drills.stack.engines import tunnel as module
from drills.stack.engines.tunnel import Tunnel
from drills.wait import until

SOON = 20.0
GREETS = "echo 'Welcome to this machine.'; eval \"$last\""
REFUSES = "echo 'Warning: a banner' >&2; echo 'ann@there: Permission denied.' >&2; exit 255"
SILENT = "exec cat"
STAND_IN = """#!/bin/sh
for last; do :; done
printf '%s\\n' "$*" >> {log}
echo $$ >> {log}.pids
{acts}
"""

Opened = Callable[..., Tunnel]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """A tunnel whose ssh acts so."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    made: list[Tunnel] = []

    def there(acts: str, target: str = "ssh://ann@there:2222") -> Tunnel:
        command = tmp_path / "ssh"
        command.write_text(STAND_IN.format(log=tmp_path / "lines", acts=acts))
        command.chmod(0o755)
        made.append(Tunnel(target))
        return made[-1]

    yield there
    for tunnel in made:
        tunnel.close()


def lines(folder: Path) -> list[str]:
    """The command lines that were run."""
    return (folder / "lines").read_text().splitlines()


def test_it_leads_to_the_engine_s_socket_and_asks_nobody(opened: Opened, tmp_path: Path) -> None:
    """One process, whoever asks how often; a greeting of that machine is no answer."""
    tunnel = opened(GREETS)
    where = tunnel.engine()
    assert where == tunnel.engine()
    (line,) = lines(tmp_path)
    assert (
        f"-L {where.removeprefix('unix://')}:/var/run/docker.sock -l ann -p 2222 -- there" in line
    )
    for option in ("BatchMode=yes", "ExitOnForwardFailure=yes", "ForwardAgent=no"):
        assert f"-o {option}" in line


def test_the_address_may_name_another_socket(opened: Opened, tmp_path: Path) -> None:
    """Such as that of an engine without root."""
    opened(GREETS, "ssh://there/run/user/7/docker.sock").engine()
    assert ":/run/user/7/docker.sock -- there" in lines(tmp_path)[0]


def test_a_port_there_has_an_address_here_that_stays(opened: Opened, tmp_path: Path) -> None:
    """Customers know it; it is of the loopback, so nobody else's."""
    tunnel = opened(GREETS)
    first, other = tunnel.port("127.0.0.1", 8080), tunnel.port("127.0.0.1", 8081)
    assert tunnel.port("127.0.0.1", 8080) == first != other
    assert first[0] == "127.0.0.1"
    assert f"-L 127.0.0.1:{first[1]}:127.0.0.1:8080 " in lines(tmp_path)[0]
    assert len(lines(tmp_path)) == 2


def test_what_broke_off_is_opened_again_at_the_same_place(opened: Opened, tmp_path: Path) -> None:
    """A connection that was lost is no new address."""
    tunnel = opened(GREETS)
    engine, port = tunnel.engine(), tunnel.port("127.0.0.1", 8080)
    processes = [tunnel._engine, *(each for _, each in tunnel._ways.values())]
    for process in processes:
        assert process is not None
        process.kill()
        process.wait()
    assert (tunnel.engine(), tunnel.port("127.0.0.1", 8080)) == (engine, port)
    assert len(lines(tmp_path)) == 4


def test_who_is_not_let_in_is_told_ssh_s_last_words(opened: Opened) -> None:
    """With what has to work without a question."""
    with pytest.raises(EngineError, match="Permission denied") as told:
        opened(REFUSES).engine()
    assert "`ssh -o BatchMode=yes -l ann -p 2222 -- there true`" in str(told.value)


def test_who_says_nothing_is_given_up(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a bounded time, and its process goes."""
    monkeypatch.setattr(module, "OPEN_SECONDS", 0.1)
    with pytest.raises(EngineError, match=r"no answer in 0\.1 s"):
        opened(SILENT).engine()


@pytest.mark.parametrize("target", ["ssh://", "ssh://-oProxyCommand=x"])
def test_what_is_no_machine_is_refused(target: str) -> None:
    """A name that ssh would take for an option, too."""
    with pytest.raises(EngineError, match="expected ssh://HOST"):
        Tunnel(target)


def test_it_ends_with_its_process_however_that_ends(opened: Opened, tmp_path: Path) -> None:
    """Killed, too: what runs there reads what nobody writes any more."""
    opened(GREETS).close()
    program = (
        "import os, signal\n"
        "from drills.stack.engines.tunnel import tunnel_to\n"
        "tunnel_to('ssh://there').engine()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    own = {**os.environ, "TMPDIR": str(tmp_path)}  # what is killed leaves its folder
    subprocess.run([sys.executable, "-c", program], env=own, check=False)
    (pid,) = (tmp_path / "lines.pids").read_text().split()
    until(
        lambda: (
            not Path(f"/proc/{pid}/cmdline").exists()
            or not Path(f"/proc/{pid}/cmdline").read_bytes()
        ),
        awaited="the process of ssh ends",
        within=SOON,
    )
