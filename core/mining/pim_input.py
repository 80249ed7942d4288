"""Reading what the probability integral method is fitted to: a displacement folder, interferograms, or levelling."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from .. import los, manifest
from ..errors import InputError
from ..monitor import Monitor
from ..pointfile import PointSet, read_points
from ..pointsource import PointFile, Points
from ..raster import StackReader, Window
from ..stack import DISPLACEMENT, MAP, RASTER, UNWRAPPED, Acquisition, Grid, Item, Stack
from ..timeseries.selection import parse_day, within
from ..units import SENTINEL1_WAVELENGTH, phase_to_metres, years_between
from ..vector import VectorInput
from .pim_fit import Observations
from .pim_panels import Panel
from .subsidence import ROLE, open_series, row_areas

MARGIN = 2.0  # depths around the panels: what the fit looks at, and the grid when there is only levelling
TILES = 6  # per side: groups of neighbouring pixels whose errors may be alike
FEW = 8  # dates below which errors are grouped by place instead of by date
LEAST = 20  # points that a fit needs

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Source:
    """Where the record comes from.

    stack : as read, with grid and line of sight. dates : of the record. origin : date to which displacements are
    relative. metric : plane in which the model works. items : rasters that the fit reads.
    """

    folder: Path
    stack: Stack
    dates: tuple[date, ...]
    origin: date
    metric: str
    items: tuple[Item, ...] = ()

    @property
    def grid(self) -> Grid:
        return self.stack.grid

    @property
    def phases(self) -> bool:
        """Whether the record is a stack of interferograms."""
        return self.stack.kind == UNWRAPPED

    def years(self, days: tuple[date, ...] | list[date]) -> Float64:
        """Years since the origin."""
        return np.array([years_between(self.origin, day) for day in days])

    def pixels(self, window: Window, step: int = 1) -> tuple[Float64, Float64]:
        """Metric coordinates of pixel centres, every `step`-th row and column, raveled."""
        rows = np.arange(window.row, window.row + window.height, step)
        cols = np.arange(window.col, window.col + window.width, step)
        rr, cc = np.meshgrid(rows, cols, indexing="ij")
        x, y = coordinates.pixel_centres(self.grid, rr.ravel(), cc.ravel())
        return coordinates.transform(x, y, self.grid.crs, self.metric)


@dataclass(frozen=True)
class Record:
    """Observations and what was left of the data: pixels in reach of the panels, pixels used, window and step."""

    data: Observations
    days: tuple[date, ...]
    in_reach: int
    window: Window
    step: int
    horizontal: bool


def open_folder(folder: str | Path) -> Source:
    """A displacement folder or a stack of unwrapped interferograms on a map grid."""
    path = Path(folder).expanduser().absolute()
    stack = manifest.load(path)
    if stack.kind == DISPLACEMENT:
        series = open_series(path)
        return Source(path, stack, series.dates, series.origin, metric_system(stack.grid), series.items)
    if stack.kind != UNWRAPPED:
        raise InputError(
            "INPUT",
            f"a stack of kind {stack.kind}",
            "a displacement folder or unwrapped interferograms",
            "Run sbas first",
        )
    if stack.frame != MAP or stack.layout != RASTER or not stack.grid.crs:
        raise InputError("INPUT", str(path), "rasters on a map grid", "Geocode the stack first")
    if not los.has_incidence(stack):
        los.constant_incidence(stack)  # refuses with its own message
    stack = within(stack, None, None)
    items = (*(pair.items["phase"] for pair in stack.kept), *stack.geometry.values())
    return Source(path, stack, stack.dates, stack.dates[0], metric_system(stack.grid), items)


def levelling_system(panels: VectorInput) -> str:
    """The UTM zone of the panels, in which a fit to levelling alone works."""
    middle = np.mean([g.Centroid().GetPoint_2D() for g in panels.geometries(coordinates.WGS84)], axis=0)
    return coordinates.utm(float(middle[0]), float(middle[1]))


def open_levelling(
    points: PointSet, panels: VectorInput, metric: str, depth_reach: float, spacing: float
) -> Source:
    """A grid around the panels and a vertical line of sight, for a fit to levelling alone."""
    boxes = np.array([g.GetEnvelope() for g in panels.geometries(metric)])
    left, right = boxes[:, 0].min() - depth_reach, boxes[:, 1].max() + depth_reach
    bottom, top = boxes[:, 2].min() - depth_reach, boxes[:, 3].max() + depth_reach
    x0, y0 = np.floor(left / spacing) * spacing, np.ceil(top / spacing) * spacing
    width, height = int(np.ceil((right - x0) / spacing)), int(np.ceil((y0 - bottom) / spacing))
    wkt = coordinates.parse(metric).ExportToWkt()
    grid = Grid(width, height, (float(x0), spacing, 0.0, float(y0), 0.0, -spacing), wkt)
    # A wavelength is part of every stack; nothing is computed with it here.
    stack = Stack(
        DISPLACEMENT,
        grid,
        SENTINEL1_WAVELENGTH,
        acquisitions=tuple(Acquisition(day) for day in points.dates),
        family="levelling",
        metadata={"incidence_deg": 0.0, "heading_deg": 0.0},
    )
    return Source(Path(), stack, points.dates, points.dates[0], metric)


def load_points(points: Points) -> PointSet:
    """Levelling from memory or file; refused without two dates or without a CRS."""
    if isinstance(points, PointFile):
        found = read_points(points.path, points.layer, "LEVELLING")
        points = replace(found, name=points.name or found.name, crs=points.crs or found.crs)
    if len(points.dates) < 2 or not len(points):
        raise InputError(
            "LEVELLING",
            f"{points.name}: {len(points)} points, {len(points.dates)} dates",
            "points with at least two columns DYYYYMMDD in mm",
        )
    if not points.crs:
        raise InputError(
            "LEVELLING", points.name or "layer", "a layer with a CRS", "Assign a CRS to the layer"
        )
    return points


def metric_system(grid: Grid) -> str:
    """The grid's own system where it keeps areas to 1 %, else the UTM zone of its middle."""
    x, y = coordinates.pixel_centres(grid, np.array([grid.height / 2.0]), np.array([grid.width / 2.0]))
    metric = coordinates.metric_for(grid.crs, float(x[0]), float(y[0]))
    if coordinates.same(metric, grid.crs):
        _, dx, rx, _, ry, dy = grid.transform
        plane = abs(dx * dy - rx * ry)
        if abs(float(row_areas(grid)[grid.height // 2]) / plane - 1.0) > 0.01:
            lon, lat = coordinates.transform(x, y, grid.crs, coordinates.WGS84)
            return coordinates.utm(float(lon[0]), float(lat[0]))
    return metric


def reach(panels: tuple[Panel, ...]) -> float:
    """How far around the panels the ground may move [m]."""
    return MARGIN * max(panel.depth for panel in panels)


def window_around(source: Source, layer: VectorInput, margin: float) -> Window:
    """The part of the grid within `margin` [m] of the panels; refused when they lie outside the data."""
    boxes = np.array([g.GetEnvelope() for g in layer.geometries(source.metric)])
    xs = np.linspace(boxes[:, 0].min() - margin, boxes[:, 1].max() + margin, 9)
    ys = np.linspace(boxes[:, 2].min() - margin, boxes[:, 3].max() + margin, 9)
    gx, gy = np.meshgrid(xs, ys)
    x, y = coordinates.transform(gx, gy, source.metric, source.grid.crs)
    row, col = coordinates.pixel_of(source.grid, x, y)
    first, last = max(int(row.min()), 0), min(int(row.max()) + 1, source.grid.height)
    left, right = max(int(col.min()), 0), min(int(col.max()) + 1, source.grid.width)
    if first >= last or left >= right:
        raise InputError(
            "PANELS",
            layer.name or "layer",
            "panels that lie on the data",
            "Check the CRS of the layer and the extent of INPUT",
        )
    return Window(first, left, last - first, right - left)


def read_record(
    source: Source,
    layer: VectorInput,
    panels: tuple[Panel, ...],
    fit_end: str,
    last_only: bool,
    max_points: int,
    monitor: Monitor,
) -> Record:
    """Pixels around the panels with their series, thinned evenly to about `max_points`.

    last_only : take the last date alone (static PIM).
    """
    window = window_around(source, layer, reach(panels))
    step = max(1, int(np.ceil(np.sqrt(window.height * window.width / max_points))))
    reader = StackReader(source.folder, source.stack)
    x, y = source.pixels(window, step)
    line = np.stack(
        [
            part[::step, ::step].ravel().astype(np.float64)
            for part in los.unit_vector(source.stack, reader, window)
        ]
    )
    end = parse_day(fit_end, "FIT_END") or source.dates[-1]
    if source.phases:
        pairs = [pair for pair in source.stack.kept if pair.date2 <= end]
        items = [pair.items["phase"] for pair in pairs]
        days = tuple(sorted({day for pair in pairs for day in (pair.date1, pair.date2)}))
        factor = phase_to_metres(source.stack.wavelength)
    else:
        days = tuple(day for day in source.dates if source.origin < day <= end)
        days = days[-1:] if last_only else days
        pairs = []
        items = [a.items[ROLE] for a in source.stack.acquisitions if a.date in days]
        factor = 1.0
    if not items:
        raise InputError("FIT_END", fit_end, f"a date after {source.origin}, at which the record begins")
    rows = []
    for number, item in enumerate(items):
        monitor.step(number / len(items))
        rows.append(reader.read(item, window)[::step, ::step].ravel().astype(np.float64) * factor)
    reader.close()
    values = np.stack(rows)
    share = np.isfinite(values).mean(axis=0)
    good = np.isfinite(x) & np.isfinite(line[2]) & (share == 1.0 if source.phases else share >= 0.5)
    if good.sum() < LEAST:
        raise InputError(
            "INPUT",
            f"{int(good.sum())} pixels with data around the panels",
            f"at least {LEAST}",
            "Check that panels and data overlap",
        )
    horizontal = bool(np.isfinite(line[:, good]).all())
    index = {day: number for number, day in enumerate(days)}
    data = Observations(
        x[good],
        y[good],
        line[:, good],
        source.years(list(days)),
        0.0,
        values[:, good],
        np.array([(index[p.date1], index[p.date2]) for p in pairs], np.intp) if pairs else None,
        centred=bool(pairs),
        baselines=_baselines([p.bperp for p in pairs]),
    )
    if len(values) < FEW:
        data = replace(data, groups=tiles(data.x, data.y))
    return Record(data, days, int(good.sum()) * step * step, window, step, horizontal)


def levelling_record(points: PointSet, source: Source, last_only: bool, fit_end: str = "") -> Record:
    """Levelling as observations: vertical motion since the first levelling."""
    end = parse_day(fit_end, "FIT_END") or points.dates[-1]
    chosen = [n for n, day in enumerate(points.dates) if n > 0 and day <= end]
    chosen = chosen[-1:] if last_only else chosen
    if not chosen:
        raise InputError("FIT_END", fit_end, f"a date after the first levelling, {points.dates[0]}")
    x, y = coordinates.transform(points.x, points.y, points.crs, source.metric)
    series = points.series.astype(np.float64).T / 1000.0
    moved = series[chosen] - series[0]
    good = np.isfinite(x) & np.isfinite(moved).any(axis=0)
    if not good.any():
        raise InputError("LEVELLING", points.name, "points with values at the first date and later")
    line = np.zeros((3, int(good.sum())))
    line[2] = 1.0
    days = tuple(points.dates[n] for n in chosen)
    first = years_between(source.origin, points.dates[0])
    data = Observations(x[good], y[good], line, source.years(list(days)), first, moved[:, good])
    if len(moved) < FEW:
        data = replace(data, groups=np.arange(len(data.x)))
    return Record(data, days, int(good.sum()), Window(0, 0, source.grid.height, source.grid.width), 1, True)


def tiles(x: Float64, y: Float64) -> NDArray[np.intp]:
    """Number of the tile in which each point lies, TILES x TILES over all points, numbered without gaps."""
    place = [
        np.minimum(((v - v.min()) / max(float(np.ptp(v)), 1e-9) * TILES).astype(np.intp), TILES - 1)
        for v in (x, y)
    ]
    return np.unique(place[1] * TILES + place[0], return_inverse=True)[1].reshape(len(x)).astype(np.intp)


def _baselines(values: list[float | None]) -> Float64 | None:
    """Baselines per pair, or None where one is unknown, all are zero, or there are no pairs."""
    known = np.array([np.nan if value is None else value for value in values], np.float64)
    return known if len(known) and np.isfinite(known).all() and np.any(known) else None
