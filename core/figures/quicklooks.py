"""Sheets of small pictures of interferograms, phase beside coherence, to judge pairs by eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .base import DPI, INK, PHASE_MAP

SHEET_WIDTH = 9.8  # inches
COLUMNS = (3, 5)  # pairs beside one another, fewest (wide pictures) and most (tall ones)
WISHED, TALLEST = 250.0, 500.0  # screen pixels of a picture's height: by which the columns are chosen, and at most
SHEET_HEIGHT = 950.0  # screen pixels of pictures on a sheet, about
TITLE_HEIGHT = 30.0  # screen pixels of two lines above each picture
KEY_HEIGHT = 56.0  # screen pixels of the colours' meaning below the pictures
GUTTER = 1  # picture pixels between phase and coherence
COHERENCE_MAP = colormaps["gray"]
PHASE_SCALE, COHERENCE_SCALE = Normalize(-np.pi, np.pi), Normalize(0.0, 1.0)
MISSING = "#eef1f3"


@dataclass(frozen=True)
class Thumbnail:
    """A pair in a sheet. phase [rad], coherence : (rows, columns), NaN where missing; None where there is none."""

    title: str
    note: str
    phase: NDArray[np.float32] | None
    coherence: NDArray[np.float32] | None


def quicklook_sheets(thumbnails: Sequence[Thumbnail]) -> list[tuple[Figure, int, int]]:
    """All pairs in order on as many sheets as it takes; each with the numbers, from 1, of its first and last pair."""
    columns, rows = _arrangement(*_size(thumbnails))
    most = columns * rows
    return [
        (quicklook_sheet(thumbnails[start : start + most], columns), start + 1, min(start + most, len(thumbnails)))
        for start in range(0, len(thumbnails), most)
    ]


def quicklook_sheet(thumbnails: Sequence[Thumbnail], columns: int = 4) -> Figure:
    """Wrapped phase with the coherence beside it, and what the colours mean.

    All pictures share one set of axes, whose limits are set by hand: laying out a page of single axes
    would take seconds.
    """
    height, width = _size(thumbnails)
    dots = _scale(height, width, columns)
    cell, head = SHEET_WIDTH * DPI / columns / dots, TITLE_HEIGHT / dots  # in picture pixels
    rows = -(-len(thumbnails) // columns)
    total = rows * (height + head) * dots + KEY_HEIGHT
    figure = Figure(figsize=(SHEET_WIDTH, total / DPI), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, KEY_HEIGHT / total, 1.0, 1.0 - KEY_HEIGHT / total))
    axes.set_axis_off()
    axes.set_xlim(0, columns * cell)
    axes.set_ylim(rows * (height + head), 0)
    for number, thumbnail in enumerate(thumbnails):
        row, column = divmod(number, columns)
        left, top = column * cell, row * (height + head) + head
        _picture(axes, thumbnail.phase, PHASE_MAP, PHASE_SCALE, left, top)
        _picture(axes, thumbnail.coherence, COHERENCE_MAP, COHERENCE_SCALE, left + width + GUTTER, top)
        place = {"fontsize": 7, "color": INK, "va": "bottom", "ha": "left"}
        axes.text(left, top - 15 / dots, thumbnail.title, fontweight="bold", **place)
        axes.text(left, top - 3 / dots, thumbnail.note, **place)
    _key(figure, KEY_HEIGHT / total)
    return figure


def _size(thumbnails: Sequence[Thumbnail]) -> tuple[int, int]:
    """Rows and columns that hold every picture."""
    shapes = [array.shape for t in thumbnails for array in (t.phase, t.coherence) if array is not None]
    return max((s[0] for s in shapes), default=1), max((s[1] for s in shapes), default=1)


def _scale(height: int, width: int, columns: int) -> float:
    """Screen pixels per picture pixel."""
    return min(SHEET_WIDTH * DPI / columns / (2 * width + GUTTER + max(2, width // 12)), TALLEST / height)


def _arrangement(height: int, width: int) -> tuple[int, int]:
    """Pairs in a row of a sheet, and rows, so that a sheet can be seen whole."""
    wide, tall = COLUMNS
    columns = next((n for n in range(wide, tall) if height * _scale(height, width, n) <= WISHED), tall)
    return columns, max(1, int(SHEET_HEIGHT / (height * _scale(height, width, columns) + TITLE_HEIGHT)))


def _picture(
    axes: Axes, array: NDArray[np.float32] | None, colours: Colormap, scale: Normalize, left: float, top: float
) -> None:
    if array is not None:
        height, width = array.shape
        palette = colours.with_extremes(bad=MISSING)
        extent = (left, left + width, top + height, top)
        axes.imshow(array, palette, scale, aspect="auto", interpolation="nearest", extent=extent, origin="upper")


def _key(figure: Figure, share: float) -> None:
    """The two bars of colours at the bottom, in a share of the figure's height."""
    ramp = np.linspace(0.0, 1.0, 256)[None, :]
    keys = (
        (0.04, PHASE_MAP, ("−π", "0", "π"), "Phase [rad], growing where the ground moved away"),
        (0.54, COHERENCE_MAP, ("0", "0.5", "1"), "Coherence"),
    )
    for left, colours, ticks, label in keys:
        axes = figure.add_axes((left, 0.30 * share, 0.42, 0.22 * share))
        axes.imshow(ramp, colours, aspect="auto", extent=(0.0, 1.0, 0.0, 1.0))
        axes.set_yticks([])
        axes.set_xticks([0.0, 0.5, 1.0], ticks)
        axes.tick_params(labelsize=7, colors=INK, length=0, pad=2)
        axes.set_title(label, fontsize=7, color=INK, pad=2)
        for side in axes.spines.values():
            side.set_visible(False)
