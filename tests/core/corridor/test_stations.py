"""Stations and kilometre posts on the line."""

from __future__ import annotations

import pytest
from osgeo import ogr

from groundline.core.corridor.joining import align
from groundline.core.corridor.stations import snap_stations
from groundline.core.errors import InputError
from groundline.core.vector import VectorInput

EAST, NORTH = 400_000.0, 3_900_000.0


def places(*rows: tuple[float, float, object]) -> VectorInput:
    shapes = [ogr.CreateGeometryFromWkt(f"POINT ({EAST + x} {NORTH + y})") for x, y, _ in rows]
    return VectorInput(
        tuple(bytes(shape.ExportToWkb()) for shape in shapes),
        "EPSG:32650",
        tuple({"name": name} for _, _, name in rows),
        "stations",
    )


@pytest.fixture
def straight(line_of):
    return align(line_of([(0, 0), (2000, 0)])).alignment


def test_stations_are_sorted_by_chainage_and_far_ones_named(straight) -> None:
    found, stray = snap_stations(
        places((1500, 80, "B"), (300, -20, "A"), (700, 501, "far"), (2100, 0, "terminus")), "name", straight
    )
    assert [(s.name, s.chainage, round(s.distance, 6)) for s in found] == [
        ("A", 300.0, 20.0),
        ("B", 1500.0, 80.0),
        ("terminus", 2000.0, 100.0),
    ]
    assert stray == ("far",)


def test_without_a_field_stations_are_numbered_and_empty_names_stay_empty(straight) -> None:
    layer = places((500, 0, None), (100, 0, 7))
    assert [s.name for s in snap_stations(layer, "", straight)[0]] == ["2", "1"]
    assert [s.name for s in snap_stations(layer, "name", straight)[0]] == ["7", ""]


def test_mistakes_are_named(straight, line_of) -> None:
    with pytest.raises(InputError, match=r"STATION_FIELD: 'label'.*name"):
        snap_stations(places((0, 0, "A")), "label", straight)
    with pytest.raises(InputError, match="STATIONS"):
        snap_stations(line_of([(0, 0), (1, 0)]), "", straight)
