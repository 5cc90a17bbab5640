"""What others wrote reaches journal, report, record, terminal and file names harmlessly."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from drills.cli import main
from drills.journal.journal import slug
from drills.journal.timeline import Json, Kind
from drills.judgement.judge import judge_directory
from drills.reporting.files import read_result, write_report
from drills.reporting.html import own
from drills.reporting.progress import Row
from drills.reporting.screen import Screen
from drills.reporting.terminal import PhaseLines, drawn, summary
from drills.reporting.verify import verify
from drills.runbook.attestation import attest
from tests.doubles.hostile import ACTING, TEXTS
from tests.doubles.recorded import Recording, recorded
from tests.unit.reporting.markup import Page

MIB = 1024 * 1024
LONGEST_LINE = 2 * MIB  # bytes of a line of the journal, whatever it was given
LARGEST_REPORT = 5 * MIB
# Of which reports are made: nothing that loads, runs, embeds or sends.
ELEMENTS = re.compile(
    "a|abbr|article|bdi|body|br|caption|circle|code|dd|defs|desc|details|div|dl|dt|figcaption|figure|footer|g|h1|"
    "h2|h3|head|header|html|li|link|main|meta|nav|ol|p|path|pattern|rect|section|span|strong|style|summary|"
    "svg|symbol|table|tbody|td|text|tfoot|th|thead|time|title|tr|tspan|ul|use"
)


def attacked(directory: Path, text: str) -> Recording:
    """A drill in which everything that others may write is ``text``."""
    many: list[Json] = [text, text, text]
    named: dict[str, Json] = {text: text, "more": {text: many}}
    recording = Recording(
        directory,
        **dict.fromkeys(("feature", "scenario", "severity", "incident", "incident_title"), text),
        **dict.fromkeys(("workaround", "host", "git"), text),
        **dict.fromkeys(("steps", "tags", "impact", "affected", "prevention"), many),
        alerts=["ReplicaDown", text],
        versions=named,
    )
    told = recording.told
    told(Kind.STACK_READY, text, engine=text, images=named)
    told(Kind.LANE_STARTED, text, lane=text, fail_over_to=text)
    recording.broken()
    fault: dict[str, Json] = {"fault": text, "container": text, "target": text}
    told(Kind.FAULT_INTENDED, text, injection=text, parameters=named, **fault)
    told(Kind.FAULT_EFFECTIVE, text, injection=text)
    for detector in ("alertmanager", "health", text):
        signal: dict[str, Json] = {"detector": detector, "name": text, "state": text}
        told(Kind.SIGNAL, f"alert {text}", labels=named, annotations=named, **signal)
    told(Kind.ENGINE, text, action=text, service=text, command=text, exit_code=text)
    grown: dict[str, Json] = {"container": text, "pid": text, "command": text}
    grown |= {"resident_mib": text, "growth_mib_per_s": text}
    told(Kind.RESPONSE_STEP, text, action="inspect", detail=grown)
    told(Kind.RESPONSE_FAILED, text)
    told(Kind.PHASE, text, phase=text)
    told(Kind.ERROR, text)
    told(Kind.UNDO_FAILED, text, injection=text)
    for metric in ("availability", "attestation", "time to detect"):
        limit: dict[str, Json] = {"comparator": "at least", "limit": 0.5}
        told(Kind.CRITERION, text, name=text, metric=metric, subject=text, **limit)
    recording.sampled(route=text[:100], detail=text[:100])
    recording.kept(text, text.encode("utf-8", "surrogatepass"))
    recording.kept(f"{text} log", b"\xff\xfe\x00<b>" * 1000, text)
    return recording


@pytest.fixture(scope="module", params=TEXTS)
def text(request: pytest.FixtureRequest) -> str:
    """Each hostile text in turn."""
    return TEXTS[request.param]


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory, text: str) -> Path:
    """A finished drill that was attacked with the text."""
    directory = attacked(tmp_path_factory.mktemp("a") / "reports" / "drill", text).finish()
    attest(directory, "Incident commander", text.strip() or "x", text)
    write_report(judge_directory(directory), directory)
    return directory


@pytest.mark.thorough
def test_every_output_at_once(drill: Path, tmp_path: Path, text: str) -> None:
    """Journal, files, report, record and terminal, each held to what it may hold."""
    the_journal_is_what_was_written(drill)
    no_file_is_elsewhere(drill)
    the_report_is_only_read(drill)
    the_record_is_only_read(drill, tmp_path)
    the_terminal_is_only_written_to(drill, text)
    assert verify(drill) == []
    assert judge_directory(drill) == read_result(drill)


def the_journal_is_what_was_written(drill: Path) -> None:
    """One line an event, none forged, none longer than bounded, all of it plain ASCII."""
    data = (drill / "journal.jsonl").read_bytes()
    lines = data.splitlines(keepends=True)
    assert data.isascii()
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", data)
    assert [json.loads(line)["seq"] for line in lines] == list(range(len(lines)))
    assert not any(json.loads(line)["text"] == "forged" for line in lines)
    assert max(map(len, lines)) < LONGEST_LINE


def no_file_is_elsewhere(drill: Path) -> None:
    """Plain names, below the drill's directory, and nothing beside it."""
    assert [path.name for path in drill.parent.parent.iterdir()] == ["reports"]
    assert [path.name for path in drill.parent.iterdir()] == ["drill"]
    names = [path.relative_to(drill).as_posix() for path in drill.rglob("*")]
    assert all(re.fullmatch(r"(evidence/|samples/)?[a-z0-9.-]{1,80}", name) for name in names)
    assert not any(".." in name for name in names)


def the_report_is_only_read(drill: Path) -> None:
    """Well formed, with the elements of any report, nothing that runs, and of bounded size."""
    html = (drill / "report.html").read_bytes()
    assert len(html) < LARGEST_REPORT
    written = html.decode("utf-8").replace(f"<script>{own('report.js')}</script>", "", 1)
    assert not ACTING.search(written)
    page = Page(written)
    assert page.faults == []
    assert [name for name, _ in page.elements if not ELEMENTS.fullmatch(name)] == []
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    links = [attrs["href"] for attrs in page.all("a")]
    assert all(
        re.fullmatch(r"#[\w-]+|evidence/[a-z0-9.-]+|[a-z-]+\.(md|json|jsonl)", link)
        for link in links
    )


def the_record_is_only_read(drill: Path, tmp_path: Path) -> None:
    """No markup but its own: the headings and boxes of any record."""
    record = (drill / "incident.md").read_text("utf-8")
    assert not ACTING.search(record)
    assert not re.search(r"(?<!\\)<", record)
    assert len(record) < MIB
    plain = (recorded(tmp_path / "plain") / "incident.md").read_text("utf-8")
    heading = re.compile(r"^#+ (?!Incident record|Further notes).*$", re.MULTILINE)
    assert heading.findall(record) == heading.findall(plain)


def the_terminal_is_only_written_to(drill: Path, text: str) -> None:
    """No control character reaches it, and no line is endless."""
    shown = summary(read_result(drill), str(drill / "report.html"))
    lines, screen = io.StringIO(), io.StringIO()
    PhaseLines(lines)(text, text)
    Screen(screen).draw((), [drawn(Row(text, text, (text[:500],)), 500, False)])
    framed = re.sub(r"\x1b\[[KJ]", "", screen.getvalue())
    for output in (shown, lines.getvalue(), framed):
        assert not ACTING.search(output)
        assert max(map(len, output.splitlines())) <= max(600, len(str(drill)) + 50)


@pytest.mark.thorough
def test_the_command_line_shows_it_harmlessly(
    drill: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """``drills show`` and ``drills verify`` of a drill, and of one with a hostile file name."""
    main(["show", str(drill)])
    name = re.sub(r"[/\0]", "_", text.encode("utf-8", "replace").decode()[:80])
    added = drill / "evidence" / name
    added.write_bytes(b"")
    assert main(["verify", str(drill)]) == 1
    added.unlink()
    shown = capsys.readouterr()
    assert not ACTING.search(shown.out + shown.err)


def test_a_scenario_names_its_directory_harmlessly(text: str) -> None:
    """A few lower-case words, never empty, never a path."""
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?", slug(text))
