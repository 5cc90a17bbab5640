"""Incident drills: break one thing on purpose, measure what happens, undo it, judge it."""
