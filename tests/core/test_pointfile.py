"""Points survive the way into a GeoPackage and back, with the same bytes each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, ogr

from groundline.core.errors import Cancelled, InputError
from groundline.core.monitor import Monitor
from groundline.core.pointfile import PointSet, column_of, date_of, read_points, write_points

DAYS = (date(2018, 1, 6), date(2018, 1, 18), date(2018, 12, 30))


def some_points() -> PointSet:
    return PointSet(
        np.array([-99.1, -99.2, -99.3]),
        np.array([19.4, 19.5, 19.6]),
        "EPSG:4326",
        {
            "velocity": np.array([-12.34567, np.nan, 3.0], np.float32),
            "count": np.array([1, 2, 3]),
            "track": np.array(["5", "5", "Zürich"], dtype=object),
        },
        DAYS,
        np.array([[0, -1.2345678, -250.5], [0, np.nan, 1], [0, 2, 3]], np.float32),
    )


def test_numbers_of_rows_of_another_file_are_left_out(tmp_path: Path) -> None:
    points = some_points()
    numbered = replace(points, attributes={"fid": np.array([7.0, 8.0, 9.0]), **points.attributes})
    first = write_points(tmp_path / "numbered.gpkg", numbered).read_bytes()
    assert first == write_points(tmp_path / "points.gpkg", points).read_bytes()


def test_attributes_come_first_then_one_column_per_date(tmp_path: Path) -> None:
    write_points(tmp_path / "points.gpkg", some_points())
    layer = (source := ogr.Open(str(tmp_path / "points.gpkg"))).GetLayer("points")
    names = [
        layer.GetLayerDefn().GetFieldDefn(i).GetName() for i in range(layer.GetLayerDefn().GetFieldCount())
    ]
    assert names == ["velocity", "count", "track", "D20180106", "D20180118", "D20181230"]
    assert layer.GetSpatialRef().GetAuthorityCode(None) == "4326"
    first = layer.GetFeature(1)
    assert first.GetField("velocity") == -12.34567  # not -12.345669746398926
    assert first.GetField("D20180118") == -1.235
    assert not layer.GetFeature(2).IsFieldSetAndNotNull("D20180118")
    del source


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    points = some_points()
    back = read_points(write_points(tmp_path / "points.gpkg", points))
    np.testing.assert_allclose(back.x, points.x)
    np.testing.assert_allclose(back.y, points.y)
    np.testing.assert_allclose(back.series, points.series, atol=0.0005)
    np.testing.assert_allclose(back.attributes["velocity"], points.attributes["velocity"], atol=0.0005)
    assert back.attributes["track"].tolist() == ["5", "5", "Zürich"]
    assert back.attributes["count"].tolist() == [1, 2, 3]
    assert back.dates == DAYS
    assert len(back) == 3


def test_the_same_points_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_points(tmp_path / "a.gpkg", some_points()).read_bytes()
    assert write_points(tmp_path / "b.gpkg", some_points()).read_bytes() == first
    assert gdal.GetConfigOption("OGR_CURRENT_DATE") is None


def test_columns_of_other_programs_are_dates_too() -> None:
    assert date_of("D20180106") == date_of("20180106") == date_of("D_20180106") == date(2018, 1, 6)
    assert date_of("D20181306") is None
    assert date_of("height") is None
    assert column_of(date(2018, 1, 6)) == "D20180106"


def test_other_tables_keep_the_order_of_dates_and_skip_features_without_a_point(tmp_path: Path) -> None:
    path = tmp_path / "ps.shp"
    source = ogr.GetDriverByName("ESRI Shapefile").CreateDataSource(str(path))
    layer = source.CreateLayer("ps", geom_type=ogr.wkbPoint25D)
    for name in ("D20180118", "CODE", "D20180106"):
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTString if name == "CODE" else ogr.OFTReal))
    for row in range(3):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("D20180118", 2.0 + row)
        feature.SetField("D20180106", 1.0 + row)
        feature.SetField("CODE", f"P{row}")
        if row != 1:
            feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POINT Z ({row} 5 9)"))
        layer.CreateFeature(feature)
    del layer, source
    points = read_points(path)
    assert points.dates == (date(2018, 1, 6), date(2018, 1, 18))
    np.testing.assert_array_equal(points.series, [[1, 2], [3, 4]])
    np.testing.assert_array_equal(points.x, [0, 2])
    assert points.attributes["CODE"].tolist() == ["P0", "P2"]


def test_real_points_are_read(shared_data: Path) -> None:
    path = next((shared_data / "boissano-ps").rglob("*.shp"))
    points = read_points(path)
    assert len(points) == 1372
    assert points.dates[0].year == 2003
    assert points.dates[-1].year == 2010
    assert list(points.dates) == sorted(set(points.dates))
    assert np.isfinite(points.series).all()


def test_no_points_is_a_valid_file(tmp_path: Path) -> None:
    empty = PointSet(
        np.empty(0), np.empty(0), "EPSG:4326", {"velocity": np.empty(0)}, DAYS, np.empty((0, 3), np.float32)
    )
    back = read_points(write_points(tmp_path / "none.gpkg", empty))
    assert len(back) == 0
    assert back.series.shape == (0, 3)


def test_a_line_layer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "line.gpkg"
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    source.CreateLayer("line", geom_type=ogr.wkbLineString)
    del source
    with pytest.raises(InputError, match="layer of points"):
        read_points(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.gpkg"):
        read_points(tmp_path / "nowhere.gpkg")


def test_cancelling_leaves_the_earlier_file(tmp_path: Path) -> None:
    class Stop(Monitor):
        def cancelled(self) -> bool:
            return True

    path = write_points(tmp_path / "points.gpkg", some_points())
    before = path.read_bytes()
    with pytest.raises(Cancelled):
        write_points(path, some_points(), Stop())
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["points.gpkg"]
