"""The end of a velocity layer's colours, shared by the layers that are made from it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path


def of_results(files: Iterable[str]) -> float | None:
    """The largest scale [mm/yr] of the displacement folders that hold these files; None when there is none."""
    limits = [limit for limit in map(_of_folder, {Path(file).parent for file in files}) if limit is not None]
    return max(limits, default=None)


def _of_folder(folder: Path) -> float | None:
    path = folder / "result.json"
    if not path.is_file():
        return None
    try:
        limit = float(json.loads(path.read_text(encoding="utf-8"))["tables"]["scale"]["velocity_mm_yr"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # somebody else's file of that name
    return limit if limit > 0 else None
