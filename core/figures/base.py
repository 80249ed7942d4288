"""One look for every figure: size, font, colours, number of ticks; no pyplot, no global settings."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

INK = "#22303c"
GRID = "#d5dbe1"
ACCENT = "#0b6e8f"
ALERT = "#c0392b"
SUBSIDENCE_MAP = "RdYlBu"  # red = down, blue = up: the field's habit
# Wrapped phase from -pi to pi: no beginning and no end, no grey, which is for missing; the map layer has the same.
PHASE_COLOURS = "#2fb5c4", "#6a4fb6", "#d6457f", "#f2c14e", "#2fb5c4"
PHASE_MAP = LinearSegmentedColormap.from_list("phase", PHASE_COLOURS, N=257)
SIZE = (8.0, 4.5)  # inches
DPI = 110


def new_figure(width: float = SIZE[0], height: float = SIZE[1]) -> Figure:
    """An empty figure that lays itself out and can be saved without a window."""
    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def style(axes: Axes, title: str = "", xlabel: str = "", ylabel: str = "") -> Axes:
    """Title, labels with units, light grid, thin frame."""
    axes.set_title(title, loc="left", fontsize=11, color=INK, fontweight="bold")
    axes.set_xlabel(xlabel, color=INK, fontsize=9)
    axes.set_ylabel(ylabel, color=INK, fontsize=9)
    axes.tick_params(colors=INK, labelsize=8)
    axes.grid(True, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return axes


def symmetric(values: NDArray[Any], percentile: float = 98.0) -> Normalize:
    """Colour scale centred on zero that holds `percentile` of the values."""
    finite = np.abs(values[np.isfinite(values)])
    limit = float(np.percentile(finite, percentile)) if finite.size else 1.0
    limit = limit or 1.0
    return Normalize(-limit, limit)


def to_png(figure: Figure) -> bytes:
    """PNG bytes; the same figure gives the same bytes."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def to_svg(figure: Figure) -> bytes:
    """SVG bytes; the same figure gives the same bytes.

    Matplotlib names clip paths and markers at random (a fixed salt would be a process-wide setting):
    the names are replaced by numbers in the order of their appearance.
    """
    stream = io.BytesIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    text = stream.getvalue().decode("utf-8")
    names = dict.fromkeys(re.findall(r'id="([a-z]+[0-9a-f]{10})"', text))
    numbers = {name: f"{name[:-10]}{index:010d}" for index, name in enumerate(names)}
    return re.sub(r'(?<=["#])[a-z]+[0-9a-f]{10}(?=[")])', lambda m: numbers.get(m[0], m[0]), text).encode("utf-8")


def to_pdf(figure: Figure) -> bytes:
    """PDF bytes; the same figure gives the same bytes."""
    stream = io.BytesIO()
    figure.savefig(stream, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    return stream.getvalue()
