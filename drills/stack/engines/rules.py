"""Rules about packets made in one network, in whichever way its kernel knows to say them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from drills.errors import EngineError
from drills.stack.engines import nftables
from drills.stack.engines.errand import Call, Gave
from drills.stack.engines.expressions import variants
from drills.stack.links import Rule

RULES = "NET_ADMIN"  # the capability to make rules


def made(
    run: Callable[[Sequence[Call]], Sequence[Gave]], rules: Collection[Rule], mark: str
) -> None:
    """Make them all at once. Raises EngineError with what the kernel says in the last way."""
    ways = max((len(variants(rule)) for rule in rules), default=1)
    for way in range(ways):
        try:
            nftables.done(run(nftables.asked(nftables.adding(mark, rules, way))))
        except EngineError:
            if way == ways - 1:
                raise
        else:
            return
