"""A container's memory and processor time as the kernel counts them, in both layouts."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cgroup import Cpu, Memory, cpu, memory


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def v2(limit: str) -> dict[str, str]:
    stat = "anon 700\ninactive_file 300\nactive_file 50\n"
    return {"memory.current": "1000\n", "memory.max": f"{limit}\n", "memory.stat": stat}


def v1(limit: str) -> dict[str, str]:
    stat = "inactive_file 1\ntotal_inactive_file 300\n"
    return {
        "memory/memory.usage_in_bytes": "1000\n",
        "memory/memory.limit_in_bytes": f"{limit}\n",
        "memory/memory.stat": stat,
    }


@pytest.mark.parametrize("layout", [v1, v2])
def test_the_working_set_leaves_out_droppable_cache(layout: object, tmp_path: Path) -> None:
    """File cache that the kernel can drop at will is no pressure."""
    assert callable(layout)
    found = memory(write(tmp_path, layout("2800")))
    assert found == Memory(working_set=700, limit=2800)
    assert found.ratio == 0.25


@pytest.mark.parametrize("files", [v2("max"), v1("9223372036854771712")])
def test_no_limit_is_none_and_has_no_ratio(files: dict[str, str], tmp_path: Path) -> None:
    """An unlimited container cannot be nearly full."""
    found = memory(write(tmp_path, files))
    assert found == Memory(working_set=700, limit=None)
    assert found.ratio is None


def test_outside_a_container_there_is_nothing_to_say(tmp_path: Path) -> None:
    """No memory group, no number."""
    assert memory(tmp_path) is None


@pytest.mark.parametrize("name", ["cpu.stat", "cpu/cpu.stat"])
def test_periods_without_processor_time_are_counted(tmp_path: Path, name: str) -> None:
    """Of all periods of the quota; other lines are nobody's business here."""
    stat = "usage_usec 7\nnr_periods 40\nnr_throttled 12\nthrottled_usec 9\n"
    assert cpu(write(tmp_path, {name: stat})) == Cpu(periods=40, throttled=12)


@pytest.mark.parametrize("files", [{}, {"cpu.stat": "usage_usec 7\n"}])
def test_without_such_a_group_there_are_no_periods(tmp_path: Path, files: dict[str, str]) -> None:
    """No number is none, and not zero."""
    assert cpu(write(tmp_path, files)) is None
