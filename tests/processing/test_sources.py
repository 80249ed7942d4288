"""Map layers reach core as features with their system, or as the path of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def lines(qgis_app: Any) -> Any:
    from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer

    layer = QgsVectorLayer(
        "LineString?crs=EPSG:32614&field=name:string&field=opened:date&field=km:double", "Metro", "memory"
    )
    for shape, values in (
        ("LINESTRING (0 0, 100 0)", ["one", "2018-01-06", 0.1]),
        ("", ["no shape", None, 1.0]),
        ("LINESTRING (100 0, 100 50)", [None, None, None]),
    ):
        feature = QgsFeature(layer.fields())
        feature.setAttributes(values)
        if shape:
            feature.setGeometry(QgsGeometry.fromWkt(shape))
        assert layer.dataProvider().addFeature(feature)
    return layer


def test_features_keep_shape_attributes_and_system(lines: Any) -> None:
    from groundline.processing.sources import vector_input

    source = vector_input(lines)
    assert source is not None
    assert source.name == "Metro"
    assert [shape.Length() for shape in source.geometries()] == [100.0, 50.0]
    assert source.attributes == (
        {"name": "one", "opened": "2018-01-06", "km": 0.1},
        {"name": None, "opened": None, "km": None},
    )
    east, north, _ = source.geometries("EPSG:4326")[0].GetPoint(0)
    assert (east, north) == (pytest.approx(-103.4887, abs=1e-3), pytest.approx(0.0, abs=1e-3))


def test_no_layer_is_none(qgis_app: Any) -> None:
    from groundline.processing.sources import vector_input

    assert vector_input(None) is None


def test_the_file_of_a_layer(qgis_app: Any, tmp_path: Path, lines: Any) -> None:
    from qgis.core import QgsCoordinateTransformContext, QgsVectorFileWriter, QgsVectorLayer

    from groundline.processing.sources import source_path

    path = tmp_path / "metro.gpkg"
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    QgsVectorFileWriter.writeAsVectorFormatV3(lines, str(path), QgsCoordinateTransformContext(), options)
    layer = QgsVectorLayer(f"{path}|layername=metro", "Metro")
    assert layer.isValid()
    assert source_path(layer) == path


def test_a_layer_without_a_file_is_refused_with_the_remedy(lines: Any) -> None:
    from groundline.core.errors import InputError
    from groundline.processing.sources import source_path

    with pytest.raises(InputError, match="Export it to a file"):
        source_path(lines, "LINE")
