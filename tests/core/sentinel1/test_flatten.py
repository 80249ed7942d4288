"""Flattening: the sign and size of the phase taken out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundline.core.sentinel1.flatten import flatten


def test_a_quarter_wavelength_farther_is_half_a_cycle() -> None:
    image = np.array([[1.0, 1.0j, 2.0]], np.complex64)
    flat = flatten(image, np.array([[0.0, 0.25 * 0.055, 0.125 * 0.055]]), 0.055)
    np.testing.assert_allclose(flat, [[1.0, -1.0j, 2.0j]], atol=1e-6)


def test_what_the_geometry_explains_disappears() -> None:
    """Images exp(-j 4 pi R / lambda) of ranges that differ by metres flatten to the reference's, to 1e-4 rad."""
    wavelength = 0.0554658
    reference = 800_000.0 + np.linspace(0.0, 5000.0, 60).reshape(4, 15)
    difference = np.linspace(-80.0, 120.0, 60).reshape(4, 15)
    first, second = (
        np.exp(-4j * math.pi * (ranges - 800_000.0) / wavelength).astype(np.complex64)
        for ranges in (reference, reference + difference)
    )
    pair = first * flatten(second, difference, wavelength).conj()
    assert np.abs(np.angle(pair)).max() < 1e-4


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in shape"):
        flatten(np.ones((2, 3), np.complex64), np.zeros((3, 2)), 0.055)
