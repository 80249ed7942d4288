"""Scatter, residues and steps at edges, against cases by hand."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.filtering.measures import Texture, edge_sharpness, edges, texture, wrap


def wrapped(phase: np.ndarray) -> np.ndarray:
    return np.angle(np.exp(1j * phase)).astype(np.float32)


def test_a_plane_has_neither_scatter_nor_residues() -> None:
    y, x = np.mgrid[:20, :30]
    found = texture(wrapped(0.9 * x - 0.7 * y))
    assert found.deviation == pytest.approx(0.0, abs=1e-5)
    assert (found.pixels, found.loops, found.residues) == (18 * 28, 19 * 29, 0)


def test_one_pixel_of_one_radian() -> None:
    """The pixel differs by 1 from its neighbours; each of the 8 sees one of 8 neighbours differ."""
    phase = np.zeros((5, 5), np.float32)
    phase[2, 2] = 1.0
    each = np.angle(7.0 + np.exp(1j))
    assert texture(phase).deviation == pytest.approx(np.sqrt((1.0 + 8 * each**2) / 9), rel=1e-6)


def test_a_vortex_is_one_residue_and_noise_has_a_third() -> None:
    y, x = np.mgrid[:20, :20] - 9.5
    assert texture(np.arctan2(y, x).astype(np.float32)).residues == 1
    noise = np.random.default_rng(1).uniform(-np.pi, np.pi, (400, 400)).astype(np.float32)
    # Uniform phases: a third of all loops (Goldstein et al. 1988).
    assert texture(noise).density == pytest.approx(333.3, abs=5)


def test_missing_values_take_no_part() -> None:
    phase = np.zeros((6, 6), np.float32)
    phase[2, 2] = np.nan
    found = texture(phase)
    assert (found.pixels, found.loops) == (16 - 9, 25 - 4)
    assert texture(np.full((4, 4), np.nan, np.float32)).deviation is None
    assert texture(np.zeros((1, 5), np.float32)).pixels == 0
    total = found + Texture(4.0, 1, 3, 9)
    assert (total.deviation, total.density) == (pytest.approx(np.sqrt(4.0 / 8)), pytest.approx(100.0))


def test_differences_wrap() -> None:
    np.testing.assert_allclose(wrap(np.array([3.5, -3.5, 7.0])), [3.5 - 2 * np.pi, 2 * np.pi - 3.5, 7 - 2 * np.pi])


def test_edges_are_where_the_brightness_jumps() -> None:
    brightness = np.ones((10, 12), np.float32)
    brightness[:, 6:] = 5.0
    brightness[0, 0] = 0.0
    brightness[9, 11] = np.nan
    first, second = edges(brightness, 0.05)
    assert set(first % 12) == {4, 5} and set(second % 12) == {6, 7}


def test_sharpness_is_the_share_of_the_step() -> None:
    step = np.zeros((4, 6), np.float32)
    step[:, 3:] = 2.5
    first, second = np.array([1, 7, 13]), np.array([4, 10, 16])
    assert edge_sharpness(step, step, first, second) == pytest.approx(1.0)
    assert edge_sharpness(step, 0.4 * step, first, second) == pytest.approx(0.4)
    assert edge_sharpness(step, 0 * step, first, second) == pytest.approx(0.0)
    # A step that grew beyond pi by a little was not lost.
    assert edge_sharpness(step, wrapped(1.3 * step), first, second) == pytest.approx(1.3, abs=1e-5)
    assert edge_sharpness(0 * step, step, first, second) is None
