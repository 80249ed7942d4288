"""Boundaries, areas and events through time."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from groundline_tests.mine import metric_grid, wkt

from groundline.core.mining.funnel_areas import Funnels
from groundline.core.mining.funnel_tracking import follow
from groundline.core.mining.subsidence import row_areas
from groundline.core.stack import Grid
from groundline.core.vector import VectorInput

DAYS = [date(2016, 7, 3) + timedelta(days=12 * n) for n in range(4)]


def test_areas_appear_grow_merge_and_separate() -> None:
    labels = np.array([[1, 1, 1, 2, 2, 2]], np.int32)
    maps = np.zeros((4, 1, 6))
    maps[1, 0, 0] = 0.13  # funnel 1 appears
    maps[2, 0, 1:5] = 0.13  # 2 appears and they touch
    maps[3, 0, [1, 4]] = 0.13  # and part again
    grid = metric_grid(1, 6)
    track = follow(list(zip(DAYS, maps)), Funnels(labels, (1, 2)), grid, row_areas(grid), 0.12)
    np.testing.assert_allclose(track.area, [[0, 0], [100, 0], [200, 200], [100, 100]])
    assert [(e.date, e.kind, e.funnels) for e in track.events] == [
        (DAYS[1], "appears", (1,)),
        (DAYS[2], "appears", (2,)),
        (DAYS[2], "merges", (1, 2)),
        (DAYS[3], "separates", (1, 2)),
    ]
    np.testing.assert_array_equal(track.group, [[0, 0], [1, 0], [1, 1], [1, 2]])
    assert [(b.funnel, b.number) for b in track.boundaries] == [(1, 1), (1, 2), (2, 2), (1, 3), (2, 3)]


def test_boundary_of_the_paper_s_funnel_counts_its_pixels() -> None:
    # 10 and 90 pixels of 9.022 m x 7.368 m: 664.7 and 5982.7 m2, as the growth of funnel A5 in Xing et al.
    grid = Grid(12, 12, (500_000.0, 9.022, 0.0, 3_280_000.0, 0.0, -7.368), wkt(32649))
    maps = np.zeros((2, 12, 12))
    maps[0].ravel()[:10] = 0.121
    maps[1].ravel()[:90] = 0.121
    track = follow(
        list(zip(DAYS, maps)), Funnels(np.ones((12, 12), np.int32), (1,)), grid, row_areas(grid), 0.12
    )
    assert track.area[:, 0] == pytest.approx([664.7, 5982.7], abs=0.1)


def test_outlines_hold_exactly_the_ground_beyond_the_boundary() -> None:
    grid = metric_grid(20, 30)
    s = np.random.default_rng(2).uniform(0.0, 0.2, (20, 30))
    s[3, 4] = np.nan
    labels = np.ones((20, 30), np.int32)
    labels[:, 15:] = 2
    track = follow([(DAYS[0], s)], Funnels(labels, (1, 2)), grid, row_areas(grid), 0.12)
    for boundary in track.boundaries:
        mask = VectorInput((boundary.shape,), grid.crs).mask(grid)
        np.testing.assert_array_equal(mask, (s > 0.12) & (labels == boundary.funnel))
        assert boundary.deepest == np.nanmax(s[labels == boundary.funnel])


def test_three_funnels_that_meet_at_once_are_one_event() -> None:
    labels = np.array([[1, 2, 3]], np.int32)
    maps = np.full((2, 1, 3), 0.2)
    maps[0, 0, 1] = 0.0
    grid = metric_grid(1, 3)
    track = follow(list(zip(DAYS, maps)), Funnels(labels, (1, 2, 3)), grid, row_areas(grid), 0.12)
    assert [e.funnels for e in track.events if e.kind == "merges"] == [(1, 2, 3)]
