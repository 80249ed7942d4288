"""Parts, bridges, loops and redundancy of hand-drawn networks."""

from __future__ import annotations

from datetime import date, timedelta

from groundline.core.network import graph

A, B, C, D, E, F = (date(2018, 1, 1) + timedelta(days=12 * n) for n in range(6))
TRIANGLE_WITH_TAIL = [(A, B), (B, C), (A, C), (C, D)]


def test_parts_are_listed_by_their_first_date_and_hold_lone_images():
    assert graph.components([A, B, C, D, E], [(B, D), (A, C)]) == [(A, C), (B, D), (E,)]


def test_the_tail_of_a_triangle_is_its_only_bridge():
    assert graph.bridges([A, B, C, D], TRIANGLE_WITH_TAIL) == {(C, D)}


def test_a_chain_has_only_bridges_and_a_ring_has_none():
    chain = [(A, B), (B, C), (C, D)]
    assert graph.bridges([A, B, C, D], chain) == set(chain)
    assert graph.bridges([A, B, C, D], [*chain, (A, D)]) == set()


def test_a_bridge_between_two_triangles_is_found():
    edges = [(A, B), (B, C), (A, C), (C, D), (D, E), (E, F), (D, F)]
    assert graph.bridges([A, B, C, D, E, F], edges) == {(C, D)}


def test_only_images_without_any_looped_pair_are_in_no_closed_loop():
    # C carries the tail but is in the triangle; E has no pair at all.
    assert graph.dates_without_loop([A, B, C, D, E], TRIANGLE_WITH_TAIL) == (D, E)


def test_redundancy_counts_independent_loops():
    assert graph.redundancy([A, B, C, D], TRIANGLE_WITH_TAIL) == 1  # 4 - (4 - 1)
    assert graph.redundancy([A, B, C, D], [(A, B), (C, D)]) == 0  # two parts: 2 - (4 - 2)


def test_degrees_count_pairs_at_each_image():
    assert graph.degrees([A, B, C, D], TRIANGLE_WITH_TAIL) == {A: 2, B: 2, C: 3, D: 1}


def test_a_long_chain_needs_no_recursion():
    days = [date(2000, 1, 1) + timedelta(days=n) for n in range(5000)]
    assert len(graph.bridges(days, list(zip(days, days[1:])))) == 4999
