"""What of a stack on the map is worth showing: files for the project, and the layer definition of displacements."""

from __future__ import annotations

from pathlib import Path

from ..blocks import Plan
from ..result import Result
from ..stack import DISPLACEMENT, Item, Stack
from ..timeseries import qlr
from ..timeseries.outputs import VELOCITY, date_file, displacement_reader, stored
from ..timeseries.summary import Summary, round_up, summarize_raster
from .tasks import PHASE

COHERENCE = "coherence"
SHARE = 0.01  # of the values beyond each end of a scale of colours


def add_files(result: Result, folder: Path, stack: Stack, steps: Plan) -> Summary | None:
    """Name the rasters that the project shows; of displacements write the layers, and return the velocity's summary."""
    if stack.kind != DISPLACEMENT:
        for pair in stack.pairs[:1]:
            for role in (PHASE, COHERENCE):
                if role in pair.items:
                    result.files[role] = folder / pair.items[role].path
        return None
    reader = displacement_reader(folder, stack.grid, stack.wavelength, stack.dates)

    def summary(item: Item) -> Summary:
        return summarize_raster(reader, item, stack.grid, steps)

    scale = {}
    if (folder / date_file(stack.dates[-1])).is_file():
        scale["displacement_mm"] = _limit(summary(reader.stack.acquisitions[-1].items["displacement"]))
        result.files["layers"] = qlr.write_layers(
            folder / qlr.NAME, "Displacement", stack.grid, stack.dates, scale["displacement_mm"]
        )
    velocity = None
    if (folder / VELOCITY.file).is_file():
        velocity = summary(stored(VELOCITY.role))
        scale["velocity_mm_yr"] = _limit(velocity)
        result.files[VELOCITY.role] = folder / VELOCITY.file
    result.tables["scale"] = scale
    reader.close()
    return velocity


def _limit(summary: Summary) -> float:
    """A round end for the colours of a raster on both sides of 0."""
    return round_up(max(abs(summary.quantile(SHARE)), abs(summary.quantile(1.0 - SHARE))))
