"""What is corrected: a stack of unwrapped interferograms, or a displacement folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from ... import manifest
from ...errors import InputError
from ...raster import Float32, StackReader, Window
from ...stack import DISPLACEMENT, RASTER, UNWRAPPED, Item, Stack
from ...units import MM_PER_M, phase_to_metres
from .. import displacement_input, outputs, selection
from ..matrix import Network


@dataclass(frozen=True)
class Observation:
    """One raster that is corrected: an interferogram, or the displacement of one date."""

    name: str
    item: Item


class Source:
    """The rasters of an input in mm of line-of-sight displacement, positive toward the satellite.

    stack : kept pairs and their dates only. network : which dates each observation spans; the displacement of a date
    spans from the first date. reader : reads the observations' items, in rad or in mm.
    """

    def __init__(self, folder: Path, stack: Stack) -> None:
        self.folder = folder
        self.is_series = stack.kind == DISPLACEMENT
        # Excluded pairs would stay without a correction among corrected ones: they are left behind.
        self.stack = (
            stack if self.is_series else selection.without_excluded(selection.within(stack, None, None))
        )
        dates = self.stack.dates
        if self.is_series:
            self.reader = outputs.displacement_reader(folder, stack.grid, stack.wavelength, dates)
            self.to_mm = 1.0
            self.observations = tuple(
                Observation(f"{a.date:%Y%m%d}", a.items["displacement"])
                for a in self.reader.stack.acquisitions[1:]
            )
            index = [(0, later) for later in range(1, len(dates))]
        else:
            self.reader = StackReader(folder, self.stack)
            self.to_mm = phase_to_metres(stack.wavelength) * MM_PER_M
            self.observations = tuple(Observation(p.name, p.items["phase"]) for p in self.stack.kept)
            place = {day: number for number, day in enumerate(dates)}
            index = [(place[p.date1], place[p.date2]) for p in self.stack.kept]
        self.network = Network(dates, np.array(index, np.intp))

    @property
    def dates(self) -> tuple[date, ...]:
        """Dates in order; everything is relative to the first."""
        return self.stack.dates

    def items(self) -> list[Item]:
        """Every raster whose change asks for a new run."""
        used = [item for pair in self.stack.kept for item in pair.items.values()]
        return displacement_input.items(self.stack) + list(self.stack.geometry.values()) + used

    def read(self, observation: Observation, window: Window) -> Float32:
        """Values of a window [mm]."""
        values = self.reader.read(observation.item, window)
        return values if self.is_series else values * np.float32(self.to_mm)

    def close(self) -> None:
        """Let go of the files."""
        self.reader.close()


def open_source(folder: str | Path, series_only: bool = False) -> Source:
    """The input of a correction; refuses other kinds of stacks, and points instead of rasters."""
    place = Path(folder).expanduser().absolute()
    stack = displacement_input.load(place) if series_only else manifest.load(place)
    if stack.kind not in (UNWRAPPED, DISPLACEMENT):
        raise InputError(
            "INPUT",
            f"a stack of kind {stack.kind}",
            "a stack of unwrapped interferograms, or a displacement folder",
            "Unwrap the interferograms first",
        )
    if stack.layout != RASTER:
        raise InputError(
            "INPUT", f"a stack of {stack.layout}", "a stack of rasters", "Choose the raster stack"
        )
    if stack.kind == DISPLACEMENT and len(stack.dates) < 2:
        raise InputError("INPUT", f"{len(stack.dates)} date", "a displacement folder with at least two dates")
    return Source(place, stack)
