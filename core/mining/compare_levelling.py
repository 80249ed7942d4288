"""Levelling beside modelled subsidence: reading it, finding its pixels, and the differences."""

from __future__ import annotations

import csv
import hashlib
import math
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..errors import InputError
from ..pointfile import PointSet, read_points
from ..pointsource import PointFile, Points, with_series
from ..timeseries.selection import parse_day

FIELD = "LEVELLING"
COLUMNS = ("name", "longitude", "latitude", "date", "vertical_mm")
REACH = 2.0  # pixels between a benchmark and those that stand for it
AROUND = 4  # pixels at most through which a plane is laid for a benchmark

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Benchmarks:
    """Levelled subsidence of B points at D dates: subsidence (D, B) [m, positive down] since the first of the dates.

    pixels, weights (B, K) : compared pixels around each point and how much they count; weights sum to 1.
    """

    names: tuple[str, ...]
    days: tuple[date, ...]
    subsidence: Float64
    pixels: NDArray[np.intp]
    weights: Float64


def load(points: Points | None, table: str | Path) -> PointSet | None:
    """Levelling from a layer or from a table; None without either. Refused without two dates or without a CRS."""
    if points is None and not str(table):
        return None
    if points is None:
        return read_table(table)
    if isinstance(points, PointFile):
        found = read_points(points.path, points.layer, FIELD)
        points = replace(found, name=points.name or found.name, crs=points.crs or found.crs)
    points = with_series(points)
    if len(points.dates) < 2 or not len(points):
        raise InputError(
            FIELD,
            f"{points.name}: {len(points)} points, {len(points.dates)} dates",
            "points with at least two columns DYYYYMMDD in mm",
        )
    if not points.crs:
        raise InputError(FIELD, points.name or "layer", "a layer with a CRS", "Assign a CRS to the layer")
    return points


def read_table(path: str | Path) -> PointSet:
    """A CSV with one line per point and date: name, longitude, latitude, date, vertical_mm (up positive)."""
    field = "LEVELLING_CSV"
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(field, str(path), "a CSV file in UTF-8", str(error)) from error
    rows = list(csv.DictReader(lines))
    missing = [name for name in COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise InputError(
            field, f"{path} (no column {', '.join(missing)})", f"the columns {', '.join(COLUMNS)}"
        )
    places: dict[str, tuple[float, float]] = {}
    values: dict[tuple[str, date], float] = {}
    for line, row in enumerate(rows, 2):
        where = f"{path}, line {line}"
        day = parse_day(row["date"] or "", field)
        lon, lat, height = (_number(row[name], where, field) for name in COLUMNS[1:3] + COLUMNS[4:])
        if day is None:
            raise InputError(field, where, "a date as YYYY-MM-DD")
        places[row["name"]] = lon, lat
        values[row["name"], day] = height
    days = sorted({day for _, day in values})
    if len(days) < 2:
        raise InputError(field, f"{path} ({len(days)} date)", "at least two dates")
    series = np.array([[values.get((name, day), np.nan) for day in days] for name in places], np.float32)
    xy = np.array(list(places.values()), np.float64)
    names = {"name": np.array(list(places), dtype=object)}
    return PointSet(xy[:, 0], xy[:, 1], coordinates.WGS84, names, tuple(days), series, Path(path).stem)


def benchmarks(
    points: PointSet, first: date, last: date, x: Float64, y: Float64, metric: str, pixel: float
) -> tuple[Benchmarks | None, list[str]]:
    """The points that lie on compared pixels and the levelling dates from `first` to `last`; notes on what is left out.

    x, y [m] : compared pixels in the plane `metric`; pixel [m] : their size. The first of the dates is that of zero.
    """
    chosen = [number for number, day in enumerate(points.dates) if first <= day <= last]
    if len(chosen) < 2:
        return None, [
            f"{len(chosen)} levelling date(s) between {first} and {last}: the models are not compared with levelling."
        ]
    east, north = coordinates.transform(points.x, points.y, points.crs, metric)
    names = [str(value) for value in points.attributes.get("name", np.arange(1, len(points) + 1))]
    found = [_around((x - a) / pixel, (y - b) / pixel) for a, b in zip(east, north)]
    near = np.array([share.any() for _, share in found], bool)
    known = np.isfinite(points.series[:, chosen[0]])
    keep = near & known
    notes = []
    if not near.all():
        lost = ", ".join(name for name, ok in zip(names, near) if not ok)
        notes.append(f"No compared pixel within {REACH:g} pixels of the levelling points {lost}.")
    if not keep.any():
        return None, [*notes, "No levelling point is left to compare with."]
    heights = points.series.astype(np.float64)[keep][:, chosen].T / 1000.0
    sunk = heights[0] - heights + 0.0
    kept = tuple(name for name, ok in zip(names, keep) if ok)
    days = tuple(points.dates[n] for n in chosen)
    pixels = np.stack([place for (place, _), ok in zip(found, keep) if ok])
    weights = np.stack([share for (_, share), ok in zip(found, keep) if ok])
    return Benchmarks(kept, days, sunk, pixels, weights), notes


def modelled(vertical: Float64, marks: Benchmarks) -> Float64:
    """Subsidence (D, B) [m] of the benchmarks since their first date, from a model's (D, P) at the levelling dates."""
    here = np.einsum("dbk,bk->db", vertical[:, marks.pixels], marks.weights)
    return np.asarray(here - here[0], np.float64)


def describe_points(points: Points | None) -> dict[str, Any] | None:
    """A point layer as JSON: the file by name, points in memory by hash."""
    if points is None:
        return None
    if isinstance(points, PointFile):
        return asdict(points)
    digest = hashlib.sha256(points.crs.encode())
    for array in (points.x, points.y, points.series):
        digest.update(np.ascontiguousarray(array).tobytes())
    for name in sorted(points.attributes):
        digest.update(repr((name, points.attributes[name].tolist())).encode())
    return {"name": points.name, "points": len(points), "sha256": digest.hexdigest()}


def _around(x: Float64, y: Float64) -> tuple[NDArray[np.intp], Float64]:
    """Pixels (K,) around a point at (0, 0) and their weights: the value there of the plane through the nearest ones.

    x, y : places in pixels. Fewer than four within reach, or all in a line: the nearest alone; none: weights 0.
    """
    count = min(AROUND, len(x))
    apart = np.hypot(x, y)
    nearest = np.argsort(apart, kind="stable")[:count]
    weights = np.zeros(count)
    near = apart[nearest] <= REACH
    if not near.any():
        return nearest, weights
    design = np.column_stack([np.ones(near.sum()), x[nearest[near]], y[nearest[near]]])
    if near.sum() < 4 or np.linalg.matrix_rank(design, tol=1e-3) < 3:
        weights[0] = 1.0
        return nearest, weights
    weights[near] = np.linalg.pinv(design)[0]
    return nearest, weights


def _number(text: str | None, where: str, field: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(field, f"{where}: {text}", "numbers with a point as decimal sign")
    return value
