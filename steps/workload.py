"""The customers: what they do while the drill goes on."""

from __future__ import annotations

import re
from collections.abc import Callable

from pytest_bdd import given, parsers

import drills

EACH = r'[\d.]+ "?[a-z0-9-]+"?'  # how many of which journey
SOME = rf"(?P<rates>{EACH}(?:(?:, | and ){EACH})*)"


def rates_of(text: str) -> dict[str, float]:
    """``5 orders and 0.5 exports`` as requests a second, by journey. Raises PlanError if unfit."""
    rates: dict[str, float] = {}
    for each in re.split(", | and ", text):
        number, _, journey = each.partition(" ")
        name = journey.strip('"')
        if name in rates:
            raise drills.PlanError(f"expected each journey once, got {name} twice: {text}")
        try:
            rates[name] = float(number)
        except ValueError as error:
            raise drills.PlanError(f"expected how many a second, got {number!r}") from error
    return rates


RATES: dict[str, Callable[[str], object]] = {"rates": rates_of}


@given(parsers.parse("customers place {orders:g} orders and run {exports:g} exports a second"))
def _(drill: drills.Exercise, orders: float, exports: float) -> None:
    """Those who make the journeys ``orders`` and ``exports``, which the reference has."""
    drill.start_workload({"orders": orders, "exports": exports})


@given(parsers.re(f"customers make {SOME} a second"), converters=RATES)
@given(parsers.re(f"intruders try {SOME} a second"), converters=RATES)
def _(drill: drills.Exercise, rates: dict[str, float]) -> None:
    """Customers who make these journeys, or intruders who try those that are ``forbidden``."""
    drill.start_workload(rates)


@given(parsers.parse("customers sign in {rate:g} times a second"))
def _(drill: drills.Exercise, rate: float) -> None:
    """Those who make the journey ``sign-ins``, which the reference has."""
    drill.start_workload({"sign-ins": rate})


@given(parsers.parse("somebody reads from an app instance directly {rate:g} times a second"))
def _(drill: drills.Exercise, rate: float) -> None:
    """The journey ``direct-reads``, which the reference asks past its load balancer."""
    drill.start_workload({"direct-reads": rate})


@given(
    parsers.parse(
        "intruders without a token, with a forged one and with an expired one each ask {rate:g} "
        "times a second"
    )
)
def _(drill: drills.Exercise, rate: float) -> None:
    """The reference's journeys ``no-token``, ``forged-token`` and ``expired-token``."""
    drill.start_workload(dict.fromkeys(("no-token", "forged-token", "expired-token"), rate))
