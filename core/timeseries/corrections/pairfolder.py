"""A stack of corrected interferograms: phase minus the difference of its dates' screens.

The folder holds phase/YYYYMMDD_YYYYMMDD.tif [rad], removed/YYYYMMDD.tif [mm] and a stack.json whose coherence and
geometry stay where they are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...blocks import Plan
from ...monitor import Monitor
from ...raster import Window, writing
from ...stack import Item, Pair, Stack
from ...units import MM_PER_M
from ..outputs import Stage, absolute_root
from .screens import REMOVED, Screens, screen_file
from .source import Source
from .spread import Spread

PHASE = "phase"
MM = 1.0 / MM_PER_M
BYTES_PER_PIXEL = 176  # of a block at most: drawing a screen of six terms


def phase_file(name: str) -> str:
    """Path of a pair's corrected phase inside the folder."""
    return f"{PHASE}/{name}.tif"


def names(stack: Stack) -> list[str]:
    """Files of a folder that a new run may replace and that a map may show."""
    screens = [screen_file(REMOVED, day) for day in stack.dates]
    return [phase_file(pair.name) for pair in stack.kept] + screens


def write_pairs(
    stage: Stage,
    source: Source,
    screens: Screens,
    steps: Plan,
    monitor: Monitor,
) -> list[Spread]:
    """Write every corrected interferogram; returns the spread [mm] of each before and after."""
    (stage.path / PHASE).mkdir(exist_ok=True)
    spreads = []
    total = len(source.observations) * len(steps.blocks)
    for number, (observation, dates) in enumerate(zip(source.observations, source.network.index)):
        spread = Spread(observation.name)
        path = stage.path / phase_file(observation.name)
        with writing(
            path, source.stack.grid, f"Corrected unwrapped phase {observation.name}", "rad"
        ) as writer:
            for block, window in enumerate(steps.blocks):
                monitor.step((number * len(steps.blocks) + block) / total)
                phase = source.reader.read(observation.item, window)
                removed = _difference(screens, dates, window)
                corrected = (phase.astype(np.float64) - removed / source.to_mm).astype(np.float32)
                writer.write(corrected)
                spread.add(phase * source.to_mm, corrected * source.to_mm)
        source.close()
        screens.reader.close()
        spreads.append(spread)
    monitor.step(1.0)
    return spreads


def corrected_stack(source: Source, stack: Stack) -> Stack:
    """The stack that describes the folder: `stack` is the source's, with this step in its history."""
    here = _fresh("corrected", stack.roots)
    items = [item for pair in stack.kept for role, item in pair.items.items() if role != PHASE]
    used = {item.root for item in [*items, *stack.place, *stack.products.values()]}
    roots = {name: absolute_root(source.folder, stack.roots[name]) for name in sorted(used)}
    return replace(
        stack,
        pairs=tuple(_corrected(pair, here) for pair in stack.kept),
        acquisitions=tuple(
            replace(a, items={REMOVED: Item(here, screen_file(REMOVED, a.date), factor=MM)})
            for a in stack.acquisitions
        ),
        roots={**roots, here: "."},
    )


def _corrected(pair: Pair, here: str) -> Pair:
    return replace(pair, items={**pair.items, PHASE: Item(here, phase_file(pair.name))})


def _difference(screens: Screens, dates: NDArray[np.intp], window: Window) -> NDArray[np.float64]:
    """Screen of the later date minus that of the earlier [mm]."""
    earlier, later = (screens.read(int(number), window).astype(np.float64) for number in dates)
    return later - earlier


def _fresh(name: str, taken: dict[str, str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}{number}"
    return free
