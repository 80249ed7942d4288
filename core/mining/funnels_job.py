"""Funnels from beginning to end: cut, follow, profile, feature points, write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr

from .. import crs as coordinates
from ..blocks import Compute
from ..errors import InputError
from ..monitor import Monitor
from ..raster import whole
from ..result import Result
from ..units import MM_PER_M
from ..vector import VectorInput
from . import publish
from .feature_table import Features, features_of
from .funnel_areas import FIELD, Funnels, funnels_on
from .funnel_params import FunnelParams, date_number
from .funnel_profile import Profile, profile_along
from .funnel_tracking import APPEARS, MERGES, SEPARATES, Track, Tracker
from .funnels import carry_numbers, nearest, smoothed, watershed, without_shallow, without_small
from .gap_reach import farthest, half_widths
from .gaps import FILL, GapFiller
from .subsidence import SubsidenceSeries, open_series

ALGORITHM = "funnels"

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Findings:
    """All that a run has found; `map` is S [m] of the date that was cut, `number` its place in the record."""

    series: SubsidenceSeries
    funnels: Funnels
    map: Float64
    number: int
    track: Track
    profile: Profile | None
    features: Features | None

    @property
    def day(self) -> date:
        """The date of the map that was cut."""
        return self.series.dates[self.number]


def run_funnels(
    params: FunnelParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write funnels.gpkg, boundaries.gpkg, tables as CSV, figures, report.html and result.json.

    A folder that holds the result of the same parameters and inputs is left as it is. Everything is computed before
    the first file is replaced; result.json is the last one.
    """
    from .funnel_outputs import write

    monitor = monitor or Monitor()
    params.validate()
    folder = Path(params.output).expanduser().absolute()
    series = open_series(params.input)
    number = date_number(params.day, series.dates)
    key = publish.fingerprint(ALGORITHM, params, series, [params.rain, params.temperature])
    earlier = publish.finished(folder, key, monitor)
    if earlier is not None:
        return earlier
    measured = series.read(whole(series.grid), [number])[0]
    filler = _filler(series, measured, params.edge / MM_PER_M) if params.gaps == FILL else None
    s = measured if filler is None else filler.fill(measured)[0]
    funnels = _segment(params, series, s)
    monitor.step(0.15)
    tracker = Tracker(funnels, series.grid, series.pixel_area(), params.boundary / MM_PER_M)
    for place, day in enumerate(series.dates):
        monitor.step(0.15 + 0.5 * place / len(series.dates))
        values = series.read(whole(series.grid), [place])[0]
        tracker.add(day, values if filler is None else filler.fill(values)[0])
    profile = None
    if params.profile is not None:
        profile = profile_along(
            series, params.profile, number, params.edge / MM_PER_M, params.prominence / MM_PER_M
        )
    monitor.step(0.7)
    features = features_of(params, series) if params.points is not None else None
    monitor.step(0.8)
    found = Findings(series, funnels, s, number, tracker.track(), profile, features)
    result = Result(ALGORITHM, folder)
    _add_numbers(result, found, np.isfinite(measured))
    result.warnings.extend(_notes(params, found))
    write(result, params, found, key, monitor.part(0.8, 1.0))
    return result


def _filler(series: SubsidenceSeries, s: Float64, edge: float) -> GapFiller:
    """What fills the maps: the whole grid, as far as the bowls of the map S [m] that is cut allow."""
    size = coordinates.pixel_size(series.grid)
    everywhere = Funnels(np.ones(series.grid.shape, np.int32), (1,))
    return GapFiller(farthest(half_widths(s, everywhere, edge, size), everywhere, size), size)


def _segment(params: FunnelParams, series: SubsidenceSeries, s: Float64) -> Funnels:
    """Number the funnels of a map."""
    field = smoothed(s, params.smoothing)
    area = float(series.pixel_area().mean())
    with np.errstate(invalid="ignore"):
        beyond = field > params.edge / MM_PER_M
    inside = without_small(beyond, int(np.ceil(params.min_area / area)))
    if not inside.any():
        _refuse(params, s, field, beyond)
    if params.wells is None:
        labels = watershed(field, inside, params.prominence / MM_PER_M)
        labels = without_shallow(labels, field, (params.edge + params.prominence) / MM_PER_M)
    else:
        labels = _by_wells(params.wells, series, inside, params.max_distance)
    labels = _drop_small(labels, params.min_area, area)
    if not labels.any():
        raise InputError(
            "MIN_AREA",
            f"{params.min_area:g} m2",
            "less than the largest funnel",
            "Lower it, or raise MAX_DISTANCE",
        )
    if params.previous is not None:
        labels = carry_numbers(labels, funnels_on(params.previous, series.grid, "PREVIOUS"))
    return Funnels(labels, tuple(int(number) for number in np.unique(labels[labels > 0])))


def _refuse(params: FunnelParams, s: Float64, field: Float64, beyond: NDArray[np.bool_]) -> None:
    if not np.isfinite(s).any():
        raise InputError("INPUT", str(params.input), "pixels with a value at the date that is cut")
    if beyond.any():
        raise InputError(
            "MIN_AREA",
            f"{params.min_area:g} m2",
            "less than the largest connected area that subsides",
            "Lower it",
        )
    raise InputError(
        "EDGE",
        f"{params.edge:g} mm",
        f"less than the largest subsidence, {np.nanmax(field) * MM_PER_M:.1f} mm after smoothing",
        "No pixel subsides beyond it: lower it, choose a later DATE, or check the reference",
    )


def _by_wells(
    wells: VectorInput, series: SubsidenceSeries, inside: NDArray[np.bool_], reach: float
) -> NDArray[np.int32]:
    """Number of the nearest well, from its field `funnel` where the layer has it."""
    grid = series.grid
    rows, cols = np.nonzero(inside)
    px, py = coordinates.pixel_centres(grid, rows, cols)
    metric = coordinates.metric_for(grid.crs, float(px[0]), float(py[0]))
    shapes = wells.geometries(metric)
    if not shapes or any(ogr.GT_Flatten(shape.GetGeometryType()) != ogr.wkbPoint for shape in shapes):
        raise InputError("WELLS", wells.name, "a layer of points with at least one well")
    places = np.array([(shape.GetX(), shape.GetY()) for shape in shapes])
    labels = nearest(inside, *coordinates.transform(px, py, grid.crs, metric), places, reach)
    numbers = _well_numbers(wells, len(shapes))
    return np.asarray(np.concatenate([[0], numbers])[labels], np.int32)


def _well_numbers(wells: VectorInput, count: int) -> NDArray[np.int32]:
    if not wells.attributes or FIELD not in wells.attributes[0]:
        return np.arange(1, count + 1, dtype=np.int32)
    numbers = [row[FIELD] for row in wells.attributes]
    if any(not isinstance(number, (int, float)) or number != int(number) or number < 1 for number in numbers):
        raise InputError("WELLS", wells.name, f"whole numbers from 1 in the field `{FIELD}`")
    return np.array(numbers, np.int32)


def _drop_small(labels: NDArray[np.int32], least: float, area: float) -> NDArray[np.int32]:
    sizes = np.bincount(labels.ravel()) * area
    keep = (sizes >= least) & (sizes > 0)
    keep[0] = False
    return np.where(keep[labels], labels, 0).astype(np.int32)


def _add_numbers(result: Result, found: Findings, known: NDArray[np.bool_]) -> None:
    """known : pixels with a value of their own in the map that was cut."""
    areas = found.series.pixel_area()[:, None]
    track = found.track
    totals = track.area.sum(axis=1)
    inside = found.funnels.labels > 0
    deepest = np.where(inside & np.isfinite(found.map), found.map, -np.inf)
    kinds = [event.kind for event in track.events]
    first = next((event.date for event in track.events), None)
    add = result.number
    add("funnel_count", len(found.funnels.ids), "", "Funnels")
    add("dates", len(found.series.dates), "", "Dates")
    add("funnel_area", float((inside * areas).sum()), "m2", "Ground inside the funnels")
    add("missing_area", float(((inside & ~known) * areas).sum()), "m2", "Part of it without a value of its own")
    add(
        "max_subsidence", float(deepest.max()) * MM_PER_M, "mm", "Largest subsidence at the date that was cut"
    )
    add("boundary_area", float(totals[-1]), "m2", "Ground inside the boundaries at the last date")
    add(
        "largest_boundary_area",
        float(track.area[-1].max()),
        "m2",
        "Largest ground inside one boundary at the last date",
    )
    add("appeared", kinds.count(APPEARS), "", "Funnels that reached the boundary")
    add("merging_events", kinds.count(MERGES), "", "Times at which funnels merged")
    add("separating_events", kinds.count(SEPARATES), "", "Times at which funnels separated again")
    add(
        "connected_groups",
        len(set(track.group[-1]) - {0}),
        "",
        "Connected groups of funnels at the last date",
    )
    days = (first - found.series.origin).days if first is not None else None
    add("first_boundary", days, "d", "Time from the origin until the first funnel reached the boundary")
    if found.profile is not None:
        add("profile_peaks", len(found.profile.peaks), "", "Peaks along the profile")
        lengths = [part for part in found.profile.sections if part.kind == "solution"]
        add(
            "solution_samples",
            sum(p.last - p.first + 1 for p in lengths),
            "",
            "Pixels of the profile in solution area",
        )
    if found.features is not None:
        found.features.add_numbers(result)


def _notes(params: FunnelParams, found: Findings) -> list[str]:
    texts = []
    highest = np.nanmax(found.track.deepest) * MM_PER_M if np.isfinite(found.track.deepest).any() else 0.0
    if not found.track.boundaries:
        texts.append(
            f"No funnel reaches the boundary of {params.boundary:g} mm (the deepest is {highest:.1f} mm): there are no "
            "outlines through time. A lower BOUNDARY shows them."
        )
    if params.wells is not None:
        numbers = _well_numbers(params.wells, len(params.wells.wkb))
        silent = sorted({int(number) for number in numbers} - set(found.funnels.ids))
        if silent:
            texts.append(f"No subsiding ground is nearest to the wells {', '.join(map(str, silent))}.")
    if found.features is not None:
        texts.extend(found.features.notes)
    return texts
