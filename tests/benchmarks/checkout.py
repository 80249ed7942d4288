"""Make this checkout importable as `groundline` from a script, whatever its folder is called."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def register() -> None:
    """Import the root of the checkout as the package `groundline`, and the tests' helpers as `groundline_tests`."""
    for name, folder in (("groundline", ROOT), ("groundline_tests", ROOT / "tests" / "support")):
        spec = importlib.util.spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
