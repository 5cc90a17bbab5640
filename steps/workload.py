"""The customers: what they do while the drill goes on."""

from __future__ import annotations

import re

from pytest_bdd import given, parsers

import drills

MADE = r"[\d.]+ [a-z0-9-]+"  # how many of which journey


@given(parsers.parse("customers place {orders:g} orders and run {exports:g} exports a second"))
def _(drill: drills.Exercise, orders: float, exports: float) -> None:
    drill.start_workload({"orders": orders, "exports": exports})


@given(parsers.re(rf"customers make (?P<made>{MADE}(?:(?:, | and ){MADE})*) a second"))
def _(drill: drills.Exercise, made: str) -> None:
    pairs = (one.split() for one in re.split(", | and ", made))
    drill.start_workload({journey: float(rate) for rate, journey in pairs})


@given(parsers.parse("customers sign in {rate:g} times a second"))
def _(drill: drills.Exercise, rate: float) -> None:
    drill.start_workload({"sign-ins": rate})


@given(parsers.parse("somebody reads from an app instance directly {rate:g} times a second"))
def _(drill: drills.Exercise, rate: float) -> None:
    drill.start_workload({"direct-reads": rate})


@given(
    parsers.parse(
        "intruders without a token, with a forged one and with an expired one each ask {rate:g} "
        "times a second"
    )
)
def _(drill: drills.Exercise, rate: float) -> None:
    drill.start_workload(dict.fromkeys(("no-token", "forged-token", "expired-token"), rate))
