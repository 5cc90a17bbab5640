"""What of the page is as it was is kept; what anybody else changed is not."""

from __future__ import annotations

from pathlib import Path

from drills.reporting.index.parts import Parts


def page(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "index.html"
    path.write_text(text, "utf-8")
    return path


def test_a_part_is_made_once(tmp_path: Path) -> None:
    """As long as its key is the same."""
    first = Parts(None)
    text = first.part("a", lambda: "one ü\n") + first.part("b", lambda: "two\n")
    second = Parts(page(tmp_path, f"<html>\n{text}</html>"))
    assert second.part("a", lambda: "other\n") == first.part("a", lambda: "one ü\n")
    assert "other" in second.part("c", lambda: "other\n")
    assert second.made == 1


def test_a_part_that_was_changed_is_made_anew(tmp_path: Path) -> None:
    """One that was cut short is, too."""
    text = Parts(None).part("a", lambda: "one\n")
    for changed in (text.replace("one", "two"), text[:-20], text.replace(" ", "  ", 1)):
        again = Parts(page(tmp_path, changed))
        assert "one" in again.part("a", lambda: "one\n")
        assert again.made == 1


def test_a_page_that_cannot_be_read_keeps_nothing(tmp_path: Path) -> None:
    """A folder of that name, say, or no page at all."""
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "none"):
        assert "x" in Parts(path).part("a", lambda: "x")


def test_what_has_no_room_is_none_and_its_size_is_kept(tmp_path: Path) -> None:
    """So that it is not made again for a room that is as small; for a larger one it is."""
    page = tmp_path / "index.html"
    first = Parts(None)
    assert first.fitting("k", lambda: "x" * 100, 120) is None
    page.write_text(first.left())
    second = Parts(page)
    assert second.fitting("k", lambda: "x" * 100, 120) is None
    assert second.made == 0
    assert second.left() == first.left()
    third = Parts(page)
    found = third.fitting("k", lambda: "x" * 100, 400)
    assert found is not None
    assert (third.made, found[1]) == (1, len(found[0].encode()))
    page.write_text(found[0])
    again = Parts(page)
    assert again.fitting("k", lambda: "y", 400) == found
    assert again.fitting("k", lambda: "y", found[1] - 1) is None
    assert again.made == 0
