"""What a fault says of itself: in a terminal, and on the page of all faults."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass

from drills.faults.catalogue import CATALOGUE, OPERATIONS
from drills.faults.fault import EngineTells, Fault, Performed
from drills.faults.phrase import find_fault, said
from drills.faults.undo import Place, typed
from drills.stack.abilities import Ability
from drills.stack.runtime import Container


@dataclass(frozen=True, slots=True)
class Described:
    """One fault in words.

    ``words`` are a scenario's, ``name`` is the class, ``happens`` the first sentence of its
    docstring and ``text`` all of it, ``written`` the example in Python. ``proof`` is what shows
    that it took effect, ``undo`` the operation and ``undone`` what proves that, ``by_hand`` and
    ``back_by_hand`` what a person types.
    """

    words: str
    name: str
    happens: str
    text: str
    written: str
    asks: tuple[Ability, ...]
    needs: tuple[str, ...]
    proof: str
    undo: str
    undone: str
    by_hand: str
    back_by_hand: str


def families() -> Mapping[str, tuple[Described, ...]]:
    """All faults of the catalogue by their family."""
    return {
        name: tuple(describe(fault) for fault in faults)
        for name, faults in CATALOGUE.families.items()
    }


def describe(kind: type[Fault]) -> Described:
    """What a class of faults says of itself, with the examples of its words as parameters."""
    words = said(kind.phrase)
    fault = find_fault(words, (kind,))
    text = inspect.getdoc(kind) or ""
    peers = tuple(Container(f"<{name}>", f"<{name}>", name) for name in fault.beside)
    place = Place(Container("<target>", "<container>", "<service>"), peers, volume="<volume>")
    undo = fault.undo(place, "<drill>-1")
    operation = OPERATIONS[undo.operation]
    return Described(
        words=words,
        name=kind.__name__,
        happens=" ".join(text.split("\n\n")[0].split()),
        text=text,
        written=repr(fault),
        asks=kind.asks,
        needs=kind.needs,
        proof=_proof(kind),
        undo=undo.operation,
        undone=operation.proof,
        by_hand=typed(fault.by_hand, undo),
        back_by_hand=operation.line(undo),
    )


def _proof(kind: type[Fault]) -> str:
    effect = kind.effect
    if isinstance(effect, EngineTells):
        return f"the engine tells of it ({' or '.join(sorted(effect.actions))})"
    if isinstance(effect, Performed):
        return f"{effect.state}, which is counted"
    return f"it is read back that {effect.state}"
