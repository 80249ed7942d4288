"""Cross-validation of two tracks from beginning to end: read, turn, average in cells, compare, write."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..component import LOS, VERTICAL
from ..described import described
from ..errors import InputError
from ..monitor import Monitor
from ..pointfile import scale_of
from ..publishing import publishing
from ..result import Result
from ..version import VERSION
from .agreement import Agreement, agreement
from .celloutputs import fits_raster, write_cells, write_raster
from .cells import CellMeans, common
from .cross_dates import Match, common_span
from .cross_params import DISPLACEMENT, CrossParams
from .direction import AZIMUTH, sensitivity
from .gridding import Gridded, coarse_notes, gridded, too_few, usable
from .observations import Observations, dates_of, distinct_names, observe

ALGORITHM = "crossvalidate"
FEW = 30  # common cells below which the statistics are said to be weak

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """Two tracks in their common cells: first, second (m cells each), `offset` already taken off the first.

    names : of the tracks. spans : dates of the displacements, None for velocities.
    """

    gridded: Gridded
    first: CellMeans
    second: CellMeans
    names: tuple[str, ...]
    offset: float
    found: Agreement
    spans: tuple[Match, Match] | None = None

    @property
    def difference(self) -> Float64:
        """First minus second, (m,)."""
        return self.first.mean - self.second.mean


def run_crossvalidate(params: CrossParams, monitor: Monitor | None = None) -> Result:
    """Write cells.gpkg, difference.tif, crossvalidation.png and .svg, report.html, result.json.

    Each track's points are turned to the direction asked for by their own line of sight, averaged in the cells of a
    common grid, and compared where both tracks have points (Zhu et al. 2020, section 4.1).
    """
    monitor = monitor or Monitor()
    result, compared = evaluate(params, monitor.part(0.0, 0.6))
    _write(result, params, compared, monitor.part(0.6, 1.0))
    return result


def evaluate(params: CrossParams, monitor: Monitor | None = None) -> tuple[Result, Comparison]:
    """Everything but the files: the numbers, tables and warnings, and the cells."""
    params.validate()
    result = Result(ALGORITHM, Path(params.output).expanduser().absolute())
    compared = _compare(params, result, monitor or Monitor())
    _numbers(result, params, compared)
    return result, compared


def _compare(params: CrossParams, result: Result, monitor: Monitor) -> Comparison:
    """Read, turn and average the tracks; numbers about the points and warnings go to `result`."""
    spans = None
    if params.compare == DISPLACEMENT:
        spans = common_span(
            dates_of(params.track1, "TRACK1"),
            dates_of(params.track2, "TRACK2"),
            params.max_days,
            params.start,
            params.end,
        )
    tracks = []
    for number, (source, constant) in enumerate(
        ((params.track1, params.incidence1), (params.track2, params.incidence2)), 1
    ):
        monitor.step(0.3 * (number - 1))
        span = None if spans is None else (spans[0][number - 1], spans[1][number - 1])
        track = observe(
            source,
            f"TRACK{number}",
            params.field,
            constant,
            f"INCIDENCE{number}",
            params.component not in (LOS, AZIMUTH),
            span,
        )
        tracks.append(_turned(track, number, params, result))
    names = distinct_names(tracks)
    monitor.step(0.6)
    both = gridded(tracks, params.spacing, params.crs, params.min_points, ("TRACK1", "TRACK2"))
    first, second = common(*both.tracks)
    if not len(first.cell):
        raise too_few(both, names, "TRACK1 and TRACK2", params.min_points)
    result.warnings.extend(coarse_notes(both, names))
    monitor.step(0.9)
    found = agreement(first.mean, second.mean)
    offset = found.median if params.remove_offset else 0.0
    if offset:
        first = replace(first, mean=first.mean - offset)
        found = agreement(first.mean, second.mean)
    return Comparison(both, first, second, tuple(names), offset, found, spans)


def _turned(track: Observations, number: int, params: CrossParams, result: Result) -> Observations:
    """The track along the compared direction; refused when no point sees it."""
    factor = sensitivity(track.los, params.component, params.azimuth)
    if not np.isfinite(factor).any():
        raise InputError(
            f"TRACK{number}",
            f"{track.source}: no point whose line of sight is known and sees this direction",
            "a track with los_east, los_north and los_up, and a direction that it sees",
            "Import the track with INCIDENCE and HEADING, or choose another COMPONENT or AZIMUTH",
        )
    out, lost = usable(track, factor)
    result.number(f"points{number}", len(out), "", f"Points or pixels of track {number}")
    if lost:
        result.warnings.append(
            f"{lost:,} points of {track.source} have no line of sight or do not see the direction: left out."
        )
    return out


def _numbers(result: Result, params: CrossParams, compared: Comparison) -> None:
    """Every number of the comparison; the table of the tracks; what a reader must know."""
    unit, found = params.unit, compared.found
    difference = compared.difference
    add = result.number
    for number, track in enumerate(compared.gridded.tracks, 1):
        add(f"cells{number}", len(track.cell), "", f"Cells of track {number}")
    add("common_cells", found.count, "", "Common cells")
    add("pearson", found.pearson, "", "Correlation (Pearson)")
    add("spearman", found.spearman, "", "Rank correlation (Spearman)")
    add("rmse", found.rmse, unit, "RMSE of the differences")
    add("mean_difference", found.mean, unit, "Mean difference, track 1 minus track 2")
    add("std_difference", found.std, unit, "Standard deviation of the differences")
    add("median_difference", found.median, unit, "Median difference")
    add("nmad", found.nmad, unit, "NMAD of the differences")
    add("offset", compared.offset or found.median, unit, "Offset between the tracks (median difference)")
    add("offset_removed", int(bool(compared.offset)), "", "Whether the offset was taken off track 1 (1: yes)")
    centred = math.sqrt(float(np.mean((difference - found.median) ** 2)))
    add("rmse_without_offset", centred, unit, "RMSE once the offset is taken off")
    add("slope", found.slope, "", "Slope of track 2 on track 1 (least squares)")
    add("intercept", found.intercept, unit, "Intercept of that line")
    add("slope_orthogonal", found.orthogonal, "", "Slope of the orthogonal line")
    add("precision", found.std / math.sqrt(2.0), unit, "Precision of one track, if both are alike and independent")
    for key, name, text in (
        ("expected_std", "std_independent", "are independent"),
        ("expected_std_common", "std_common", "are the same in a cell"),
    ):
        one, two = getattr(compared.first, name), getattr(compared.second, name)
        expected = math.sqrt(float(np.mean(one**2 + two**2)))
        add(key, expected, unit, f"Standard deviation to expect from the tracks' own, if errors of points {text}")
    if found.count < FEW:
        result.warnings.append(f"Only {found.count} common cells: the statistics are weak.")
    if found.pearson < 0:
        result.warnings.append(
            f"The tracks contradict each other (correlation {found.pearson:.2f}): where one falls the other rises. "
            + (
                "Tracks that look from different sides do so where the ground moves sideways: try COMPONENT azimuth, "
                "or 'decompose'."
                if params.component == VERTICAL
                else "Check their signs and the direction."
            )
        )
    if params.component == LOS:
        result.warnings.append(
            "Lines of sight of different directions were compared as they are: they need not agree."
        )
    if compared.spans:
        (start1, start2), (end1, end2) = compared.spans
        result.tables["dates"] = {
            "track1": [start1.isoformat(), end1.isoformat()],
            "track2": [start2.isoformat(), end2.isoformat()],
        }
    result.tables["tracks"] = list(compared.names)
    result.tables["grid"] = {"crs": compared.gridded.grid.crs, "spacing_m": params.spacing}
    result.tables["scale"] = {"difference": scale_of(difference)}


def _write(result: Result, params: CrossParams, compared: Comparison, monitor: Monitor) -> None:
    from ..figures.base import to_png, to_svg
    from ..figures.crossvalidation import cross_figure
    from .cross_report import write_report

    figure = cross_figure(compared, params)
    monitor.step(0.3)
    names = {
        "cells": "cells.gpkg",
        "figure": "crossvalidation.png",
        "figure_svg": "crossvalidation.svg",
        "report": "report.html",
    }
    grid, cell, difference = compared.gridded.grid, compared.first.cell, compared.difference
    if fits_raster(grid):
        names["difference"] = "difference.tif"
    else:
        result.warnings.append("The area is too large for a raster of such small cells: see cells.gpkg.")
    with publishing(result, names) as parts:
        attributes = {
            "track1": compared.first.mean,
            "track2": compared.second.mean,
            "difference": difference,
            "n1": compared.first.count,
            "n2": compared.second.count,
            "std1": compared.first.std_independent,
            "std2": compared.second.std_independent,
        }
        write_cells(parts["cells"], grid, cell, attributes)
        monitor.step(0.6)
        if "difference" in parts:
            write_raster(parts["difference"], grid, cell, difference, "difference", params.unit)
        parts["figure"].write_bytes(to_png(figure))
        parts["figure_svg"].write_bytes(to_svg(figure))
        monitor.step(0.8)
        write_report(parts["report"], result, params, compared.names, figure)
        result.write(described(params), VERSION, parts["result"].name)
        monitor.step(1.0)
