"""What the user says to the corrections."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import InputError
from ...finished import describe_vector
from ...vector import VectorInput
from ..masking import Mask, describe_mask
from ..params import check_folders

HEIGHTS = ("none", "linear")
TRENDS = ("keep", "remove")
MISSING = ("refuse", "exclude")
DEGREES = (0, 1, 2)


@dataclass(frozen=True)
class DerampParams:
    """Parameters of the removal of ramps and of stratified delay.

    input : stack of unwrapped interferograms, or displacement folder. output : folder for the same, corrected.
    degree : 0 none, 1 plane, 2 with all quadratic terms. height : none, or linear for a delay linear in height.
    dem : raster of heights [m] on the grid; None takes that of the stack.
    mask : where the fit may look (raster, 0 = not; or polygons, inside = yes). exclude : polygons where it may not.
    find_moving : leave ground that moves out of the fit, as the rasters themselves show it.
    trend : keep or remove the part of the ramps that grows steadily with time and cannot be told from motion.
    """

    input: str | Path
    output: str | Path
    degree: int = 1
    height: str = "none"
    dem: str | Path | None = None
    mask: Mask | None = None
    exclude: VectorInput | None = None
    find_moving: bool = True
    trend: str = "keep"

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        if self.degree not in DEGREES:
            raise InputError("DEGREE", self.degree, "0 (no ramp), 1 (plane) or 2 (with quadratic terms)")
        _check_choice("HEIGHT", self.height, HEIGHTS)
        _check_choice("TREND", self.trend, TRENDS)
        if self.degree == 0 and self.height == "none":
            raise InputError(
                "DEGREE", 0, "1 or 2, or 0 together with HEIGHT = linear", "There would be nothing to fit"
            )
        if self.dem is not None and self.height == "none":
            raise InputError(
                "DEM", str(self.dem), "a DEM together with HEIGHT = linear", "Set HEIGHT, or empty DEM"
            )
        check_folders(self.input, self.output, "deramp")

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON, without the output folder."""
        return {
            "input": absolute(self.input),
            "degree": self.degree,
            "height": self.height,
            "dem": None if self.dem is None else absolute(self.dem),
            "mask": describe_mask(self.mask),
            "exclude": describe_vector(self.exclude),
            "find_moving": self.find_moving,
            "trend": self.trend,
        }


@dataclass(frozen=True)
class GacosParams:
    """Parameters of the correction with zenith delays.

    input : geocoded stack of unwrapped interferograms, or displacement folder. output : folder for the same, corrected.
    delays : folder with YYYYMMDD.ztd and .ztd.rsc, or YYYYMMDD.ztd.tif.
    missing : refuse dates without a delay, or exclude their interferograms.
    """

    input: str | Path
    output: str | Path
    delays: str | Path
    missing: str = "refuse"

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        _check_choice("MISSING", self.missing, MISSING)
        if not str(self.delays) or not Path(self.delays).expanduser().is_dir():
            raise InputError("DELAYS", str(self.delays) or "nothing", "an existing folder with GACOS files")
        check_folders(self.input, self.output, "gacos")

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON, without the output folder."""
        return {"input": absolute(self.input), "delays": absolute(self.delays), "missing": self.missing}


PRESETS = {"standard": (1500.0, 90.0), "stamps": (100.0, 365.0)}  # standard deviations: m, days


@dataclass(frozen=True)
class ApsParams:
    """Parameters of the space-time filter.

    input : displacement folder. output : folder for the same, filtered.
    preset : standard (1500 m, 90 d) or stamps (100 m, 365 d, the defaults of StaMPS).
    radius [m], days : standard deviations of the Gaussians in space and in time; None takes the preset's.
    """

    input: str | Path
    output: str | Path
    preset: str = "standard"
    radius: float | None = None
    days: float | None = None

    @property
    def space(self) -> float:
        """Standard deviation in space [m]."""
        return PRESETS[self.preset][0] if self.radius is None else self.radius

    @property
    def time(self) -> float:
        """Standard deviation in time [days]."""
        return PRESETS[self.preset][1] if self.days is None else self.days

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        _check_choice("PRESET", self.preset, tuple(PRESETS))
        for name, value, unit in (("RADIUS", self.space, "metres"), ("DAYS", self.time, "days")):
            if not (math.isfinite(value) and value > 0):
                raise InputError(name, value, f"a number of {unit} above zero")
        check_folders(self.input, self.output, "aps")

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON, without the output folder."""
        return {"input": absolute(self.input), "preset": self.preset, "radius": self.space, "days": self.time}


def absolute(path: str | Path) -> str:
    """A path as it stands in result.json."""
    return Path(path).expanduser().absolute().as_posix()


def _check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InputError(name, value, " or ".join(allowed))
