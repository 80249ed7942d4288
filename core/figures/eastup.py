"""Maps of upward and eastward velocity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from . import base
from .validation import axis_names, map_of, scale_bar

if TYPE_CHECKING:
    from ..validation.decompose import Decomposed


def eastup_figure(found: Decomposed) -> Figure:
    """Two maps, one above the other where the area is wide, else side by side."""
    x, y = found.grid.centres(found.cell)
    wide = float(np.ptp(x)) > 1.3 * float(np.ptp(y))
    figure = base.new_figure(8.6, 8.4) if wide else base.new_figure(10.6, 5.6)
    panels = figure.subplots(2 if wide else 1, 1 if wide else 2, squeeze=False).ravel()
    for axes, title, values in zip(panels, ("Up", "East"), (found.motion.up, found.motion.east)):
        shown = map_of(axes, x, y, found.grid.crs, values)
        base.style(axes, title, *axis_names(found.grid.crs))
        scale_bar(figure, shown, axes, "mm/yr")
    return figure
