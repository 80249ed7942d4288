"""The reference as `stack.json` keeps it: enough to set the same reference again after a correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..stack import MAP, RASTER, Stack
from .reference_area import Area, Reference

MOST_SPANS = 2000  # of an area: more would make stack.json unwieldy and the median no better


def describe(reference: Reference, stack: Stack, statistic: str) -> dict[str, Any]:
    """The entry `reference` of a displacement stack.

    `spans` of an area are its pixels as [row, first column, number of columns]; of a reference that is most of the
    image, an even choice of them.
    """
    return {
        "automatic": reference.automatic,
        "statistic": statistic,
        "areas": [
            {"name": area.name, "weight": float(weight), **_place(area, stack)}
            for area, weight in zip(reference.areas, reference.weights)
        ],
    }


def recall(stack: Stack) -> tuple[tuple[Area, ...], NDArray[np.float64], str]:
    """Areas, weights (A,) and statistic of a displacement stack; no areas where the record has no pixels."""
    record = stack.reference
    statistic = str(record.get("statistic", "median"))
    entries = [entry for entry in record.get("areas", ()) if entry.get("spans")]
    areas = tuple(_area(str(entry["name"]), entry["spans"]) for entry in entries)
    weights = np.array([float(entry["weight"]) for entry in entries])
    total = float(weights.sum()) if len(weights) else 0.0
    return areas, weights / total if total > 0 else weights, statistic


def placed(record: dict[str, Any], areas: Sequence[Area], stack: Stack) -> dict[str, Any]:
    """A record whose areas with pixels, in the order of `recall`, are others of another stack; some may have none."""
    new = iter(areas)
    entries = [
        {**entry, **_place(next(new), stack)} if entry.get("spans") else entry for entry in record.get("areas", ())
    ]
    return {**record, "areas": entries} if entries else record


def _place(area: Area, stack: Stack) -> dict[str, Any]:
    if not len(area.rows):
        return {"x": None, "y": None, "pixels": 0, "spans": []}
    x, y = middle(stack, area)
    return {"x": x, "y": y, "pixels": len(area.rows), "spans": _spans(area)}


def middle(stack: Stack, area: Area) -> tuple[float | None, float | None]:
    """Map coordinates of the area's mean pixel; None without a map."""
    if stack.frame != MAP or stack.layout != RASTER:
        return None, None
    x, y = coordinates.pixel_centres(stack.grid, np.array([area.rows.mean()]), np.array([area.cols.mean()]))
    return float(x[0]), float(y[0])


def _spans(area: Area) -> list[list[int]]:
    order = np.lexsort((area.cols, area.rows))
    rows, cols = area.rows[order], area.cols[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(rows) != 0) | (np.diff(cols) != 1)])
    lengths = np.diff(np.r_[starts, len(rows)])
    step = -(-len(starts) // MOST_SPANS)
    return [[int(rows[s]), int(cols[s]), int(n)] for s, n in zip(starts[::step], lengths[::step])]


def _area(name: str, spans: list[list[int]]) -> Area:
    rows = np.concatenate([np.full(count, row, np.intp) for row, _, count in spans])
    cols = np.concatenate([np.arange(col, col + count, dtype=np.intp) for _, col, count in spans])
    return Area(name, rows, cols)
