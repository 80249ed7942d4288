"""Polygon statistics from beginning to end: read, count, compare, write."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr

from ... import crs as coordinates
from ...component import LOS, VERTICAL
from ...described import described
from ...monitor import Monitor
from ...publishing import publishing
from ...result import Result
from ...validation.observations import observe
from ...vectorfile import write_layer
from ...version import VERSION
from ..outputs import write_csv
from .areas import Area, areas_of, distances, metric_system
from .params import ALGORITHM, PolygonParams
from .pictures import Pictures, read_pictures
from .statistics import rates, uneven
from .tables import Found, class_table, polygon_columns, rows_of

Float64 = NDArray[np.float64]

_FILES = {
    "polygons": "polygons.gpkg",
    "csv": "polygons.csv",
    "figure": "polygons.png",
    "figure_svg": "polygons.svg",
    "report": "report.html",
}


@dataclass(frozen=True)
class Data:
    """Rates [mm/yr] at places x, y in the metric system `crs`; angle : where the incidence comes from."""

    x: Float64
    y: Float64
    value: Float64
    crs: str
    angle: str


def run_polygons(params: PolygonParams, monitor: Monitor | None = None) -> Result:
    """Write polygons.gpkg, the tables polygons, classes and distances as CSV, figures, report.html, result.json."""
    monitor = monitor or Monitor()
    params.validate()
    result = Result(ALGORITHM, Path(params.output).expanduser().absolute())
    crs = metric_system(params.polygons)
    data = _data(params, crs, result)
    monitor.step(0.3)
    areas = areas_of(params.polygons, params.name_field, params.class_field, crs, data.x, data.y)
    found = Found(
        areas,
        [rates(data.value[a.index], data.x[a.index], data.y[a.index]) for a in areas],
        [
            uneven(data.value[a.index], data.x[a.index], data.y[a.index], params.length, params.min_points)
            for a in areas
        ],
        class_table(areas) if params.class_field else [],
        distances(params.zones, areas, crs) if params.zones is not None else [],
    )
    monitor.step(0.5)
    pictures = read_pictures(params, _bounds(areas, params.margin), crs) if str(params.stack) else None
    _numbers(result, found, params)
    monitor.step(0.7)
    _write(result, params, data, found, pictures, monitor.part(0.7, 1.0))
    return result


def _data(params: PolygonParams, crs: str, result: Result) -> Data:
    seen = observe(
        params.points, "POINTS", params.field, params.incidence, "INCIDENCE", params.component == VERTICAL
    )
    value = seen.value
    if params.component != LOS:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = value / seen.los[:, 2]
    x, y = coordinates.transform(seen.x, seen.y, seen.crs, crs)
    known = np.isfinite(value) & np.isfinite(x) & np.isfinite(y)
    if not known.all():
        result.warnings.append(f"{np.count_nonzero(~known):,} points have no known incidence or place: left out.")
    return Data(x[known], y[known], value[known], crs, seen.angle)


def _bounds(areas: list[Area], margin: float) -> tuple[float, float, float, float]:
    """West, south, east, north of all polygons with the margin."""
    boxes = np.array([area.shape.GetEnvelope() for area in areas])
    return (
        float(boxes[:, 0].min()) - margin,
        float(boxes[:, 2].min()) - margin,
        float(boxes[:, 1].max()) + margin,
        float(boxes[:, 3].max()) + margin,
    )


def _numbers(result: Result, found: Found, params: PolygonParams) -> None:
    add = result.number
    counts = [len(area.index) for area in found.areas]
    add("polygon_count", len(found.areas), "", "Polygons")
    add("empty_count", counts.count(0), "", "Polygons without points")
    add("point_count", int(np.sum(counts)), "", "Points or pixels in the polygons")
    worst = max((r for r in found.rates if r.count), key=lambda r: abs(r.worst))
    add("worst_rate", worst.worst, "mm/yr", "Rate farthest from zero in any polygon")
    lowest = min(r.mean for r in found.rates if r.count)
    add("lowest_mean", lowest, "mm/yr", "Lowest mean rate of a polygon")
    steps = [u.largest for u in found.uneven if u.pairs]
    largest = max(steps, default=math.nan)
    add("max_differential", largest, f"mm/yr per {params.length:g} m", "Largest differential motion inside a polygon")
    add("max_distortion", largest / params.length * 1000.0, "urad/yr", "The same as angular distortion")
    if not steps:
        result.warnings.append(
            f"No differential motion: no polygon has two neighbouring cells of {params.length:g} m with at least "
            f"{params.min_points} points. Raise LENGTH above the distance of the points or pixels, or lower MIN_POINTS."
        )
    if found.distances:
        add("nearest_zone", min(row["distance_m"] for row in found.distances), "m", "Distance of the nearest zone")
    empty = [area.name for area, count in zip(found.areas, counts) if not count]
    if empty:
        more = f" and {len(empty) - 6} more" if len(empty) > 6 else ""
        result.warnings.append(f"No points in {', '.join(empty[:6])}{more}: their motion is unknown.")


def _write(
    result: Result,
    params: PolygonParams,
    data: Data,
    found: Found,
    pictures: Pictures | None,
    monitor: Monitor,
) -> None:
    from ...figures import polygons as figures
    from ...figures.base import to_png, to_svg
    from .report import write_report

    columns = polygon_columns(found, data.crs)
    result.tables["polygons"] = rows_of(columns)
    result.tables["classes"], result.tables["distances"] = found.classes, found.distances
    result.tables["crs"] = data.crs if len(data.crs) < 20 else "that of the polygons"
    names = dict(_FILES)
    names.update({role: f"{role}.csv" for role, rows in _tables(found).items() if rows})
    drawn = {"figure": figures.polygon_figure(data, found, params)}
    if pictures is not None:
        names["panels"] = "interferograms.png"
        drawn["panels"] = figures.interferogram_panels(pictures, params.polygons, params.faults)
    images = {role: to_png(figure) for role, figure in drawn.items()}
    monitor.step(0.5)
    with publishing(result, names) as files:
        shapes = [bytes(_multi(geometry).ExportToWkb(ogr.wkbNDR)) for geometry in params.polygons.geometries()]
        write_layer(files["polygons"], "polygons", params.polygons.crs, ogr.wkbMultiPolygon, shapes, columns)
        write_csv(files["csv"], columns)
        for role, rows in _tables(found).items():
            if rows:
                write_csv(files[role], {key: (type(rows[0][key]), [row[key] for row in rows]) for key in rows[0]})
        for role, image in images.items():
            files[role].write_bytes(image)
        files["figure_svg"].write_bytes(to_svg(drawn["figure"]))
        monitor.step(0.8)
        write_report(files["report"], result, params, data.angle, images, pictures)
        result.write(described(params), VERSION, files["result"].name)
    monitor.progress(1.0)


def _tables(found: Found) -> dict[str, list[dict[str, Any]]]:
    return {"classes": found.classes, "distances": found.distances}


def _multi(geometry: ogr.Geometry) -> ogr.Geometry:
    return ogr.ForceToMultiPolygon(geometry.GetLinearGeometry())
