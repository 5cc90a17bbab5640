"""`drills faults`."""

from __future__ import annotations

import pytest

from drills.cli.catalogue import listed
from drills.faults.catalogue import CATALOGUE
from drills.faults.described import families
from drills.stack.abilities import Ability


def able(_ability: Ability) -> str:
    return ""


def test_every_fault_is_listed_under_its_family() -> None:
    """In the words of a scenario."""
    lines = list(listed("", able))
    for family, faults in families().items():
        assert family in lines
        assert all(f"  {fault.words}" in lines for fault in faults)


def test_words_choose_some() -> None:
    """By family, words, or what happens; all of them have to be there."""
    assert [line for line in listed("replay pause", able) if not line.startswith("   ")] == [
        "postgres",
        "  a pause of replay",
    ]
    assert list(listed("no such thing", able)) == []


def test_what_the_machine_is_not_able_to_is_said_with_the_reason() -> None:
    """And asked for only where a fault that is listed needs it."""
    asked: list[Ability] = []

    def unable(ability: Ability) -> str:
        asked.append(ability)
        return "there is no nf_tables"

    lines = list(listed("partition from", unable))
    assert f"      NOT HERE: {Ability.LINKS}: there is no nf_tables" in lines
    assert f"      here: {Ability.LINKS}" in list(listed("partition from", able))
    assert set(asked) == {Ability.LINKS}


def test_a_family_that_is_broken_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is looked for."""
    monkeypatch.setitem(CATALOGUE.broken, "shop (shop_faults)", "ImportError: no numpy")
    assert list(listed("no such thing", able)) == [
        "not loaded: shop (shop_faults): ImportError: no numpy"
    ]
