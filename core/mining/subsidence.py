"""Subsidence of any displacement folder, as the mining steps use it: metres, positive down, vertical.

Takes every folder whose `stack.json` has the kind displacement: measured, referenced, modelled or predicted.
S = -d_los / cos(theta) with the incidence of each pixel, which holds when there is no horizontal motion.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import blocks, los, manifest
from .. import crs as coordinates
from ..blocks import Compute
from ..errors import InputError
from ..monitor import Monitor
from ..raster import StackReader, Window, whole
from ..stack import DISPLACEMENT, MAP, RASTER, Grid, Item, Stack
from ..units import years_between

ORIGIN = "origin_date"  # key of the metadata: where S is 0, when that is not the first date of the folder
ROLE = "displacement"
STD_ROLE = "displacement_std"  # standard deviation of a date's displacement, where a model gives it
_WEB_SCALE = 0.01  # area scale beyond which a projected system is not measured in its own plane

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class SubsidenceSeries:
    """A displacement folder seen as subsidence S [m, positive down] per date.

    `dates` are those of the folder in order, N of them. S is relative to `origin`: the folder's first date unless
    its metadata say another (`origin_date`), as folders do that begin after the record.
    """

    folder: Path
    stack: Stack
    _reader: StackReader = field(repr=False, compare=False)

    @property
    def dates(self) -> tuple[date, ...]:
        return self.stack.dates

    @property
    def grid(self) -> Grid:
        return self.stack.grid

    @property
    def origin(self) -> date:
        """The date to which S is relative."""
        stated = self.stack.metadata.get(ORIGIN)
        return date.fromisoformat(str(stated)) if stated else self.dates[0]

    @property
    def years(self) -> Float64:
        """Time of each date since the origin [years of 365.25 days], (N,)."""
        return np.array([years_between(self.origin, day) for day in self.dates])

    @property
    def items(self) -> tuple[Item, ...]:
        """The rasters that are read, for fingerprints."""
        by_date = [
            a.items[role] for a in self.stack.acquisitions for role in (ROLE, STD_ROLE) if role in a.items
        ]
        return (*by_date, *self.stack.geometry.values())

    def read(self, window: Window | None = None, numbers: list[int] | None = None) -> Float64:
        """S [m] of some dates (indices; default all), shape (dates, rows, columns); NaN where unknown."""
        window = window or whole(self.grid)
        chosen = range(len(self.dates)) if numbers is None else numbers
        items = [self.stack.acquisitions[number].items[ROLE] for number in chosen]
        values = self._reader.read_many(items, window).astype(np.float64)
        cosine = np.cos(los.incidence(self.stack, self._reader, window).astype(np.float64))
        self._reader.close()  # an open raster pins memory, and must not outlive an error in a caller
        values /= -np.where(cosine > 0, cosine, np.nan)
        values += 0.0  # no negative zeros
        return values

    def read_std(self, window: Window, number: int) -> Float64 | None:
        """Standard deviation of S [m] of a date, shape of the window; None where the folder has none."""
        item = self.stack.acquisitions[number].items.get(STD_ROLE)
        if item is None:
            return None
        cosine = np.cos(los.incidence(self.stack, self._reader, window).astype(np.float64))
        values = np.asarray(self._reader.read(item, window) / cosine, np.float64)
        self._reader.close()
        return values

    def blocks(
        self, compute: Compute | None = None, monitor: Monitor | None = None
    ) -> Iterator[tuple[Window, Float64]]:
        """(window, S) of full-width row blocks from top to bottom, within the memory budget."""
        compute, monitor = compute or Compute(), monitor or Monitor()
        plan = blocks.plan(self.grid, 24 * len(self.dates) + 64, Compute(compute.memory, 1, ""))
        for done, window in enumerate(plan.blocks):
            monitor.step(done / len(plan.blocks))
            yield window, self.read(window)
        monitor.step(1.0)

    def at(self, rows: NDArray[np.intp], cols: NDArray[np.intp]) -> Float64:
        """S [m] of single pixels, shape (N, pixels); NaN outside the grid."""
        out = np.full((len(self.dates), len(rows)), np.nan)
        inside = (rows >= 0) & (rows < self.grid.height) & (cols >= 0) & (cols < self.grid.width)
        for row in np.unique(rows[inside]):
            here = np.flatnonzero(inside & (rows == row))
            first = int(cols[here].min())
            window = Window(int(row), first, 1, int(cols[here].max()) - first + 1)
            out[:, here] = self.read(window)[:, 0, cols[here] - first]
        return out

    def pixel_area(self) -> Float64:
        """Ground area of a pixel of each row [m2], shape (rows,)."""
        return row_areas(self.grid)


def open_series(folder: str | Path, name: str = "INPUT", least: int = 2) -> SubsidenceSeries:
    """Open a displacement folder; `name` is the parameter in messages, `least` the dates needed.

    Refuses other kinds of folder, radar geometry, points, fewer dates, and an unknown incidence.
    """
    folder = Path(folder).expanduser().absolute()
    stack = manifest.load(folder, name)
    if stack.kind != DISPLACEMENT or any(ROLE not in a.items for a in stack.acquisitions):
        raise InputError(
            name,
            f"{folder} ({stack.kind})",
            "a displacement folder",
            "Invert the interferograms with 'sbas' or 'wskestimate' first",
        )
    if stack.frame != MAP or stack.layout != RASTER or not stack.grid.crs:
        what = "points" if stack.layout != RASTER else "no map coordinates"
        raise InputError(
            name, f"{folder} ({what})", "rasters on a map grid", "Geocode the stack and invert it again"
        )
    if len(stack.dates) < least:
        raise InputError(
            name,
            f"{folder} ({len(stack.dates)} date)",
            f"at least {least} dates",
            "Choose a folder with more dates",
        )
    if not los.has_incidence(stack):
        los.constant_incidence(stack)  # refuses with its own message
    series = SubsidenceSeries(folder, stack, StackReader(folder, stack))
    _check_origin(series, name)
    return series


def row_areas(grid: Grid) -> Float64:
    """Ground area of a pixel of each row [m2], shape (rows,), at the middle column.

    Degrees: on the ellipsoid, M N cos(latitude) dlat dlon with the radii of curvature M and N. Projected systems:
    in their plane, unless its area scale is off by more than 1 % (Web Mercator), then on the ellipsoid too.
    """
    reference = coordinates.parse(grid.crs)
    _, dx, rx, _, ry, dy = grid.transform
    true = _ellipsoid_areas(grid)
    if reference.IsGeographic():
        return true
    plane = abs(dx * dy - rx * ry) * float(reference.GetLinearUnits()) ** 2
    return np.where(np.abs(plane / true - 1.0) > _WEB_SCALE, true, plane)


def _ellipsoid_areas(grid: Grid) -> Float64:
    reference = coordinates.parse(grid.crs)
    rows = np.arange(grid.height, dtype=np.float64)
    middle = np.full(grid.height, (grid.width - 1) / 2.0)
    system = reference.CloneGeogCS()
    geographic = system.ExportToWkt()

    def place(row: Float64, col: Float64) -> tuple[Float64, Float64]:
        x, y = coordinates.pixel_centres(grid, row, col)
        if reference.IsGeographic():
            return x, y
        return coordinates.transform(x, y, grid.crs, geographic)

    unit = float(system.GetAngularUnits()) or math.radians(1.0)
    _, lat = place(rows, middle)
    lon_w, lat_w = place(rows, middle - 0.5)
    lon_e, lat_e = place(rows, middle + 0.5)
    lon_n, lat_n = place(rows - 0.5, middle)
    lon_s, lat_s = place(rows + 0.5, middle)
    turn = 2.0 * math.pi / unit
    d_lon = [(lon_e - lon_w + turn / 2) % turn - turn / 2, (lon_s - lon_n + turn / 2) % turn - turn / 2]
    cell = np.abs(d_lon[0] * (lat_s - lat_n) - d_lon[1] * (lat_e - lat_w)) * unit**2
    a, inverse = float(reference.GetSemiMajor()), float(reference.GetInvFlattening())
    e2 = 0.0 if inverse == 0 else (2.0 - 1.0 / inverse) / inverse
    sine = np.sin(lat * unit)
    radii = a**2 * (1.0 - e2) / (1.0 - e2 * sine**2) ** 2  # M N
    return radii * np.cos(lat * unit) * cell


def _check_origin(series: SubsidenceSeries, name: str) -> None:
    try:
        origin = series.origin
    except ValueError as error:
        raise InputError(
            name, str(series.stack.metadata.get(ORIGIN)), "a date as YYYY-MM-DD in origin_date"
        ) from error
    if origin > series.dates[0]:
        raise InputError(
            name, origin.isoformat(), "an origin_date not after the first date", "Make the folder again"
        )
