"""A drill whose process died is finished: undone, taken down, closed, rendered, once."""

from __future__ import annotations

import html
import json
import os
from pathlib import Path

import pytest

from drills.errors import EngineError, PlanError, StackError
from drills.faults.catalogue import OPERATIONS
from drills.journal.folder import JOURNAL
