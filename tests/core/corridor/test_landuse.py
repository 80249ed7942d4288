"""Classes of polygons under points and area."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import ogr

from groundline.core.corridor.landuse import classify, read_land_use
from groundline.core.errors import InputError
from groundline.core.vector import VectorInput

SHAPES = (
    (
        "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0), (4 4, 6 4, 6 6, 4 6, 4 4)), ((20 0, 25 0, 25 5, 20 0)))",
        "urban",
    ),
    ("POLYGON ((8 0, 15 0, 15 10, 8 10, 8 0))", "rural"),
    ("POLYGON ((30 0, 31 0, 31 1, 30 1, 30 0))", None),
)


def layer() -> VectorInput:
    wkb = tuple(bytes(ogr.CreateGeometryFromWkt(text).ExportToWkb()) for text, _ in SHAPES)
    return VectorInput(wkb, "EPSG:32650", tuple({"use": use} for _, use in SHAPES), "land use")


def test_holes_parts_and_overlaps_by_hand() -> None:
    classes = read_land_use(layer(), "use", "EPSG:32650")
    assert classes.classes == ("(none)", "rural", "urban")
    #            inside  hole  overlap: first wins  rural   second part  outside  without a value
    x = np.array([1.0, 5.0, 9.0, 12.0, 24.0, 40.0, 30.5])
    y = np.array([1.0, 5.0, 5.0, 5.0, 1.0, 1.0, 0.5])
    assert classify(x, y, classes).tolist() == [2, -1, 2, 1, 2, -1, 0]


def test_without_a_field_every_polygon_is_inside() -> None:
    classes = read_land_use(layer(), "", "EPSG:32650")
    assert classes.classes == ("inside",)


def test_unknown_field_names_those_there_are() -> None:
    with pytest.raises(InputError, match="use"):
        read_land_use(layer(), "class", "EPSG:32650")
