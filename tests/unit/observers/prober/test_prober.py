"""The prober as a process: what it is told, what it leaves, and how it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from drills.errors import DrillError, JournalError, PlanError, WaitTimeout
from drills.journal.sample import Expect, Lane, Outcome, Sample
from drills.journal.samples import SampleTail, compress, read_samples
from drills.observers.prober.prober import Prober
from drills.wait import until
from tests.unit.observers.prober.server import Act, ScriptedServer, answer, serving

GONE = {"Z", "X", ""}


def reads(port: int, **changes: object) -> Lane:
    lane = Lane("reads", "localhost", port, "/reads", rate=50.0, timeout=60.0, slow=60.0)
    return replace(lane, **changes)  # type: ignore[arg-type] # names and values of a lane


pytestmark = pytest.mark.thorough  # each starts a prober of its own


def orders(port: int, **changes: object) -> Lane:
    write = {"name": "orders", "path": "/orders", "method": "POST", "body": '{"id":"{id}"}'}
    return reads(port, **write, **changes)


def state(pid: int) -> str:
    """The letter of a process's state; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def await_samples(directory: Path, lane: str, count: int) -> list[Sample]:
    tail = SampleTail(directory)

    def enough() -> list[Sample] | None:
        found = tail.poll().get(lane)
        return list(found) if found is not None and len(found) >= count else None

    return until(enough, awaited=f"{count} samples of {lane}", within=30)


def test_lanes_are_asked_side_by_side_until_they_are_stopped(
    tmp_path: Path, server: ScriptedServer
) -> None:
    """Each has its file, `stop` counts its samples, and the rest goes on until the end."""
    server.on("/reads", answer())
    server.on("/orders", answer())
    with Prober(tmp_path / "samples") as prober:
        start_ns = prober.add(reads(server.port))
        prober.add(orders(server.port))
        await_samples(tmp_path / "samples", "reads", 3)
        count = prober.stop("reads")
        assert len(read_samples(tmp_path / "samples")["reads"]) == count
        await_samples(tmp_path / "samples", "orders", count + 3)
    assert not prober.alive
    compress(tmp_path / "samples")
    found = read_samples(tmp_path / "samples", final=True)
    assert [s.seq for s in found["reads"]] == list(range(count))
    assert found["reads"][0].intended_ns == start_ns + 20_000_000
    assert [s.seq for s in found["orders"]] == list(range(len(found["orders"])))
    assert {s.outcome for lane in found.values() for s in lane} <= {Outcome.OK, Outcome.DROPPED}


def test_no_secret_reaches_the_disk(tmp_path: Path, server: ScriptedServer) -> None:
    """A drill that dies leaves its samples as they are, so they are written without."""
    server.on("/reads", answer(b'{"state": "Zq9-wombat-51", "route": "password=hunter2-hunter2"}'))
    with Prober(tmp_path) as prober:
        prober.keep_secret(["Zq9-wombat-51"])
        prober.add(reads(server.port, expect=Expect(fields={"state": "done"}), route="route"))
        first, *_ = await_samples(tmp_path, "reads", 1)
        for path in tmp_path.iterdir():
            assert b"wombat" not in path.read_bytes()
            assert b"hunter2" not in path.read_bytes()
    assert first.detail == "state: expected done, got [redacted]"
    assert first.route == "password=[redacted]"


def test_the_end_waits_for_what_is_in_flight(tmp_path: Path, server: ScriptedServer) -> None:
    """Every request that was sent has its answer in the file when `end` returns."""
    go = threading.Event()
    server.on("/reads", go, answer())
    prober = Prober(tmp_path)
    prober.start()
    prober.add(reads(server.port, limit=2))
    until(lambda: len(server.requests) >= 2, awaited="both requests", within=30)
    threading.Timer(0.1, go.set).start()
    prober.end()
    prober.end()
    assert [s.outcome for s in read_samples(tmp_path)["reads"]] == [Outcome.OK, Outcome.OK]


def test_a_lane_goes_where_it_is_retargeted(tmp_path: Path, server: ScriptedServer) -> None:
    """As after a restart that published another port."""
    server.on("/reads", answer())
    with serving() as other, Prober(tmp_path) as prober:
        other.on("/reads", answer())
        prober.add(reads(server.port))
        await_samples(tmp_path, "reads", 1)
        prober.retarget("reads", "127.0.0.1", other.port)
        until(lambda: len(other.requests) >= 1, awaited="a request there", within=30)


def test_a_killed_prober_is_noticed_and_its_unknown_writes_are_named(
    tmp_path: Path, server: ScriptedServer
) -> None:
    """The ids of requests in flight are on file; the error says how it died and where to look."""
    server.on("/orders", Act.HANG)
    prober = Prober(tmp_path)
    prober.start()
    prober.add(orders(server.port))
    until(lambda: len(server.requests) >= 3, awaited="three orders", within=30)
    os.kill(prober.pid, signal.SIGKILL)
    until(lambda: not prober.alive, awaited="its death", within=30)
    with pytest.raises(DrillError, match=rf"died with exit status -9.*{tmp_path}"):
        prober.stop("orders")
    with pytest.raises(DrillError, match="died"):
        prober.end()
    unknown = {s.subject: s.outcome for s in read_samples(tmp_path, final=True)["orders"]}
    for request in server.requests:
        assert unknown[request.decode()[-38:-2]] is Outcome.TIMEOUT


def test_a_prober_that_died_unnoticed_fails_the_block_that_used_it(tmp_path: Path) -> None:
    """Samples that are missing must not pass for a system without failures."""
    with pytest.raises(DrillError, match="died"), Prober(tmp_path) as prober:
        os.kill(prober.pid, signal.SIGKILL)


def test_an_error_on_its_way_is_not_replaced(tmp_path: Path) -> None:
    """The drill's own failure stays the failure; the prober's is a note on it."""
    trouble = ZeroDivisionError()

    def fail(pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        raise trouble

    with pytest.raises(ZeroDivisionError), Prober(tmp_path) as prober:
        fail(prober.pid)
    assert "the prober did not end well" in trouble.__notes__[0]


PARENT = """
import sys
from pathlib import Path
from drills.journal.sample import Lane
from drills.observers.prober.prober import Prober
prober = Prober(Path(sys.argv[1]))
prober.start()
port = int(sys.argv[2])
prober.add(Lane("reads", "127.0.0.1", port, "/reads", 50.0, timeout=60.0, slow=60.0))
prober.add(Lane("orders", "127.0.0.1", port, "/orders/{id}", 50.0, timeout=60.0))
print(prober.pid, flush=True)
sys.stdin.read()
"""


def test_the_prober_does_not_outlive_the_drill(tmp_path: Path, server: ScriptedServer) -> None:
    """Its parent killed, it goes by itself; what was in flight is on file as unknown."""
    server.on("/reads", answer())
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), str(server.port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])},
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        await_samples(tmp_path, "reads", 5)
        parent.kill()
    until(lambda: state(pid) in GONE, awaited="the prober's own end", within=30)
    for name, samples in read_samples(tmp_path).items():
        assert [s.seq for s in samples] == list(range(len(samples))), name
        assert (tmp_path / f"{name}.jsonl").read_bytes().endswith(b"\n")


def test_what_is_in_flight_when_the_drill_dies_is_unknown(
    tmp_path: Path, server: ScriptedServer
) -> None:
    """A closed stdin is the drill's death: no waiting for a server that hangs."""
    server.on("/orders", Act.HANG)
    prober = Prober(tmp_path)
    prober.start()
    prober.add(orders(server.port, limit=2))
    until(lambda: len(server.requests) >= 2, awaited="two orders", within=30)
    assert prober._process is not None
    assert prober._process.stdin is not None
    prober._process.stdin.close()
    assert prober._process.wait(30) == 0
    samples = read_samples(tmp_path)["orders"]
    assert [s.detail for s in samples] == ["no outcome recorded"] * 2
    assert {s.outcome for s in samples} == {Outcome.TIMEOUT}


def test_a_terminated_prober_leaves_whole_files(tmp_path: Path, server: ScriptedServer) -> None:
    """SIGTERM reaches everything when a machine goes down."""
    server.on("/reads", answer())
    prober = Prober(tmp_path)
    prober.start()
    prober.add(reads(server.port))
    await_samples(tmp_path, "reads", 2)
    os.kill(prober.pid, signal.SIGTERM)
    until(lambda: not prober.alive, awaited="its end", within=30)
    samples = read_samples(tmp_path)["reads"]
    assert [s.seq for s in samples] == list(range(len(samples)))
    with pytest.raises(DrillError, match="exit status 0"):
        prober.end()


def test_the_prober_is_out_of_the_terminals_reach(tmp_path: Path) -> None:
    """A session of its own: Ctrl-C is for the drill, which then ends the prober in order."""
    with Prober(tmp_path) as prober:
        assert os.getsid(prober.pid) == prober.pid


def test_a_token_reaches_the_prober_by_stdin_alone(tmp_path: Path, server: ScriptedServer) -> None:
    """Not by its command line, its environment or a file."""
    server.on("/reads", answer())
    headers = {"Authorization": "Bearer s3cr3t-t0ken"}
    with Prober(tmp_path) as prober:
        prober.add(reads(server.port, headers=headers))
        await_samples(tmp_path, "reads", 1)
        process = Path(f"/proc/{prober.pid}")
        seen = [process / "cmdline", process / "environ", *tmp_path.iterdir()]
        assert not [path for path in seen if b"s3cr3t" in path.read_bytes()]
    assert b"Bearer s3cr3t-t0ken" in server.requests[0]


def test_a_lane_is_asked_once_and_only_if_it_can_be(tmp_path: Path, server: ScriptedServer) -> None:
    """A second lane of the name, an invalid one, an unknown host or name: each is refused."""
    with Prober(tmp_path) as prober:
        prober.add(reads(server.port))
        with pytest.raises(PlanError, match="'reads' was started before"):
            prober.add(reads(server.port))
        with pytest.raises(PlanError, match="name"):
            prober.add(reads(server.port, name="../reads"))
        with pytest.raises(PlanError, match=r"cannot ask no-such\.invalid"):
            prober.add(reads(server.port, name="other", host="no-such.invalid"))
        with pytest.raises(PlanError, match="no lane 'other'"):
            prober.stop("other")
        assert prober.stop("reads") >= 0


def test_two_probers_do_not_share_a_directory(tmp_path: Path) -> None:
    """The second says so and does not start; the first goes on."""
    with Prober(tmp_path) as first:
        with pytest.raises(DrillError, match=r"cannot create .*stalls\.jsonl: File exists"):
            Prober(tmp_path).start()
        assert first.alive


def test_a_directory_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """Before any process is started."""
    (tmp_path / "file").touch()
    prober = Prober(tmp_path / "file" / "samples")
    with pytest.raises(JournalError, match="cannot create"):
        prober.start()
    assert not prober.alive


def test_a_prober_that_does_not_reply_is_reported_and_put_down(tmp_path: Path) -> None:
    """The error says what was awaited, how long, and what state the process was in."""
    prober = Prober(tmp_path)
    prober.start()
    os.kill(prober.pid, signal.SIGSTOP)
    with pytest.raises(WaitTimeout, match=r"'ended': not within 50 ms; last seen: .* running"):
        prober.end(timeout=0.05)
    assert not prober.alive


def test_nothing_is_asked_of_a_prober_that_was_not_started(tmp_path: Path) -> None:
    """Nor of one that has ended; ending it is no error then."""
    prober = Prober(tmp_path)
    prober.end()
    with pytest.raises(DrillError, match="not running"):
        prober.stop("reads")
    with prober, pytest.raises(DrillError, match="started before"):
        prober.start()
    with pytest.raises(DrillError, match="not running"):
        prober.stop("reads")


def test_a_command_that_is_none_is_answered_without_being_repeated(tmp_path: Path) -> None:
    """What cannot be read may still hold a token."""
    prober = Prober(tmp_path)
    prober.start()
    assert prober._process is not None
    assert prober._process.stdin is not None
    prober._process.stdin.write(b'{"cmd": "s3cr3t"}\n')
    with pytest.raises(DrillError, match="not a command") as caught:
        prober.end()
    assert "s3cr3t" not in str(caught.value)
    assert not prober.alive
