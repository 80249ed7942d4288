"""The filter over statistically homogeneous pixels (SHP) for a stack of wrapped interferograms.

    result = run_shpfilter(ShpFilterParams(input="stack", output="filtered"))

Amplitudes of all dates are read, brought to one level, and compared pixel by pixel inside a window; every
interferogram is averaged over the alike ones (Ferretti et al. 2011, IEEE TGRS 49(9); Zhu et al. 2020, eq. 2-3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import finished
from ..blocks import Compute, map_blocks, plan
from ..monitor import Monitor
from ..raster import Float32, StackReader, Window
from ..result import Result
from ..stack import Acquisition, Stack
from . import job, selection
from .amplitudes import AmplitudeSource, find_amplitudes
from .averaging import average_and_coherence
from .bias import unbiased
from .calibration import calibrate_amplitudes, calibration_factors, row_log_sums
from .goldstein import unit_phasor
from .looks import effective_looks, independent_fraction
from .params import SHPFILTER, ShpFilterParams

SAMPLE = (128, 256)  # rows and columns in the middle of the image, for the correlation of the speckle
COUNT = "shp_count"
ENOUGH_FOR_KS = 15  # dates, from which three of four pixels that differ by 6 dB are told apart


def run_shpfilter(
    params: ShpFilterParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Filter every interferogram in use; a folder that an equal run has finished is kept as it is."""
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    folder = Path(params.input).expanduser().absolute()
    stack, notes = job.load_wrapped(folder, SHPFILTER)
    source = find_amplitudes(folder, stack, params.amplitudes)
    params.selection.validate_for(len(source.dates), *stack.grid.shape)
    mark = _fingerprint(params, folder, stack, source)
    kept = finished.kept(Path(params.output).expanduser().absolute(), mark, monitor)
    if kept is not None:
        return kept
    monitor.info(f"Amplitudes of {len(source.dates)} dates: {source.note}.")
    notes.extend(_cautions(params, stack, source))
    factors = _factors(source, stack, compute, monitor.part(0.0, 0.15))
    fraction = _fraction(source, stack, factors)
    task = Task(str(folder), stack, source, factors, params, fraction)
    acquisitions, roots = _with_amplitudes(folder, stack, source)
    ready = job.Filter(
        SHPFILTER,
        "Filter over homogeneous pixels",
        folder,
        stack,
        ("phase", "coherence"),
        {COUNT: "Statistically homogeneous pixels in the window, without the centre"},
        partial(filter_block, task),
        params.selection.neighbourhood.halo,
        _bytes_per_pixel(task),
        params.describe(),
        mark,
        acquisitions,
        roots,
        _explanation(params, source, factors, fraction),
    )
    watch = _Watch(params.minimum, fraction, _looks(stack))
    return job.run(ready, params.output, notes, monitor.part(0.15, 1.0), compute, watch)


@dataclass(frozen=True, eq=False)
class Task:
    """All that a block needs; plain data, so that it can travel to a cluster.

    factors : (dates,) of the calibration. fraction : independent samples per pixel.
    """

    folder: str
    stack: Stack
    source: AmplitudeSource
    factors: NDArray[np.float64]
    params: ShpFilterParams
    fraction: float


def filter_block(task: Task, window: Window) -> job.Filtered:
    """Choose the neighbours for the rows of a block, and average and weigh every pair over them."""
    params, pairs = task.params, task.stack.pairs
    wide = job.widened(window, params.selection.neighbourhood.halo, task.stack.grid)
    own = slice(window.row - wide.row, window.row - wide.row + window.height)
    amplitudes, _ = calibrate_amplitudes(task.source.read(wide), task.factors)
    chosen = selection.select(amplitudes, params.selection)
    place = {day: index for index, day in enumerate(task.source.dates)}
    reader = StackReader(task.folder, task.stack)
    shape = (len(pairs), window.height, window.width)
    phases, coherences = np.empty(shape, np.float32), np.empty(shape, np.float32)
    looks = effective_looks(chosen.count, 0, task.fraction)
    for number, pair in enumerate(pairs):
        phase = reader.read(pair.items["phase"], wide)
        reader.close()
        one, two = amplitudes[place[pair.date1]], amplitudes[place[pair.date2]]
        interferogram = unit_phasor(phase)
        interferogram *= one * two
        mean, coherence = average_and_coherence(interferogram, one * one, two * two, chosen, params.minimum)
        phases[number] = _phase(phase, interferogram, mean)[own]
        coherences[number] = (unbiased(coherence, looks) if params.unbiased else coherence)[own]
    count = np.where(chosen.tested, chosen.count, np.float32(np.nan)).astype(np.float32)
    return job.Filtered({"phase": phases, "coherence": coherences}, {COUNT: count[own]})


def _phase(
    phase: Float32, before: NDArray[np.complex64], after: NDArray[np.complex64]
) -> Float32:
    """Phase of the averages; pixels that were not averaged keep theirs bit for bit."""
    averaged = np.isfinite(after) & (after != before)
    return np.where(averaged, np.angle(after), phase).astype(np.float32)


def _cautions(params: ShpFilterParams, stack: Stack, source: AmplitudeSource) -> Iterator[str]:
    """What makes a result that can be computed worth less."""
    if source.warning:
        yield source.warning
    dates = len(source.dates)
    if params.selection.test == "ks" and dates < ENOUGH_FOR_KS:
        yield (
            f"{dates} dates are few for the test ks: it takes much for alike that is not (with 8 dates two of three "
            "pixels that differ by 6 dB, with 15 one of four). The test glr tells more apart."
        )
    if job.filtered_before(stack):
        yield (
            "A filter has been at these interferograms before: their coherence and effective looks are too high. For "
            "both, run this filter first, on the unfiltered interferograms."
        )


class _Watch(job.Watch):
    """Counts of neighbours over all pixels."""

    def __init__(self, minimum: int, fraction: float, looks: float) -> None:
        self._minimum, self._fraction, self._looks = minimum, fraction, looks
        self._counts = np.zeros(1, np.int64)
        self._untested = self._unfiltered = 0

    def see(self, made: job.Filtered) -> None:
        layer = made.layers[COUNT]
        known = np.isfinite(layer)
        self._untested += int(np.count_nonzero(~known))
        self._unfiltered += int(np.count_nonzero(~known & np.isfinite(made.pairs["phase"]).any(axis=0)))
        new = np.bincount(layer[known].astype(np.int64), minlength=len(self._counts))
        new[: len(self._counts)] += self._counts
        self._counts = new

    def describe(self, stack: Stack) -> Stack:
        """The looks of the typical filtered pixel, for weights of later steps."""
        looks = self._looks_after()
        if looks is None:
            return stack
        return replace(stack, metadata={**stack.metadata, "effective_looks": round(looks, 2)})

    def add_numbers(self, result: Result) -> None:
        tested = int(self._counts.sum())
        filtered = int(self._counts[self._minimum + 1 :].sum())
        result.number("shp_median", _median(self._counts), "", "Homogeneous pixels in the window, median")
        result.number("filtered_share", 100.0 * filtered / tested if tested else None, "%", "Pixels filtered")
        result.number("pixels_untested", self._untested, "", "Pixels without amplitudes, left as they are")
        result.number("independent_fraction", self._fraction, "", "Independent samples per pixel")
        result.number("effective_looks", self._looks_after(), "", "Effective looks of the filtered pixels, median")
        if tested and filtered < 0.05 * tested:
            result.warnings.append(
                f"Only {100.0 * filtered / tested:.1f} % of the pixels have more than {self._minimum} homogeneous "
                "neighbours; the others are unchanged. Widen the window, lower MIN_COUNT or ALPHA, or check the "
                "amplitudes."
            )
        if self._unfiltered > 0.05 * (tested + self._unfiltered):
            result.warnings.append(
                f"{100.0 * self._unfiltered / (tested + self._unfiltered):.0f} % of the pixels with phase have no "
                "amplitude on some date and are unchanged. Leave out the dates that cover only a part of the area."
            )

    def _looks_after(self) -> float | None:
        """Effective looks of the median filtered pixel."""
        counts = self._counts.copy()
        counts[: self._minimum + 1] = 0
        middle = _median(counts)
        return None if middle is None else self._looks * max(1.0, self._fraction * (middle + 1))


def _median(counts: NDArray[np.int64]) -> int | None:
    """Lower median of values given by how often each occurs."""
    total = int(counts.sum())
    return int(np.searchsorted(np.cumsum(counts), (total + 1) // 2)) if total else None


def _factors(
    source: AmplitudeSource, stack: Stack, compute: Compute, monitor: Monitor
) -> NDArray[np.float64]:
    """Calibration of the whole image, from sums of its rows."""
    each = 16 * (len(source.items) + len(source.dates))
    most = min(compute.memory, each * max(job.BLOCK_PIXELS, stack.grid.width) * compute.workers)
    steps = plan(stack.grid, each, replace(compute, memory=most))
    sums = [rows for _, rows in map_blocks(partial(_row_sums, source), steps.blocks, compute, monitor)]
    return calibration_factors(
        np.concatenate([logs for logs, _ in sums], axis=1), np.concatenate([count for _, count in sums])
    )


def _row_sums(source: AmplitudeSource, window: Window) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    return row_log_sums(source.read(window))


def _fraction(source: AmplitudeSource, stack: Stack, factors: NDArray[np.float64]) -> float:
    """Independent samples per pixel, from the middle of the image."""
    rows, cols = (min(most, side) for most, side in zip(SAMPLE, stack.grid.shape))
    window = Window((stack.grid.height - rows) // 2, (stack.grid.width - cols) // 2, rows, cols)
    return independent_fraction(calibrate_amplitudes(source.read(window), factors)[0])


def _looks(stack: Stack) -> float:
    """Looks of a pixel before the filter, as the producer states them."""
    known = stack.metadata
    if "effective_looks" in known:
        return max(1.0, float(known["effective_looks"]))
    return max(1.0, float(known.get("range_looks", 1.0)) * float(known.get("azimuth_looks", 1.0)))


def _bytes_per_pixel(task: Task) -> int:
    """Memory of a block per pixel: selection, amplitudes as read, results of all pairs, one pair in work."""
    dates, items = len(task.source.dates), len(task.source.items)
    chosen = selection.bytes_per_pixel(dates, task.params.selection.neighbourhood)
    return chosen + 4 * (items + 2 * dates) + 8 * len(task.stack.pairs) + 120


def _fingerprint(params: ShpFilterParams, folder: Path, stack: Stack, source: AmplitudeSource) -> str:
    items = [pair.items["phase"] for pair in stack.pairs]
    mine = finished.fingerprint(SHPFILTER, params.describe(), folder, stack, items, [])
    return finished.fingerprint(SHPFILTER, {"input": mine}, Path(source.folder), source.stack, source.items, [])


def _with_amplitudes(
    folder: Path, stack: Stack, source: AmplitudeSource
) -> tuple[tuple[Acquisition, ...], dict[str, str]]:
    """Acquisitions and roots of the stack that goes out: amplitudes of another stack come along."""
    roots = job.absolute_roots(folder, stack)
    if source.folder == str(folder):
        return stack.acquisitions, roots
    other = job.absolute_roots(Path(source.folder), source.stack)
    names = {name: f"amplitudes_{name}" for name in other}
    items = {day: replace(item, root=names[item.root]) for day, item in zip(source.dates, source.items)}
    acquisitions = tuple(
        replace(a, items={**a.items, "amplitude": items[a.date]}) if a.date in items else a
        for a in stack.acquisitions
    )
    return acquisitions, {**roots, **{names[name]: root for name, root in other.items()}}


def _explanation(
    params: ShpFilterParams, source: AmplitudeSource, factors: NDArray[np.float64], fraction: float
) -> tuple[str, ...]:
    options = params.selection
    window = f"{options.neighbourhood.rows} x {options.neighbourhood.columns} (rows x columns)"
    tests = {
        "ks": f"two-sample Kolmogorov-Smirnov test, exact for {len(source.dates)} dates",
        "glr": f"likelihood ratio of speckle of {options.looks:g} look(s)",
    }
    spread = 20.0 * np.log10(factors.max() / factors.min())
    connected = " and hang together with it" if options.connected else ""
    bias = (
        "The bias of few looks has been taken out of the coherence."
        if params.unbiased
        else "The coherence is the sample coherence: with few looks it is too high, the more so the lower it is."
    )
    return (
        f"Amplitudes: {source.note}. Each date was multiplied by one factor, so that all dates have the same geometric "
        f"mean; the factors differ by at most {spread:.1f} dB.",
        f"In a window of {window}, pixels are homogeneous when the test ({tests[options.test]}, level "
        f"{options.alpha:g}) finds no difference from the centre{connected}. Pixels with more than {params.minimum} of "
        "them were averaged with them, weighed by amplitude; all others, point scatterers among them, are bit for bit "
        "what they were.",
        f"The speckle has {fraction:.2f} independent samples per pixel; the effective looks count those, not the "
        f"pixels. {bias}",
    )
