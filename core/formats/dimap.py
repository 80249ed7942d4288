"""BEAM-DIMAP, SNAP's own format: a `.dim` (XML) that describes the ENVI rasters of its `.data` folder.

Layout as SNAP writes it (snap-engine, DimapProductConstants): Spectral_Band_Info and Data_File share a
BAND_INDEX; IMAGE_TO_MODEL_TRANSFORM holds scale x, shear y, shear x, scale y, x, y of the first pixel's corner,
in the system of Coordinate_Reference_System/WKT, and is absent in radar geometry; Abstracted_Metadata holds the
product's attributes, where 99999 means none; its element Baselines holds "Perp Baseline" under
Ref_<date>/Secondary_<date> (older: Slave_<date>).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from ..crs import parse
from ..errors import InputError
from ..stack import Grid
from ..xmltree import Element, parse_xml
from .listing import number

_DATE = re.compile(r"(?<!\d)(\d{2})([A-Za-z]{3})(\d{4})(?!\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NO_VALUE = 99999.0


@dataclass(frozen=True)
class Band:
    """A band with a file: `value = factor * stored + offset` (`logarithmic`: its power of ten).

    `missing` is its no-data value where used.
    """

    name: str
    path: Path
    factor: float
    offset: float
    missing: tuple[float, ...]
    logarithmic: bool


@dataclass(frozen=True)
class DimapProduct:
    """What we use of a `.dim`. `grid` has a CRS when the product is map-projected.

    `attributes` of Abstracted_Metadata; `baselines` [m, SNAP's sign] by (reference, secondary).
    """

    path: Path
    grid: Grid
    bands: tuple[Band, ...]
    attributes: dict[str, str]
    baselines: dict[tuple[date, date], float]

    def value(self, name: str) -> float | None:
        """A number of the attributes; None when it is absent or SNAP's mark for none."""
        found = number(self.attributes.get(name))
        return None if found is None or found == _NO_VALUE else found


def band_dates(name: str) -> tuple[date, ...]:
    """The dates ddMMMyyyy of a band's name, in the order written."""
    out = []
    for day, month, year in _DATE.findall(name):
        if month.lower() in _MONTHS:
            try:
                out.append(date(int(year), _MONTHS.index(month.lower()) + 1, int(day)))
            except ValueError:
                continue
    return tuple(out)


def read_dimap(path: Path) -> DimapProduct:
    """Parse a `.dim`; InputError names what is wrong with it."""
    root = parse_xml(path, "DIMAP file")
    size = next(root.named("Raster_Dimensions"), Element(""))
    width, height = number(size.child_text("NCOLS")), number(size.child_text("NROWS"))
    if root.name != "Dimap_Document" or width is None or height is None:
        raise InputError(
            "DIMAP file", str(path), "a SNAP product with its raster dimensions", "Save it in SNAP again"
        )
    transform, crs = _georeference(root, path)
    abstracted = next(
        (e for e in root.named("MDElem") if e.attributes.get("name") == "Abstracted_Metadata"), Element("")
    )
    attributes = {e.attributes.get("name", ""): e.text for e in abstracted.children if e.name == "MDATTR"}
    grid = Grid(int(width), int(height), transform, crs)
    return DimapProduct(path, grid, _bands(root, path), attributes, _baselines(root))


def _georeference(root: Element, path: Path) -> tuple[tuple[float, float, float, float, float, float], str]:
    text = next((e.text for e in root.named("IMAGE_TO_MODEL_TRANSFORM")), "")
    if not text:
        return Grid(1, 1).transform, ""
    try:
        scale_x, shear_y, shear_x, scale_y, x, y = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(
            "DIMAP file",
            f"{path}: {text}",
            "six numbers in IMAGE_TO_MODEL_TRANSFORM",
            "Save it in SNAP again",
        ) from error
    wkt = next((e.text for e in root.named("WKT")), "")
    return (x, scale_x, shear_x, y, shear_y, scale_y), str(parse(wkt, f"CRS of {path}").ExportToWkt())


def _bands(root: Element, path: Path) -> tuple[Band, ...]:
    files = {}
    for element in root.named("Data_File"):
        href = next((e.attributes.get("href", "") for e in element.named("DATA_FILE_PATH")), "")
        files[element.child_text("BAND_INDEX")] = href
    out = []
    for info in root.named("Spectral_Band_Info"):
        href = files.get(info.child_text("BAND_INDEX"), "")
        if not href:  # a virtual band, calculated in SNAP
            continue
        used = info.child_text("NO_DATA_VALUE_USED").lower() == "true"
        missing = number(info.child_text("NO_DATA_VALUE")) if used else None
        factor, offset = number(info.child_text("SCALING_FACTOR")), number(info.child_text("SCALING_OFFSET"))
        out.append(
            Band(
                info.child_text("BAND_NAME"),
                _inside(path, href).with_suffix(".img"),
                1.0 if factor is None else factor,
                0.0 if offset is None else offset,
                () if missing is None else (missing,),
                info.child_text("LOG10_SCALED").lower() == "true",
            )
        )
    return tuple(out)


def _inside(path: Path, href: str) -> Path:
    """The file that a `.dim` refers to; it may not lie outside the product's folder."""
    relative = PurePosixPath(href.replace("\\", "/"))
    if relative.is_absolute() or ".." in relative.parts:
        raise InputError(
            "DIMAP file", f"{path}: {href}", "files of its own .data folder", "Save it in SNAP again"
        )
    return path.parent / relative


def _baselines(root: Element) -> dict[tuple[date, date], float]:
    out: dict[tuple[date, date], float] = {}
    groups = (e for e in root.named("MDElem") if e.attributes.get("name") == "Baselines")
    for reference in (child for group in groups for child in group.children):
        for secondary in reference.children:
            dates = band_dates(
                f"{reference.attributes.get('name', '')} {secondary.attributes.get('name', '')}"
            )
            value = next(
                (number(e.text) for e in secondary.children if e.attributes.get("name") == "Perp Baseline"),
                None,
            )
            if len(dates) == 2 and dates[0] != dates[1] and value is not None:
                out[dates[0], dates[1]] = value
    return out
