"""The azimuth misregistration of all dates: spectral diversity of pairs in every overlap, then their network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ..blocks import MIB
from ..monitor import Monitor
from .bursts import Scene
from .coregistration_burst import BurstAligner, aligners, reference_window
from .coregistration_overlaps import BurstOverlap, overlaps_of
from .esd import LOOKS, Looks, OverlapPhases, Shift, estimate_shift, joined, overlap_phases
from .geometry_terrain import BurstGround, Float64
from .misregistration import DateShifts, PairShift, invert, neighbour_pairs
from .safe_measurement import Readers

Complex64 = NDArray[np.complex64]
ONE_DATE, WORK = 16, 400  # bytes per pixel of an overlap: two views of a date; geometry and resampling
Days = tuple[date, date]
Views = tuple[Complex64, Complex64]  # top and bottom burst of one date in an overlap


@dataclass(frozen=True, eq=False)
class Misregistration:
    """shifts : of the dates. pairs : what each pair of dates gave."""

    shifts: DateShifts
    pairs: dict[Days, Shift]

    def late(self, day: date) -> float:
        """Lines to correct a date by; 0 where the geometry has to do."""
        return self.shifts.lines.get(day, 0.0)


def estimate_misregistration(
    reference: Scene,
    others: Sequence[Scene],
    grounds: Mapping[str, BurstGround],
    monitor: Monitor,
    memory: int = 1024 * MIB,
) -> Misregistration:
    """Shifts of the dates against the reference, by parts of overlaps of which all dates fit into the memory [bytes].

    grounds : of the reference's bursts by label. Dates without enough coherent pixels keep their geometry; the log
    tells it with the counts.
    """
    matched = {scene.date: aligners(reference, scene, grounds) for scene in others}
    dates = sorted([reference.date, *matched])
    wanted = neighbour_pairs(dates)
    found: dict[Days, list[OverlapPhases]] = {pair: [] for pair in wanted}
    overlaps = overlaps_of(reference)
    for index, overlap in enumerate(overlaps):
        monitor.step(index / len(overlaps))
        for pair, phases in _phases(reference, matched, overlap, wanted, memory).items():
            found[pair].append(phases)
    line_rate = 1.0 / next(iter(reference.bursts.values()))[0].azimuth_interval
    pairs = {pair: estimate_shift(phases, line_rate) for pair, phases in found.items()}
    shifts = invert(
        dates,
        [PairShift(*days, shift.lines, shift.deviation, shift.reason) for days, shift in pairs.items()],
        reference.date,
    )
    _tell(shifts, pairs, monitor)
    return Misregistration(shifts, pairs)


def _phases(
    reference: Scene,
    matched: Mapping[date, Mapping[str, BurstAligner]],
    overlap: BurstOverlap,
    wanted: Sequence[Days],
    memory: int,
) -> dict[Days, OverlapPhases]:
    """The double differences of the pairs that show an overlap."""
    height = overlap.lines[1] - overlap.lines[0]
    fitting = memory // (height * (ONE_DATE * (len(matched) + 1) + WORK))
    width = max(1, fitting // LOOKS[1]) * LOOKS[1]
    found: dict[Days, list[OverlapPhases]] = {}
    for part in overlap.parts(width):
        views = _views(reference, matched, part)
        difference = part.difference(reference.orbit)
        for first, second in wanted:
            if first in views and second in views:
                looks = Looks(views[first][0], views[second][0], views[first][1], views[second][1])
                phases = overlap_phases(part.name, looks, difference, independent=part.independent)
                found.setdefault((first, second), []).append(phases)
    return {pair: joined(parts) for pair, parts in found.items()}


def _views(
    reference: Scene, matched: Mapping[date, Mapping[str, BurstAligner]], overlap: BurstOverlap
) -> dict[date, Views]:
    """An overlap of every date that shows both bursts."""
    parts = ((overlap.top, overlap.lines), (overlap.bottom, overlap.bottom_lines))
    with Readers() as readers:
        top, bottom = (
            reference_window(reference, burst, lines, overlap.samples, readers) for burst, lines in parts
        )
    views = {reference.date: (top, bottom)}
    heights: dict[str, Float64] = {}
    for day, own in matched.items():
        if not all(burst.label in own for burst, _ in parts):
            continue
        for burst, lines in parts:
            if burst.label not in heights:
                heights[burst.label] = own[burst.label].ground.window(lines, overlap.samples).height
        with Readers() as readers:
            top, bottom = (
                own[burst.label].on(heights[burst.label], lines, overlap.samples, readers)
                for burst, lines in parts
            )
        views[day] = top, bottom
    return views


def _tell(found: DateShifts, pairs: Mapping[Days, Shift], monitor: Monitor) -> None:
    """The shifts into the log, and what failed with the reason."""
    for day, lines in found.lines.items():
        monitor.info(f"{day}: targets are {lines:+.4f} +- {found.deviations[day]:.4f} line late.")
    for (first, second), shift in pairs.items():
        if not shift.usable:
            monitor.warn(f"Spectral diversity of {first} and {second} is left out: {shift.reason}.")
    for day in found.unknown:
        monitor.warn(f"{day}: no spectral diversity; the image stays where orbit and terrain put it.")
