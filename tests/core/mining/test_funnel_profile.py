"""Profiles across funnels: samples, peaks, stable ground and solution area."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from groundline_tests.mine import EAST, NORTH, metric_grid, write_subsidence
from osgeo import ogr

from groundline.core.errors import InputError
from groundline.core.mining.funnel_profile import peaks_of, profile_along, sections_of
from groundline.core.mining.subsidence import open_series
from groundline.core.vector import VectorInput

GRID = metric_grid(9, 30)
DAYS = [date(2015, 6, 15), date(2016, 4, 22)]


def line(*vertices: tuple[float, float]) -> VectorInput:
    text = ",".join(f"{EAST + x} {NORTH + y}" for x, y in vertices)
    return VectorInput(
        (bytes(ogr.CreateGeometryFromWkt(f"LINESTRING({text})").ExportToWkb()),), GRID.crs, name="AA'"
    )


def test_the_profile_of_the_paper_stable_to_the_8th_pixel_with_three_peaks(tmp_path) -> None:
    # Xing et al., figure 17: stable to pixel 8, solution from 9 to 30, peaks of 256, 204 and 109 mm
    x = np.arange(30)
    s = np.zeros((2, 9, 30))
    for place, depth in ((12, 0.256), (19, 0.204), (26, 0.109)):
        s[1] = np.maximum(s[1], depth * np.exp(-((x - place) ** 2) / 8.0))
    s[1, :, :8] = 0.001
    s[1, :, 8:] += 0.012
    series = open_series(write_subsidence(tmp_path / "d", s, DAYS, GRID))
    found = profile_along(series, line((1, -45), (299, -45)), 1, 0.010, 0.020)
    assert len(found.distance) == 30
    np.testing.assert_allclose(found.s[1], s[1, 4], atol=1e-8)
    assert [(p.kind, p.first, p.last) for p in found.sections] == [("stable", 1, 8), ("solution", 9, 30)]
    assert [round(p.subsidence * 1000) for p in found.peaks] == [268, 216, 121]
    assert [p.sample for p in found.peaks] == [13, 20, 27]
    assert found.peaks[0].distance == pytest.approx(124.0, abs=3.0)


def test_peaks_at_the_ends_count_and_ripples_do_not() -> None:
    distance = np.arange(7) * 10.0
    s = np.array([0.10, 0.05, 0.052, 0.05, np.nan, 0.06, 0.08])
    assert [(p.sample, p.subsidence) for p in peaks_of(distance, s, 0.01)] == [(1, 0.10), (7, 0.08)]
    assert len(peaks_of(distance, s, 0.001)) == 3
    assert peaks_of(distance, np.full(7, np.nan), 0.01) == ()


def test_sections_bridge_unknown_samples() -> None:
    distance = np.arange(5) * 10.0
    found = sections_of(distance, np.array([0.0, np.nan, 0.2, np.nan, 0.0]), 0.1)
    assert [(p.kind, p.first, p.last) for p in found] == [
        ("stable", 1, 2),
        ("solution", 3, 4),
        ("stable", 5, 5),
    ]


def test_a_line_beside_the_data_is_refused(tmp_path) -> None:
    series = open_series(write_subsidence(tmp_path / "d", np.zeros((2, 9, 30)), DAYS, GRID))
    with pytest.raises(InputError, match="PROFILE"):
        profile_along(series, line((1000, 1000), (2000, 1000)), 1, 0.01, 0.02)
