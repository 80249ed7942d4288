"""Parameters of `coregister`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from .. import crs
from ..errors import InputError
from ..network.edits import parse_date
from ..outputfolder import check_output
from .bursts import POLARISATIONS, SWATHS
from .geometry_dem import DemSource
from .geometry_heights import Area

ALGORITHM = "coregister"
EDGE = np.linspace(0.0, 1.0, 11)  # places across an extent that is turned into degrees


@dataclass(frozen=True)
class CoregisterParams:
    """Which images, and what they are brought onto.

    input : folder with SAFE folders or zips of one track. output : folder of the stack. dem : heights of the ground.
    orbits : folder with orbit files; empty: the annotation's orbit. reference : date (YYYY-MM-DD) whose pixels all
    others take; empty: the date in the middle. swaths : empty: those that every image holds. polarisation : of the
    images. extent, extent_crs : (x min, y min, x max, y max) and its system; only bursts that touch it are read.
    esd : estimate the azimuth misregistration.
    """

    input: str
    output: str
    dem: DemSource
    orbits: str = ""
    reference: str = ""
    swaths: tuple[str, ...] = ()
    polarisation: str = "VV"
    extent: tuple[float, float, float, float] | None = None
    extent_crs: str = ""
    esd: bool = True

    def validate(self) -> None:
        """Raise InputError for what cannot be used."""
        if not self.input or not Path(self.input).expanduser().is_dir():
            raise InputError("INPUT", self.input or "nothing", "an existing folder with Sentinel-1 images")
        check_output(self.output, ALGORITHM, self.input)
        self.dem.validate()
        if self.orbits and not Path(self.orbits).expanduser().is_dir():
            raise InputError("ORBITS", self.orbits, "an existing folder with orbit files (EOF), or nothing")
        if self.reference and self.reference_day is None:
            raise InputError("REFERENCE_DATE", self.reference, "a date as YYYY-MM-DD, or nothing")
        if not set(self.swaths) <= set(SWATHS):
            raise InputError("SWATH", ", ".join(self.swaths), ", ".join(SWATHS))
        if self.polarisation not in POLARISATIONS:
            raise InputError("POLARISATION", self.polarisation, ", ".join(POLARISATIONS))

    @property
    def reference_day(self) -> date | None:
        """The reference's date; None for the date in the middle."""
        return parse_date(self.reference)

    @property
    def area(self) -> Area | None:
        """The extent in degrees (WGS 84); None for the whole images."""
        if self.extent is None:
            return None
        west, south, east, north = self.extent
        x, y = west + EDGE * (east - west), south + EDGE * (north - south)
        columns, rows = np.meshgrid(x, y)
        lon, lat = crs.transform(columns, rows, self.extent_crs, crs.WGS84)
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    def plain(self) -> dict[str, Any]:
        """As JSON has it; everything that decides the results, without OUTPUT."""
        return {
            "input": Path(self.input).expanduser().absolute().as_posix(),
            "dem": Path(self.dem.path).expanduser().absolute().as_posix(),
            "heights": self.dem.heights,
            "undulation": self.dem.undulation,
            "orbits": Path(self.orbits).expanduser().absolute().as_posix() if self.orbits else "",
            "reference": self.reference,
            "swaths": list(self.swaths),
            "polarisation": self.polarisation,
            "extent": list(self.extent) if self.extent else None,
            "extent_crs": self.extent_crs,
            "esd": self.esd,
        }
