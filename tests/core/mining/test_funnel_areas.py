"""Funnels on the grid: which pixels, which numbers, overlaps by name, outlines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from groundline_tests.mine import box, boxes, metric_grid
from osgeo import ogr

from groundline.core.errors import InputError
from groundline.core.mining.funnel_areas import funnels_on, polygons_of
from groundline.core.vector import VectorInput

GRID = metric_grid(8, 10)


def test_pixels_of_a_funnel_are_those_whose_centre_lies_inside() -> None:
    found = funnels_on(boxes(GRID, (0, 3, 0, 4), (5, 3, 6, 4), first=7), GRID)
    expected = np.zeros((8, 10), int)
    expected[0:3, 0:4], expected[5:8, 6:10] = 7, 8
    np.testing.assert_array_equal(found.labels, expected)
    assert found.ids == (7, 8)


def test_neighbours_that_share_an_edge_do_not_overlap() -> None:
    found = funnels_on(boxes(GRID, (0, 4, 0, 5), (0, 4, 5, 5)), GRID)
    assert [int((found.labels == n).sum()) for n in (1, 2)] == [20, 20]


def test_overlapping_funnels_are_refused_by_name() -> None:
    layer = boxes(GRID, (0, 4, 0, 5), (3, 4, 4, 5), (7, 1, 0, 1))
    with pytest.raises(InputError, match="overlapping funnels 1 and 2") as caught:
        funnels_on(layer, GRID)
    assert caught.value.field == "FUNNELS"


def test_several_polygons_with_one_number_are_one_funnel() -> None:
    layer = boxes(GRID, (0, 4, 0, 5), (3, 4, 4, 5))
    same = replace(layer, attributes=({"funnel": 3}, {"funnel": 3.0}))
    found = funnels_on(same, GRID)
    assert found.ids == (3,)
    assert (found.labels == 3).sum() == 20 + 20 - 1


def test_a_bow_tie_keeps_both_of_its_halves() -> None:
    _, dx, _, top, _, dy = GRID.transform
    left, bottom = GRID.transform[0], top + 8 * dy
    corners = (left, bottom), (left + 10 * dx, top), (left + 10 * dx, bottom), (left, top), (left, bottom)
    text = ",".join(f"{x} {y}" for x, y in corners)
    bow = VectorInput(
        (bytes(ogr.CreateGeometryFromWkt(f"POLYGON(({text}))").ExportToWkb()),), GRID.crs, ({"funnel": 1},)
    )
    labels = funnels_on(bow, GRID).labels
    np.testing.assert_array_equal(labels, labels[:, ::-1])
    assert labels[4, 1] == labels[4, 8] == 1 and not labels[0, 4:6].any()


@pytest.mark.parametrize("value", [None, "A5", 0, -1, 2.5])
def test_numbers_must_be_whole_and_positive(value: object) -> None:
    layer = replace(boxes(GRID, (0, 4, 0, 5)), attributes=({"funnel": value},))
    with pytest.raises(InputError, match="whole number"):
        funnels_on(layer, GRID)


def test_layers_without_the_field_polygons_or_place_are_refused() -> None:
    layer = boxes(GRID, (0, 4, 0, 5))
    with pytest.raises(InputError, match="field `funnel`"):
        funnels_on(replace(layer, attributes=({"id": 1},)), GRID)
    point = VectorInput(
        (bytes(ogr.CreateGeometryFromWkt("POINT(1 1)").ExportToWkb()),), GRID.crs, ({"funnel": 1},)
    )
    with pytest.raises(InputError, match="a layer of polygons"):
        funnels_on(point, GRID)
    with pytest.raises(InputError, match="funnel 1"):
        funnels_on(replace(layer, wkb=(box(GRID, 500, 4, 500, 4),)), GRID)
    with pytest.raises(InputError, match="at least one polygon"):
        funnels_on(VectorInput((), GRID.crs, name="empty"), GRID)


def test_outlines_give_back_the_same_pixels() -> None:
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 4, (8, 10)).astype(np.int32)
    shapes = polygons_of(labels, GRID)
    layer = VectorInput(tuple(shapes.values()), GRID.crs, tuple({"funnel": n} for n in shapes), "made")
    np.testing.assert_array_equal(funnels_on(layer, GRID).labels, labels)
    assert ogr.CreateGeometryFromWkb(shapes[1]).GetArea() == pytest.approx(100.0 * (labels == 1).sum())
