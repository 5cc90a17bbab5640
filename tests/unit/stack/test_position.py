"""How far a log goes, in the words of each engine, and whether another has all of it."""

from __future__ import annotations

import pytest

from drills.stack.position import Position, of_file, of_mariadb, of_mysql, up_to

A, B = "3e11fa47-71ca-11e1-9e33-c80aa9429562", "4e11fa47-71ca-11e1-9e33-c80aa9429562"


@pytest.mark.parametrize(
    ("has", "needs", "all_of_it"),
    [
        (up_to(7), up_to(7), True),
        (up_to(6), up_to(7), False),
        (Position(), up_to(0), False),
        (up_to(7), Position(), True),
        (of_mariadb("0-1-270"), of_mariadb("0-2-270"), True),
        (of_mariadb("0-1-270"), of_mariadb("0-1-271"), False),
        (of_mariadb("0-1-270"), of_mariadb("0-1-270,1-1-1"), False),
        (of_mariadb("0-1-5,1-1-9"), of_mariadb("1-1-3, 0-1-5"), True),
        (of_mariadb("0-1-5", "0-2-7,3-1-1"), of_mariadb("0-1-7,3-1-1"), True),
        (of_mysql(f"{A}:1-77"), of_mysql(f"{A}:1-77"), True),
        (of_mysql(f"{A}:1-75:77"), of_mysql(f"{A}:1-77"), False),
        (of_mysql(f"{A}:1-77,\n{B}:1-3"), of_mysql(f"{B}:2"), True),
        (of_mysql(f"{A}:1-77"), of_mysql(f"{A}:1-77,{B}:1"), False),
        (of_mysql(f"{A}:1-9:tag:1-2"), of_mysql(f"{A}:1-9:tag:1-3"), False),
        (of_mysql(f"{A}:1-9:tag:1-3"), of_mysql(f"{A}:tag:1-3"), True),
        (of_file("binlog.000009", 4), of_file("binlog.000010", 4), False),
        (of_file("binlog.000010", 4), of_file("mysql-bin.000009", 900), True),
        (of_mysql(""), of_mariadb(""), True),
    ],
)
def test_a_position_is_reached_by_what_holds_all_of_it(
    has: Position, needs: Position, all_of_it: bool
) -> None:
    """In every stream, without gaps; who has more has it too."""
    assert has.reaches(needs) is all_of_it


@pytest.mark.parametrize("told", ["0-1", "x-1-1", "none"])
def test_what_is_no_position_is_none(told: str) -> None:
    """It is not taken for one that is reached by everybody."""
    with pytest.raises(ValueError, match=r"int|unpack"):
        of_mariadb(told)
    with pytest.raises(ValueError, match="expected the name of a binary log"):
        of_file(told, 4)
