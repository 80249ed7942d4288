"""East and up from several lines of sight, with the north motion taken as zero.

Per cell and track d_k = e_k east + n_k north + u_k up. Near-polar orbits see next to nothing of north, so north = 0 and
weighted least squares gives (east, up) with covariance (A^T W A)^-1, A = [e_k u_k], W = diag(1 / s_k^2) (Wright et al.
2004, doi:10.1029/2003GL018827). North motion that there is adds (A^T W A)^-1 A^T W n per unit to the result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class EastUp:
    """Arrays (m,): motion in the unit of the values, its standard deviation and the correlation of both errors.

    condition : condition number of A, 1.3 for ascending and descending tracks at 39 degrees, infinite where all
    tracks look alike. tracks : how many see the cell. east_per_north, up_per_north : error for one unit of north
    motion. misfit : root of the weighted sum of squared residuals per redundant track, 1 when the stated errors are
    right, NaN with two tracks. Where fewer than two tracks see a cell all is NaN.
    """

    east: Float64
    up: Float64
    east_std: Float64
    up_std: Float64
    correlation: Float64
    condition: Float64
    tracks: NDArray[np.int64]
    east_per_north: Float64
    up_per_north: Float64
    misfit: Float64


def solve(value: Float64, std: Float64, los: Float64) -> EastUp:
    """Solve every cell at once.

    value, std : (K, m) of K tracks, NaN where a track does not see the cell. los : (K, m, 3) unit vectors.
    """
    seen = np.isfinite(value) & np.isfinite(std) & np.isfinite(los).all(axis=2)
    weight = np.where(seen, 1.0 / np.where(seen, std, 1.0) ** 2, 0.0)
    e, n, u = (np.where(seen, los[..., axis], 0.0) for axis in range(3))
    v = np.where(seen, value, 0.0)
    tracks = seen.sum(axis=0)
    condition = _condition((e * e).sum(axis=0), (e * u).sum(axis=0), (u * u).sum(axis=0))
    solvable = (tracks >= 2) & np.isfinite(condition)
    condition = np.where(tracks >= 2, condition, np.nan)
    ee, eu, uu = ((weight * a * b).sum(axis=0) for a, b in ((e, e), (e, u), (u, u)))
    determinant = np.where(solvable, ee * uu - eu * eu, np.nan)

    def inverse(right: Float64) -> tuple[Float64, Float64]:
        """(A^T W A)^-1 A^T W applied to one value per track."""
        first, second = (weight * e * right).sum(axis=0), (weight * u * right).sum(axis=0)
        return (uu * first - eu * second) / determinant, (ee * second - eu * first) / determinant

    east, up = inverse(v)
    east_north, up_north = inverse(n)
    residual = np.where(seen, v - e * east - u * up, 0.0)
    spare = np.where(tracks > 2, tracks - 2, np.nan)
    return EastUp(
        east,
        up,
        np.sqrt(uu / determinant),
        np.sqrt(ee / determinant),
        -eu / np.sqrt(ee * uu) + 0.0 * determinant,
        condition,
        tracks.astype(np.int64),
        east_north,
        up_north,
        np.sqrt((weight * residual**2).sum(axis=0) / spare),
    )


def _condition(ee: Float64, eu: Float64, uu: Float64) -> Float64:
    """Condition number of A from A^T A; infinite where it is singular to working precision."""
    trace = ee + uu
    root = np.sqrt((ee - uu) ** 2 + 4.0 * eu * eu)
    largest = 0.5 * (trace + root)
    # The small eigenvalue by the determinant: the difference trace - root would lose its digits.
    smallest = (ee * uu - eu * eu) / np.where(largest > 0, largest, 1.0)
    singular = smallest <= 1e-12 * largest
    return np.where(singular, np.inf, np.sqrt(largest / np.where(singular, 1.0, smallest)))
