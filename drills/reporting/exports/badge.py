"""A badge as SVG: how a run went, for a README. It needs no network and no font of its own."""

from __future__ import annotations

from html import escape

from drills.reporting.exports.run import Run

_LABEL = "drills"
_WIDTH = 7.2  # of a character, at most, in the size that it is drawn in
_PADDING = 12
# Each has a contrast of 4.5:1 and more with white.
_MET, _MISSED, _OPEN, _NONE = "#1a7f37", "#b3261e", "#8a5a00", "#57606a"


def render(run: Run) -> str:
    """It is green only where every drill was met, and says the counts in words."""
    told = run.sentence()
    left, right = _wide(_LABEL), _wide(told)
    whole, text = left + right, escape(f"{_LABEL}: {told}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" '
        f'aria-label="{text}"><title>{text}</title>'
        f'<rect width="{whole}" height="20" rx="3" fill="#3b4148"/>'
        f'<rect x="{left}" width="{right}" height="20" rx="3" fill="{_colour(run)}"/>'
        '<g fill="#fff" text-anchor="middle" font-size="11" '
        'font-family="Verdana,DejaVu Sans,sans-serif">'
        f'<text x="{left / 2:g}" y="14">{_LABEL}</text>'
        f'<text x="{left + right / 2:g}" y="14">{escape(told)}</text></g></svg>\n'
    )


def _wide(text: str) -> int:
    return round(len(text) * _WIDTH) + _PADDING


def _colour(run: Run) -> str:
    if run.failures or "missed" in run.counts():
        return _MISSED
    if run.met:
        return _MET
    return _OPEN if run.drills else _NONE
