"""Values on a grid of longitudes and latitudes, such as heights of the ground or of the geoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LonLatGrid:
    """Values at posts, row 0 in the north; NaN is unknown.

    values : shape (rows, columns). west, north : degrees (WGS 84) of the first post. east_step, south_step :
    degrees between posts, positive.
    """

    values: NDArray[Any]
    west: float
    north: float
    east_step: float
    south_step: float

    def sample(self, lon: NDArray[Any] | float, lat: NDArray[Any] | float) -> Float64:
        """Bilinear values at places (degrees; longitudes may differ by full turns); NaN outside and beside NaN."""
        middle = 0.5 * self.east_step * (self.values.shape[1] - 1)
        east, south = np.broadcast_arrays(
            np.asarray(lon) - (self.west + middle), self.north - np.asarray(lat)
        )
        column = (east - 360.0 * np.rint(east / 360.0) + middle) / self.east_step
        return bilinear(self.values, south / self.south_step, column)

    def posts(self) -> tuple[Float64, Float64]:
        """Longitudes, shape (1, columns), and latitudes, shape (rows, 1), of the posts."""
        rows, columns = self.values.shape
        return (
            (self.west + self.east_step * np.arange(columns))[None, :],
            (self.north - self.south_step * np.arange(rows))[:, None],
        )


def bilinear(values: NDArray[Any], row: Float64, column: Float64) -> Float64:
    """Values of an array of 2 x 2 or more at fractional rows and columns of one shape; NaN outside and beside NaN.

    Twice as fast as `scipy.ndimage.map_coordinates` of order 1, with the same numbers.
    """
    rows, columns = values.shape
    inside = (row >= 0.0) & (row <= rows - 1) & (column >= 0.0) & (column <= columns - 1)
    if not inside.all():
        row, column = np.where(inside, row, 0.0), np.where(inside, column, 0.0)
    top = np.minimum(row.astype(np.intp), rows - 2)
    left = np.minimum(column.astype(np.intp), columns - 2)
    down, along = row - top, column - left
    first = top * columns + left
    flat = np.ascontiguousarray(values).ravel()
    upper, lower = (
        (1.0 - along) * flat.take(start) + along * flat.take(start + 1) for start in (first, first + columns)
    )
    found = (1.0 - down) * upper + down * lower
    return np.asarray(np.where(inside, found, np.nan), np.float64)
