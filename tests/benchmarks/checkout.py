"""Make this checkout importable as `groundline` from a script, whatever its folder is called."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def register() -> None:
    """Import the root of the checkout as the package `groundline`."""
    root = Path(__file__).resolve().parents[2]
    spec = importlib.util.spec_from_file_location(
        "groundline", root / "__init__.py", submodule_search_locations=[str(root)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["groundline"] = module
    spec.loader.exec_module(module)
