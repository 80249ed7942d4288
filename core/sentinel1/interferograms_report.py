"""The HTML report of interferograms: pictures of every pair, numbers, table."""

from __future__ import annotations

from pathlib import Path

from ..metadata_sheet import metadata_sheet
from ..network.gallery import add_gallery, thumbnail
from ..raster import StackReader
from ..report import Report
from ..result import Result
from ..stack import Stack
from .interferograms_pictures import picture, view_of


def write_report(path: Path, folder: Path, stack: Stack, result: Result) -> Path:
    """Write the report of the stack in a folder; every number in it is in result.json too."""
    report = Report("Interferograms", f"{len(stack.pairs)} interferogram(s) of {len(stack.dates)} images")
    report.warnings(result.warnings)
    report.heading("Pictures of the pairs")
    reader = StackReader(folder, stack)
    view = view_of(reader, stack)
    report.paragraph(
        f"Left: phase, averaged over {view.taken} x {view.columns} pixels, relative to its mean; one cycle of colours "
        "is half a wavelength of line-of-sight motion. Right: coherence, with its mean above. By date of the earlier "
        "image, in radar coordinates, turned so that north is about up. Drop pairs without fringes to follow, and "
        "all pairs of dates that look disturbed: mark them as excluded in a copy of network.csv, give it to 'network' "
        "as EDITS with this folder as INPUT, and go on from there: nothing is computed again. The model takes it as "
        "EDITS, and makes the others anew."
    )
    add_gallery(report, [thumbnail(pair, picture(reader, pair, view)) for pair in stack.pairs])
    reader.close()
    report.heading("Numbers")
    report.numbers(result)
    report.paragraph(
        "Coherence is estimated over a window and is biased: where there is none, it is about sqrt(pi / (4 L)) for L "
        "independent pixels in the window, some four in ten of all in a Sentinel-1 image."
    )
    report.heading("Interferograms")
    report.table(
        ("Interferogram", "Days", "Bperp [m]", "Mean coherence"),
        [tuple(row.values()) for row in result.tables["pairs"]],
    )
    report.heading("Data")
    report.table(("Property", "Value"), metadata_sheet(stack))
    return report.write(path)
