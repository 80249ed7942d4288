"""The import of measurement points from beginning to end: read, convert, choose, write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..errors import InputError
from ..monitor import Monitor
from ..pointfile import WARN_DATES, PointSet, scale_of, write_points
from ..publishing import publishing
from ..result import Result
from ..version import VERSION
from .convert import Converted, convert
from .params import ImportPointsParams
from .source import Source, read_source

ALGORITHM = "importpoints"


def run_importpoints(params: ImportPointsParams, monitor: Monitor | None = None) -> Result:
    """Write points.gpkg (see `pointfile`), report.html and result.json, which comes last.

    The points keep the coordinate system of the file.
    """
    from .report import write_report

    monitor = monitor or Monitor()
    params.validate()
    path = Path(params.input)
    source = read_source(params, monitor.part(0.0, 0.5))
    monitor.step(0.5)
    converted = convert(source, params, path.stem)
    result = Result(ALGORITHM, Path(params.output).expanduser().absolute())
    points = _chosen(converted.points, params, result)
    monitor.info(_understood(source, converted))
    _describe(result, points, converted, source.family.name)
    monitor.step(0.6)
    with publishing(result, {"points": "points.gpkg", "report": "report.html"}) as parts:
        write_points(parts["points"], points, monitor.part(0.6, 0.95))
        write_report(parts["report"], path.name, result, points)
        result.write(_plain(params), VERSION, parts["result"].name)
        monitor.step(1.0)
    return result


def _understood(source: Source, converted: Converted) -> str:
    """Which columns were taken for what: a wrong guess is seen at once."""
    taken = ", ".join(f"{key} = {origin}" for key, origin in converted.origin.items())
    if not source.days:
        return f"Read as: {taken}; no dates."
    in_order = sorted(zip(source.days, source.table.dated))
    ends = " to ".join(f"{name} = {day.isoformat()}" for day, name in (in_order[0], in_order[-1]))
    return f"Read as: {taken}; {len(in_order)} dates from {ends}."


def _chosen(points: PointSet, params: ImportPointsParams, result: Result) -> PointSet:
    """Points that have a place and a velocity, lie in the extent and are coherent enough, the best `max_points`."""
    total = len(points)
    keep = np.isfinite(points.x) & np.isfinite(points.y) & np.isfinite(points.attributes["velocity"])
    result.number("without_value", int(total - keep.sum()), "", "Points without a place or a velocity, left out")
    if params.extent is not None:
        inside = _inside(points, params.extent, params.extent_crs or points.crs)
        result.number("outside", int((keep & ~inside).sum()), "", "Points outside the extent, left out")
        keep &= inside
    coherence = points.attributes.get("coherence")
    if params.min_coherence > 0:
        if coherence is None:
            raise InputError(
                "MIN_COHERENCE", params.min_coherence, "0 for points without a coherence", "Set it to 0"
            )
        good = coherence >= params.min_coherence
        result.number("incoherent", int((keep & ~good).sum()), "", "Points of less coherence, left out")
        keep &= good
    index = np.flatnonzero(keep)
    if not len(index):
        raise InputError(
            "INPUT",
            f"{points.name}: none of {total} points is left",
            "points with coordinates and velocity inside EXTENT and above MIN_COHERENCE",
            "Check CRS, EXTENT and MIN_COHERENCE",
        )
    dropped = max(0, len(index) - params.max_points) if params.max_points else 0
    if dropped:
        index = _best(index, coherence, params.max_points)
        how = "the most coherent ones were kept" if coherence is not None else "an even selection was kept"
        result.warnings.append(f"{dropped:,} points beyond MAX_POINTS were left out; {how}.")
    result.number("dropped", dropped, "", "Points beyond MAX_POINTS, left out")
    return replace(
        points,
        x=points.x[index],
        y=points.y[index],
        attributes={key: values[index] for key, values in points.attributes.items()},
        series=points.series[index],
    )


def _inside(points: PointSet, extent: tuple[float, float, float, float], crs: str) -> NDArray[np.bool_]:
    x, y = coordinates.transform(points.x, points.y, points.crs, crs)
    low_x, low_y, high_x, high_y = extent
    return np.asarray((x >= low_x) & (x <= high_x) & (y >= low_y) & (y <= high_y))


def _best(index: NDArray[np.intp], coherence: NDArray | None, limit: int) -> NDArray[np.intp]:
    """The most coherent points in their order; without a coherence, every so-manieth."""
    if coherence is None:
        return index[np.linspace(0, len(index) - 1, limit).round().astype(np.intp)]
    best = np.argsort(-np.nan_to_num(coherence[index], nan=-1.0), kind="stable")[:limit]
    return np.sort(index[best])


def _describe(result: Result, points: PointSet, converted: Converted, family: str) -> None:
    """Numbers, tables and warnings of the result."""
    result.warnings.extend(converted.notes)
    if len(points.dates) > WARN_DATES:
        result.warnings.append(f"{len(points.dates)} dates make a wide table: some programs take at most 255.")
    velocity = points.attributes["velocity"]
    result.number("point_count", len(points), "", "Points")
    result.number("date_count", len(points.dates), "", "Dates")
    result.number("velocity_min", float(velocity.min()), "mm/yr", "Lowest velocity")
    result.number("velocity_median", float(np.median(velocity)), "mm/yr", "Median velocity")
    result.number("velocity_max", float(velocity.max()), "mm/yr", "Highest velocity")
    result.number("scale", scale_of(velocity), "mm/yr", "End of the colour scale")
    reference = coordinates.parse(points.crs)
    code = reference.GetAuthorityCode(None)
    result.tables["source"] = {
        "family": family,
        "crs": f"{reference.GetAuthorityName(None)}:{code}" if code else reference.GetName(),
        "first_date": points.dates[0].isoformat() if points.dates else None,
        "last_date": points.dates[-1].isoformat() if points.dates else None,
        "attributes": {key: converted.origin.get(key, "") or "same name" for key in points.attributes},
    }


def _plain(params: ImportPointsParams) -> dict[str, object]:
    from dataclasses import asdict

    return {
        key: str(value) if isinstance(value, Path) else value
        for key, value in asdict(params).items()
        if key != "output"
    }
