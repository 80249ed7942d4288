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
        from scipy.ndimage import map_coordinates

        middle = self.west + 0.5 * self.east_step * (self.values.shape[1] - 1)
        column = (
            np.mod(np.asarray(lon) - middle + 180.0, 360.0) - 180.0 + middle - self.west
        ) / self.east_step
        row = (self.north - np.asarray(lat)) / self.south_step
        row, column = np.broadcast_arrays(row, column)
        places = np.stack([row.ravel(), column.ravel()])
        found = map_coordinates(self.values, places, np.float64, order=1, mode="constant", cval=np.nan)
        return np.asarray(found, np.float64).reshape(row.shape)

    def posts(self) -> tuple[Float64, Float64]:
        """Longitudes, shape (1, columns), and latitudes, shape (rows, 1), of the posts."""
        rows, columns = self.values.shape
        return (
            (self.west + self.east_step * np.arange(columns))[None, :],
            (self.north - self.south_step * np.arange(rows))[:, None],
        )
