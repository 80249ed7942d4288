"""Where bursts stand in the image: by hand, and for a real image of three swaths; overlaps of its bursts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.bursts import EPOCH, burst

from groundline.core.monitor import Monitor
from groundline.core.sentinel1.bursts import Burst, Scene
from groundline.core.sentinel1.bursts_scene import group_passes, join
from groundline.core.sentinel1.coregistration_layout import layout_of
from groundline.core.sentinel1.coregistration_overlaps import overlaps_of
from groundline.core.sentinel1.safe import read_product
from groundline.core.sentinel1.safe_files import find_images


@pytest.fixture(scope="module")
def scene(shared_data: Path) -> Scene:
    product = read_product(find_images(shared_data / "s1-annotation-pair")[0])
    return join(group_passes([product])[0], [], Monitor())


def two_bursts(scene: Scene) -> tuple[Burst, Burst]:
    """Bursts of 100 lines that start 80 lines apart, valid from line 5 to 94 and sample 10 to 89."""
    first = replace(burst(100, 100), valid_lines=(5, 95), valid_samples=(10, 90))
    later = first.azimuth_time + 80 * first.azimuth_interval
    return first, replace(first, azimuth_time=later, burst_id=first.burst_id + 1, index=1)


def test_two_bursts_by_hand(scene: Scene) -> None:
    # The overlap is lines 85 to 94 of the first: the border is line 90, row 85.
    pair = two_bursts(scene)
    layout = layout_of(Scene(date(2025, 4, 6), "S1A", 108, EPOCH, {"IW2": pair}, scene.orbit, ()))
    assert (layout.height, layout.width) == (170, 80)
    assert [piece.rows for piece in layout.pieces] == [(0, 85), (85, 170)]
    first, second = layout.pieces
    assert first.lines(first.rows) == (5, 90) and second.lines(second.rows) == (10, 95)
    assert first.samples == second.samples == (10, 90)


def test_every_pixel_of_a_real_image_belongs_to_one_burst_at_most(scene: Scene) -> None:
    layout = layout_of(scene)
    filled = np.zeros((layout.height, layout.width), np.uint8)
    for piece in layout.pieces:
        filled[slice(*piece.rows), slice(*piece.columns)] += 1
        assert piece.lines(piece.rows)[0] >= piece.burst.valid_lines[0]
        assert piece.lines(piece.rows)[1] <= piece.burst.valid_lines[1]
        assert piece.samples[0] >= piece.burst.valid_samples[0]
        assert piece.samples[1] <= piece.burst.valid_samples[1]
    assert filled.max() == 1 and filled[2000:-2000].min() == 1


def test_bursts_off_the_common_grid_are_noticed(scene: Scene) -> None:
    assert layout_of(scene).off_grid < 0.002
    first, second = two_bursts(scene)
    late = replace(second, azimuth_time=second.azimuth_time + 0.3 * second.azimuth_interval)
    layout = layout_of(Scene(date(2025, 4, 6), "S1A", 108, EPOCH, {"IW2": (first, late)}, scene.orbit, ()))
    assert layout.off_grid == pytest.approx(0.3, abs=1e-6)


def test_pixels_have_the_time_and_range_of_their_burst(scene: Scene) -> None:
    layout = layout_of(scene)
    interval, spacing = (
        getattr(layout.pieces[0].burst, name) for name in ("azimuth_interval", "range_spacing")
    )
    for piece in layout.pieces:
        time = layout.azimuth_time + piece.rows[0] * interval
        assert piece.burst.times(piece.lines(piece.rows)[0]) == pytest.approx(time, abs=0.01 * interval)
        reach = layout.starting_range + piece.columns[0] * spacing
        assert piece.burst.ranges(piece.samples[0]) == pytest.approx(reach, abs=0.01 * spacing)


def test_doppler_differences_of_a_real_image_are_those_of_the_swaths(scene: Scene) -> None:
    overlaps = overlaps_of(scene)
    assert len(overlaps) == 3 * 8
    expected = {"IW1": (4660.0, 4900.0), "IW2": (3910.0, 4110.0), "IW3": (4110.0, 4320.0)}
    for overlap in overlaps:
        low, high = expected[overlap.top.swath]
        difference = np.abs(overlap.difference(scene.orbit))
        assert low - 15.0 < difference.min() and difference.max() < high + 15.0
        assert difference[0] - difference[-1] > 0.7 * (high - low)  # the farther, the smaller
        assert 80 < overlap.lines[1] - overlap.lines[0] < 200
        both = overlap.top.times(overlap.lines[0]), overlap.bottom.times(overlap.bottom_lines[0])
        assert both[0] == pytest.approx(both[1], abs=0.01 * overlap.top.azimuth_interval)


def test_a_missing_burst_makes_no_overlap_with_those_around_it(scene: Scene) -> None:
    bursts = scene.bursts["IW1"]
    holed = replace(scene, bursts={"IW1": (*bursts[:3], *bursts[4:])})
    assert len(overlaps_of(holed)) == 6
    assert overlaps_of(replace(scene, bursts={"IW1": bursts[:1]})) == []
