"""Chainage and distance of points relative to a line."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.corridor.chainage import Alignment


def alignment(*vertices: tuple[float, float]) -> Alignment:
    x, y = np.array(vertices, float).T
    return Alignment(x, y, "EPSG:32650")


CORNER = alignment((0, 0), (100, 0), (100, 50))


@pytest.mark.parametrize(
    ("point", "chainage", "distance"),
    [
        ((30, 7), 30, 7),  # abreast of the first segment
        ((104, 20), 120, 4),  # abreast of the second
        ((103, -4), 100, 5),  # outside the bend: the corner itself
        ((90, 20), 120, 10),  # inside the bend: the nearer segment
        ((90, 10), 90, 10),  # as far from both: the lower chainage
    ],
)
def test_chainage_by_hand(point: tuple[float, float], chainage: float, distance: float) -> None:
    place = CORNER.project(np.array([point[0]]), np.array([point[1]]), 1000.0)
    assert place.chainage[0] == pytest.approx(chainage, abs=1e-9)
    assert place.distance[0] == pytest.approx(distance, abs=1e-9)
    assert not place.beyond[0]


def test_points_past_an_end_are_marked_and_those_square_to_it_are_not() -> None:
    place = CORNER.project(np.array([-3.0, 0.0, 100.0, 95.0]), np.array([4.0, 5.0, 51.0, 50.0]), 10.0)
    assert place.beyond.tolist() == [True, False, True, False]
    assert place.chainage.tolist() == [0.0, 0.0, 150.0, 150.0]


def test_a_ring_has_no_ends() -> None:
    ring = alignment((0, 0), (100, 0), (100, 100), (0, 0))
    assert ring.closed
    assert not ring.project(np.array([-3.0]), np.array([-4.0]), 10.0).beyond[0]


def test_points_beyond_the_radius_have_no_chainage() -> None:
    place = CORNER.project(np.array([50.0, 50.0, np.nan]), np.array([10.0, 10.001, 0.0]), 10.0)
    assert np.isfinite(place.distance).tolist() == [True, False, False]
    assert np.isfinite(place.chainage).tolist() == [True, False, False]


@pytest.mark.parametrize("radius", [30.0, 400.0, 5000.0])
@pytest.mark.parametrize("count", [1, 40, 5000])
def test_cells_give_exactly_what_comparing_with_every_segment_gives(radius: float, count: int) -> None:
    generator = np.random.default_rng(11)
    steps = generator.normal([150.0, 0.0], 120.0, (60, 2))
    x, y = np.cumsum(steps, axis=0).T
    x, y = x + 400_000.0, y + 3_900_000.0
    line = Alignment(x, y, "EPSG:32650")
    px = generator.uniform(x.min() - 900, x.max() + 900, count)
    py = generator.uniform(y.min() - 900, y.max() + 900, count)
    place = line.project(px, py, radius)
    distance, chainage = _plain(line, px, py)
    inside = distance <= radius
    np.testing.assert_array_equal(np.isfinite(place.distance), inside)
    np.testing.assert_allclose(place.distance[inside], distance[inside], rtol=0, atol=1e-6)
    np.testing.assert_allclose(place.chainage[inside], chainage[inside], rtol=0, atol=1e-5)


def test_place_of_a_chainage_and_pieces_of_the_line() -> None:
    x, y = CORNER.at(np.array([25.0, 125.0, 999.0]))
    assert (x.tolist(), y.tolist()) == ([25.0, 100.0, 100.0], [0.0, 25.0, 50.0])
    assert CORNER.piece(80.0, 130.0).tolist() == [[80.0, 0.0], [100.0, 0.0], [100.0, 30.0]]
    assert CORNER.piece(0.0, 100.0).tolist() == [[0.0, 0.0], [100.0, 0.0]]
    assert CORNER.length == 150.0


def _plain(line: Alignment, px: np.ndarray, py: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every point against every segment, one after the other."""
    best = np.full(len(px), np.inf)
    where = np.zeros(len(px))
    for i in range(len(line.x) - 1):
        a = np.array([line.x[i], line.y[i]])
        d = np.array([line.x[i + 1], line.y[i + 1]]) - a
        t = np.clip(((px - a[0]) * d[0] + (py - a[1]) * d[1]) / (d @ d), 0, 1)
        far = np.hypot(px - a[0] - t * d[0], py - a[1] - t * d[1])
        closer = far < best
        best[closer] = far[closer]
        where[closer] = (line.stations[i] + t * np.hypot(*d))[closer]
    return best, where
