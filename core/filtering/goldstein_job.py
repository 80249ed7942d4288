"""The Goldstein filter over a stack of wrapped interferograms.

    result = run_goldstein(GoldsteinParams(input="stack", output="filtered", options=GoldsteinOptions(alpha=0.6)))
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from .. import finished
from ..blocks import Compute
from ..errors import InputError
from ..monitor import Monitor
from ..raster import Float32, StackReader, Window
from ..result import Result
from ..stack import Stack
from . import job
from .goldstein import BYTES_PER_PIXEL, GoldsteinOptions, goldstein, unit_phasor
from .params import AMPLITUDE, AUTO, GOLDSTEIN, GoldsteinParams


def run_goldstein(
    params: GoldsteinParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Filter every interferogram in use; a folder that an equal run has finished is kept as it is."""
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    folder = Path(params.input).expanduser().absolute()
    stack, notes = job.load_wrapped(folder, GOLDSTEIN)
    options = params.options
    options.validate_for(*stack.grid.shape)
    if options.alpha is None:
        _require(stack, "coherence", "STRENGTH", "Filter with 'shpfilter' first, which estimates it, or state ALPHA")
    if params.weights == AMPLITUDE:
        _require(stack, "amplitude", "WEIGHTS", "Import complex interferograms, or choose phase")
    weighted = _is_weighted(params, stack)
    roles = ["phase", *(["coherence"] if options.alpha is None else []), *(["amplitude"] if weighted else [])]
    items = [pair.items[role] for pair in stack.pairs for role in roles]
    mark = finished.fingerprint(GOLDSTEIN, params.describe(), folder, stack, items, [])
    kept = finished.kept(Path(params.output).expanduser().absolute(), mark, monitor)
    if kept is not None:
        return kept
    task = Task(str(folder), stack, options, weighted)
    ready = job.Filter(
        GOLDSTEIN,
        "Goldstein filter",
        folder,
        stack,
        ("phase",),
        {},
        partial(filter_block, task),
        options.halo,
        4 * len(stack.pairs) + BYTES_PER_PIXEL,
        params.describe(),
        mark,
        stack.acquisitions,
        job.absolute_roots(folder, stack),
        _explanation(options, weighted),
    )
    return job.run(ready, params.output, notes, monitor, compute, job.Watch())


@dataclass(frozen=True, eq=False)
class Task:
    """All that a block needs; plain data, so that it can travel to a cluster."""

    folder: str
    stack: Stack
    options: GoldsteinOptions
    weighted: bool


def filter_block(task: Task, window: Window) -> job.Filtered:
    """Filter the rows of a block in every pair."""
    reader = StackReader(task.folder, task.stack)
    wide = job.widened(window, task.options.halo, task.stack.grid)
    own = slice(window.row - wide.row, window.row - wide.row + window.height)
    out = np.empty((len(task.stack.pairs), window.height, window.width), np.float32)
    for number, pair in enumerate(task.stack.pairs):
        phase = reader.read(pair.items["phase"], wide)
        coherence: Float32 | None = None
        if task.options.alpha is None:
            coherence = reader.read(pair.items["coherence"], wide)
        if task.weighted:
            data = unit_phasor(phase) * reader.read(pair.items["amplitude"], wide)
            filtered = goldstein(data, task.options, coherence, wide.row)
            out[number] = np.angle(filtered[own])
        else:
            out[number] = goldstein(phase, task.options, coherence, wide.row)[own]
        reader.close()
    return job.Filtered({"phase": out}, {})


def _is_weighted(params: GoldsteinParams, stack: Stack) -> bool:
    """Whether magnitudes weigh the phases."""
    if params.weights != AUTO:
        return params.weights == AMPLITUDE
    return not job.filtered_before(stack) and all("amplitude" in pair.items for pair in stack.pairs)


def _require(stack: Stack, role: str, field: str, remedy: str) -> None:
    lacking = [pair.name for pair in stack.pairs if role not in pair.items]
    if lacking:
        more = " ..." if len(lacking) > 3 else ""
        raise InputError(
            field,
            f"{len(lacking)} of {len(stack.pairs)} interferograms have no {role}: {', '.join(lacking[:3])}{more}",
            f"a stack whose interferograms all have {role}",
            remedy,
        )


def _explanation(options: GoldsteinOptions, weighted: bool) -> tuple[str, ...]:
    strength = (
        "one less the mean coherence of the patch (Baran et al. 2003)"
        if options.alpha is None
        else f"{options.alpha:g}"
    )
    smoothed = (
        f", smoothed over {options.smoothing} x {options.smoothing} frequencies," if options.smoothing > 1 else ""
    )
    entered = "weighed by their magnitudes" if weighted else "of magnitude 1"
    return (
        f"The spectrum of every patch of {options.window} x {options.window} pixels was multiplied by its own "
        f"magnitude{smoothed} to the power {strength} (Goldstein & Werner 1998). Patches overlap by "
        f"{100 * options.overlap:g} % and are joined with weights that fall from the centre; phases enter {entered}. "
        "Pixels without phase stay without. Coherence and amplitudes are those of the input: filtered phases are "
        "smoother than their coherence says, and neighbouring pixels are no longer independent.",
    )
