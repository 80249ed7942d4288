"""The scene's incidence from the product's angles per pixel, for the sheet of facts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from .. import los
from ..raster import StackReader, Window
from ..stack import Stack

_ROWS = 25


def with_incidence(folder: Path, stack: Stack) -> tuple[Stack, tuple[str, ...]]:
    """The stack with `incidence_deg` [deg], the median of rows spread over the grid, and a note.

    Unchanged where the producer states it or no angle per pixel is known.
    """
    per_pixel = {"incidence", "los_up", "los_elevation"} & set(stack.geometry)
    if "incidence_deg" in stack.metadata or not per_pixel:
        return stack, ()
    reader = StackReader(folder, stack)
    rows = sorted({int(row) for row in np.linspace(0, stack.grid.height - 1, _ROWS)})
    angles = np.concatenate(
        [los.incidence(stack, reader, Window(row, 0, 1, stack.grid.width)) for row in rows], axis=1
    )
    reader.close()
    known = angles[np.isfinite(angles)]
    if not known.size:
        return stack, ()
    degrees = float(np.degrees(np.median(known.astype(np.float64))))
    note = f"Incidence {degrees:.2f} deg is the median of the angles per pixel, which later steps use pixel by pixel."
    return replace(stack, metadata={**stack.metadata, "incidence_deg": round(degrees, 4)}), (note,)
