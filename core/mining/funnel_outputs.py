"""Files of a funnel run: layers, tables, figures and report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from osgeo import ogr

from .. import crs as coordinates
from .. import vectorfile
from ..corridor.outputs import write_csv
from ..monitor import Monitor
from ..publishing import publishing
from ..result import Result
from ..units import MM_PER_M
from . import publish
from .funnel_areas import polygons_of
from .funnel_params import FunnelParams
from .funnel_profile import SOLUTION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .funnels_job import Findings

FUNNELS, BOUNDARIES = "funnels", "boundaries"
Columns = dict[str, tuple[type, list[Any]]]


def write(result: Result, params: FunnelParams, found: Findings, key: str, monitor: Monitor) -> None:
    """Make every file under a temporary name, then let all of them appear, result.json last."""
    from ..figures.base import to_png
    from .funnel_report import write_report

    result.tables["funnels"] = _funnel_rows(found)
    result.tables["events"] = [
        {"date": event.date.isoformat(), "event": event.kind, "funnels": list(event.funnels)}
        for event in found.track.events
    ]
    result.tables["peaks"] = _peak_rows(found)
    result.tables["sections"] = (
        [vars(part).copy() for part in found.profile.sections] if found.profile else []
    )
    features = found.features
    result.tables["stages"] = features.rates if features else []
    result.tables["jumps"] = features.jumps if features else []
    names = {
        "funnels": "funnels.gpkg",
        "boundaries": "boundaries.gpkg",
        "areas": "areas.csv",
        "events": "events.csv",
    }
    drawn = _figures(params, found)
    if found.profile is not None:
        names["profile"] = "profile.csv"
    if features is not None:
        names.update(points="points.csv", stages="stages.csv")
    names.update({role: f"{role[7:]}.png" for role in drawn})
    names["report"] = "report.html"
    monitor.step(0.4)
    with publishing(result, names) as parts:
        _write_funnels(parts["funnels"], result, found)
        _write_boundaries(parts["boundaries"], found)
        write_csv(parts["areas"], _area_columns(found))
        events = result.tables["events"]
        write_csv(
            parts["events"],
            {
                "date": (str, [row["date"] for row in events]),
                "event": (str, [row["event"] for row in events]),
                "funnels": (str, [" ".join(map(str, row["funnels"])) for row in events]),
            },
        )
        if found.profile is not None:
            write_csv(parts["profile"], _profile_columns(found))
        if features is not None:
            write_csv(parts["points"], _point_columns(found))
            rows = features.rates
            write_csv(
                parts["stages"],
                {name: (str, [row[name] for row in rows]) for name in rows[0]} if rows else {},
            )
        pictures = {role: to_png(figure) for role, figure in drawn.items()}
        for role, picture in pictures.items():
            parts[role].write_bytes(picture)
        monitor.step(0.8)
        write_report(parts["report"], result, params, found, pictures)
        publish.write_result(result, params, key, parts["result"])
        monitor.step(1.0)


def _figures(params: FunnelParams, found: Findings) -> dict[str, Figure]:
    from ..figures import funnels as figures

    drawn = {
        "figure_funnels": figures.map_figure(found),
        "figure_areas": figures.area_figure(found, params.boundary),
    }
    if found.profile is not None:
        drawn["figure_profile"] = figures.profile_figure(found, params.edge)
    if found.features is not None:
        drawn["figure_points"] = figures.point_figure(found)
    return drawn


def _funnel_rows(found: Findings) -> list[dict[str, Any]]:
    """Per funnel at the date that was cut: area, deepest point and its place, first date beyond the boundary."""
    areas = found.series.pixel_area()[:, None]
    labels, track, grid = found.funnels.labels, found.track, found.series.grid
    rows = []
    for k, number in enumerate(found.funnels.ids):
        inside = labels == number
        s = np.where(inside & np.isfinite(found.map), found.map, -np.inf)
        row, col = np.unravel_index(int(s.argmax()), s.shape)
        x, y = coordinates.pixel_centres(grid, np.array([row]), np.array([col]))
        volume = float((np.where(np.isfinite(found.map), found.map, 0.0) * inside * areas).sum())
        beyond = np.flatnonzero(track.area[:, k] > 0)
        rows.append(
            {
                "funnel": number,
                "area_m2": round(float((inside * areas).sum()), 1),
                "deepest_mm": round(float(s[row, col]) * MM_PER_M, 3),
                "volume_m3": round(volume, 3),
                "x": float(x[0]),
                "y": float(y[0]),
                "boundary_area_m2": round(float(track.area[-1, k]), 1),
                "reached": found.series.dates[beyond[0]].isoformat() if len(beyond) else None,
            }
        )
    return rows


def _peak_rows(found: Findings) -> list[dict[str, Any]]:
    if found.profile is None:
        return []
    return [
        {
            "sample": p.sample,
            "distance_m": round(p.distance, 2),
            "subsidence_mm": round(p.subsidence * MM_PER_M, 3),
        }
        for p in found.profile.peaks
    ]


def _write_funnels(path: Path, result: Result, found: Findings) -> None:
    shapes = polygons_of(found.funnels.labels, found.series.grid)
    rows = result.tables["funnels"]
    kinds: dict[str, type] = {"funnel": int, "reached": str}
    columns: Columns = {name: (kinds.get(name, float), [row[name] for row in rows]) for name in rows[0]}
    _layer(path, FUNNELS, found, [shapes[row["funnel"]] for row in rows], columns)


def _write_boundaries(path: Path, found: Findings) -> None:
    """One outline per funnel and date, valid until the day before the next date."""
    dates = found.series.dates
    step = dates[-1] - dates[-2]
    ends = [*(day - timedelta(days=1) for day in dates[1:]), dates[-1] + step - timedelta(days=1)]
    entries = found.track.boundaries
    ids = found.funnels.ids
    columns: Columns = {
        "funnel": (int, [entry.funnel for entry in entries]),
        "date": (date, [dates[entry.number] for entry in entries]),
        "until": (date, [ends[entry.number] for entry in entries]),
        "area": (float, [round(entry.area, 1) for entry in entries]),
        "deepest_mm": (float, [round(entry.deepest * MM_PER_M, 3) for entry in entries]),
        "connected": (
            int,
            [int(found.track.group[entry.number, ids.index(entry.funnel)]) for entry in entries],
        ),
    }
    _layer(path, BOUNDARIES, found, [entry.shape for entry in entries], columns)


def _layer(path: Path, table: str, found: Findings, shapes: Sequence[bytes], columns: Columns) -> None:
    crs = coordinates.parse(found.series.grid.crs).ExportToWkt()
    vectorfile.write_layer(path, table, crs, ogr.wkbMultiPolygon, shapes, columns)


def _area_columns(found: Findings) -> Columns:
    dates, ids, track = found.series.dates, found.funnels.ids, found.track
    order = [(n, k) for k in range(len(ids)) for n in range(len(dates))]
    return {
        "funnel": (int, [ids[k] for _, k in order]),
        "date": (str, [dates[n].isoformat() for n, _ in order]),
        "area_m2": (float, [round(float(track.area[place]), 1) for place in order]),
        "deepest_mm": (float, [_mm(track.deepest[place]) for place in order]),
        "connected": (int, [int(track.group[place]) or None for place in order]),
    }


def _profile_columns(found: Findings) -> Columns:
    profile = found.profile
    if profile is None:
        return {}
    kinds: list[str] = []
    for part in profile.sections:
        kinds += [part.kind] * (part.last - part.first + 1)
    peaks = {peak.sample for peak in profile.peaks}
    columns: Columns = {
        "sample": (int, list(range(1, len(profile.distance) + 1))),
        "distance_m": (float, [round(float(value), 2) for value in profile.distance]),
        "part": (str, kinds),
        "solution": (int, [int(kind == SOLUTION) for kind in kinds]),
        "peak": (int, [int(number in peaks) for number in range(1, len(profile.distance) + 1)]),
    }
    for day, values in zip(found.series.dates, profile.s):
        columns[f"D{day:%Y%m%d}"] = (float, [_mm(value) for value in values])
    return columns


def _point_columns(found: Findings) -> Columns:
    features = found.features
    if features is None:
        return {}
    dates = found.series.dates
    columns: Columns = {"date": (str, [day.isoformat() for day in dates])}
    for place, name in enumerate(features.names):
        columns[f"{name}_mm"] = (float, [_mm(value) for value in features.s[:, place]])
        if features.pixels[place] > 1:
            columns[f"{name}_spread_mm"] = (float, [_mm(value) for value in features.spread[:, place]])
    if features.rain is not None:
        columns["rain_since_before_mm"] = (float, [None, *(_plain(value) for value in features.rain)])
    return columns


def _mm(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value) * MM_PER_M, 3) + 0.0


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 3)
