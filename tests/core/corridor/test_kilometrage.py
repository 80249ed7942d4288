"""Official chainage: start value, M values of the line, direction, and chainages that people type."""

from __future__ import annotations

import math

import numpy as np
import pytest
from osgeo import ogr

from groundline.core.corridor.joining import align
from groundline.core.corridor.kilometrage import Kilometrage, kilometrage_of, parse_chainages
from groundline.core.errors import InputError
from groundline.core.vector import VectorInput

EAST, NORTH = 400_000.0, 3_900_000.0


def measured(*parts: list[tuple[float, float, float]]) -> VectorInput:
    """A line of x, y, M; metres from the tests' origin."""
    shape = ogr.Geometry(ogr.wkbMultiLineStringM)
    for part in parts:
        piece = ogr.Geometry(ogr.wkbLineStringM)
        for x, y, m in part:
            piece.AddPointM(x + EAST, y + NORTH, m)
        shape.AddGeometry(piece)
    return VectorInput((bytes(shape.ExportToWkb()),), "EPSG:32650", name="official")


def test_start_is_added_and_nothing_else() -> None:
    km = Kilometrage(250_000.0)
    assert km.at(np.array([0.0, 12.5])).tolist() == [250_000.0, 250_012.5]
    assert km.along(250_012.5, 100.0) == 12.5
    assert math.isnan(km.along(250_101.0, 100.0))


def test_m_values_are_linear_between_vertices() -> None:
    # 1000 m of ground are 900 m of official line, the next 1000 m are 1100 m
    joined = align(measured([(0, 0, 5000.0), (1000, 0, 5900.0), (2000, 0, 7000.0)]))
    km = kilometrage_of(joined, 0.0, True, "official")
    np.testing.assert_allclose(
        km.at(np.array([0.0, 500.0, 1000.0, 1500.0])), [5000.0, 5450.0, 5900.0, 6450.0]
    )
    assert km.along(6450.0, 2000.0) == pytest.approx(1500.0)
    assert math.isnan(km.along(7001.0, 2000.0))
    assert kilometrage_of(joined, 100.0, True, "").one(0.0) == 5100.0  # START_CHAINAGE is added
    assert kilometrage_of(joined, 100.0, False, "").one(500.0) == 600.0  # M is used only when asked


def test_kilometres_are_recognised_by_their_ratio_to_the_length() -> None:
    km = kilometrage_of(align(measured([(0, 0, 12.0), (3000, 0, 15.003)])), 0.0, True, "")
    assert km.unit == "kilometres"
    assert km.one(3000.0) == pytest.approx(15_003.0)


def test_m_stays_with_its_vertex_when_parts_are_turned_and_joined() -> None:
    joined = align(measured([(0, 0, 0.0), (1000, 0, 1000.0)], [(2500, 0, 2500.0), (1100, 0, 1100.0)]))
    km = kilometrage_of(joined, 0.0, True, "")
    assert joined.reversed_parts == 1
    # the gap of 100 m is bridged linearly
    np.testing.assert_allclose(
        km.at(np.array([1000.0, 1050.0, 1100.0, 2500.0])), [1000.0, 1050.0, 1100.0, 2500.0]
    )


def test_backwards_counts_from_the_other_end() -> None:
    joined = align(
        measured([(0, 0, 0.0), (1000, 0, 1000.0)], [(1100, 0, 1100.0), (2500, 0, 2500.0)])
    ).backwards()
    assert joined.alignment.x[0] == EAST + 2500.0
    assert [(gap.chainage, gap.length) for gap in joined.gaps] == [(1400.0, 100.0)]
    km = kilometrage_of(joined, 0.0, True, "")
    assert km.one(0.0) == 2500.0  # M falls along the line now
    assert km.along(2400.0, 2500.0) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([(0, 0, 0.0), (1000, 0, math.nan), (2000, 0, 2000.0)], "1 of 3 vertices have no M value"),
        ([(0, 0, 0.0), (1000, 0, 1500.0), (2000, 0, 1400.0)], "M goes from 1500 to 1400"),
        ([(0, 0, 0.0), (1000, 0, 1000.0), (2000, 0, 1000.0)], "only rise or only fall"),
        ([(0, 0, 0.0), (2000, 0, 30.0)], "0.015 of M per metre"),
        ([(0, 0, 7.0), (2000, 0, 7.0)], "0 of M per metre"),
    ],
)
def test_m_values_that_are_no_chainage_are_named(parts, message) -> None:
    with pytest.raises(InputError, match=message):
        kilometrage_of(align(measured(parts)), 0.0, True, "official")


def test_a_line_without_m_is_named(line_of) -> None:
    with pytest.raises(InputError, match=r"track \(2 of 2 vertices have no M value\)"):
        kilometrage_of(align(line_of([(0, 0), (100, 0)])), 0.0, True, "track")


def test_chainages_as_people_write_them() -> None:
    assert parse_chainages("12300; 12+800,K13+050.5\n-20 ", "F") == (12_300.0, 12_800.0, 13_050.5, -20.0)
    assert parse_chainages("", "F") == ()
    with pytest.raises(InputError, match="F: 'twelve'"):
        parse_chainages("12300 twelve", "F")
