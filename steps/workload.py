"""The customers: what they do while the drill goes on."""

from __future__ import annotations

from pytest_bdd import given, parsers

from drills import Exercise


@given(parsers.parse("customers place {orders:g} orders and run {exports:g} exports a second"))
def _(drill: Exercise, orders: float, exports: float) -> None:
    drill.start_workload({"orders": orders, "exports": exports})
