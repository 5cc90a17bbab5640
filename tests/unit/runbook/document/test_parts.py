"""Names without pictures, repairs in words."""

from drills.runbook.document import Repair, without_pictures


def test_pictures_are_no_part_of_a_name() -> None:
    """Nor are joiners, selectors and lost characters; letters of any language are."""
    assert without_pictures("⚠️ 👩‍🚒 HIGH\ufffd  (P2)") == "HIGH (P2)"
    assert without_pictures("Störung – ¿Qué?") == "Störung – ¿Qué?"


def test_a_repair_says_what_was_read_as_what() -> None:
    """With its line."""
    assert str(Repair(7, "â–¡", "□", "why")) == "line 7: 'â–¡' read as '□': why"
