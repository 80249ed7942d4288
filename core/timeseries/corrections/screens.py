"""The screens: what is removed from each date, as rasters in mm relative to the first date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...blocks import Plan
from ...monitor import Monitor
from ...raster import StackReader, Window, writing
from ...stack import DISPLACEMENT, Acquisition, Grid, Item, Stack

REMOVED = "removed"

Draw = Callable[[int, Window], NDArray[np.floating]]


@dataclass(frozen=True)
class Screens:
    """Rasters of one folder, one per date."""

    folder: Path
    reader: StackReader

    def read(self, number: int, window: Window) -> NDArray[np.float32]:
        """Screen of a date [mm]."""
        return self.reader.read(self.item(number), window)

    def item(self, number: int) -> Item:
        """The raster of a date, values as stored [mm]."""
        return self.reader.stack.acquisitions[number].items[REMOVED]


def screen_file(folder: str, day: date) -> str:
    """Path of a date's screen inside the results."""
    return f"{folder}/{day:%Y%m%d}.tif"


def screen_title(day: date, first: date) -> str:
    """What a screen says of itself."""
    return f"Removed from the displacement of {day:%Y-%m-%d}, relative to {first:%Y-%m-%d}"


def open_screens(results: Path, folder: str, grid: Grid, dates: tuple[date, ...]) -> Screens:
    """The screens in a folder of the results."""
    acquisitions = tuple(
        Acquisition(day, items={REMOVED: Item("here", screen_file(folder, day))}) for day in dates
    )
    stack = Stack(DISPLACEMENT, grid, 0.05, acquisitions=acquisitions, roots={"here": "."})
    return Screens(results / folder, StackReader(results, stack))


def write_screens(
    results: Path, folder: str, grid: Grid, dates: tuple[date, ...], draw: Draw, steps: Plan, monitor: Monitor
) -> Screens:
    """Write the screen of each date, drawn block by block: draw(number, window) -> (rows, width) [mm]."""
    (results / folder).mkdir(parents=True, exist_ok=True)
    total = len(dates) * len(steps.blocks)
    for number, day in enumerate(dates):
        title = screen_title(day, dates[0])
        with writing(results / screen_file(folder, day), grid, title, "mm") as writer:
            for block, window in enumerate(steps.blocks):
                monitor.step((number * len(steps.blocks) + block) / total)
                writer.write(draw(number, window))
    monitor.step(1.0)
    return open_screens(results, folder, grid, dates)
