"""Checks that the kernels of filtering share."""

from __future__ import annotations

import numpy as np

from ..errors import InputError


def check_minimum(minimum: int) -> None:
    """Raise InputError for a count of neighbours that cannot be a threshold."""
    if minimum < 0:
        raise InputError("Minimum count", minimum, "0 or more", "The default is 18")


def check_grid(name: str, image: np.ndarray, shape: tuple[int, ...], of: str = "amplitudes") -> None:
    """Raise InputError when an image does not have the shape (rows, columns) of another."""
    if image.shape != shape:
        raise InputError(
            name,
            " x ".join(str(size) for size in image.shape),
            f"{' x '.join(str(size) for size in shape)} (rows x columns), the grid of the {of}",
            "Resample one to the grid of the other",
        )


def check_complex(interferogram: np.ndarray) -> None:
    """Raise InputError for an interferogram of phases or amplitudes instead of complex values."""
    if not np.iscomplexobj(interferogram):
        raise InputError(
            "Interferogram",
            str(interferogram.dtype),
            "complex values",
            "Phases in radians become exp(i phase) first",
        )
