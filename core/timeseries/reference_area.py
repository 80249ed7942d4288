"""Reference areas: their pixels, their value per raster, and how several are combined.

A raster is an interferogram (phase per pair) or a displacement map (per date). The value of an
area is the median of its valid pixels. Several areas are combined as a weighted mean whose
weights are the inverse variances of the areas' values: the robust variance of the pixels about
their median (1.4826 MAD squared), averaged over the rasters, divided by the number of pixels.
Areas of fewer than five pixels cannot tell their own variance and take the mean of the others'.
Weights do not change from raster to raster, so phase closure is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..raster import Window
from ..stack import MAP, RASTER, Stack
from ..vector import VectorInput

STATISTICS = ("median", "mean")
MIN_PIXELS = 5  # below this an area's own spread says nothing
VARIANCE_FLOOR = 1e-4  # of the overall mean: no area outweighs another by more than this
_NAMES = ("name", "NAME", "Name", "id", "ID")

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Area:
    """Pixels of one feature: rows and cols (n,), in the stack's grid."""

    name: str
    rows: NDArray[np.intp]
    cols: NDArray[np.intp]

    @property
    def window(self) -> Window:
        """Smallest window that holds the area."""
        row, col = int(self.rows.min()), int(self.cols.min())
        return Window(row, col, int(self.rows.max()) - row + 1, int(self.cols.max()) - col + 1)

    def values(self, window_values: NDArray[np.float32]) -> NDArray[np.float32]:
        """The area's pixels out of an array that covers `window`."""
        window = self.window
        return window_values[self.rows - window.row, self.cols - window.col]


@dataclass(frozen=True)
class Reference:
    """Values of the areas and their combination, over R rasters.

    areas : A areas. values (A, R), NaN where an area has no valid pixel. counts (A, R) valid pixels.
    variances (A,) of one pixel. weights (A,), sum 1. combined (R,), NaN where no area is valid.
    automatic : chosen by the program, not by the user.
    """

    areas: tuple[Area, ...]
    values: Float64
    counts: NDArray[np.intp]
    variances: Float64
    weights: Float64
    combined: Float64
    automatic: bool = False
    note: str = ""

    @property
    def pixels(self) -> int:
        """Pixels of all areas together."""
        return sum(len(area.rows) for area in self.areas)


def areas_of(layer: VectorInput, stack: Stack, field: str = "REFERENCE") -> tuple[Area, ...]:
    """One area per feature; refuses features outside the data."""
    if stack.frame != MAP or stack.layout != RASTER:
        raise InputError(
            field,
            layer.name or "layer",
            "a geocoded raster stack",
            "Geocode the stack first, or leave this empty",
        )
    layer.check(field, ("point", "polygon"), "points or polygons on stable ground")
    areas = []
    for index, blob in enumerate(layer.wkb):
        attributes = layer.attributes[index] if index < len(layer.attributes) else {}
        name = _name(attributes, layer.name, index, len(layer.wkb))
        mask = VectorInput((blob,), layer.crs, name=layer.name).mask(stack.grid)
        rows, cols = np.nonzero(mask)
        if not len(rows):
            raise InputError(
                field,
                name if name.startswith(layer.name or " ") else f"{name} of {layer.name or 'the layer'}",
                "points and polygons inside the data",
                "Move or delete the feature, and check the CRS of the layer",
            )
        areas.append(Area(name, rows, cols))
    return tuple(areas)


def evaluate(
    areas: tuple[Area, ...],
    rasters: Iterable[Callable[[Window], NDArray[np.float32]]],
    statistic: str = "median",
    automatic: bool = False,
    note: str = "",
) -> Reference:
    """Value of each area on each raster (a function that reads a window), and their combination."""
    values, counts, variances = [], [], []
    for read in rasters:
        row = [summarize(area.values(read(area.window)), statistic) for area in areas]
        values.append([value for value, _, _ in row])
        counts.append([count for _, count, _ in row])
        variances.append([variance for _, _, variance in row])
    value = np.array(values, np.float64).reshape(-1, len(areas)).T
    count = np.array(counts, np.intp).reshape(-1, len(areas)).T
    spread = np.array(variances, np.float64).reshape(-1, len(areas)).T
    pixel_variance, weights = weigh(spread, count)
    return Reference(areas, value, count, pixel_variance, weights, combine(value, weights), automatic, note)


def summarize(pixels: NDArray[np.float32], statistic: str = "median") -> tuple[float, int, float]:
    """(value, valid pixels, robust variance of one pixel); NaN where there are too few pixels."""
    valid = pixels[np.isfinite(pixels)].astype(np.float64)
    if not valid.size:
        return float("nan"), 0, float("nan")
    median = float(np.median(valid))
    value = float(valid.mean()) if statistic == "mean" else median
    if valid.size < MIN_PIXELS:
        return value, valid.size, float("nan")
    return value, valid.size, float((1.4826 * np.median(np.abs(valid - median))) ** 2)


def weigh(spread: Float64, counts: NDArray[np.intp]) -> tuple[Float64, Float64]:
    """Pixel variance (A,) and weights (A,) from the spread (A, R) and the valid pixels (A, R)."""
    known = np.isfinite(spread)
    variance = np.where(known, spread, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    known_area = known.any(axis=1)
    overall = float(variance[known_area].mean()) if known_area.any() else 1.0
    overall = overall or 1.0
    variance = np.where(known_area, np.maximum(variance, VARIANCE_FLOOR * overall), overall)
    weights = counts.mean(axis=1) / variance
    total = weights.sum()
    return variance, weights / total if total > 0 else weights


def combine(values: Float64, weights: Float64) -> Float64:
    """Weighted mean over the areas (A, R) -> (R,); areas without a value on a raster sit out there."""
    share = np.where(np.isfinite(values), weights[:, None], 0.0)
    total = share.sum(axis=0)
    summed = np.where(share > 0, values * share, 0.0).sum(axis=0)
    return np.divide(summed, total, out=np.full(total.shape, np.nan), where=total > 0)


def without_one(reference: Reference) -> Float64:
    """Combined value with each area left out in turn, (A, R); NaN for a single area."""
    out = np.full(reference.values.shape, np.nan)
    for index in range(len(reference.areas)):
        rest = np.arange(len(reference.areas)) != index
        out[index] = combine(reference.values[rest], reference.weights[rest])
    return out


def _name(attributes: dict[str, object], layer: str, index: int, count: int) -> str:
    """The feature's own name or id, else the layer's name with the number of the feature."""
    for key in _NAMES:
        if attributes.get(key) not in (None, ""):
            return str(attributes[key])
    if count == 1:
        return layer or "Feature 1"
    return f"{layer or 'Feature'} {index + 1}"
