"""What a database on paper says where it does not do what it is told."""

from __future__ import annotations


class Refused(Exception):
    """An error of the database, in its words."""
