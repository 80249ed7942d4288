"""Profile, zones and cross-sections as layers, tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from osgeo import ogr

from .. import atomic, vectorfile
from .. import crs as coordinates
from .chainage import Alignment, Float64
from .crosssection import CrossSection
from .profile import Profile

Columns = dict[str, tuple[type, list[Any]]]


def write_profile(
    path: Path, profiles: Sequence[Profile], alignment: Alignment, crs: str, columns: Columns
) -> Path:
    """The profile as GeoPackage: each bin's piece of the line, in the line's own system."""
    spans = [
        (float(a), float(b)) for profile in profiles for a, b in zip(profile.edges[:-1], profile.edges[1:])
    ]
    shapes = _pieces(alignment, spans, crs)
    return vectorfile.write_layer(path, "profile", crs, ogr.wkbLineString, shapes, columns)


def write_zones(
    path: Path, profiles: Sequence[Profile], alignment: Alignment, crs: str, columns: Columns
) -> Path:
    """The zones as GeoPackage: each one's piece of the line, in the line's own system."""
    spans = [(zone.start, zone.stop) for profile in profiles for zone in profile.zones]
    return vectorfile.write_layer(
        path, "zones", crs, ogr.wkbLineString, _pieces(alignment, spans, crs), columns
    )


def write_sections(path: Path, sections: Sequence[CrossSection], crs: str, alignment: Alignment) -> Path:
    """The cross-sections as GeoPackage: lines from left to right, in the line's own system, without their values."""
    pieces = [section.ends for section in sections]
    columns: Columns = {"section": (int, list(range(1, len(pieces) + 1)))}
    return vectorfile.write_layer(
        path, "sections", crs, ogr.wkbLineString, _shapes(pieces, alignment.crs, crs), columns
    )


def write_csv(path: Path, columns: Columns) -> Path:
    """A table as CSV with a point as decimal sign; empty where there is no value."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(values for _, values in columns.values())))
    atomic.write_text(path, stream.getvalue())
    return path


def _pieces(alignment: Alignment, spans: list[tuple[float, float]], crs: str) -> list[bytes]:
    return _shapes([alignment.piece(a, b) for a, b in spans], alignment.crs, crs)


def _shapes(pieces: list[Float64], own: str, crs: str) -> list[bytes]:
    """WKB of lines of vertices (n, 2), transformed in one go."""
    if not pieces:
        return []
    every = np.concatenate(pieces)
    vertices = np.column_stack(coordinates.transform(every[:, 0], every[:, 1], own, crs))
    out = []
    stop = 0
    for piece in pieces:
        start, stop = stop, stop + len(piece)
        head = np.array([1], "u1").tobytes() + np.array([2, len(piece)], "<u4").tobytes()  # WKB line string
        out.append(head + vertices[start:stop].astype("<f8").tobytes())
    return out
