"""A reference for runs that state none: the best connected place, chosen the same way every time.

With coherence: the 7 x 7 chip whose pixels are valid in every pair and whose mean coherence over
all pairs is highest. Without coherence: all pixels valid in every pair (at most a million, evenly
spaced), so that the median motion of the scene is zero. Both are starting points; stable ground is
something the user knows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..blocks import Compute, plan
from ..errors import InputError
from ..monitor import Monitor
from ..raster import StackReader
from ..stack import Pair
from .reference_area import Area

CHIP = 7
MOST_PIXELS = 1_000_000  # more do not change the median


def choose(
    reader: StackReader,
    pairs: tuple[Pair, ...],
    usable: NDArray[np.bool_] | None,
    compute: Compute,
    monitor: Monitor,
) -> tuple[Area, str]:
    """The area and a sentence that says what it is; `usable` (rows, cols) restricts the choice.

    Names a pair that has no valid pixel at all.
    """
    grid = reader.stack.grid
    with_coherence = all("coherence" in pair.items for pair in pairs)
    valid = np.zeros(grid.shape, np.int16)
    coherence = np.zeros(grid.shape, np.float32)
    steps = plan(grid, 16, compute, fixed=20 * grid.width * grid.height).blocks
    for index, pair in enumerate(pairs):
        monitor.step(index / len(pairs))
        found = 0
        for window in steps:
            here = slice(window.row, window.row + window.height)
            finite = np.isfinite(reader.read(pair.items["phase"], window))
            found += int(np.count_nonzero(finite))
            valid[here] += finite
            if with_coherence:
                coherence[here] += np.nan_to_num(reader.read(pair.items["coherence"], window), nan=0.0)
        reader.close()
        if not found:
            raise empty_pair(pair)
    complete = valid == len(pairs)
    if usable is not None:
        complete &= usable
    if not complete.any():
        raise InputError(
            "REFERENCE",
            "none given",
            "a reference layer, because no pixel is valid in every interferogram",
            "Draw a point or polygon on stable ground, or exclude the poorest pairs",
        )
    monitor.step(1.0)
    if with_coherence:
        centre = best_chip(complete, coherence)
        if centre is not None:
            rows, cols = np.mgrid[0:CHIP, 0:CHIP]
            area = Area("Chosen automatically", (rows + centre[0]).ravel(), (cols + centre[1]).ravel())
            return area, (
                f"No reference was given. The {CHIP} x {CHIP} pixels with the highest mean coherence "
                f"({coherence[area.rows, area.cols].mean() / len(pairs):.2f}) that are valid in every interferogram "
                "were taken; if that place moves, every velocity is off by its motion. Give a layer of stable ground."
            )
    every = int(np.count_nonzero(complete)) // MOST_PIXELS + 1
    rows, cols = np.divmod(np.flatnonzero(complete)[::every], grid.width)
    return Area("All complete pixels", rows, cols), (
        f"No reference was given. The median of the {len(rows)} pixels that are valid in every interferogram was "
        "taken, so velocities are relative to the scene's median motion. Give a layer of stable ground."
    )


def best_chip(complete: NDArray[np.bool_], quality: NDArray[np.float32]) -> tuple[int, int] | None:
    """Upper left (row, col) of the chip of complete pixels with the highest sum; the first one of equals."""
    if min(complete.shape) < CHIP:
        return None
    whole = _box_sum(complete.astype(np.uint8)) == CHIP * CHIP
    if not whole.any():
        return None
    total = _box_sum(quality)
    total[~whole] = -1.0
    row, col = np.unravel_index(int(np.argmax(total)), total.shape)
    return int(row), int(col)


def empty_pair(pair: Pair) -> InputError:
    """The error for an interferogram without a single valid pixel."""
    return InputError(
        f"Interferogram {pair.name}",
        pair.items["phase"].path,
        "at least one valid pixel",
        "Exclude this pair with 'Select interferogram network', or replace the file",
    )


def _box_sum(values: NDArray[Any]) -> NDArray[Any]:
    """Sums over all chips, shape (rows - 6, cols - 6), in the type of the values."""
    height, width = values.shape[0] - CHIP + 1, values.shape[1] - CHIP + 1
    by_rows = np.zeros((height, values.shape[1]), values.dtype)
    for shift in range(CHIP):
        by_rows += values[shift : shift + height]
    out = np.zeros((height, width), values.dtype)
    for shift in range(CHIP):
        out += by_rows[:, shift : shift + width]
    return out
