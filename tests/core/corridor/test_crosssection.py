"""Cross-sections: what lies left and right of the line at a chainage."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.corridor.crosssection import cross_section
from groundline.core.corridor.joining import align
from groundline.core.corridor.pointtrack import track_of_points

EAST, NORTH = 400_000.0, 3_900_000.0


@pytest.fixture
def straight(line_of):
    return align(line_of([(0, 0), (1000, 0)])).alignment


def test_offsets_are_negative_to_the_left_of_the_direction_of_chainage(straight, points_of, line_of) -> None:
    # eastward line: north is left
    points = points_of([500, 520, 549, 500, 551, 500], [90, -90, 10, 30, 0, 160], [1, 2, 3, 4, 5, 6])
    section = cross_section(track_of_points(points, straight, 200.0, "los"), straight, 500.0, 300.0, 100.0)
    assert sorted(zip(section.offset.round(6).tolist(), section.value.tolist())) == [
        (-90.0, 1.0), (-30.0, 4.0), (-10.0, 3.0), (90.0, 2.0)
    ]  # fmt: skip
    assert section.edges.tolist() == [-150.0, -50.0, 50.0, 150.0]
    assert section.bins.count.tolist() == [1, 2, 1]
    assert section.bins.median.tolist() == [1.0, 3.5, 2.0]
    np.testing.assert_allclose(section.ends - [EAST, NORTH], [[500.0, 150.0], [500.0, -150.0]])
    back = align(line_of([(1000, 0), (0, 0)])).alignment
    turned = cross_section(track_of_points(points, back, 200.0, "los"), back, 500.0, 300.0, 100.0)
    assert turned.bins.median.tolist() == [2.0, 3.5, 1.0]


def test_pieces_are_alike_on_both_sides_whatever_the_width(straight, points_of) -> None:
    track = track_of_points(points_of([500.0], [5.0], [1.0]), straight, 200.0, "los")
    section = cross_section(track, straight, 500.0, 320.0, 100.0)
    np.testing.assert_allclose(section.edges, [-160.0, -160.0 / 3.0, 160.0 / 3.0, 160.0])


def test_strip_stands_square_on_an_oblique_line(line_of, points_of) -> None:
    line = align(line_of([(0, 0), (800, 600)])).alignment  # direction (0.8, 0.6)
    place, right = np.array([400.0, 300.0]), np.array([0.6, -0.8])
    x, y = (place + 70.0 * right + 30.0 * np.array([0.8, 0.6])).tolist()
    track = track_of_points(points_of([x], [y], [-7.0]), line, 200.0, "los")
    section = cross_section(track, line, 500.0, 200.0, 100.0)
    assert section.offset.tolist() == pytest.approx([70.0])


def test_at_a_kink_the_strip_stands_on_the_chord(line_of, points_of) -> None:
    line = align(line_of([(0, 0), (500, 0), (500, 500)])).alignment
    track = track_of_points(points_of([499.0], [1.0], [1.0]), line, 200.0, "los")
    section = cross_section(track, line, 500.0, 200.0, 100.0)
    across = section.ends[1] - section.ends[0]
    np.testing.assert_allclose(across / 200.0, [np.sqrt(0.5), -np.sqrt(0.5)], atol=1e-9)


def test_at_the_ends_half_a_strip_is_left(straight, points_of) -> None:
    points = points_of([10.0, 990.0], [5.0, 5.0], [1.0, 2.0])
    track = track_of_points(points, straight, 200.0, "los")
    assert cross_section(track, straight, 0.0, 100.0, 100.0).value.tolist() == [1.0]
    assert cross_section(track, straight, 1000.0, 100.0, 100.0).value.tolist() == [2.0]


def test_a_strip_without_points_has_no_values(straight, points_of) -> None:
    track = track_of_points(points_of([10.0], [5.0], [1.0]), straight, 200.0, "los")
    section = cross_section(track, straight, 700.0, 100.0, 100.0)
    assert section.bins.count.tolist() == [0]
    assert np.isnan(section.bins.median).all()
