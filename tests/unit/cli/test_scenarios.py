"""The scenarios of feature files, as they are run."""

from __future__ import annotations

from pathlib import Path

from drills.cli.scenarios import scenarios_in


def test_tags_and_sentences_come_from_all_around(tmp_path: Path) -> None:
    """Feature, rule, background, examples, tables; in any language."""
    (tmp_path / "a.feature").write_text(
        "# language: de\n@eins\nFunktionalität: F\n  Grundlage:\n    Angenommen davor\n"
        "  @zwei\n  Rule: R\n    @drei\n    Szenariogrundriss: S\n      Wenn <was>\n"
        "      Dann alles\n        | criterion | metric |\n        | gesehen | x |\n"
        "      @vier\n      Beispiele:\n        | was |\n        | a |\n        | b |\n",
        "utf-8",
    )
    (tmp_path / "broken.feature").write_text("Nothing\n")
    (scenario,) = scenarios_in(tmp_path)
    assert (scenario.name, scenario.line) == ("S", 9)
    assert scenario.tags == {"eins", "zwei", "drei", "vier"}
    assert {"davor", "a", "b", "alles", "gesehen"} <= scenario.sentences
