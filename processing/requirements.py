"""Which Python packages are there, found without importing them."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterable


def missing_packages(names: Iterable[str]) -> tuple[str, ...]:
    """The packages among `names` that Python cannot find."""
    return tuple(name for name in names if importlib.util.find_spec(name) is None)


def missing_message(names: Iterable[str]) -> str:
    """Say which packages are missing and how they are installed; empty when none is."""
    missing = missing_packages(names)
    if not missing:
        return ""
    listed = " and ".join(missing)
    return f"This step needs the Python package{'s' if len(missing) > 1 else ''} {listed}. {_remedy(missing)}"


def _remedy(packages: tuple[str, ...]) -> str:
    names = " ".join(packages)
    if os.name == "nt":
        return f"Open the OSGeo4W shell, run 'python -m pip install {names}' and restart QGIS."
    if sys.platform == "darwin":
        return f"Run '{sys.exec_prefix}/bin/python3 -m pip install {names}' in a terminal and restart QGIS."
    debian = " ".join(f"python3-{name}" for name in packages)
    return f"Run 'sudo apt install {debian}' (or your distribution's equivalent) and restart QGIS."
