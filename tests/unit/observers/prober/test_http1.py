"""Requests as bytes, and answers however their bytes are split."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.observers.prober.http1 import (
    BODY_LIMIT,
    HEAD_LIMIT,
    Answer,
    AnswerParser,
    Progress,
    render,
)

SIZED = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length:  5 \r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5;ext=1\r\nhello\r\n06\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n"
)
CLOSED = b"HTTP/1.0 200\r\n\r\nuntil the end"
INTERIM = b"HTTP/1.1 100 Continue\r\nX: 1\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n" + SIZED
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"

Result = tuple[Progress, int, bytes, str]


def parse(pieces: list[bytes], method: str = "GET") -> Result:
    """What a parser makes of these bytes in this order, and then the end of the connection."""
    parser = AnswerParser(method)
    progress = Progress.MORE
    for piece in pieces:
        progress = parser.feed(piece)
        if progress is not Progress.MORE:
            break
    else:
        progress = parser.eof()
    return progress, parser.status, parser.answer.body, parser.why


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (SIZED, b"hello"),
        (CHUNKED, b"hello world"),
        (CLOSED, b"until the end"),
        (INTERIM, b"hello"),
        (SIZED + b"surplus", b"hello"),
    ],
    ids=["content-length", "chunked", "until close", "after interim answers", "with surplus"],
)
def test_a_whole_answer_is_read_in_every_framing(data: bytes, body: bytes) -> None:
    """Content-Length, chunked, until the connection closes, after 1xx answers."""
    assert parse([data]) == (Progress.WHOLE, 200, body, "")


def test_an_answer_without_a_body_is_whole_at_the_end_of_its_head() -> None:
    """204 has no body, nor has the answer to HEAD, whatever length it names."""
    assert parse([EMPTY]) == (Progress.WHOLE, 204, b"", "")
    assert parse([SIZED[:-5]], "HEAD") == (Progress.WHOLE, 200, b"", "")


def test_headers_are_kept_by_lower_case_name_and_joined() -> None:
    """A repeated header becomes one value, as RFC 9110 lets it."""
    parser = AnswerParser()
    parser.feed(b"HTTP/1.1 204 Gone\r\nX-Route: a\r\nx-route:\tb \r\n\r\n")
    assert parser.answer == Answer(204, {"x-route": "a, b"}, b"")


@pytest.mark.parametrize("data", [SIZED, CHUNKED, INTERIM, EMPTY])
def test_every_answer_cut_short_is_truncated(data: bytes) -> None:
    """There is no byte at which a connection may end early and pass for a whole answer."""
    for end in range(len(data)):
        assert parse([data[:end]])[0] is Progress.TRUNCATED, data[:end]


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 99 Low\r\n\r\n",
        b"HTTP/1.1 2000 High\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhelo0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 2000,
        b"HTTP/1.1 200 OK\r\nA: " + b"a" * HEAD_LIMIT,
    ],
)
def test_what_is_not_http_is_malformed_and_says_why(data: bytes) -> None:
    """Garbage is told from an early end, at once and not at the time-out."""
    progress, _status, _body, why = parse([data])
    assert progress is Progress.MALFORMED
    assert why


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (BODY_LIMIT + 1),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % (BODY_LIMIT + 1),
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (BODY_LIMIT + 1),
    ],
    ids=["content-length", "chunked", "until close"],
)
def test_a_body_beyond_the_bound_is_not_collected(data: bytes) -> None:
    """A server that sends without end cannot fill the prober's memory."""
    assert parse([data])[0] is Progress.TOO_LARGE


@pytest.mark.parametrize("data", [SIZED, CHUNKED, CLOSED, INTERIM, EMPTY, SIZED + b"surplus"])
def test_a_split_at_any_byte_changes_nothing(data: bytes) -> None:
    """Two reads give what one read gives, wherever the bytes are parted; so do single bytes."""
    whole = parse([data])
    for at in range(1, len(data)):
        assert parse([data[:at], data[at:]]) == whole, at
    assert parse([data[at : at + 1] for at in range(len(data))]) == whole


FRAGMENTS = st.sampled_from(
    [
        *(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Go\r\n\r\n", b"HTTP/1.1 500 No\r\n"),
        *(b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"X: y\r\n", b"\r\n"),
        *(b"hello", b"5\r\nhello\r\n", b"0\r\n", b"ffffffff\r\n", b" ", b":", b"\x00", b"\n"),
    ]
)


@given(st.lists(FRAGMENTS, max_size=10).map(b"".join), st.data())
def test_no_split_of_any_bytes_changes_what_they_mean(data: bytes, draw: st.DataObject) -> None:
    """Right or wrong, bytes mean the same in one read as in many."""
    cuts = draw.draw(st.sets(st.integers(0, len(data)), max_size=8))
    edges = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(edges) if a < b]
    joined = [data] if data else []
    split, whole = parse(pieces), parse(joined)
    assert split[:2] == whole[:2]
    assert split[3] == whole[3]
    if whole[0] is Progress.WHOLE:
        assert split[2] == whole[2]


def test_a_request_names_its_host_and_the_length_of_its_body() -> None:
    """A body without a type is JSON, and no Connection header asks the server to close first."""
    assert render("POST", "/orders", "erp:80", {"Authorization": "Bearer x"}, b"{}") == (
        b"POST /orders HTTP/1.1\r\nHost: erp:80\r\nAuthorization: Bearer x\r\n"
        b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert render("GET", "/", "erp:80", {}, b"") == b"GET / HTTP/1.1\r\nHost: erp:80\r\n\r\n"


def test_a_header_that_the_lane_sets_is_not_sent_twice() -> None:
    """Host and Content-Type are the lane's to set."""
    request = render("PUT", "/", "erp:80", {"host": "a", "content-type": "text/csv"}, b"x")
    assert request.lower().count(b"host:") == 1
    assert request.lower().count(b"content-type:") == 1
