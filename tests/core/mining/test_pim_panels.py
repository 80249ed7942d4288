"""Panels: read from layers, drawn in, moved, cut into equal shares; mistakes named."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from groundline_tests import mines

from groundline.core.errors import InputError
from groundline.core.mining.pim_influence import Polygon, Rectangle
from groundline.core.mining.pim_panels import acting, drawn_in, parse_fields, parts, read_panels

PLAIN = {"depth": 200, "thickness": 1.5}
ODD = "POLYGON((0 0,300 40,260 220,100 120,0 0))"


def read(*rows, **fields):
    return read_panels(mines.panels(*rows), mines.UTM, parse_fields("", **fields))


def test_attributes_dates_and_rectangles_are_recognised() -> None:
    rows = {
        **PLAIN,
        "name": "L1",
        "start": "2020/03/01",
        "end": "2021-01-31",
        "advance": 90,
        "dip": 12,
        "dip_azimuth": 45,
    }
    (panel,) = read((mines.box(-100, -50, 100, 50), rows))
    assert isinstance(panel.outline, Rectangle)
    assert {panel.outline.half_u, panel.outline.half_v} == {100.0, 50.0}
    assert (panel.name, panel.depth, panel.thickness, panel.advance) == ("L1", 200.0, 1.5, 90.0)
    assert (panel.start, panel.end) == (date(2020, 3, 1), date(2021, 1, 31))
    assert panel.down_dip == pytest.approx((math.sqrt(0.5), math.sqrt(0.5)))


def test_wells_are_circles_of_the_same_area() -> None:
    (well,) = read(("POINT(10 20)", {**PLAIN, "radius": 30}))
    assert well.outline.area == pytest.approx(math.pi * 900.0, rel=1e-9)
    assert well.inradius() == pytest.approx(30.0, rel=5e-3)


def test_fields_may_have_other_names_and_default_values() -> None:
    layer = mines.panels((mines.box(0, 0, 10, 10), {"H": 100}))
    (panel,) = read_panels(layer, mines.UTM, parse_fields("depth=H", thickness=2.0))
    assert (panel.depth, panel.thickness) == (100.0, 2.0)
    with pytest.raises(InputError, match="known are depth"):
        parse_fields("deep=H")


@pytest.mark.parametrize("shape", [mines.box(0, 0, 200, 100), ODD], ids=["rectangle", "polygon"])
@pytest.mark.parametrize("advance", [None, 90.0, 30.0])
def test_parts_add_up_to_the_whole(shape: str, advance: float | None) -> None:
    (panel,) = read((shape, PLAIN))
    shares = [
        larger.area - (smaller.area if smaller is not None else 0.0)
        for larger, smaller in parts(panel.outline, advance, 7)
    ]
    assert sum(shares) == pytest.approx(panel.outline.area, rel=1e-9)
    assert len(shares) == 7
    if advance is None:
        assert shares == pytest.approx([panel.outline.area / 7] * 7)


def test_strips_follow_the_advance() -> None:
    (panel,) = read((mines.box(0, 0, 200, 100), PLAIN))
    for azimuth, sense in ((90.0, 1), (270.0, -1)):
        xs = [piece.x for piece, _ in parts(panel.outline, azimuth, 4)]
        assert np.diff(xs).tolist() == pytest.approx([sense * 50.0] * 3)
    ys = [piece.y for piece, _ in parts(panel.outline, 0.0, 4)]
    assert np.diff(ys).tolist() == pytest.approx([25.0] * 3)


def test_drawing_in_and_moving_down_the_dip() -> None:
    (panel,) = read((mines.box(0, 0, 200, 100), {**PLAIN, "dip": 10, "dip_azimuth": 90}))
    outline = acting(panel, 20.0, 35.0)
    assert (outline.half_u, outline.half_v) == (80.0, 30.0)
    assert outline.x - panel.outline.x == pytest.approx(35.0)
    assert drawn_in(panel.outline, 60.0).area == 0.0
    (odd,) = read((ODD, PLAIN))
    assert drawn_in(odd.outline, 200.0).area == 0.0
    assert drawn_in(odd.outline, -10.0).area > odd.outline.area > drawn_in(odd.outline, 10.0).area > 0


def test_holes_and_several_parts_are_kept() -> None:
    holed = "((0 0,100 0,100 100,0 100,0 0),(40 40,60 40,60 60,40 60,40 40))"
    shape = f"MULTIPOLYGON({holed},((200 0,250 0,250 50,200 50,200 0)))"
    (panel,) = read((shape, PLAIN))
    assert isinstance(panel.outline, Polygon)
    assert panel.outline.area == pytest.approx(10_000 - 400 + 2_500)


@pytest.mark.parametrize(
    ("shape", "row", "message"),
    [
        (mines.box(0, 0, 1, 1), {"thickness": 1}, "depth = nothing"),
        (mines.box(0, 0, 1, 1), {"depth": -3, "thickness": 1}, "depth = -3"),
        (mines.box(0, 0, 1, 1), {"depth": "deep", "thickness": 1}, "depth = deep"),
        (mines.box(0, 0, 1, 1), {**PLAIN, "dip": 20}, "dip 20 without a direction"),
        (mines.box(0, 0, 1, 1), {**PLAIN, "start": "soon"}, "start = soon"),
        (
            mines.box(0, 0, 1, 1),
            {**PLAIN, "start": "2021-01-01", "end": "2020-01-01"},
            "not before the start",
        ),
        ("POINT(0 0)", PLAIN, "radius = nothing"),
        ("POLYGON((0 0,10 10,10 0,0 10,0 0))", PLAIN, "does not cross itself"),
        ("LINESTRING(0 0,1 1)", PLAIN, "points with a radius"),
    ],
)
def test_mistakes_name_the_panel(shape: str, row: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read((shape, {**row, "name": "P7"}))
