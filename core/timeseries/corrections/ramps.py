"""Ramps and height-dependent delay of one raster at a time, fitted robustly.

Columns of the design are polynomial terms of image position, and height. Positions run from -1 to 1 along the
longer side of the grid, heights are in kilometres. A constant is fitted beside them and never removed: every
interferogram has an arbitrary one, which the reference takes away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...stack import Grid

Float64 = NDArray[np.float64]

_TERMS = (("x", 1, 0), ("y", 0, 1), ("x²", 2, 0), ("xy", 1, 1), ("y²", 0, 2))
_COUNT = {0: 0, 1: 2, 2: 5}  # polynomial terms of each degree, all lower ones included
HUBER = 1.345  # of the noise: 95 % efficient for Gaussian noise (Huber 1981)
ITERATIONS = 50
PIXELS_PER_TERM = 10
WORST_CONDITION = 1e6  # of the normal matrix of a design with columns of length one


@dataclass(frozen=True)
class Shape:
    """Which terms are fitted on which grid. degree : 0, 1 or 2. height : a term linear in height."""

    grid: Grid
    degree: int
    height: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the K terms."""
        polynomial = tuple(name for name, _, _ in _TERMS[: _COUNT[self.degree]])
        return (*polynomial, "height") if self.height else polynomial

    @property
    def least_pixels(self) -> int:
        """Pixels below which a fit is refused."""
        return PIXELS_PER_TERM * (len(self.names) + 1)

    def columns(
        self, rows: NDArray[np.intp], cols: NDArray[np.intp], height: NDArray[np.float32] | None
    ) -> Float64:
        """(K, P) values of the terms at P pixels; height [m] (P,), needed with a height term."""
        half = max(self.grid.width, self.grid.height) / 2.0
        x = (cols + 0.5 - self.grid.width / 2.0) / half
        y = (rows + 0.5 - self.grid.height / 2.0) / half
        out = [x**i * y**j for _, i, j in _TERMS[: _COUNT[self.degree]]]
        if self.height and height is not None:
            out.append(height.astype(np.float64) / 1000.0)
        return np.array(out)


@dataclass(frozen=True)
class Fit:
    """Coefficients (K,) of the terms, their noise [unit of the values], and the pixels that were used."""

    coefficients: Float64
    noise: float
    pixels: int


def fit(columns: Float64, values: NDArray[np.float32], shape: Shape, name: str) -> Fit:
    """Huber's M-estimate of values (P,) = constant + coefficients . columns (K, P).

    Iteratively reweighted least squares: pixels further from the fit than 1.345 times the noise (1.4826 times the
    median absolute residual) lose weight with their distance. NaN is missing. name : what the values belong to.

    Ground that moves in every interferogram at one side of the image leads this fit astray; `moving` finds it.
    Estimators that refuse such pixels by themselves (bisquare from a least-trimmed-squares start) were tried: the
    atmosphere gives each interferogram another majority, and the terms no longer close (Mexico City, degree 2:
    root mean square misclosure 1.2 mm with this, 4.9 to 15.9 mm with that).
    """
    known = np.isfinite(values) & np.isfinite(columns).all(axis=0)
    count = int(np.count_nonzero(known))
    if count < shape.least_pixels:
        raise InputError(
            "MASK",
            f"{count} pixels of {name} to fit {len(shape.names)} terms",
            f"at least {shape.least_pixels} pixels with a value where the fit may look",
            "Widen MASK or shrink EXCLUDE, lower DEGREE, or leave this interferogram out with 'network'",
        )
    centre = columns[:, known].mean(axis=1)
    design = np.vstack([np.ones(count), columns[:, known] - centre[:, None]])
    data = values[known].astype(np.float64)
    _check_condition(design, shape, name)
    weight = np.ones(count)
    solution = np.zeros(len(design))
    noise = 0.0
    for _ in range(ITERATIONS):
        weighted = design * weight
        before, solution = solution, np.linalg.solve(weighted @ design.T, weighted @ data)
        size = np.abs(data - solution @ design)
        noise = 1.4826 * float(np.median(size))
        if noise == 0.0 or np.abs(solution - before).max() < 1e-6 * noise:
            break
        weight = HUBER * noise / np.maximum(size, HUBER * noise)
    return Fit(solution[1:], noise, count)


def _check_condition(design: Float64, shape: Shape, name: str) -> None:
    """Refuse pixels that cannot tell the terms apart: on one line, at one height."""
    length = np.sqrt((design * design).sum(axis=1))
    unit = design / np.where(length > 0.0, length, 1.0)[:, None]
    if length.min() == 0.0 or np.linalg.cond(unit @ unit.T) > WORST_CONDITION:
        raise InputError(
            "MASK",
            f"pixels of {name} that cannot tell {', '.join(shape.names)} apart",
            "pixels spread over the image and, for HEIGHT, over different heights",
            "Widen MASK or shrink EXCLUDE, lower DEGREE, or set HEIGHT to none",
        )
