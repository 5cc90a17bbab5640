"""Files, environment and options become the values that the other rooms know.

``document`` reads the manifest of a stack, ``drills.toml`` beside its compose file. It says what
the framework cannot know of a system: where customers enter, which journeys they make, who keeps
the data, who raises alarms, and for each incident of the runbook which alerts announce it and
which procedure ends it. Everything is data; nothing in it is run by a shell.

A section says what may be written there and which value it makes; what the value needs, it checks
itself, wherever it lives: ``Journey`` in ``stack``, ``Incident`` in ``runbook``.
"""
