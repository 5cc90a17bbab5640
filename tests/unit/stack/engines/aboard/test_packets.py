"""What the programs in helper containers are made of."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import drills.stack.engines.aboard as package

HERE = Path(package.__file__).parent


def test_they_need_nothing_that_an_interpreter_alone_has_not() -> None:
    """For in their container there is nothing else: the standard library, and each other."""
    for source in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = getattr(node, "module", "") or ""
                names = [module] if module else [alias.name for alias in node.names]
                for name in names:
                    own = name.startswith(f"{package.__name__}.")
                    assert own or name.split(".")[0] in sys.stdlib_module_names, (source, name)
