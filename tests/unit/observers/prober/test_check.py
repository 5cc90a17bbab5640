"""What a whole answer is worth."""

from __future__ import annotations

import json

import pytest

from drills.journal.redaction import Redactor
from drills.journal.sample import Expect, Outcome
from drills.observers.prober.check import Check
from drills.observers.prober.http1 import Answer

CSV = Expect(trailer="#rows,")


def said(body: bytes, status: int = 200) -> Answer:
    return Answer(status, {"x-erp-route": "fallback"}, body)


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b"anything", Outcome.OK),
        (302, b"", Outcome.ERROR),
        (204, b"", Outcome.ERROR),
        (400, b"", Outcome.REJECTED),
        (409, b"", Outcome.REJECTED),
        (500, b'{"committed": false}', Outcome.ERROR),
        (500, b'{"committed": null}', Outcome.ERROR),
        (502, b"", Outcome.ERROR),
        (503, b'{"committed": false}', Outcome.REJECTED),
        (503, b'{"committed": null}', Outcome.ERROR),
        (503, b'{"committed": 0}', Outcome.ERROR),
        (503, b"<html>", Outcome.ERROR),
        (503, b"[]", Outcome.ERROR),
    ],
)
def test_the_status_decides_what_the_customer_knows(
    status: int, body: bytes, outcome: Outcome
) -> None:
    """Only 4xx, and 503 with a plain "committed": false, promise that nothing was done."""
    assert Check(Expect())(said(body, status)).outcome is outcome


def test_a_good_status_that_nobody_expects_says_where_it_is_expected() -> None:
    """A write that is answered 201 is no failure of the system, but of the manifest."""
    detail = "status 201, expected 200 or 202 by its journey's expect.status"
    assert Check(Expect(status=(200, 202)))(said(b"", 201)).detail == detail
    assert Check(Expect())(said(b"", 502)).detail == "status 502"


def test_json_in_an_older_encoding_is_json() -> None:
    """What customers' clients read is not wrong for us."""
    body = '{"name": "Gr\xfc\xdfe"}'.encode("latin-1")
    assert Check(Expect(fields={"name": "Gr\xfc\xdfe"}))(said(body)).outcome is Outcome.OK


def test_an_expected_status_is_right_even_when_it_is_an_error() -> None:
    """A probe may ask for what must be refused."""
    assert Check(Expect(status=(401,)))(said(b"", 401)).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("expect", "body", "detail"),
    [
        (Expect(fields={"node": "replica"}), b"oops", "not a JSON object"),
        (Expect(fields={"node": "replica"}), b"[1]", "not a JSON object"),
        (Expect(fields={"node": "replica"}), b"[" * 100_000, "not a JSON object"),
        (Expect(fields={"node": "replica"}), b"{}", "no field node"),
        (
            Expect(fields={"node": "replica"}),
            b'{"node": "primary"}',
            "node: expected replica, got primary",
        ),
        (Expect(fields={"up": "true"}), b'{"up": 1}', "up: expected true, got 1"),
        (Expect(fields={"id": "{id}"}), b'{"id": "other"}', "id: expected u-1, got other"),
        (Expect(has=("items",)), b'{"items": []}', "no items"),
        (Expect(has=("items",)), b'{"items": null}', "no items"),
        (Expect(has=("items",)), b'{"more": 1}', "no items"),
    ],
)
def test_a_body_that_fails_its_check_is_wrong(expect: Expect, body: bytes, detail: str) -> None:
    """The expected status with another content; the detail says which."""
    judgement = Check(expect)(said(body), subject="u-1")
    assert (judgement.outcome, judgement.detail) == (Outcome.WRONG, detail)


@pytest.mark.parametrize(
    ("expect", "body"),
    [
        (Expect(fields={"up": "true", "n": "3"}), b'{"up": true, "n": 3}'),
        (Expect(fields={"id": "{id}"}), b'{"id": "u-1"}'),
        (Expect(has=("count", "flag")), b'{"count": 0, "flag": false}'),
        (Expect(fields={"a": "b"}, has=("c",)), b'{"a": "b", "c": [0]}'),
    ],
)
def test_a_body_that_passes_its_check_is_right(expect: Expect, body: bytes) -> None:
    """Zero and false are values; an expected value is written as text, {id} is the write's own."""
    assert Check(expect)(said(body), subject="u-1").outcome is Outcome.OK


@pytest.mark.parametrize(
    "body",
    [
        b"id,name\n1,a\n2,b\n#rows,2\n",
        b"id,name\r\n1,a\r\n2,b\r\n#rows,2\r\n",
        b"id,name\n1,a\n2,b\n#rows,2",
        b'id,name\n1,"a\nb"\n2,"#rows,7"\n#rows,2\n',
        b"id,name\n#rows,0\n",
    ],
)
def test_an_export_with_the_rows_it_claims_is_right(body: bytes) -> None:
    """Either line end, a line break inside a quoted field, no rows at all."""
    assert Check(CSV)(said(body)).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"id\n1\n2\n", "no closing line #rows,<n>"),
        (b"", "no closing line #rows,<n>"),
        (b"id\n1\n#rows,2\n", "1 rows, the closing line says 2"),
        (b"id\n1\n2\n3\n#rows,2\n", "3 rows, the closing line says 2"),
        (b"id\n1\n#rows,\n", "malformed closing line #rows,"),
        (b"#rows,0\n", "malformed closing line #rows,0"),
        (b"id\n1\n#rows,1\n\n", "no closing line #rows,<n>"),
    ],
)
def test_an_export_without_the_rows_it_claims_is_wrong(body: bytes, detail: str) -> None:
    """An export that lost rows on its way is told from a whole one."""
    judgement = Check(CSV)(said(body))
    assert (judgement.outcome, judgement.detail) == (Outcome.WRONG, detail)


@pytest.mark.parametrize(
    ("route", "body", "kept"),
    [
        ("", b'{"route": "replica"}', ""),
        ("route", b'{"route": "replica"}', "replica"),
        ("route", b"{}", ""),
        ("route", b"oops", ""),
        ("header:X-ERP-Route", b"", "fallback"),
        ("header:X-Other", b"", ""),
    ],
)
def test_the_route_that_answered_is_kept(route: str, body: bytes, kept: str) -> None:
    """From a JSON field or a header, and also from an answer that is an error."""
    assert Check(Expect(), route)(said(body)).route == kept
    assert Check(Expect(), route)(said(body, 500)).route == kept


SECRET = "Zq9-wombat-51-hunter2" * 4  # longer than what a sample keeps of a text


@pytest.mark.parametrize(
    ("expect", "body"),
    [
        (Expect(fields={"state": "done"}), {"state": f"{'x' * 50}{SECRET}"}),
        (Expect(fields={"state": SECRET}), {"state": "x"}),
        (Expect(fields={"state": "done"}), {"state": SECRET * 500}),
        (Expect(fields={"state": "done"}), {"state": f"{'x' * 4000}{SECRET * 9}"}),
        (Expect(), {"route": f"{'x' * 250}{SECRET}"}),
        (Expect(), {"route": SECRET}),
    ],
)
def test_no_text_that_is_kept_has_a_secret(expect: Expect, body: dict[str, str]) -> None:
    """Nor half of one, where the text was cut."""
    judgement = Check(expect, "route", Redactor([SECRET]))(said(json.dumps(body).encode()))
    for piece in (SECRET[at : at + 8] for at in range(21)):
        assert piece not in judgement.detail + judgement.route


def test_a_closing_line_is_kept_without_secrets() -> None:
    """A service may write its error, and all that is in it, where the count belongs."""
    body = f"id\n1\n#rows,cannot connect: {SECRET}\n".encode()
    judgement = Check(CSV, redact=Redactor([SECRET]))(said(body))
    assert judgement.detail == "malformed closing line #rows,cannot connect: [redacted]"


LIST = Expect(rows_of="page.items", rows=2)


@pytest.mark.parametrize(
    ("expect", "body", "detail"),
    [
        (Expect(contains="grüezi"), b"gruezi", "does not contain grüezi"),
        (Expect(pattern=r"^\d+ done$"), b"some done", r"does not match ^\d+ done$"),
        (Expect(pattern="end"), b"x" * 70_000 + b"end", "does not match end"),
        (LIST, b'{"page": {"items": [1]}}', "1 rows, expected at least 2"),
        (LIST, b'{"page": {"items": 7}}', "no list page.items"),
        (LIST, b'{"page": 1}', "no list page.items"),
        (LIST, b"[1, 2, 3]", "not a JSON object"),
        (Expect(rows=3), b"[1, 2]", "2 rows, expected at least 3"),
        (Expect(rows=3), b"a\n\n \nb\n", "2 rows, expected at least 3"),
        (Expect(rows=1), b"", "0 rows, expected at least 1"),
        (Expect(rows=1, trailer="#rows,"), b"id\n#rows,0\n", "0 rows, expected at least 1"),
    ],
)
def test_an_answer_that_holds_too_little_is_wrong(expect: Expect, body: bytes, detail: str) -> None:
    """However whole it is: a text, a pattern or rows that must be there are not."""
    judgement = Check(expect)(said(body))
    assert (judgement.outcome, judgement.detail) == (Outcome.WRONG, detail)


@pytest.mark.parametrize(
    ("expect", "body"),
    [
        (Expect(contains="grüezi"), "<p>grüezi</p>".encode()),
        (Expect(contains="caf"), b"caf\xe9"),
        (Expect(pattern=r"caf. \d"), b"caf\xe9 1"),
        (LIST, b'{"page": {"items": [1, 2]}}'),
        (Expect(rows=3), b"[1, 2, 3]"),
        (Expect(rows=2), b"a\nb"),
        (Expect(rows=2), b'{"n": 1}\n{"n": 2}\n'),
        (Expect(rows=2, trailer="#rows,"), b'id\n1\n"2\n3"\n#rows,2\n'),
    ],
)
def test_an_answer_that_holds_enough_is_right(expect: Expect, body: bytes) -> None:
    """Of JSON, of CSV, of lines, and of what is no UTF-8."""
    judgement = Check(expect)(said(body))
    assert (judgement.outcome, judgement.detail) == (Outcome.OK, "")
