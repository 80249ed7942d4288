"""import.html: what was found, what was decided and why, the pairs, and a first look."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from ..figures.base import INK, new_figure, style, symmetric
from ..metadata_sheet import metadata_sheet
from ..raster import TILE, Float32, StackReader, Window
from ..report import Report
from ..result import Result
from ..stack import UNWRAPPED, Grid, Item, Pair, Stack
from .survey import Survey

PREVIEW = 600  # pixels along the longer side of the first look


def write_report(
    path: Path, stack: Stack, result: Result, surveys: dict[str, Survey], decisions: tuple[str, ...]
) -> Path:
    """Write the report of an import."""
    report = Report(
        "Imported interferograms", f"{len(stack.pairs)} pairs of {len(stack.dates)} images, {stack.family}"
    )
    report.warnings(result.warnings)
    report.heading("Data")
    report.table(("Property", "Value"), [*metadata_sheet(stack), *_more(stack)])
    report.heading("What was decided, and why")
    for decision in decisions:
        report.paragraph(decision)
    report.heading("Numbers")
    report.numbers(result)
    report.heading("First look")
    pair = longest(stack)
    report.figure(
        preview(path.parent, stack, pair),
        f"Pair {pair.name}, the longest in time. If the ground is known to sink, phase there is positive (red).",
    )
    report.heading("Pairs")
    report.table(
        ("Pair", "Days", "Bperp [m]", "Mean coherence", "Pixels with phase [%]", "State", "Reason", "File"),
        [
            (
                p.name,
                p.days,
                p.bperp,
                p.coherence,
                100.0 * surveys[p.name].valid,
                p.state,
                p.reason,
                p.items["phase"].path,
            )
            for p in stack.pairs
        ],
    )
    return report.write(path)


def longest(stack: Stack) -> Pair:
    """The pair of the longest time span, kept ones first."""
    return max(stack.kept or stack.pairs, key=lambda pair: (pair.days, pair.date1))


def preview(folder: Path, stack: Stack, pair: Pair) -> Figure:
    """Phase and coherence of one pair, every n-th row and column."""
    reader = StackReader(folder, stack)
    names = [role for role in ("phase", "coherence") if role in pair.items]
    step = max(1, -(-max(stack.grid.shape) // PREVIEW))
    rows, cols = stack.grid.shape
    figure = new_figure(4.6 * len(names) + 0.6, min(max(3.7 * rows / cols, 1.6), 6.5) + 0.9)
    for index, role in enumerate(names):
        values = thinned(reader, pair.items[role], stack.grid, step)
        axes = style(
            figure.add_subplot(1, len(names), index + 1), role.capitalize(), "Column [px]", "Row [px]"
        )
        box = (0, stack.grid.width, stack.grid.height, 0)
        if role == "phase":
            values = values - np.nanmedian(values) if stack.kind == UNWRAPPED else values
            image = axes.imshow(
                values, cmap="RdYlBu_r", norm=symmetric(values), extent=box, interpolation="nearest"
            )
            label = "Phase against the median [rad]" if stack.kind == UNWRAPPED else "Phase [rad]"
        else:
            image = axes.imshow(values, cmap="gray", vmin=0.0, vmax=1.0, extent=box, interpolation="nearest")
            label = "Coherence"
        axes.grid(False)
        bar = figure.colorbar(image, ax=axes, shrink=0.9)
        bar.set_label(label, fontsize=9, color=INK)
        bar.ax.tick_params(labelsize=8, colors=INK)
    return figure


def thinned(reader: StackReader, item: Item, grid: Grid, step: int) -> Float32:
    """Every step-th row and column of an item, read in whole tile rows."""
    out = []
    for top in range(0, grid.height, TILE):
        rows = reader.read(item, Window(top, 0, min(TILE, grid.height - top), grid.width))
        out.append(rows[-top % step :: step, ::step])
    return np.concatenate(out)


def _more(stack: Stack) -> list[tuple[str, str]]:
    rows = []
    slant_range = stack.metadata.get("slant_range_m")
    if slant_range is not None:
        rows.append(("Slant range", f"{float(slant_range) / 1000:.1f} km"))
    if "range_looks" in stack.metadata:
        rows.append(
            (
                "Looks (range x azimuth)",
                f"{stack.metadata['range_looks']} x {stack.metadata.get('azimuth_looks', '?')}",
            )
        )
    rows.append(
        ("Layers", ", ".join(sorted({r for p in stack.pairs for r in p.items} | set(stack.geometry))))
    )
    rows.append(("Folders", ", ".join(f"{name}: {place}" for name, place in stack.roots.items())))
    return rows
