"""Where the ground moves faster than one interferogram can carry from pixel to pixel.

Phase is known up to whole cycles. Between neighbouring pixels a pair carries at most half a cycle,
lambda/4 of line-of-sight motion (14 mm at C-band): beyond that the unwrapping had to guess the
number of cycles, and the motion may be larger than it seems by any multiple of lambda/2. Such places
are the flanks and cores of fast bowls; what decorrelates there altogether is missing already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..blocks import Compute, plan
from ..monitor import Monitor
from ..raster import writing
from ..stack import RASTER, Grid
from ..units import MM_PER_M, nyquist
from . import outputs
from .matrix import Network

Float32 = NDArray[np.float32]

LOST = 0.5  # share of the interferograms from which a pixel counts as lost
_AGREE = 2  # neighbours that must differ: a single odd neighbour is that one's fault
_BLOCK_PIXELS = 1_000_000


@dataclass(frozen=True)
class Beyond:
    """Pixels beyond the limit in some interferogram, and in at least half of them (lost)."""

    some: int
    lost: int


def share_beyond(displacement: Float32, network: Network, limit: float) -> Float32:
    """(rows, width) share of the network's pairs in which a pixel moves by `limit` or more against neighbours.

    displacement : (N, rows, width) of the dates, NaN where unknown; limit in its unit. At least two of
    the up to four neighbours have to differ so, or the only one that there is. NaN where unknown.
    """
    known = np.isfinite(displacement[0])
    needed = np.minimum(_neighbours(known[1:] & known[:-1], known[:, 1:] & known[:, :-1]), _AGREE)
    alone = needed == 0
    count = np.zeros(known.shape, np.int32)
    for earlier, later in network.index.tolist():
        change = displacement[later] - displacement[earlier]
        differ = _neighbours(
            np.abs(np.diff(change, axis=0)) >= limit, np.abs(np.diff(change, axis=1)) >= limit
        )
        count += (differ >= needed) & ~alone
    return np.where(known, count / np.float32(network.M), np.float32(np.nan)).astype(np.float32)


def write(
    stage: Path,
    grid: Grid,
    layout: str,
    wavelength: float,
    network: Network,
    compute: Compute,
    monitor: Monitor,
) -> Beyond:
    """Write the raster of shares from the displacement rasters of a folder, and count.

    Points in a row are no neighbours: there the raster is empty and nothing is counted.
    """
    product = outputs.BEYOND_LIMIT
    some = lost = 0
    with writing(stage / product.file, grid, product.description, product.unit) as writer:
        for rows in _shares(stage, grid, wavelength, network, compute, monitor):
            if layout != RASTER:
                rows = np.full_like(rows, np.nan)
            some += int(np.count_nonzero(rows > 0.0))
            lost += int(np.count_nonzero(rows >= LOST))
            writer.write(rows)
    return Beyond(some, lost)


def describe(found: Beyond, wavelength: float) -> str:
    """The warning about lost places; empty when there is none."""
    if not found.lost:
        return ""
    return (
        f"{found.lost:,} pixels move against their neighbours by {MM_PER_M * nyquist(wavelength):.0f} mm or more (a "
        "quarter of the wavelength) in at least half of the interferograms. Unwrapping cannot follow that: they count "
        f"as lost, the motion there may be larger ({outputs.BEYOND_LIMIT.file})."
    )


def _shares(
    stage: Path, grid: Grid, wavelength: float, network: Network, compute: Compute, monitor: Monitor
) -> Iterator[Float32]:
    """Shares from top to bottom. The last two rows of a block wait for the next one: neighbours of its first row."""
    reader = outputs.displacement_reader(stage, grid, wavelength, network.dates)
    items = [acquisition.items["displacement"] for acquisition in reader.stack.acquisitions]
    each = 8 * network.N + 32
    pixels = max(_BLOCK_PIXELS, grid.width)
    steps = plan(grid, each, replace(compute, workers=1, memory=min(compute.memory, each * pixels)))
    waiting = np.empty((network.N, 0, grid.width), np.float32)
    done = 0
    for number, window in enumerate(steps.blocks):
        monitor.step(number / len(steps.blocks))
        rows = np.concatenate([waiting, reader.read_many(items, window)], axis=1)
        reader.close()
        end = window.row + window.height
        first = end - rows.shape[1]
        stop = end if end == grid.height else end - 1
        shares = share_beyond(rows, network, MM_PER_M * nyquist(wavelength))
        yield shares[done - first : stop - first]
        done = stop
        waiting = rows[:, -2:].copy()
    monitor.step(1.0)


def _neighbours(down: NDArray[np.bool_], right: NDArray[np.bool_]) -> NDArray[np.int8]:
    """How many of the four neighbours fulfil a condition that is given for each edge to below and to the right."""
    count = np.zeros((down.shape[0] + 1, down.shape[1]), np.int8)
    count[1:] += down
    count[:-1] += down
    count[:, 1:] += right
    count[:, :-1] += right
    return count
