"""What an estimate of the kinetics reads: chosen pixels, their phases relative to the reference, geometry, funnels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import los, manifest
from ..blocks import Compute, check_memory, plan
from ..errors import InputError
from ..monitor import Monitor
from ..raster import StackReader, Window
from ..stack import MAP, RASTER, Stack
from ..timeseries import selection, weights
from ..timeseries.masking import load_mask
from ..timeseries.params import SbasParams
from ..timeseries.phase_reference import reference_phase
from ..timeseries.reference_area import Reference
from .estimate_params import BY_INTERFEROGRAM, BY_PIXEL, WskEstimateParams
from .funnel_areas import Funnels, funnels_on

Float64 = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Scene:
    """The stack as used, and the pixels that an estimate takes.

    index : flat positions (P,) in row-major order. labels : funnel of each (P,), 1 without FUNNELS.
    phase : (M, P) [rad] relative to the reference, NaN missing. weight : None, (M,) or (M, P) [rad^-2].
    incidence [rad] and slant_range [m] : (P,). bperp : (M,) [m]. coherence : mean of each pixel (P,), NaN if unknown.
    counts : how many pixels each rule left, in order.
    """

    folder: Path
    stack: Stack
    reference: Reference
    funnels: Funnels | None
    index: Indices
    labels: NDArray[np.int32]
    phase: Float64
    weight: Float64 | None
    incidence: Float64
    slant_range: Float64
    bperp: Float64
    coherence: Float64
    counts: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]

    def part(self, chosen: Indices) -> Scene:
        """The same for some of the pixels, by their positions in `index`."""
        weight = self.weight if self.weight is None or self.weight.ndim == 1 else self.weight[:, chosen]
        return replace(
            self, index=self.index[chosen], labels=self.labels[chosen], phase=self.phase[:, chosen], weight=weight,
            incidence=self.incidence[chosen], slant_range=self.slant_range[chosen], coherence=self.coherence[chosen],
        )  # fmt: skip


def stack_of(params: WskEstimateParams) -> Stack:
    """The stack inside START and END, or a refusal that says what it lacks."""
    loaded = manifest.load(params.input)
    start, end = selection.parse_day(params.start, "START"), selection.parse_day(params.end, "END")
    stack = selection.within(loaded, start, end)
    if stack.frame != MAP or stack.layout != RASTER or not stack.grid.crs:
        raise InputError("INPUT", str(params.input), "rasters on a map grid", "Geocode the stack first")
    if any(value is None for value in selection.baselines(stack)):
        raise InputError(
            "INPUT", "perpendicular baselines unknown", "a stack with baselines", "Import it with a baseline file"
        )
    if not los.has_incidence(stack):
        los.constant_incidence(stack)  # refuses with its own message
    if "slant_range" not in stack.geometry and "slant_range_m" not in stack.metadata:
        raise InputError("INPUT", "slant range unknown", "a stack with a slant range", "Import it with the range")
    if params.weights != "none" or params.mean_coherence > 0 or params.least_coherence > 0:
        selection.require_coherence(stack, "MEAN_COHERENCE, LEAST_COHERENCE or WEIGHTS")
    return stack


def open_scene(
    params: WskEstimateParams, stack: Stack, compute: Compute, monitor: Monitor
) -> Scene:
    """Choose the pixels and read them. Two passes over the files: coherence first, then the phases that count."""
    folder = Path(params.input).expanduser().absolute()
    reader = StackReader(folder, stack)
    usable = load_mask(params.mask, stack.grid)
    choice = SbasParams(params.input, params.output, reference=params.reference)
    reference, stack, notes = reference_phase(choice, stack, reader, usable, compute, monitor.part(0.0, 0.3))
    parts = selection.components(stack)
    if len(parts) > 1:
        raise InputError(
            "INPUT", selection.describe_split(parts), "a connected network", "Add interferograms between the parts"
        )
    reader = StackReader(folder, stack)
    funnels = None if params.funnels is None else funnels_on(params.funnels, stack.grid)
    chosen, coherence, counts = _choose(params, stack, reader, usable, funnels, compute, monitor.part(0.3, 0.6))
    if len(chosen) == 0:
        rules = "; ".join(f"{count:,} {rule}" for rule, count in counts)
        raise InputError(
            "INPUT",
            f"no pixel left ({rules})",
            "at least one pixel",
            "Lower MEAN_COHERENCE and LEAST_COHERENCE, widen the mask, or allow missing values with MIN_PAIRS",
        )
    phase, weight, incidence, slant = _read(params, stack, reader, reference, chosen, compute, monitor.part(0.6, 1.0))
    labels = np.ones(len(chosen), np.int32) if funnels is None else funnels.labels.ravel()[chosen]
    bperp = np.array(selection.baselines(stack), np.float64)
    return Scene(
        folder, stack, reference, funnels, chosen, labels, phase, weight, incidence, slant, bperp, coherence,
        counts, tuple(notes),
    )  # fmt: skip


def _choose(
    params: WskEstimateParams,
    stack: Stack,
    reader: StackReader,
    usable: NDArray[np.bool_] | None,
    funnels: Funnels | None,
    compute: Compute,
    monitor: Monitor,
) -> tuple[Indices, Float64, tuple[tuple[str, int], ...]]:
    """Flat indices, mean coherence of each, and the count after every rule."""
    pairs = stack.kept
    needed = params.min_pairs or len(pairs)
    known = all("coherence" in pair.items for pair in pairs)
    index, means = [], []
    counts = np.zeros(4, np.int64)
    for window in _windows(stack, 16 * len(pairs), compute, monitor):
        valid = np.zeros((window.height, window.width), np.int32)
        total = np.zeros(valid.shape)
        least = np.full(valid.shape, np.inf)
        for pair in pairs:
            present = np.isfinite(reader.read(pair.items["phase"], window))
            valid += present
            if known:
                coherence = reader.read(pair.items["coherence"], window)
                present &= np.isfinite(coherence)
                total += np.where(present, coherence, 0.0)
                least = np.where(present, np.minimum(least, coherence), least)
        reader.close()
        mean = total / np.maximum(valid, 1) if known else np.full(valid.shape, np.nan)
        keep = np.ones(valid.shape, bool)
        rows = slice(window.row, window.row + window.height)
        if usable is not None:
            keep &= usable[rows]
        if funnels is not None:
            keep &= funnels.labels[rows] > 0
        counts[0] += np.count_nonzero(keep)
        keep &= valid >= needed
        counts[1] += np.count_nonzero(keep)
        if params.mean_coherence > 0:
            keep &= mean >= params.mean_coherence
        counts[2] += np.count_nonzero(keep)
        if params.least_coherence > 0:
            keep &= least >= params.least_coherence
        counts[3] += np.count_nonzero(keep)
        index.append(np.flatnonzero(keep) + window.row * window.width)
        means.append(mean[keep])
    rules = (
        "pixels inside mask and funnels",
        f"with at least {needed} interferograms",
        f"with a mean coherence of {params.mean_coherence:g} or more",
        f"with a least coherence of {params.least_coherence:g} or more",
    )
    return np.concatenate(index), np.concatenate(means), tuple(zip(rules, (int(n) for n in counts)))


def _read(
    params: WskEstimateParams,
    stack: Stack,
    reader: StackReader,
    reference: Reference,
    chosen: Indices,
    compute: Compute,
    monitor: Monitor,
) -> tuple[Float64, Float64 | None, Float64, Float64]:
    pairs, grid = stack.kept, stack.grid
    shape = (len(pairs), len(chosen))
    _check_memory(shape, params, compute)
    phase = np.empty(shape)
    weight = np.empty(shape) if params.weights != "none" else None
    incidence, slant = np.empty(len(chosen)), np.empty(len(chosen))
    looks = max(1.0, float(stack.metadata.get("effective_looks", 1.0)))
    for window in _windows(stack, 24, compute, monitor):
        low, high = np.searchsorted(chosen, [window.row * grid.width, (window.row + window.height) * grid.width])
        if low == high:
            continue
        part, inside = slice(int(low), int(high)), chosen[low:high] - window.row * grid.width
        for row, pair in enumerate(pairs):
            phase[row, part] = reader.read(pair.items["phase"], window).ravel()[inside]
            if weight is not None:
                seen = reader.read(pair.items["coherence"], window).ravel()[inside]
                weight[row, part] = weights.from_coherence(seen, looks)
        incidence[part] = los.incidence(stack, reader, window).ravel()[inside]
        if "slant_range" in stack.geometry:
            slant[part] = reader.read(stack.geometry["slant_range"], window).ravel()[inside]
        else:
            slant[part] = float(stack.metadata["slant_range_m"])
        reader.close()
    phase -= reference.combined[:, None]
    if not (np.isfinite(incidence).all() and np.isfinite(slant).all()):
        raise InputError(
            "INPUT", "incidence or slant range missing at a pixel", "both at every pixel", "Mask the pixels without"
        )
    if weight is not None and params.weights == BY_INTERFEROGRAM:
        return phase, np.where(np.isfinite(phase), weight, np.nan).mean(axis=1), incidence, slant
    if weight is not None and params.weights == BY_PIXEL:
        weight[~np.isfinite(phase)] = 0.0
    return phase, weight, incidence, slant


def _check_memory(shape: tuple[int, int], params: WskEstimateParams, compute: Compute) -> None:
    """All phases are in memory at once, because u is common to all pixels."""
    copies = 4 if params.weights == "none" else 6
    needed = 8 * copies * shape[0] * shape[1]
    check_memory(
        needed,
        compute,
        f"for {shape[1]:,} pixels of {shape[0]} interferograms",
        "Raise the budget in the settings, raise MEAN_COHERENCE, or mask the mine's surroundings",
    )


def _windows(stack: Stack, bytes_per_pixel: int, compute: Compute, monitor: Monitor) -> Iterator[Window]:
    steps = plan(stack.grid, bytes_per_pixel + 64, replace(compute, workers=1, scheduler=""))
    for number, window in enumerate(steps.blocks):
        monitor.step(number / len(steps.blocks))
        yield window
    monitor.step(1.0)
