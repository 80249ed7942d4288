"""A velocity raster as an input: rates in mm/yr and the line of sight that belongs to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import los, manifest, raster
from .component import check_incidence
from .errors import InputError
from .raster import Window
from .stack import Grid

# Units that a raster may declare, and what makes mm/yr of them.
_UNITS = {"mm": 1.0, "cm": 10.0, "m": 1000.0}
_YEARS = ("yr", "y", "a", "year")

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class RasterFile:
    """A velocity raster to be read when the run starts; `name` is for people."""

    path: str
    name: str = ""


@dataclass(frozen=True)
class RateRaster:
    """A raster of rates; `reader` is of the stack.json beside it when that knows the incidence on the same grid.

    factor makes mm/yr of the stored numbers. constant : incidence [deg] where the stack has none.
    angle : where the incidence comes from, for people. unit_assumed : the file does not state a unit.
    """

    path: Path
    grid: Grid
    factor: float
    unit_assumed: bool
    constant: float | None = None
    reader: raster.StackReader | None = None
    angle: str = "not needed"

    def rate(self, window: Window) -> Float64:
        """Stored rate [mm/yr], shape of the window, NaN where missing."""
        dataset = raster.open_dataset(self.path, field="RASTER")
        return raster.read_band(dataset, 1, window, self.path).astype(np.float64) * self.factor

    def incidence(self, window: Window) -> Float64:
        """Incidence [deg], shape of the window, NaN where unknown."""
        angle = np.full((window.height, window.width), np.nan)
        if self.reader is not None:
            angle = np.degrees(los.incidence(self.reader.stack, self.reader, window).astype(np.float64))
        if self.constant is not None:
            angle[~np.isfinite(angle)] = self.constant
        check_incidence(angle, self.path.name)
        return angle


def open_rates(path: str | Path, field: str = "RASTER") -> RateRaster:
    """Grid and unit of a velocity raster; InputError without a coordinate system or with another unit."""
    path = Path(path)
    dataset = raster.open_dataset(path, field=field)
    grid = raster.grid_of(dataset)
    if not grid.crs:
        raise InputError(field, path.name, "a raster with a coordinate system", "Geocode it, or assign a CRS")
    unit = (dataset.GetRasterBand(1).GetUnitType() or "").strip()
    return RateRaster(path, grid, _factor(unit, path, field), not unit)


def with_incidence(
    rates: RateRaster, constant: float | None, field: str = "INCIDENCE", remedy: str = "or choose the component los"
) -> RateRaster:
    """The same raster with its incidence: from the stack.json beside it, else the constant [deg]; refused without."""
    known = with_known_angles(rates, constant, field)
    if known.reader is None and constant is None:
        raise no_incidence(rates.path, field, remedy)
    return known


def with_known_angles(rates: RateRaster, constant: float | None = None, field: str = "INCIDENCE") -> RateRaster:
    """The same raster with the angles that the stack.json beside it or the constant [deg] gives, if any."""
    folder = rates.path.absolute().parent
    if (folder / manifest.NAME).is_file():
        stack = manifest.load(folder, field)
        if los.has_incidence(stack) and stack.grid.shape == rates.grid.shape:
            per_pixel = {"incidence", "los_up", "los_elevation"} & set(stack.geometry)
            text = "per pixel" if per_pixel else f"{los.constant_incidence(stack):g} deg, the scene's"
            reader = raster.StackReader(folder, stack)
            return replace(rates, constant=constant, reader=reader, angle=text)
    return rates if constant is None else replace(rates, constant=constant, angle=f"{constant:g} deg")


def no_incidence(
    path: Path, field: str = "INCIDENCE", remedy: str = "or choose the component los"
) -> InputError:
    """The error for a raster whose incidence nobody knows."""
    return InputError(
        field,
        f"unknown for {path.name}",
        f"a raster in a displacement folder with an incidence, or a value of {field}",
        f"Give {field} (0 if the rates are vertical already), {remedy}",
    )


def _factor(unit: str, path: Path, field: str) -> float:
    """What makes mm/yr of the declared unit; none declared means mm/yr."""
    text = unit.strip().lower().replace(" ", "").replace("per", "/")
    if not text:
        return 1.0
    length, _, time = text.partition("/")
    if length in _UNITS and time in _YEARS:
        return _UNITS[length]
    raise InputError(
        field,
        f"{path.name} in {unit}",
        "a velocity raster in mm/yr",
        "Choose the velocity, not a displacement",
    )
