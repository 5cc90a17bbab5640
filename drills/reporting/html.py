"""The report: one HTML file that needs no network and no other file, and no script to be read.

It has one script, which looks at a chart closer (``report.js``). While its drill runs it is a page
that renews itself, and has the script that does so in its place.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from drills.history.standing import read_standing
from drills.judgement.metrics import METRICS
from drills.judgement.result import DrillResult
from drills.reporting import (
    criteria,
    duties,
    earlier,
    failures,
    figures,
    follow_ups,
    followed,
    phases,
    spent,
)
from drills.reporting import running as running_words
from drills.reporting import words as wording
from drills.reporting.advice import advice, running_advice
from drills.reporting.chart import counts
from drills.reporting.chart.buckets import groups_present
from drills.reporting.chart.drawing import close_up, render_chart, render_closeup
from drills.reporting.chart.lanes import merged
from drills.reporting.cleansing import clean, shorten
from drills.reporting.compared import side_by_side
from drills.reporting.notices import notices
from drills.reporting.opening import opening
from drills.reporting.proof import STATES, exhibit
from drills.reporting.running import Running
from drills.reporting.score import add_up
from drills.reporting.timeline import abridge, is_turning_point
from drills.units import format_ratio, format_seconds, format_size

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
LOST_IDS = 50  # ids of lost writes that are listed; drill.json has all of them
# What the templates know besides the result.
_FILTERS: dict[str, Callable[..., object]] = {
    "duration": format_seconds,
    "grouped": wording.grouped,
    "instant": figures.instant,
    "failures": failures.words,
    "interval": figures.interval_text,
    "metric": figures.metric_text,
    "offset": figures.offset,
    "points": figures.points,
    "ratio": format_ratio,
    "size": format_size,
}
_NAMES: dict[str, object] = {
    "bounds": figures.score_bounds,
    "counted": counts.rows,
    "earlier": earlier,
    "is_open": duties.is_open,
    "is_turning_point": is_turning_point,
    "lost_ids_shown": LOST_IDS,
    "merged": merged,
    "open_text": duties.open_text,
    "phases": phases,
    "plural": wording.plural,
    "short": shorten,
    "spent": spent,
    "states": STATES,
    "told": criteria,
    "who_fills": duties.who_fills,
    "wait": figures.wait,
    "words": wording,
}


def render_html(
    result: DrillResult, evidence_root: Path | None = None, running: Running | None = None
) -> str:
    """The whole report as text.

    ``evidence_root`` is the drill's directory: with it every artefact is held against its hash,
    without it the report says that this was not done. Links are relative to that directory.
    With ``running`` the result is of a drill that is not over, and is told so.
    """
    closer = close_up(result.chart)
    exhibits = [exhibit(one, evidence_root) for one in result.evidence]
    return (
        environment()
        .get_template("report.html")
        .render(
            result=result,
            pictures=_markup(render_chart(result.chart)),
            closer=closer,
            closer_pictures=_markup(render_closeup(result.chart)),
            groups=[g for g in wording.GROUPS if g.slug in groups_present(result.chart)],
            total=add_up(result.criteria),
            notices=notices(result, running=bool(running)),
            opening=opening(result, running=bool(running)),
            advice=running_advice(result) if running else advice(result),
            criteria=criteria.by_id(result),
            standing=read_standing(evidence_root) if evidence_root else None,
            metrics=METRICS,
            story=abridge(result.timeline),
            runbook=followed,
            follow_ups=follow_ups,
            exhibits=exhibits,
            bundles=side_by_side(exhibits, evidence_root),
            **_dress(running),
        )
    )


def _dress(running: Running | None) -> dict[str, object]:
    """Style, script and policy of a report, and what it calls a verdict while its drill runs."""
    style, script = own("report.css"), running.script if running else own("report.js")
    style += own("running.css") if running else ""
    return {
        "running": running,
        "style": Markup(style),  # noqa: S704 - our own file, and the policy's hash is of it
        "script": Markup(script),  # noqa: S704 - likewise
        "policy": content_security_policy(style, script, renewing=bool(running)),
        "verdicts": running_words.VERDICTS if running else wording.VERDICTS,
        "looks": running_words.LOOKS if running else wording.LOOKS,
    }


def _markup(pictures: Mapping[str, str]) -> dict[str, Markup]:
    """Our own pictures, in which every text was escaped when it was drawn."""
    return {name: Markup(svg) for name, svg in pictures.items()}  # noqa: S704 - see above


def content_security_policy(style: str, script: str, *, renewing: bool = False) -> str:
    """Nothing may be loaded or sent; the one style sheet and the one script by their hashes.

    The script of a page that renews itself may ask where the page came from.
    """
    asks = "connect-src 'self'; " if renewing else ""
    return (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; "
        f"script-src 'sha256-{_digest(script)}'; {asks}img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def renewing_script() -> str:
    """The script of a page that renews itself."""
    return own("running.js")


@cache
def own(name: str) -> str:
    """A file of ours beside the templates, which a page holds as it is."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Templates that escape everything, refuse unknown names, and clean every text they print."""
    # Loaded on first use: who only needs the terminal's summary does not wait for jinja2.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from drills.reporting.compiled import Compiled

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        bytecode_cache=Compiled(),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_FILTERS)
    environment.globals.update(_NAMES)
    return environment


def _finalize(value: object) -> object:
    """What a template prints: text is cleaned, nothing is a dash, our own markup stays."""
    if value is None:
        return "\u2013"
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value)
    return value
