"""Brine and dissolution cavity from subsided volume: the equations, with every unit.

Source: Xing et al., quantitative prediction for deformation and brine extraction with the WSK InSAR model, eq. 1 and
10-13; the cavity is a slot with half-round ends (top view), Ls between the wells and d across.

    V  = sum of S F0                         [m3]     subsided volume, F0 the ground area of a pixel [m2]
    Q  = density V                           [t]      brine; the paper takes 1 m3 as 1 t
    Ty = g Q                                 [t]      product in the brine
    F  = Ty / (H G E) = pi d^2 / 4 + Ls d    [m2]     dissolution area: m2 = t / (m x t/m3 x 1)
    d  = (-Ls + sqrt(Ls^2 + pi F)) / (pi/2)  [m]      diameter of the dissolution channel

The second route takes F as the area of all subsiding pixels and reads the same equations backwards: Ty = F H G E.
The two agree only where S density g = H G E, that is, where the ground has sunk by the thickness of salt dissolved.
The grade E is a fraction (the paper prints 0.52 t/m3 and computes with 0.52).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Deposit:
    """What is known of the seam, the ore and the wells; the defaults are those of the Xinhua mine.

    thickness : of the mined seam, H [m]. ore_weight : of the ore in place, G [t/m3]. grade : of the ore, E
    [fraction]. content : of the product in the brine, g [fraction]. well_spacing : between the wells of a group,
    Ls [m]. density : of the brine that one m3 of subsidence stands for [t/m3].
    """

    thickness: float = 3.0
    ore_weight: float = 2.15
    grade: float = 0.52
    content: float = 0.80
    well_spacing: float = 56.4
    density: float = 1.0

    def validate(self) -> None:
        """Refuse values outside their range, by name."""
        for name, label, unit in (
            ("thickness", "THICKNESS", "m"),
            ("ore_weight", "ORE_WEIGHT", "t/m3"),
            ("density", "DENSITY", "t/m3"),
        ):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise InputError(label, f"{value:g} {unit}", f"more than 0 {unit}")
        for name, label in (("grade", "GRADE"), ("content", "CONTENT")):
            value = getattr(self, name)
            if not 0 < value <= 1:
                raise InputError(label, f"{value:g}", "a fraction above 0 and at most 1", "Write 80 % as 0.8")
        if not (math.isfinite(self.well_spacing) and self.well_spacing >= 0):
            raise InputError("WELL_SPACING", f"{self.well_spacing:g} m", "0 m or more")

    def sheet(self) -> list[tuple[str, float, str]]:
        """(what, value, unit) of every quantity, as reports show them."""
        return [
            ("Thickness of the seam H", self.thickness, "m"),
            ("Ore weight G", self.ore_weight, "t/m³"),
            ("Grade of the ore E", self.grade, "fraction"),
            ("Content of the product in the brine g", self.content, "fraction"),
            ("Distance of the wells Ls", self.well_spacing, "m"),
            ("Density of the brine", self.density, "t/m³"),
        ]

    @property
    def mass_per_area(self) -> float:
        """H G E [t/m2]: salt in the seam below one square metre."""
        return self.thickness * self.ore_weight * self.grade

    @property
    def full_subsidence(self) -> float:
        """Subsidence [m] at which the two routes agree: H G E / (density g)."""
        return self.mass_per_area / (self.density * self.content)


PRESETS = {"xinhua": Deposit(thickness=3.0), "huaian": Deposit(thickness=5.0)}


def brine_mass(volume: Any, deposit: Deposit) -> Float64:
    """Q [t] of a subsided volume [m3], any shape: Q = density V."""
    return np.asarray(volume, np.float64) * deposit.density


def product_mass(brine: Any, deposit: Deposit) -> Float64:
    """Ty [t] in a mass of brine Q [t], any shape: Ty = g Q (eq. 11)."""
    return np.asarray(brine, np.float64) * deposit.content


def dissolution_area(product: Any, deposit: Deposit) -> Float64:
    """F [m2] from which a product Ty [t] came, any shape: F = Ty / (H G E) (eq. 10)."""
    return np.asarray(product, np.float64) / deposit.mass_per_area


def product_of_area(area: Any, deposit: Deposit) -> Float64:
    """Ty [t] below a dissolution area F [m2], any shape: Ty = F H G E (eq. 10)."""
    return np.asarray(area, np.float64) * deposit.mass_per_area


def channel_diameter(area: Any, well_spacing: float) -> Float64:
    """d [m] of the channel with the dissolution area F [m2], any shape: the root of pi d^2 / 4 + Ls d = F (eq. 12).

    Written as 2 F / (Ls + sqrt(Ls^2 + pi F)), which loses no digits for small F. 0 where F <= 0.
    """
    positive = np.maximum(np.asarray(area, np.float64), 0.0)
    root = np.sqrt(well_spacing**2 + math.pi * positive)
    return np.divide(2.0 * positive, well_spacing + root, out=np.zeros_like(positive), where=positive > 0)


def diameter_std(area_std: Any, diameter: Any, well_spacing: float) -> Float64:
    """Standard deviation of d [m] from that of F [m2]: sigma_F / (pi d / 2 + Ls); NaN where that is 0/0."""
    slope = 0.5 * math.pi * np.asarray(diameter, np.float64) + well_spacing
    return np.asarray(area_std, np.float64) / np.where(slope > 0, slope, np.nan)


def amount_between(years: Float64, total: Float64, start: float, stop: float) -> float | None:
    """Increase of a running total (N,) between two times, linear between its dates (N,) in the same unit.

    None where the times lie outside the record.
    """
    if start < years[0] or stop > years[-1]:
        return None
    before, after = np.interp([start, stop], years, total)
    return float(after - before)
