"""The reference phase of every interferogram, and what happens to those that have none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..blocks import Compute
from ..errors import InputError
from ..monitor import Monitor
from ..raster import StackReader, Window, whole
from ..stack import Item, Stack
from . import automatic_reference, selection
from .params import SbasParams
from .reference_area import Area, Reference, areas_of, evaluate


def reference_phase(
    params: SbasParams,
    stack: Stack,
    reader: StackReader,
    usable: NDArray[np.bool_] | None,
    compute: Compute,
    monitor: Monitor,
) -> tuple[Reference, Stack, list[str]]:
    """Phase [rad] of the areas per kept pair, the stack without pairs that have none, and notes.

    Raises InputError where an area has no valid pixel at all, where a pair has none in the whole
    image, and where the pairs without a reference are needed to connect the dates.
    """
    pairs = stack.kept
    notes: list[str] = []
    note = ""
    if params.reference is None:
        area, note = automatic_reference.choose(reader, pairs, usable, compute, monitor.part(0.0, 0.8))
        areas: tuple[Area, ...] = (area,)
        notes.append(note)
    else:
        areas = areas_of(params.reference, stack)

    def phases() -> Iterator[Any]:
        for number, pair in enumerate(pairs):
            monitor.step(0.8 + 0.2 * number / len(pairs))
            yield partial(_phase, reader, pair.items, params.min_coherence)
            reader.close()

    found = evaluate(areas, phases(), params.statistic, params.reference is None, note)
    notes.extend(_check_areas(found, [pair.name for pair in pairs]))
    lost = ~np.isfinite(found.combined)
    if not lost.any():
        return found, stack, notes
    names = [pair.name for pair, gone in zip(pairs, lost) if gone]
    for pair, gone in zip(pairs, lost):
        if gone and not np.isfinite(reader.read(pair.items["phase"], whole(stack.grid))).any():
            raise automatic_reference.empty_pair(pair)
    rest = selection.exclude(stack, names, "no valid pixel in the reference area")
    if len(selection.components(rest)) > len(selection.components(stack)) or len(rest.dates) < len(
        stack.dates
    ):
        raise InputError(
            "REFERENCE",
            f"no valid pixel in {selection.listed(names)}",
            "an area that is valid in enough interferograms to connect all dates",
            "Move or enlarge the reference area, or exclude these interferograms yourself",
        )
    notes.append(
        f"{len(names)} interferogram(s) have no valid pixel in the reference area and were left out: "
        f"{selection.listed(names)}."
    )
    keep = ~lost
    kept = replace(
        found, values=found.values[:, keep], counts=found.counts[:, keep], combined=found.combined[keep]
    )
    return kept, rest, notes


def _check_areas(found: Reference, names: list[str]) -> list[str]:
    """Refuse an area without any value, and note where others stand in for one."""
    notes = []
    for area, counts in zip(found.areas, found.counts):
        if not counts.any():
            raise InputError(
                "REFERENCE",
                area.name,
                "an area with valid pixels",
                "It lies where no interferogram has a value (or all are below MIN_COHERENCE): move it",
            )
        lacking = [name for name, count in zip(names, counts) if not count]
        if lacking and len(found.areas) > 1:
            notes.append(
                f"Reference area {area.name} has no valid pixel in {len(lacking)} interferogram(s), where the "
                f"others stand in for it: {selection.listed(lacking)}."
            )
    return notes


def _phase(
    reader: StackReader, items: dict[str, Item], min_coherence: float, window: Window
) -> NDArray[np.float32]:
    """Phase of a window with values of too low coherence missing."""
    phase = reader.read(items["phase"], window)
    if min_coherence > 0:
        phase[~(reader.read(items["coherence"], window) >= np.float32(min_coherence))] = np.nan
    return phase
