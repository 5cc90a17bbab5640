"""What is asked of the kernel's packet filter, nf_tables, and what it answers. Pure.

All rules of one mark stand in a table of its own, one for IPv4 and one for IPv6. Each carries the
mark and its own words, so that a table of the same name is not taken for one.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Collection, Iterator, Sequence

from drills.errors import EngineError
from drills.stack.engines import netlink
from drills.stack.engines.errand import Call, Gave
from drills.stack.engines.expressions import IPV4, IPV6, variants
from drills.stack.engines.netlink import (
    ACKNOWLEDGE,
    CREATE,
    DONE,
    DUMP,
    ERROR,
    EXCLUSIVE,
    Attributes,
    attribute,
    number,
    text,
)
from drills.stack.links import Rule, Way

_NETFILTER = 12
_BEGIN, _END = 0x10, 0x11
_OF_TABLES = 10 << 8
_NEW_TABLE, _DELETE_TABLE, _NEW_CHAIN, _NEW_RULE, _GET_RULE = (
    _OF_TABLES | n for n in (0, 2, 3, 6, 7)
)
_FAMILIES = (IPV4, IPV6)
_HOOK = {Way.INCOMING: 1, Way.OUTGOING: 3}  # what comes in for the container, what it sends itself
_CHAIN = {Way.INCOMING: "input", Way.OUTGOING: "output"}
_TABLE, _OF_CHAIN, _EXPRESSIONS, _COMMENT = 1, 2, 4, 7  # attributes of a rule
_WHOM = "the kernel's packet filter"


def asked(*requests: bytes) -> list[Call]:
    """The calls that hand requests to the packet filter and take its answers."""
    return netlink.asked(_NETFILTER, *requests)


def adding(mark: str, rules: Collection[Rule], way: int = 0) -> bytes:
    """The request to make these rules: all or nothing, in the first way to say them or another."""
    by_family: dict[int, list[Rule]] = {}
    for rule in sorted(rules, key=str):
        by_family.setdefault(_family(rule), []).append(rule)
    return _batch(
        [one for family, some in by_family.items() for one in _table(family, mark, some, way)]
    )


def listing(mark: str) -> tuple[bytes, ...]:
    """The requests to tell all rules of the mark's tables."""
    return tuple(_message(_GET_RULE, DUMP, each, {_TABLE: _name(mark)}, each) for each in _FAMILIES)


def removing(mark: str, families: Collection[int]) -> bytes:
    """The request to remove the mark's tables of these families."""
    return _batch([(_DELETE_TABLE, 0, each, {_TABLE: _name(mark)}) for each in sorted(families)])


def done(gave: Sequence[Gave]) -> None:
    """Raise EngineError unless the kernel did all of a batch, with its reason."""
    acknowledged = 0
    for kind, body in netlink.answers(_WHOM, gave):
        if kind == ERROR:
            if refusal := netlink.refusal(body):
                raise EngineError(f"{_WHOM} refuses: {refusal}")
            acknowledged += 1
    if not acknowledged:
        raise EngineError(f"{_WHOM} did not answer")


def listed(mark: str, gave: Sequence[Gave]) -> list[tuple[int, Rule | None]]:
    """The rules that carry the mark, each with its family; None for one that was changed.

    Raises EngineError where not all of them were told.
    """
    found: list[tuple[int, Rule | None]] = []
    complete = 0
    for kind, body in netlink.answers(_WHOM, gave):
        if kind == ERROR:
            raise EngineError(f"{_WHOM} is not told: {netlink.refusal(body)}")
        complete += kind == DONE
        if kind == _NEW_RULE:
            told = netlink.attributes(body[4:])
            comment = told.get(_COMMENT, b"")[2:].removesuffix(b"\0").decode("utf-8", "replace")
            own, _, words = comment.partition(": ")
            if own == f"drill {mark}" and told[_TABLE] == _name(mark):
                found.append((body[0], _rule(body[0], words, told)))
    if complete < len(_FAMILIES):
        raise EngineError(f"{_WHOM} did not tell all of its rules")
    return found


_Order = tuple[int, int, int, Attributes]  # type, flags, family, attributes


def _table(family: int, mark: str, rules: Sequence[Rule], way_to_say: int = 0) -> Iterator[_Order]:
    yield _NEW_TABLE, CREATE | EXCLUSIVE, family, {_TABLE: _name(mark)}
    for way, chain in _CHAIN.items():
        hook = attribute(1, number(_HOOK[way])) + attribute(2, number(0))
        named = {_TABLE: _name(mark), 3: text(chain), 4: hook, 7: text("filter")}
        yield _NEW_CHAIN, CREATE | EXCLUSIVE, family, named
        for rule in (one for one in rules if one.way is way):
            said = variants(rule)[way_to_say % len(variants(rule))]
            made = {_TABLE: _name(mark), _OF_CHAIN: text(chain), _EXPRESSIONS: said}
            yield _NEW_RULE, CREATE, family, {**made, _COMMENT: _comment(mark, rule)}


def _family(rule: Rule) -> int:
    return IPV4 if ipaddress.ip_network(rule.address).version == 4 else IPV6


def _rule(family: int, words: str, told: Attributes) -> Rule | None:
    """The rule of these words, where what the kernel does is what they say."""
    try:
        rule = Rule.from_words(words)
    except ValueError:
        return None
    same = (
        _family(rule) == family
        and told.get(_OF_CHAIN) == text(_CHAIN[rule.way])
        and any(netlink.stands_in(one, told.get(_EXPRESSIONS, b"")) for one in variants(rule))
    )
    return rule if same else None


def _batch(asked: Sequence[_Order]) -> bytes:
    """All of a batch is carried out, or nothing. What fails is told in order, then the last."""
    made = [
        _message(kind, flags | ACKNOWLEDGE * (count == len(asked)), family, attributes, count)
        for count, (kind, flags, family, attributes) in enumerate(asked, 1)
    ]
    bounds = [_message(kind, 0, 0, {}, 0, of=10) for kind in (_BEGIN, _END)]
    return b"".join((bounds[0], *made, bounds[1]))


def _message(
    kind: int, flags: int, family: int, attributes: Attributes, count: int, of: int = 0
) -> bytes:
    body = struct.pack(">BBH", family, 0, of)
    for key, value in attributes.items():
        body += netlink.nested(key, value) if key == _EXPRESSIONS else attribute(key, value)
    return netlink.message(kind, flags, body, count)


def _name(mark: str) -> bytes:
    return text(f"drill-{mark}")


def _comment(mark: str, rule: Rule) -> bytes:
    """The mark and the rule's words, as the nft command shows them beside it."""
    words = text(f"drill {mark}: {rule}")
    return bytes((0, len(words))) + words
