"""The mine surveyor's quantities: tilt, curvature, horizontal strain, damage class, bias of the vertical conversion.

Damage classes: the default limits are those of China's code for leaving pillars and mining under buildings, water
bodies, railways and main shafts (State Bureau of Coal Industry, document 81 of 2000; State Administration of Work
Safety and others, document 66 of 2017), table of damage grades of brick-concrete buildings of at most 20 m: class I up
to 2 mm/m horizontal strain, 0.2e-3/m curvature and 3 mm/m tilt; II up to 4, 0.4e-3 and 6; III up to 6, 0.6e-3 and 10;
IV beyond. The worst of the three decides. Other countries have other limits and buildings other strengths, so the
limits are parameters. 1e-3/m of curvature is 1 mm/m2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .pim_model import EAST, EXX, EXY, EYY, NORTH, WX, WXX, WXY, WY, WYY, W

LIMIT_NAMES = ("strain", "curvature", "tilt")
LIMIT_UNITS = {"strain": "mm/m", "curvature": "mm/m2", "tilt": "mm/m"}
DEFAULT_LIMITS = "strain 2 4 6; curvature 0.2 0.4 0.6; tilt 3 6 10"
EDGE = 0.010  # m: where mining practice draws the edge of the trough

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """Upper limits of the damage classes in rising order; strain and tilt [mm/m], curvature [mm/m2]."""

    strain: tuple[float, ...]
    curvature: tuple[float, ...]
    tilt: tuple[float, ...]

    @property
    def classes(self) -> int:
        """Number of classes, the open one included."""
        return len(self.strain) + 1


def parse_limits(text: str) -> Limits:
    """Limits as people write them: 'strain 2 4 6; curvature 0.2 0.4 0.6; tilt 3 6 10'."""
    found: dict[str, tuple[float, ...]] = {}
    for part in text.split(";"):
        words = part.replace(",", " ").split()
        if not words:
            continue
        try:
            values = tuple(float(word) for word in words[1:])
        except ValueError:
            values = ()
        rising = all(a < b for a, b in zip((0.0, *values), values))
        if words[0].lower() not in LIMIT_NAMES or not values or not rising or not math.isfinite(values[-1]):
            raise InputError(
                "LIMITS", part.strip(), "strain, curvature or tilt and rising numbers above 0", DEFAULT_LIMITS
            )
        found[words[0].lower()] = values
    if set(found) != set(LIMIT_NAMES) or len({len(values) for values in found.values()}) != 1:
        raise InputError(
            "LIMITS", text, "as many limits for strain, for curvature and for tilt", DEFAULT_LIMITS
        )
    return Limits(**found)


@dataclass(frozen=True)
class Deformation:
    """Per point: subsidence [m, positive down]; motion east and north [m]; tilt [mm/m], size of grad W;

    curvature [mm/m2] and strain [mm/m]: the principal one of larger size, with its sign. Curvature is positive where
    the ground bulges (hogging), strain where it is stretched. damage : see `damage_class`.
    """

    subsidence: Float64
    east: Float64
    north: Float64
    tilt: Float64
    curvature: Float64
    strain: Float64
    damage: Float64


def deformation(fields: Float64, limits: Limits) -> Deformation:
    """From the model's fields (11, points)."""
    tilt = 1e3 * np.hypot(fields[WX], fields[WY])
    curvature = 1e3 * principal(fields[WXX], fields[WXY], fields[WYY])
    strain = 1e3 * principal(fields[EXX], fields[EXY], fields[EYY])
    damage = damage_class(fields[W], strain, curvature, tilt, limits)
    return Deformation(fields[W], fields[EAST], fields[NORTH], tilt, curvature, strain, damage)


def principal(xx: Float64, xy: Float64, yy: Float64) -> Float64:
    """The eigenvalue of larger size of the symmetric tensors [[xx, xy], [xy, yy]], with its sign."""
    middle = 0.5 * (xx + yy)
    reach = np.hypot(0.5 * (xx - yy), xy)
    return np.where(middle >= 0, middle + reach, middle - reach)


def damage_class(
    subsidence: Float64, strain: Float64, curvature: Float64, tilt: Float64, limits: Limits
) -> Float64:
    """Class 1 up to the first limits, 2 up to the second ...; the worst quantity decides.

    0 where the ground sank less than 10 mm and no first limit is passed. strain, tilt [mm/m], curvature [mm/m2].
    """
    worst = np.ones(np.shape(strain))
    for values, bounds in ((strain, limits.strain), (curvature, limits.curvature), (tilt, limits.tilt)):
        size = np.abs(values)
        worst = np.maximum(worst, 1.0 + np.searchsorted(np.array(bounds), size, side="left"))
    return np.where((np.abs(subsidence) < EDGE) & (worst == 1.0), 0.0, worst)


def vertical_bias(fields: Float64, los: Float64) -> Float64:
    """Error [m] of subsidence taken as -d_los / los_up where the ground moves sideways too, (points,).

    d_los = los_e u_e + los_n u_n - los_u W, so the error is -(los_e u_e + los_n u_n) / los_u. NaN where the
    horizontal line of sight is unknown.
    """
    level = los[0] * fields[EAST] + los[1] * fields[NORTH]
    return np.asarray(-level / np.where(los[2] > 0, los[2], np.nan))


def propagated(slopes: Float64, covariance: Float64) -> Float64:
    """Standard deviation of quantities with derivatives `slopes` (parameters, ...) by a covariance, shape (...)."""
    flat = slopes.reshape(len(slopes), -1)
    variance = np.einsum("kp,kl,lp->p", flat, covariance, flat)
    return np.sqrt(np.maximum(variance, 0.0)).reshape(slopes.shape[1:])
