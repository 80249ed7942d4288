"""Takes the phase of the path difference out of a resampled secondary: flat earth and topography."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .carrier import Complex64, Float64, phasors


def flatten(image: Complex64, difference: Float64, wavelength: float) -> Complex64:
    """The image times exp(+j 4 pi dR / lambda); complex64.

    image : resampled secondary, whose phase is -4 pi R_secondary / lambda. difference : dR = R_secondary - R_reference
    [m], float64, of the same shape. wavelength [m]. A pair reference x conj(flattened) keeps what the geometry
    does not explain. Methods, section 2.
    """
    if image.shape != difference.shape:
        raise ValueError(f"image {image.shape} and range difference {difference.shape} differ in shape")
    phasor: NDArray[np.complex64] = np.empty(image.shape, np.complex64)
    phasor.real, phasor.imag = phasors(np.asarray(difference, np.float64) * (2.0 / wavelength))
    phasor *= image
    return phasor
