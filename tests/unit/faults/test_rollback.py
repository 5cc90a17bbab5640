"""Undos: armed on disk before anything happens, and carried out whatever else fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from drills.errors import EngineError, JournalError, PlanError
from drills.faults.catalogue import OPERATIONS
from drills.faults.resource import MARK, marked_processes
from drills.faults.rollback import LAST_LOOK
from drills.faults.undo import Place, Undo
from drills.journal.folder import JOURNAL
from drills.journal.journal import read_timeline
