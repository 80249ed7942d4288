"""A common grid of square cells, and the means of scattered values in them; everything by whole arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..errors import InputError
from ..stack import Grid

Float64 = NDArray[np.float64]
MOST_SIDE = 2**31  # cells along a side, so that a cell's number fits 64 bits
MOST_PIXELS = 100_000_000  # of a raster of cells; a larger one would be almost empty
_SAMPLE = 2000  # points whose nearest neighbour is looked up


@dataclass(frozen=True)
class CellGrid:
    """Cells of `spacing` [m] whose edges are multiples of it in the metric system `crs`; row 0 is the northernmost."""

    crs: str
    spacing: float
    west: int
    north: int
    width: int
    height: int

    def numbers(self, x: Float64, y: Float64) -> NDArray[np.int64]:
        """Number of the cell (row * width + column) of places in `crs`, which must lie inside."""
        col = np.floor(x / self.spacing).astype(np.int64) - self.west
        row = self.north - 1 - np.floor(y / self.spacing).astype(np.int64)
        return row * self.width + col

    def centres(self, cell: NDArray[np.int64]) -> tuple[Float64, Float64]:
        """Coordinates of the middles of cells."""
        row, col = np.divmod(cell, self.width)
        return (self.west + col + 0.5) * self.spacing, (self.north - row - 0.5) * self.spacing

    def grid(self) -> Grid:
        """The cells as the pixels of a raster."""
        step = self.spacing
        transform = (self.west * step, step, 0.0, self.north * step, 0.0, -step)
        return Grid(
            self.width, self.height, transform, str(coordinates.parse(self.crs).ExportToWkt())
        )


@dataclass(frozen=True)
class CellMeans:
    """Means per cell, arrays (m,) in the order of `cell`, the numbers of the cells in rising order.

    std_independent : standard deviation of the mean when the errors of its points have nothing in common,
    sqrt(sum s^2) / n. std_common : when they are all the same error, sqrt(mean s^2); atmosphere is like that.
    los : (m, 3) mean unit vectors.
    """

    cell: NDArray[np.int64]
    count: NDArray[np.int64]
    mean: Float64
    std_independent: Float64
    std_common: Float64
    los: Float64

    def at(self, index: NDArray[np.intp]) -> CellMeans:
        """Some of the cells."""
        return CellMeans(
            self.cell[index],
            self.count[index],
            self.mean[index],
            self.std_independent[index],
            self.std_common[index],
            self.los[index],
        )


def metric_system(places: Sequence[tuple[Float64, Float64, str]], asked: str = "") -> str:
    """The system of the cells: the one asked for, else that of the first track when metric and true, else UTM."""
    x, y, crs = places[0]
    if asked:
        reference = coordinates.parse(asked)
        if not reference.IsProjected() or abs(reference.GetLinearUnits() - 1.0) > 1e-9:
            raise InputError("CRS", reference.GetName(), "a coordinate system in metres", "Choose the UTM zone")
        return asked
    return coordinates.true_metric_for(crs, float(np.median(x)), float(np.median(y)))


def cover(places: Sequence[tuple[Float64, Float64]], spacing: float, crs: str) -> CellGrid:
    """The smallest grid that holds all places (in `crs`)."""
    low_x, low_y = (min(float(p[axis].min()) for p in places if len(p[0])) for axis in (0, 1))
    high_x, high_y = (max(float(p[axis].max()) for p in places if len(p[0])) for axis in (0, 1))
    west, south = int(np.floor(low_x / spacing)), int(np.floor(low_y / spacing))
    east, north = int(np.floor(high_x / spacing)) + 1, int(np.floor(high_y / spacing)) + 1
    if max(east - west, north - south) >= MOST_SIDE:
        raise InputError("SPACING", spacing, "larger cells for data of this extent", "Enlarge SPACING")
    return CellGrid(crs, spacing, west, north, east - west, north - south)


def means(cells: NDArray[np.int64], value: Float64, std: Float64, los: Float64, least: int = 1) -> CellMeans:
    """Means of values (n,) by the cell (n,) they lie in; cells with fewer than `least` values are left out.

    std : (n,) standard deviations, NaN unknown (then the cell's is). los : (n, 3).
    """
    found, place, count = np.unique(cells, return_inverse=True, return_counts=True)
    place = place.reshape(-1)

    def total(values: Float64) -> Float64:
        return np.asarray(np.bincount(place, weights=values, minlength=len(found)), np.float64)

    square = total(std * std)
    vectors = np.stack([total(los[:, axis]) / count for axis in range(3)], axis=1)
    every = CellMeans(
        found,
        count.astype(np.int64),
        total(value) / count,
        np.sqrt(square) / count,
        np.sqrt(square / count),
        vectors,
    )
    return every.at(np.flatnonzero(count >= least))


def common(first: CellMeans, second: CellMeans) -> tuple[CellMeans, CellMeans]:
    """The cells that both have, in the same order."""
    _, one, two = np.intersect1d(first.cell, second.cell, assume_unique=True, return_indices=True)
    return first.at(one), second.at(two)


def typical_distance(x: Float64, y: Float64) -> float:
    """Median distance [m] from a place to the next other one, from a sample; infinite for a single place."""
    from scipy.spatial import cKDTree

    places = np.unique(np.column_stack([x, y]), axis=0)
    if len(places) < 2:
        return float("inf")
    some = places[:: -(-len(places) // _SAMPLE)]
    distance, _ = cKDTree(places).query(some, k=2)
    return float(np.median(distance[:, 1]))
