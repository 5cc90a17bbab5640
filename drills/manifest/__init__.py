"""The manifest of a stack: ``drills.toml`` beside its compose file.

It says what the framework cannot know of a system: where customers enter, which journeys they
make, who keeps the data, who raises alarms, and for each incident of the runbook which alerts
announce it and which procedure ends it. Everything is data; nothing in it is run by a shell.
"""

from drills.manifest.data import Data, Node, password_of
from drills.manifest.document import Manifest, find, load
from drills.manifest.incidents import Incident
from drills.manifest.journeys import Journey
from drills.manifest.section import Question

__all__ = [
    "Data",
    "Incident",
    "Journey",
    "Manifest",
    "Node",
    "Question",
    "find",
    "load",
    "password_of",
]
