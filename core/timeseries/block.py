"""One row block of an inversion: read, mask, refer, invert, convert to what the files hold.

The pixels are inverted in portions of whole rows that start at fixed rows of the grid, so that
the result of a pixel depends neither on the block size nor on who computes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import los
from ..errors import InputError
from ..raster import StackReader, Window
from ..stack import Stack
from ..units import MM_PER_M
from .invert import invert
from .matrix import Network
from .options import Inverted, Options

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

_ROWS = 25  # of which the typical distance is the median
PORTION = 4096  # pixels of one call of the kernel, about


@dataclass(frozen=True, eq=False)
class Task:
    """All that a block needs; plain data, so that it can travel to a cluster.

    reference : (M,) phase of the reference per pair [rad]. usable : (rows, cols) of the grid, None
    for all. min_coherence : pair values of lower coherence count as missing; 0 for none.
    height_factor : (M, 1) [rad/m] at `height_scale` = slant range x sin(incidence) [m]; None
    without height error. rows : rows per portion.
    """

    folder: str
    stack: Stack
    network: Network
    options: Options
    reference: Float64
    usable: NDArray[np.bool_] | None
    min_coherence: float
    rows: int
    height_factor: Float64 | None = None
    height_scale: float = 1.0

    @property
    def reads_coherence(self) -> bool:
        """Whether coherence is read beside the phase."""
        return self.options.weights == "coherence" or self.min_coherence > 0


@dataclass
class Block:
    """Rows of the outputs as the files hold them.

    displacement : (N, rows, width) [mm]. layers : role -> (rows, width) in the unit of the file.
    sumsq, count : (portions, M) residuals per pair, added up in order by the caller.
    split, filled : pixels whose network falls into parts, and pixels with dates without data.
    valid_pairs : (M,) valid pixels per pair. correlation : (sum, count) over pixels of the correlation
    of velocity and height error.
    """

    displacement: Float32
    layers: dict[str, Float32]
    sumsq: Float64
    count: Float64
    split: int
    filled: int
    valid_pairs: NDArray[np.int64]
    correlation: tuple[float, int]


def portion_rows(width: int) -> int:
    """Rows per portion: a power of two, so that portions fit into tiles and blocks."""
    rows = 1
    while rows < 128 and 2 * rows * width <= PORTION:
        rows *= 2
    return rows


def solve(task: Task, window: Window) -> Block:
    """Invert one block of whole rows."""
    reader = StackReader(task.folder, task.stack)
    phase, coherence = _read(task, reader, window)
    dates = task.network.N
    displacement = np.empty((dates, window.height, window.width), np.float32)
    layers: dict[str, Float32] = {}
    sumsq, count = [], []
    split = filled = 0
    correlation, correlated = 0.0, 0
    for start in range(0, window.height, task.rows):
        rows = slice(start, min(start + task.rows, window.height))
        part = _portion(task, phase[:, rows], None if coherence is None else coherence[:, rows])
        shape = (rows.stop - rows.start, window.width)
        displacement[:, rows] = (part.displacement * np.float32(MM_PER_M)).reshape(dates, *shape)
        for role, values in _layers(part).items():
            layers.setdefault(role, np.empty((window.height, window.width), np.float32))[rows] = (
                values.reshape(shape)
            )
        sumsq.append(part.pair_residual_sumsq)
        count.append(part.pair_count)
        solved = np.isfinite(part.velocity)
        split += int(np.count_nonzero(solved & (part.components > 1)))
        filled += int(np.count_nonzero(solved & (part.gaps > 0)))
        if part.velocity_height_correlation is not None:
            known = np.isfinite(part.velocity_height_correlation)
            correlation += float(part.velocity_height_correlation[known].astype(np.float64).sum())
            correlated += int(np.count_nonzero(known))
    if task.height_factor is not None:
        layers["height_error"] *= _height_scale(task, reader, window)
    reader.close()
    valid = np.array([np.count_nonzero(np.isfinite(rows)) for rows in phase], np.int64)
    return Block(
        displacement,
        layers,
        np.array(sumsq),
        np.array(count),
        split,
        filled,
        valid,
        (correlation, correlated),
    )


def bytes_per_pixel(task: Task) -> int:
    """Memory of a block per pixel: inputs, outputs, and one raster on its way."""
    inputs = task.network.M * (2 if task.reads_coherence else 1)
    return 4 * (inputs + task.network.N + 13)


def height_distance(stack: Stack, reader: StackReader, window: Window) -> Float32:
    """Slant range times the sine of the incidence [m], which turns Bperp into height sensitivity."""
    theta = los.incidence(stack, reader, window)
    if "slant_range" in stack.geometry:
        return reader.read(stack.geometry["slant_range"], window) * np.sin(theta)
    return np.float32(stack.metadata["slant_range_m"]) * np.sin(theta)


def typical_distance(stack: Stack, reader: StackReader) -> float:
    """Median of `height_distance` over rows spread over the grid [m]; refused where no pixel has one."""
    rows = sorted({int(row) for row in np.linspace(0, stack.grid.height - 1, _ROWS)})
    values = np.concatenate(
        [height_distance(stack, reader, Window(row, 0, 1, stack.grid.width)) for row in rows], axis=1
    )
    known = values[np.isfinite(values)]
    if not known.size:
        raise InputError(
            "DEM_ERROR",
            "no pixel with an incidence angle",
            "a stack with incidence angles where it has data",
            "Switch DEM_ERROR off, or import with them",
        )
    return float(np.median(known.astype(np.float64)))


def _read(task: Task, reader: StackReader, window: Window) -> tuple[Float32, Float32 | None]:
    """Referenced phase (M, rows, width) with NaN where it must not be used, and coherence."""
    pairs = task.stack.kept
    shape = (len(pairs), window.height, window.width)
    phase = np.empty(shape, np.float32)
    coherence = np.empty(shape, np.float32) if task.reads_coherence else None
    closed = None if task.usable is None else ~task.usable[window.row : window.row + window.height]
    for number, pair in enumerate(pairs):
        phase[number] = reader.read(pair.items["phase"], window)
        phase[number] -= np.float32(task.reference[number])
        if coherence is not None:
            coherence[number] = reader.read(pair.items["coherence"], window)
            if task.min_coherence > 0:
                phase[number][~(coherence[number] >= np.float32(task.min_coherence))] = np.nan
        if closed is not None:
            phase[number][closed] = np.nan
        reader.close()  # an open file would hold on to memory of the blocks that were read from it
    return phase, coherence


def _portion(task: Task, phase: Float32, coherence: Float32 | None) -> Inverted:
    pairs = phase.shape[0]
    weights = None
    if coherence is not None and task.options.weights == "coherence":
        weights = np.ascontiguousarray(coherence).reshape(pairs, -1)
    return invert(
        np.ascontiguousarray(phase).reshape(pairs, -1),
        weights,
        task.network,
        task.stack.wavelength,
        task.options,
        task.height_factor,
    )


def _layers(part: Inverted) -> dict[str, Float32]:
    """Rasters of one portion as the files hold them; NaN where a pixel was not solved."""
    unsolved = ~np.isfinite(part.velocity)
    scale = np.float32(MM_PER_M)
    layers = {
        "velocity": part.velocity * scale,
        "velocity_std": part.velocity_std * scale,
        "velocity_std_images": part.velocity_std_images * scale,
        "temporal_coherence": part.temporal_coherence.copy(),
        "redundancy": part.redundancy.astype(np.float32),
        "residual_rms": part.residual_rms.copy(),
        "gaps": part.gaps.astype(np.float32),
        "parts": part.components.astype(np.float32),
    }
    if part.height_error is not None:
        layers["height_error"] = part.height_error.copy()
    for values in layers.values():
        values[unsolved] = np.nan
    return layers


def _height_scale(task: Task, reader: StackReader, window: Window) -> Float32:
    return (height_distance(task.stack, reader, window) / np.float32(task.height_scale)).astype(np.float32)
