"""The report as a document: complete, self-contained, well formed, and harmless."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache

import pytest

from drills.judgement.metrics import METRICS
from drills.judgement.result import (
    CriterionResult,
    DrillResult,
    EvidenceResult,
    Intrusion,
    Period,
)
from drills.reporting.advice import advice
from drills.reporting.html import own, render_html
from drills.reporting.opening import opening
from tests.unit.reporting import example
from tests.unit.reporting.markup import Page

EVERY = pytest.mark.parametrize("variant", example.VARIANTS)


@cache
def rendered(variant: str) -> str:
    """The report of an example; made once for all who look at it."""
    return render_html(example.VARIANTS[variant]())


@EVERY
def test_every_variant_is_well_formed(variant: str) -> None:
    """Every element is closed in its turn, no attribute and no id occurs twice."""
    page = Page(rendered(variant))
    assert page.faults == []
    assert len(page.ids) == len(set(page.ids))


@EVERY
def test_every_reference_inside_the_page_has_its_target(variant: str) -> None:
    """Links, icons and accessible names point at ids that are there."""
    page = Page(rendered(variant))
    wanted = {
        attrs["href"][1:]
        for tag in ("a", "use")
        for attrs in page.all(tag)
        if attrs.get("href", "").startswith("#")
    }
    for _, attrs in page.elements:
        wanted |= set(attrs.get("aria-labelledby", "").split())
    assert wanted <= set(page.ids)


@EVERY
def test_the_policy_allows_one_style_sheet_one_script_and_nothing_else(variant: str) -> None:
    """The hashes in the policy are those of the two elements as they stand in the file."""
    html = rendered(variant)
    found = [re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL) for tag in ("style", "script")]
    assert [len(each) for each in found] == [1, 1]
    style, script = (
        base64.b64encode(hashlib.sha256(each[0].encode()).digest()).decode() for each in found
    )
    policy = next(
        attrs["content"]
        for attrs in Page(html).all("meta")
        if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@EVERY
def test_nothing_is_loaded_and_nothing_of_others_runs(variant: str) -> None:
    """One script, no inline style, no handler, no address but of data and of files beside it."""
    html = rendered(variant)
    assert html.count(f"<script>{own('report.js')}</script>") == 1
    page = Page(html)
    tags = [tag for tag, _ in page.elements]
    assert tags.count("script") == 1
    assert set(tags).isdisjoint({"iframe", "object", "embed", "img", "form", "base"})
    for tag, attrs in page.elements:
        assert not [name for name in attrs if name.startswith("on") or name == "style"], tag
        for name in ("href", "src", "xlink:href"):
            assert not re.match(r"(?!data:,)[a-z]+:|//", attrs.get(name, "")), attrs


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("met", ["Met", "98.2 of 100", "Performed without challenges", "1.62 s ± 0.01"]),
        ("missed", ["Missed", "49 of 100", "missed: reads failed over", "Unable to be performed"]),
        ("inconclusive", ["Inconclusive", "No score", "Nothing was injected", "nothing to draw"]),
        ("aborted", ["The drill was aborted", "A fault is not proven undone", "between 0 and 100"]),
        ("lost-data", ["3 acknowledged writes lost", "0b8e2a4c-5d1f-4c3a-9e57-000000000002"]),
    ],
)
def test_a_variant_says_what_happened(variant: str, words: list[str]) -> None:
    """Verdict, score and what a reader must not miss stand in the text."""
    text = Page(rendered(variant)).text
    assert [word for word in words if word not in text] == []


def test_a_criterion_shows_all_that_was_judged() -> None:
    """Name, metric, measured value, limit, margin, verdict and reason of a criterion are there."""
    one = example.missed().criteria[1]
    text = Page(render_html(example.missed())).text
    for word in (one.name, one.metric, "6.04 s ± 0.05", "at most 5 s", "990 ms too much"):
        assert word in text
    assert one.reason in text
    assert METRICS[one.metric].source in text


def test_the_parts_of_the_result_are_all_shown() -> None:
    """Timeline, journeys, faults, record, evidence and environment reach the reader."""
    result = example.result()
    text = Page(render_html(result)).text
    wanted = [entry.text for entry in result.timeline]
    wanted += [*result.availability, result.faults[0].target, result.faults[0].reverted, "13.3 s"]
    wanted += [*result.record.impact, *result.record.prevention, result.record.id]
    wanted += [one.sha256 for one in result.evidence]
    wanted += [result.environment.host, result.environment.engine, result.environment.git]
    assert [word for word in wanted if word not in text] == []


def test_altered_writes_are_told_and_so_is_content_that_was_not_compared() -> None:
    """Ids that are all there prove that nothing is lost, and no more."""
    proven = {"content_proven": True, "altered": 2, "altered_ids": ["w-1", "w-2"], "misread": 1}
    data = example.result().data
    text = Page(render_html(example.result(data=data.model_copy(update=proven)))).text
    for word in ("2 acknowledged writes altered", "w-2", "there with another content than was"):
        assert word in text
    assert "Content is not proven" not in text
    assert "Content is not proven" in Page(render_html(example.result(data=data))).text


def test_a_metric_that_was_not_measured_shows_its_reason() -> None:
    """Null is never a nought: the reason stands where the figure would."""
    none = example.unmeasured("no alert was delivered")
    metrics = dict.fromkeys(METRICS, none)
    text = Page(render_html(example.result(metrics=metrics))).text
    tiles = [each for each in METRICS.values() if each.tile]
    assert text.count("no alert was delivered") == 1 + len(tiles) == 6  # and who noticed


def test_a_journey_is_told_before_during_and_after_the_fault() -> None:
    """A line each; a part in which nothing was due has none."""
    one = example.availability()["orders"]
    shown = Page(render_html(example.result(availability={"orders": one}))).text
    assert "before the fault" not in shown
    part = Period(
        intended=1234,
        good=1233,
        ratio=1233 / 1234,
        latency_p50_s=0.0101,
        latency_p99_s=2.0,
        latency_p50_at_least=False,
        latency_p99_at_least=True,
    )
    both = one.model_copy(update={"before": part, "after": part})
    text = Page(render_html(example.result(availability={"orders": both}))).text
    assert "before the fault" in text
    assert "after the fault" in text
    assert "during the fault" not in text
    assert text.count("1 233 of 1 234") == 2
    assert "10 ms, ≥ 2 s" in text


def test_verdicts_are_told_by_word_and_shape() -> None:
    """Every verdict has its word and a symbol of its own, so that colour is not needed."""
    page = Page(render_html(example.missed()))
    shapes = {attrs["href"] for attrs in page.all("use")}
    for name in ("met", "missed", "inconclusive", "not-assessed"):
        assert f"#icon-{name}" in shapes
    for word in ("Met", "Missed", "Inconclusive", "Not assessed"):
        assert word in page.text


def test_tables_say_what_they_are() -> None:
    """Every table has a caption, and every header says whether it heads a row or a column."""
    page = Page(render_html(example.missed()))
    assert len(page.all("caption")) == len(page.all("table")) > 0
    assert all(attrs.get("scope") in ("row", "col") for attrs in page.all("th"))


def test_the_page_has_landmarks_and_one_title() -> None:
    """One main, one navigation, one first heading; every section is named."""
    page = Page(render_html(example.result()))
    assert [len(page.all(tag)) for tag in ("main", "nav", "header", "footer", "h1")] == [1] * 5
    assert all("aria-labelledby" in attrs for attrs in page.all("section"))
    assert page.all("html")[0]["lang"] == "en"


def test_hostile_text_is_text() -> None:
    """Markup, template syntax and entities of a service are shown as they are, not acted on."""
    html = render_html(example.hostile()).replace(f"<script>{own('report.js')}</script>", "")
    assert "<script" not in html
    assert "onerror=alert(2)>" not in html.replace("&gt;", "")
    assert "{{7*7}}" in html
    assert "49}}" not in html
    assert "<script>alert(1)</script>" in Page(html).text


def test_no_control_character_reaches_the_page() -> None:
    """Escapes, NUL and text that runs backwards are gone or made visible."""
    html = render_html(example.hostile())
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)
    assert "\\u202e" in html
    assert "[31m" not in html


def test_huge_text_is_cut_with_a_note() -> None:
    """A line of ten megabytes leaves a page of ordinary size that says what was cut."""
    html = render_html(example.hostile("x" * 10_000_000))
    assert len(html) < 400_000
    assert "(cut here: 10,000,000 characters in all)" in html


def test_halves_of_characters_do_not_break_the_file() -> None:
    """A lone surrogate, which no UTF-8 file can hold, is replaced."""
    broken = DrillResult.model_construct(**(dict(example.result()) | {"scenario": "a\ud800b"}))
    html = render_html(broken)
    assert "a\ufffdb" in html
    html.encode("utf-8")


def test_a_path_that_leaves_the_directory_is_no_link() -> None:
    """Paths with a way up, a scheme or a root are named but not linked."""
    paths = ["../secret", "/etc/passwd", "javascript:alert(1)", "a/../../b", "https://x.example/"]
    evidence = [EvidenceResult(name=p, path=p, sha256="00" * 32, size=1) for p in paths]
    page = Page(render_html(example.result(evidence=evidence)))
    assert all(attrs["href"].startswith("#") for attrs in page.all("a"))
    assert page.text.count("outside the drill's directory") == len(paths)


@pytest.mark.thorough
def test_a_report_of_thousands_of_events_stays_small() -> None:
    """Minor events of a long drill are left out and counted by kind; the turning points stay."""
    minor = example.timeline()[-2].model_copy(update={"kind": "note"})
    notes = [minor.model_copy(update={"text": f"{n} is"}) for n in range(20_000)]
    result = example.result(timeline=[*notes, *example.timeline()])
    html = render_html(result)
    assert len(html) < 400_000
    text = Page(html).text
    assert re.search(r"Left out here, and in journal\.jsonl: 19.\d\d\d of note", text)
    assert "engine event die, postgres-replica, exit code 0" in text


def test_who_was_let_in_without_right_is_told() -> None:
    """First of all, and by journey."""
    one = Intrusion(asked=40, refused=39, let_in=1, first_s=1.5)
    page = render_html(example.result().model_copy(update={"intrusions": {"no-token": one}}))
    assert "1 request without right let in: no-token." in page
    assert 'data-label="Refused">39</td>' in page
    assert "Requests without right" not in render_html(example.result())


def test_what_earlier_drills_left_stands_in_the_record() -> None:
    """Each with its state and the id by which it is attested."""
    text = render_html(example.result(follow_ups=example.follow_ups(2)))
    assert 'id="follow-ups"' in text
    assert "still open since 2026-10-02" in text
    assert "attested by Ann, was open since 2026-10-02" in text
    assert "(drill d1, f-000001)" in text
    assert 'id="follow-ups"' not in render_html(example.result())


def criteria_of(number: int, verdict: str, **changes: object) -> list[CriterionResult]:
    return [
        example.criterion(name=f"{verdict} {each}", verdict=verdict, **changes)
        for each in range(number)
    ]


def test_the_first_screen_says_what_was_missed_and_by_how_much() -> None:
    """With a link to the criterion, which stands first of all, and has an id of its own."""
    missed = example.missed().criteria[1]
    criteria = [*criteria_of(59, "met"), missed]
    html = render_html(example.result(verdict="missed", criteria=criteria))
    header = html.partition("</header>")[0]
    assert "6.04 s ± 0.05, at most 5 s, 990 ms too much" in header
    assert 'href="#criterion-60"' in header
    ids = [name for name in Page(html).ids if name.startswith("criterion-")]
    assert ids[0] == "criterion-60"
    assert sorted(ids, key=lambda name: int(name[10:])) == [f"criterion-{n}" for n in range(1, 61)]


def test_a_long_list_of_what_was_met_folds_and_what_was_not_never_does() -> None:
    """Without a script: in an element that opens."""
    criteria = [*criteria_of(30, "met"), *criteria_of(15, "inconclusive", value=None)]
    html = render_html(example.result(verdict="inconclusive", criteria=criteria))
    shown, _, folded = html.partition('<details class="more"><summary>30 ')
    assert "inconclusive 14" in shown.partition('id="criteria"')[2]
    assert folded.startswith("more, all met")
    assert "more, all met" not in render_html(example.result(criteria=criteria[:14]))


def test_a_long_name_folds() -> None:
    """Its beginning is the summary, and all of it is there."""
    name = "the orders of every customer " * 20
    html = render_html(example.result(criteria=[example.criterion(name=name)]))
    assert '<details class="long">' in html
    assert name.strip() in Page(html).text


def test_it_opens_with_five_sentences_and_says_what_is_next() -> None:
    """In the header, each an answer to its question; commands stand whole."""
    html = render_html(example.result())
    header = Page(html.partition("</header>")[0]).text
    for sentence in opening(example.result()):
        assert sentence.question in header
        assert " ".join(sentence.text.split()) in " ".join(header.split())
    for one in advice(example.result()):
        assert one.command in Page(html).text
