"""Values of a radar raster at fractional rows and columns, and their means over cells of the map.

Missing pixels are left out by weight: a cell is the mean of its parts' four nearest pixels, and is missing when less
than half of the weight is known. Everything is computed for each place by itself from real numbers, so that neither
blocks nor processors show.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..raster import Window

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

LEAST_KNOWN = 0.5
BREAK = np.pi  # rad between neighbours: more is a break of unwrapping


class Neighbours:
    """The four pixels around places, and their bilinear weights."""

    def __init__(self, rows: Float64, columns: Float64, window: Window) -> None:
        """rows, columns : (m, n), counted in the raster; NaN is nowhere. window : the part of it that will be given."""
        here = np.isfinite(rows) & np.isfinite(columns)
        row, column = np.where(here, rows, 0.0), np.where(here, columns, 0.0)
        top, left = np.floor(row), np.floor(column)
        down, along = row - top, column - left
        self._index, self._weight = [], []
        for below, weight_down in ((0, 1.0 - down), (1, down)):
            for beside, weight_along in ((0, 1.0 - along), (1, along)):
                r = top.astype(np.intp) + below - window.row
                c = left.astype(np.intp) + beside - window.col
                inside = here & (r >= 0) & (r < window.height) & (c >= 0) & (c < window.width)
                self._index.append(np.where(inside, r * window.width + c, 0))
                self._weight.append(np.where(inside, weight_down * weight_along, 0.0))

    def sum(self, plane: NDArray[Any]) -> Float64:
        """Weighted sums of a plane (rows, columns of the window) without NaN."""
        flat = plane.ravel()
        total = np.zeros(self._weight[0].shape)
        for index, weight in zip(self._index, self._weight):
            total += weight * flat[index]
        return total

    def corners(self, plane: NDArray[Any]) -> tuple[Float64, Float64]:
        """Values, NaN where missing, and weights of the four pixels, shape (4, m, n)."""
        flat = plane.ravel()
        return np.stack([flat[index] for index in self._index]).astype(np.float64), np.stack(self._weight)


def means(planes: list[NDArray[Any]], known: Bool, near: Neighbours, parts: tuple[int, int]) -> list[Float64]:
    """Means of planes over cells, NaN where less than half is known. known : pixels that count."""
    weight = _cells(near.sum(known.astype(np.float64)), parts)
    enough = weight >= LEAST_KNOWN * parts[0] * parts[1]
    out = []
    for plane in planes:
        total = _cells(near.sum(np.where(known, plane, 0.0)), parts)
        out.append(np.divide(total, weight, out=np.full(total.shape, np.nan), where=enough))
    return out


def unbroken(plane: NDArray[Any], near: Neighbours, parts: tuple[int, int]) -> Float64:
    """Means of unwrapped phase [rad] over cells; where neighbours differ by more than pi, the nearest one instead.

    Between parts that were unwrapped apart, a mean would be a phase of neither.
    """
    values, weights = near.corners(plane)
    weights = np.where(np.isfinite(values), weights, 0.0)
    total = weights.sum(axis=0)
    nearest = np.take_along_axis(values, weights.argmax(axis=0)[None], axis=0)[0]
    mean = _divided(np.where(weights > 0.0, values, 0.0) * weights, total)
    here = np.where(_broken(values, weights, 0), nearest, mean)
    here[total == 0.0] = np.nan
    if parts == (1, 1):
        return np.where(total >= LEAST_KNOWN, here, np.nan)
    whole = _stacked(here, parts)
    share = _stacked(total, parts)
    share = np.where(np.isfinite(whole), share, 0.0)
    average = _divided(np.where(share > 0.0, whole, 0.0) * share, share.sum(axis=0))
    middle = whole[parts[0] // 2 * parts[1] + parts[1] // 2]
    out = np.where(_broken(whole, share, 0), middle, average)
    return np.where(share.sum(axis=0) >= LEAST_KNOWN * parts[0] * parts[1], out, np.nan)


def nearest(plane: NDArray[Any], rows: Float64, columns: Float64, window: Window) -> Float64:
    """The pixels nearest to places (m, n); NaN nowhere."""
    here = np.isfinite(rows) & np.isfinite(columns)
    r = np.floor(np.where(here, rows, 0.0) + 0.5).astype(np.intp) - window.row
    c = np.floor(np.where(here, columns, 0.0) + 0.5).astype(np.intp) - window.col
    inside = here & (r >= 0) & (r < window.height) & (c >= 0) & (c < window.width)
    found = plane.ravel()[np.where(inside, r * window.width + c, 0)].astype(np.float64)
    return np.where(inside, found, np.nan)


def middles(values: Float64, parts: tuple[int, int]) -> Float64:
    """Of every cell the part in the middle."""
    return values[parts[0] // 2 :: parts[0], parts[1] // 2 :: parts[1]]


def _cells(values: Float64, parts: tuple[int, int]) -> Float64:
    """Sums over the parts of cells."""
    return values if parts == (1, 1) else np.asarray(_stacked(values, parts).sum(axis=0))


def _stacked(values: Float64, parts: tuple[int, int]) -> Float64:
    """(parts, rows, columns) of cells."""
    rows, columns = values.shape[0] // parts[0], values.shape[1] // parts[1]
    cut = values.reshape(rows, parts[0], columns, parts[1])
    return np.ascontiguousarray(np.moveaxis(cut, (1, 3), (0, 1))).reshape(-1, rows, columns)


def _broken(values: Float64, weights: Float64, axis: int) -> Bool:
    """Whether known values differ by more than a break."""
    high = np.where(weights > 0.0, values, -np.inf).max(axis=axis)
    low = np.where(weights > 0.0, values, np.inf).min(axis=axis)
    return np.asarray(high - low > BREAK)


def _divided(values: Float64, total: Float64) -> Float64:
    return np.divide(values.sum(axis=0), total, out=np.full(total.shape, np.nan), where=total > 0.0)
