"""Renderings of a judged drill: for a browser, for the incident file, for a terminal, for machines.

Everything here works from a ``DrillResult`` alone; nothing is measured or judged.
"""

from drills.reporting.html import render_html
from drills.reporting.record import render_incident
from drills.reporting.schema import json_schema
from drills.reporting.terminal import PhaseLine, summary

__all__ = ["PhaseLine", "json_schema", "render_html", "render_incident", "summary"]
