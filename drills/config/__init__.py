"""The manifest of a stack: ``drills.toml`` beside its compose file.

It says what the framework cannot know of a system: where customers enter, which journeys they
make, who keeps the data, who raises alarms, and for each incident of the runbook which alerts
announce it and which procedure ends it. Everything is data; nothing in it is run by a shell.
"""

from drills.config.data import Data, Node, password_of
from drills.config.document import Manifest, find, load
from drills.config.incidents import Incident
from drills.config.journeys import Journey
from drills.config.section import Question

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
