"""The HTML report of geocoding."""

from __future__ import annotations

from pathlib import Path

from ..figures.timeseries import velocity_map
from ..metadata_sheet import metadata_sheet
from ..network.gallery import add_gallery, thumbnail
from ..raster import StackReader
from ..report import Report
from ..result import Result
from ..sentinel1.interferograms_pictures import picture, view_of
from ..stack import UNWRAPPED, WRAPPED, Stack
from ..timeseries.summary import Summary

MOST = 96  # pictures


def write_report(
    path: Path, folder: Path, stack: Stack, result: Result, velocity: Summary | None = None
) -> Path:
    """Write the report of the stack in a folder; every number in it is in result.json too.

    velocity : of the velocity raster [mm/yr], where there is one.
    """
    report = Report("Geocoded stack", f"{stack.kind}, {len(stack.dates)} dates, {len(stack.pairs)} pairs")
    report.warnings(result.warnings)
    shown = [pair for pair in stack.pairs if "phase" in pair.items][:MOST]
    if shown:
        reader = StackReader(folder, stack)
        view = view_of(reader, stack)
        report.heading("Pictures of the pairs")
        report.paragraph(
            f"Left: phase, averaged over {view.taken} x {view.columns} cells, relative to its mean, wrapped. Right: "
            "coherence, with its mean above."
        )
        add_gallery(report, [thumbnail(pair, picture(reader, pair, view)) for pair in shown])
        reader.close()
    if velocity is not None:
        limit = result.tables["scale"]["velocity_mm_yr"]
        report.heading("Velocity")
        report.figure(velocity_map(velocity.preview, velocity.step, stack.grid, limit))
    report.heading("Numbers")
    report.numbers(result)
    report.method(_method(result))
    report.heading("Data")
    report.table(("Property", "Value"), metadata_sheet(stack))
    return report.write(path)


def _method(result: Result) -> list[str]:
    """How the map came about."""
    across = int(result.numbers["places"].value or 1)
    places = "the middle of every cell" if across == 1 else f"{across} places spread over every cell"
    out = [
        f"Coordinate system: {result.tables['system']}. For {places} the pixel that shows it was found by "
        f"{result.tables['way']}; values are means of the four nearest pixels, weighted by nearness and without the "
        "missing ones. A cell with less than half of its weight is missing.",
    ]
    if result.tables["kind"] == WRAPPED:
        out.append("Wrapped phases were averaged as complex numbers, with their magnitude where it is known.")
    if result.tables["kind"] == UNWRAPPED:
        out.append(
            "Where neighbouring unwrapped phases differ by more than half a cycle, as between parts that were "
            "unwrapped apart, the nearest pixel was taken, not a mean of both."
        )
    return out
