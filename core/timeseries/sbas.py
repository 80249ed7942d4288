"""Displacement from unwrapped interferograms by small-baseline inversion (Berardino et al. 2002).

    result = run_sbas(SbasParams(input="stack", output="displacement", weights="coherence"))

The output folder is described in `outputs`; the mathematics is in `invert`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import atomic, finished, los, manifest
from ..blocks import Compute, Plan, map_blocks, plan
from ..errors import InputError
from ..monitor import Monitor
from ..raster import StackReader
from ..result import Result
from ..stack import Stack
from ..vector import VectorInput
from ..version import VERSION
from . import automatic_reference, block, outputs, reference_record, selection, unwrapping_limit
from .complete import Finish, complete, residual_table
from .dem_error import check_baselines
from .invert import memory
from .masking import load_mask
from .matrix import Network
from .options import Options
from .params import SbasParams
from .phase_reference import reference_phase
from .reference_area import Reference, evaluate

ALGORITHM = "sbas"
_FILLS = {
    "minimum_norm": "The smallest steps were taken, which makes moving ground look slower: GAPS = nsbas takes each "
    "pixel's own trend.",
    "nsbas": "Each pixel's own trend was taken.",
}
BLOCK_PIXELS = 600_000  # at most; some seconds of work, so that progress shows and cancelling is prompt


def run_sbas(params: SbasParams, monitor: Monitor | None = None, compute: Compute | None = None) -> Result:
    """Invert a stack into a displacement folder.

    A folder that an equal run has finished (same parameters, same inputs) is kept as it is.
    """
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    job = _Job(params, monitor, compute)
    mark = job.fingerprint()
    kept = finished.kept(Path(params.output).expanduser().absolute(), mark, monitor)
    if kept is not None:
        return kept
    outputs.refuse_locked(Path(params.output), outputs.names(job.stack))
    with outputs.staging(Path(params.output)) as stage:
        result = job.run(stage, mark)
    monitor.progress(1.0)
    return result


class _Job:
    """One run: the stack as chosen, and the steps in order."""

    def __init__(self, params: SbasParams, monitor: Monitor, compute: Compute) -> None:
        self.params, self.monitor, self.compute = params, monitor, compute
        self.folder = Path(params.input).expanduser().absolute()
        loaded = manifest.load(self.folder)
        start, end = selection.parse_day(params.start, "START"), selection.parse_day(params.end, "END")
        self.stack = selection.within(loaded, start, end)
        self.notes: list[str] = []
        if params.weights == "coherence":
            selection.require_coherence(self.stack, "WEIGHTS = coherence")
        if params.min_coherence > 0:
            selection.require_coherence(self.stack, "MIN_COHERENCE")
        if params.dem_error:
            _check_height(self.stack)
        self.usable = load_mask(params.mask, self.stack.grid)

    def fingerprint(self) -> str:
        stack = self.stack
        items = [item for pair in stack.kept for item in pair.items.values()] + list(stack.geometry.values())
        mask = self.params.mask
        files = [] if mask is None or isinstance(mask, VectorInput) else [Path(mask)]
        return finished.fingerprint(ALGORITHM, self.params.describe(), self.folder, stack, items, files)

    def run(self, stage: outputs.Stage, mark: str) -> Result:
        monitor = self.monitor
        reader = StackReader(self.folder, self.stack)
        reference, self.stack, notes = reference_phase(
            self.params, self.stack, reader, self.usable, self.compute, monitor.part(0.0, 0.15)
        )
        self.notes.extend(notes)
        task = self._task(reader, reference)
        steps = self._plan(task)
        monitor.info(f"{len(task.stack.dates)} dates, {task.network.M} interferograms: {steps.describe()}.")
        atomic.check_free_space(stage.folder, steps.disk)
        totals = self._solve(stage, task, steps, monitor.part(0.15, 0.7))
        stack = task.stack
        self._note_totals(totals, stack)
        beyond = unwrapping_limit.write(
            stage.path,
            stack.grid,
            stack.layout,
            stack.wavelength,
            task.network,
            self.compute,
            monitor.part(0.7, 0.75),
        )
        if beyond.lost:
            self.notes.append(unwrapping_limit.describe(beyond, stack.wavelength))
        result = Result(ALGORITHM, stage.path)
        result.number(
            "redundancy", task.network.M - task.network.rank, "", "Interferograms beyond those needed"
        )
        result.number("pixels_split", totals.split, "", "Pixels whose network falls into parts")
        result.number("pixels_with_gaps", totals.filled, "", "Pixels with dates without data")
        result.number("pixels_beyond_limit", beyond.some, "",
                      "Pixels that move by a quarter wavelength against neighbours in some interferogram")  # fmt: skip
        result.number("pixels_lost", beyond.lost, "",
                      "Pixels that do so in at least half of the interferograms, lost to unwrapping")  # fmt: skip
        if self.params.dem_error:
            result.number("height_correlation", totals.correlation, "",
                          "Mean correlation of velocity and height error")  # fmt: skip
        todo = Finish(
            ALGORITHM,
            "Displacement from interferograms",
            self.folder,
            self._described(stack, reference),
            self._by_date(stage, stack, reference),
            self.params.dem_error,
            self.params.max_points,
            self.params.point_coherence,
            task.network.rank < task.network.M,
            self.params.describe(),
            mark,
            self._explanation(reference),
            self.notes,
            residual_table(stack, totals.sumsq, totals.count),
        )
        return complete(stage, todo, result, self.compute, monitor.part(0.75, 1.0))

    def _task(self, reader: StackReader, reference: Reference) -> block.Task:
        stack, params = self.stack, self.params
        network = _network(stack)
        parts = selection.components(stack)
        if len(parts) > 1:
            bridge = "the smallest velocities" if params.gaps == "minimum_norm" else "a linear trend"
            self.notes.append(
                f"{selection.describe_split(parts)} What happened between them is not measured: it was filled with "
                f"{bridge}, and velocities across parts depend on that. Add connecting interferograms."
            )
        self._note_bridges(stack)
        factor, scale = None, 1.0
        if params.dem_error:
            scale = block.typical_distance(stack, reader)
            bperp = np.array(selection.baselines(stack), np.float64)
            factor = (4.0 * math.pi * bperp / (stack.wavelength * scale))[:, None]
        return block.Task(
            str(self.folder),
            stack,
            network,
            Options(
                weights=params.weights,
                loss=params.loss,
                gaps=params.gaps,
                dem_error=params.dem_error,
                looks=self._looks(),
                min_pairs=params.min_pairs or max(1, network.rank),
            ),
            reference.combined,
            self.usable,
            params.min_coherence,
            block.portion_rows(stack.grid.width),
            factor,
            scale,
        )

    def _note_bridges(self, stack: Stack) -> None:
        alone = selection.bridges(stack)
        if len(alone) == len(stack.kept):
            self.notes.append(
                "No interferogram is redundant: residuals are zero, temporal coherence is 1, and neither says anything "
                "about the errors. Add interferograms that close triangles."
            )
        elif alone:
            self.notes.append(
                f"{len(alone)} interferogram(s) join parts of the network alone: {selection.listed(alone)}. "
                "Their errors show in no residual and in no standard deviation, but in every displacement after "
                "them and in the velocity."
            )

    def _looks(self) -> float:
        """Looks behind the coherence, as the producer states them."""
        known = self.stack.metadata
        if "effective_looks" in known:
            return max(1.0, float(known["effective_looks"]))
        if "range_looks" in known and "azimuth_looks" in known:
            return max(1.0, float(known["range_looks"]) * float(known["azimuth_looks"]))
        if self.params.weights == "coherence":
            self.notes.append(
                "The producer does not state the number of looks: the weights are those of one look."
            )
        return 1.0

    def _plan(self, task: block.Task) -> Plan:
        grid, dates = task.stack.grid, task.network.N
        per_pixel, constant = memory(task.network, task.options)
        kernel = per_pixel * task.rows * grid.width + constant
        fixed = outputs.writer_memory(grid, dates) + self.compute.workers * kernel
        fixed += 0 if self.usable is None else self.usable.size
        disk = outputs.disk_needed(grid, dates, min(self.params.max_points, grid.width * grid.height))
        each = block.bytes_per_pixel(task)
        pixels = max(BLOCK_PIXELS, task.rows * grid.width) * self.compute.workers
        compute = replace(self.compute, memory=min(self.compute.memory, fixed + each * pixels))
        return plan(grid, each, compute, fixed, disk, task.rows)

    def _solve(self, stage: outputs.Stage, task: block.Task, steps: Plan, monitor: Monitor) -> _Totals:
        totals = _Totals(
            np.zeros(task.network.M), np.zeros(task.network.M), np.zeros(task.network.M, np.int64)
        )
        with outputs.writers(
            stage.path, task.stack.grid, task.network.dates, task.options.dem_error
        ) as files:
            for _, solved in map_blocks(partial(block.solve, task), steps.blocks, self.compute, monitor):
                files.write(solved.displacement, solved.layers)
                totals.add(solved)
                del solved  # else it would stay in memory while the next block is solved
            self._check_totals(totals, task.stack)
        return totals

    def _check_totals(self, totals: _Totals, stack: Stack) -> None:
        for pair, number in zip(stack.kept, totals.valid_pairs):
            if number == 0 and self.usable is None and self.params.min_coherence == 0:
                raise automatic_reference.empty_pair(pair)
        if totals.pixels == 0:
            raise InputError(
                "INPUT",
                "no pixel with enough valid interferograms",
                f"at least one pixel with {self.params.min_pairs or 'as many'} interferograms"
                f"{'' if self.params.min_pairs else ' as there are unknowns'}",
                "Lower MIN_PAIRS or MIN_COHERENCE, widen the mask, or exclude the poorest interferograms",
            )

    def _note_totals(self, totals: _Totals, stack: Stack) -> None:
        idle = [pair.name for pair, number in zip(stack.kept, totals.valid_pairs) if number == 0]
        if idle:
            self.notes.append(f"Nothing of these interferograms was used: {selection.listed(idle)}.")
        if totals.split and len(selection.components(stack)) == 1:
            self.notes.append(
                f"{totals.split:,} pixels have interferograms in parts without connection, because values are missing; "
                f"the steps between the parts were filled, and the velocity there depends on that (parts.tif). "
                f"{_FILLS[self.params.gaps]}"
            )
        if self.params.dem_error and abs(totals.correlation) > 0.5:
            self.notes.append(
                f"The baselines drift with time: velocity and height error are correlated ({totals.correlation:.2f}) "
                "and cannot be told apart well."
            )

    def _by_date(self, stage: outputs.Stage, stack: Stack, reference: Reference) -> Reference:
        """The areas' displacement per date [mm], with the weights of the reference phase."""
        reader = outputs.displacement_reader(stage.path, stack.grid, stack.wavelength, stack.dates)
        reads = [partial(reader.read, a.items["displacement"]) for a in reader.stack.acquisitions]
        series = evaluate(reference.areas, reads, self.params.statistic)
        reader.close()
        zero = np.zeros(len(stack.dates))
        return Reference(
            series.areas, series.values, series.counts, reference.variances, reference.weights, zero,
            reference.automatic, reference.note,
        )  # fmt: skip

    def _described(self, stack: Stack, reference: Reference) -> Stack:
        described = reference_record.describe(reference, stack, self.params.statistic)
        inputs = {"stack": self.folder.as_posix()}
        return replace(stack, reference=described).with_history(
            ALGORITHM, VERSION, self.params.describe(), inputs
        )

    def _explanation(self, reference: Reference) -> tuple[str, ...]:
        texts = [
            f"From each interferogram the {self.params.statistic} of the valid pixels of each area was taken; several "
            "areas are averaged with weights pixels / variance, the same for all interferograms."
        ]
        if reference.automatic:
            texts.append(reference.note)
        return tuple(texts)


@dataclass
class _Totals:
    """Sums over all blocks, in order of the rows."""

    sumsq: NDArray[np.float64]
    count: NDArray[np.float64]
    valid_pairs: NDArray[np.int64]
    pixels: int = 0
    split: int = 0
    filled: int = 0
    correlation_sum: float = 0.0
    correlated: int = 0

    @property
    def correlation(self) -> float:
        """Mean correlation of velocity and height error; 0 where none was estimated."""
        return self.correlation_sum / self.correlated if self.correlated else 0.0

    def add(self, solved: block.Block) -> None:
        for sumsq, count in zip(solved.sumsq, solved.count):
            self.sumsq += sumsq
            self.count += count
        self.valid_pairs += solved.valid_pairs
        self.pixels += int(np.count_nonzero(np.isfinite(solved.layers["velocity"])))
        self.split += solved.split
        self.filled += solved.filled
        self.correlation_sum += solved.correlation[0]
        self.correlated += solved.correlation[1]


def _check_height(stack: Stack) -> None:
    """Refuse a height error where baselines, slant range or incidence do not allow one."""
    check_baselines(_network(stack), selection.baselines(stack))
    if not los.has_incidence(stack):
        los.constant_incidence(stack)
    if "slant_range" not in stack.geometry and "slant_range_m" not in stack.metadata:
        raise InputError(
            "DEM_ERROR",
            "slant range unknown",
            "a stack with a slant range",
            "Switch DEM_ERROR off, or import with it",
        )


def _network(stack: Stack) -> Network:
    position = {day: index for index, day in enumerate(stack.dates)}
    index = [(position[pair.date1], position[pair.date2]) for pair in stack.kept]
    return Network(stack.dates, np.array(index, np.intp))
