"""Before and after: what a filter changed, pair by pair, and a piece of one pair to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..formats.survey import strips
from ..monitor import Monitor
from ..raster import TILE, Float32, StackReader, Window
from ..result import Result
from ..stack import Pair, Stack
from .measures import Texture, edge_sharpness, edges, texture

SHOWN = 360  # pixels along each side of the piece that the figure shows
COHERENT = 0.7  # from this coherence on the phase before filtering is taken for the truth at edges
_FEWEST = 100  # pixel pairs for a sharpness


@dataclass(frozen=True)
class Change:
    """Texture of one pair before and after."""

    pair: Pair
    before: Texture
    after: Texture


@dataclass(frozen=True)
class Comparison:
    """All pairs, and a piece (rows and columns of `window`) of one of them.

    before, after : wrapped phase [rad]. coherence, count : None where there is none. sharpness : share of the phase
    steps at edges of the brightness that is left, where the coherence is high; None where that cannot be told.
    """

    changes: tuple[Change, ...]
    shown: Pair
    window: Window
    before: Float32
    after: Float32
    coherence: Float32 | None
    count: Float32 | None
    sharpness: float | None


def compare(folder: Path, stack: Stack, made: Path, filtered: Stack, monitor: Monitor) -> Comparison:
    """Read a stack and its filtered form; of large rasters, rows spread over them."""
    old, new = StackReader(folder, stack), StackReader(made, filtered)
    changes = []
    for number, (pair, result) in enumerate(zip(stack.pairs, filtered.pairs)):
        monitor.step(number / len(stack.pairs))
        both = [Texture(), Texture()]
        for start, rows in strips(stack.grid.height, stack.grid.width, TILE):
            window = Window(start, 0, rows, stack.grid.width)
            for side, (reader, item) in enumerate(((old, pair.items), (new, result.items))):
                both[side] += texture(reader.read(item["phase"], window))
        changes.append(Change(result, both[0], both[1]))
        old.close()
        new.close()
    middle = sorted(range(len(changes)), key=lambda number: changes[number].before.deviation or 0.0)[len(changes) // 2]
    height, width = (min(SHOWN, side) for side in stack.grid.shape)
    window = Window((stack.grid.height - height) // 2, (stack.grid.width - width) // 2, height, width)
    result = filtered.pairs[middle]
    before = old.read(stack.pairs[middle].items["phase"], window)
    after = new.read(result.items["phase"], window)
    coherence = new.read(result.items["coherence"], window) if "coherence" in result.items else None
    count = new.read(filtered.products["shp_count"], window) if "shp_count" in filtered.products else None
    bright = _brightness(old, stack, window)
    old.close()
    new.close()
    sharpness = _sharpness(before, after, coherence, bright)
    return Comparison(tuple(changes), result, window, before, after, coherence, count, sharpness)


def add_numbers(result: Result, compared: Comparison) -> None:
    """Numbers and the table of pairs."""
    before = sum((change.before for change in compared.changes), Texture())
    after = sum((change.after for change in compared.changes), Texture())
    result.number("pairs", len(compared.changes), "", "Interferograms filtered")
    result.number("scatter_before", before.deviation, "rad", "Phase scatter against the 8 neighbours, before")
    result.number("scatter_after", after.deviation, "rad", "Phase scatter against the 8 neighbours, after")
    result.number("residues_before", before.density, "", "Residues per 1000 pixels, before")
    result.number("residues_after", after.density, "", "Residues per 1000 pixels, after")
    result.number("edge_sharpness", compared.sharpness, "", "Share of the phase steps at edges that is left")
    coherences = [c.pair.coherence for c in compared.changes if c.pair.coherence is not None]
    mean = sum(coherences) / len(coherences) if coherences else None
    result.number("mean_coherence", mean, "", "Mean coherence")
    result.tables["pairs"] = [
        {
            "pair": change.pair.name,
            "scatter_before_rad": change.before.deviation,
            "scatter_after_rad": change.after.deviation,
            "residues_before_per_1000": change.before.density,
            "residues_after_per_1000": change.after.density,
            "coherence": change.pair.coherence,
        }
        for change in compared.changes
    ]


def _brightness(reader: StackReader, stack: Stack, window: Window) -> Float32 | None:
    """Mean amplitude of the images, or the root of the mean magnitude of the interferograms."""
    images = [a.items["amplitude"] for a in stack.acquisitions if "amplitude" in a.items]
    if len(images) > 1:
        return np.asarray(reader.read_many(images, window).mean(axis=0))
    magnitudes = [pair.items["amplitude"] for pair in stack.pairs if "amplitude" in pair.items]
    return np.sqrt(reader.read_many(magnitudes, window).mean(axis=0)) if magnitudes else None


def _sharpness(
    before: Float32, after: Float32, coherence: Float32 | None, bright: Float32 | None
) -> float | None:
    if coherence is None or bright is None:
        return None
    first, second = edges(bright, 0.1)
    good = (coherence >= COHERENT).ravel()
    both = good[first] & good[second]
    return edge_sharpness(before, after, first[both], second[both]) if both.sum() >= _FEWEST else None
