"""Parameters as JSON: layers by name or path, dates and paths as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from .pointfile import PointSet
from .pointsource import PointFile
from .rateraster import RasterFile
from .vector import VectorInput


def described(params: Any) -> dict[str, Any]:
    """All parameters but the output folder."""
    return {entry.name: _plain(getattr(params, entry.name)) for entry in fields(params) if entry.name != "output"}


def _plain(value: Any) -> Any:
    if isinstance(value, (PointSet, VectorInput)):
        return value.name
    if isinstance(value, (PointFile, RasterFile)):
        return value.path
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(entry) for entry in value]
    return value
