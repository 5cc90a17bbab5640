"""The configuration is found where projects keep it, and of two nobody chooses in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.config.composed import compose_file
from drills.config.document import Manifest, load
from drills.config.finding import find
from drills.errors import PlanError

OURS = '[tool.other]\nx = 1\n\n[tool.drills.stack]\nname = "shop"\n'


def put(folder: Path, *names: str, text: str = "") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(
    "name", ["drills.toml", "compose/drills.toml", "features/drills.toml", "features/a/drills.toml"]
)
def test_it_lies_beside_the_features_or_the_compose_file(tmp_path: Path, name: str) -> None:
    """Or above the features, up to the project's root."""
    put(tmp_path, name, "features/a/x.feature")
    assert find(tmp_path, [tmp_path / "features/a/x.feature"]) == tmp_path / name


def test_a_table_of_the_project_s_own_file_will_do(tmp_path: Path) -> None:
    """One without our table, or that is no TOML, is somebody else's."""
    put(tmp_path, "pyproject.toml", text="[tool.other]\n")
    put(tmp_path, "features/pyproject.toml", text="no toml")
    put(tmp_path, "compose/drills.toml")
    features = [tmp_path / "features"]
    assert find(tmp_path, features) == tmp_path / "compose/drills.toml"
    (tmp_path / "compose/drills.toml").unlink()
    put(tmp_path, "pyproject.toml", text=OURS)
    assert load(find(tmp_path, features)).stack.name == "shop"


def test_of_two_nobody_chooses(tmp_path: Path) -> None:
    """Both are named, and what says which."""
    put(tmp_path, "compose/drills.toml", "drills.toml")
    put(tmp_path, "pyproject.toml", text=OURS)
    found = r"drills\.toml, \[tool\.drills\] of pyproject\.toml, compose/drills\.toml\. Hint: --dri"
    with pytest.raises(
        PlanError, match=rf"^expected one configuration of the stack, found {found}"
    ):
        find(tmp_path)


def test_the_variable_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are."""
    put(tmp_path, "compose/drills.toml", "drills.toml")
    monkeypatch.setenv("DRILL_MANIFEST", "other.toml")
    assert find(tmp_path) == Path("other.toml")


@pytest.mark.parametrize("name", ["compose.yaml", "docker-compose.yml", "compose/compose.yml"])
def test_a_project_without_one_has_its_compose_file(tmp_path: Path, name: str) -> None:
    """Then nothing else is said of its stack; of two compose files nobody chooses either."""
    put(tmp_path, name)
    manifest = load(find(tmp_path))
    assert manifest.place(()) == (str(tmp_path / name), 1)
    assert compose_file(manifest, (tmp_path / name).parent) == tmp_path / name
    put(tmp_path, "features/compose.yaml", "features/x.feature")
    with pytest.raises(
        PlanError, match=r"^expected one compose file, for there is no drills\.toml"
    ):
        find(tmp_path, [tmp_path / "features"])


def test_where_the_user_stands_is_looked_at_too(tmp_path: Path) -> None:
    """Without a file of its own pytest takes the features' folder for the root."""
    put(tmp_path, "drills.toml", "features/x.feature")
    features = tmp_path / "features"
    assert find(features, [features / "x.feature"], tmp_path) == tmp_path / "drills.toml"


def test_nothing_above_the_project_is_looked_at(tmp_path: Path) -> None:
    """It would be another project's."""
    put(tmp_path, "drills.toml", "shop/features/x.feature")
    shop = tmp_path / "shop"
    assert find(shop, [shop / "features"]) == shop / "compose" / "drills.toml"
    with pytest.raises(PlanError, match=r"expected a stack manifest there, found nothing.*Hint: "):
        load(find(shop))


def test_mistakes_in_the_table_have_the_line_of_the_project_s_file(tmp_path: Path) -> None:
    """By the keys of the table."""
    put(tmp_path, "pyproject.toml", text=OURS + 'nmae = "x"\n')
    with pytest.raises(
        PlanError, match=r"pyproject\.toml:6: stack\.nmae: expected one of the keys"
    ):
        load(tmp_path / "pyproject.toml")
    put(tmp_path, "pyproject.toml", text="")
    with pytest.raises(PlanError, match=r"expected a table \[tool\.drills\], found none"):
        load(tmp_path / "pyproject.toml")


def test_the_compose_file_is_looked_for_as_compose_does(tmp_path: Path) -> None:
    """In the folder of the configuration and above; by compose's order of names."""
    put(tmp_path, "docker-compose.yml", "compose.yaml", "features/drills.toml")
    assert compose_file(Manifest.of({}), tmp_path / "features") == tmp_path / "compose.yaml"
    named = Manifest.of({"stack": {"compose_file": "../docker-compose.yml"}})
    assert compose_file(named, tmp_path / "features").resolve() == tmp_path / "docker-compose.yml"
