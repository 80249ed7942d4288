"""Limits for differential settlement: as a rate over a base, and as an angular distortion over years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .chainage import Float64


@dataclass(frozen=True)
class SettlementLimit:
    """What neighbouring places of the track may differ.

    differential : [mm/yr] over `base` [m], such as 1 mm/yr over 20 m. distortion : N of an angular distortion of
    1 : N (500 is the limit for buildings of Skempton and MacDonald 1956; railways ask for 1000), reached when the rate
    goes on for `years`. None where a limit is not set.
    """

    differential: float | None = None
    base: float = 20.0
    distortion: float | None = None
    years: float = 10.0

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        for name, value, unit in (
            ("DIFFERENTIAL_LIMIT", self.differential, "a rate above 0 mm/yr"),
            ("DIFFERENTIAL_BASE", self.base, "a length above 0 m"),
            ("DISTORTION_LIMIT", self.distortion, "a number above 0, such as 1000 for 1:1000"),
            ("DISTORTION_YEARS", self.years, "a number of years above 0"),
        ):
            if value is not None and not (np.isfinite(value) and value > 0):
                raise InputError(name, value, unit)

    @property
    def given(self) -> bool:
        """Whether there is a limit at all."""
        return self.differential is not None or self.distortion is not None

    @property
    def allowed(self) -> float:
        """The stricter limit as differential settlement [mm/yr per 100 m]; inf when there is none."""
        rates = [np.inf]
        if self.differential is not None:
            rates.append(100.0 * self.differential / self.base)
        if self.distortion is not None:
            rates.append(1e5 / self.distortion / self.years)  # 1:N over 100 m is 1e5 / N mm
        return float(min(rates))

    def describe(self) -> str:
        """For people, such as '1 mm/yr over 20 m; 1:1000 in 10 years'."""
        texts = []
        if self.differential is not None:
            texts.append(f"{self.differential:g} mm/yr over {self.base:g} m")
        if self.distortion is not None:
            texts.append(f"1:{self.distortion:g} in {self.years:g} years")
        return "; ".join(texts)


NO_LIMIT = SettlementLimit()


def over_limit(differential: Float64, limit: SettlementLimit) -> NDArray[np.bool_]:
    """Joints (bins,) whose differential settlement [mm/yr per 100 m] passes the stricter limit; False without data."""
    return np.nan_to_num(np.abs(differential)) > limit.allowed * (1.0 + 1e-9)


def years_to_distortion(distortion_rate: Float64, ratio: float) -> Float64:
    """Years until the rate of angular distortion (bins,) [urad/yr] makes 1 : ratio; NaN without data or motion."""
    with np.errstate(divide="ignore"):
        years = 1e6 / ratio / distortion_rate
    return np.where(np.isfinite(years), years, np.nan)


def stretches(over: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of joints over the limit as (first, last), both included."""
    hit = np.flatnonzero(over)
    if not len(hit):
        return []
    groups = np.split(hit, np.flatnonzero(np.diff(hit) > 1) + 1)
    return [(int(group[0]), int(group[-1])) for group in groups]
