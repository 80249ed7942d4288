"""Results arrive in the project named, in order, styled around zero in mm/yr, grouped and dated."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from osgeo import gdal, ogr, osr


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    path = tmp_path / "velocity.tif"
    write_raster(path, np.linspace(-60, 20, 12, dtype=np.float32).reshape(3, 4))
    return path


@pytest.fixture
def points(tmp_path: Path) -> Path:
    path = tmp_path / "points.gpkg"
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = dataset.CreateLayer("points", wgs84(), ogr.wkbPoint)
    layer.CreateField(ogr.FieldDefn("velocity", ogr.OFTReal))
    for index, velocity in enumerate((-55.0, 0.0, 12.0)):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("velocity", velocity)
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POINT (10.{index} 49.9)"))
        layer.CreateFeature(feature)
    layer = dataset = None
    return path


def write_raster(path: Path, values: np.ndarray) -> None:
    rows, cols = values.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), cols, rows, 1, gdal.GDT_Float32)
    dataset.SetGeoTransform((10.0, 0.1, 0.0, 50.0, 0.0, -0.1))
    dataset.SetProjection(wgs84().ExportToWkt())
    dataset.GetRasterBand(1).WriteArray(values)
    dataset = None


def wgs84() -> osr.SpatialReference:
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(4326)
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return reference


def finish(project: Any, *wanted: Any) -> None:
    """Schedule layers and let QGIS load them, as after a run from the toolbox."""
    from processing.gui.Postprocessing import handleAlgorithmResults
    from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback

    from groundline.processing import layers

    context = QgsProcessingContext()
    context.setProject(project)
    layers.load(context, *wanted)
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("native:buffer")
    assert handleAlgorithmResults(algorithm, context, QgsProcessingFeedback(False))


def the_layer(project: Any) -> Any:
    (layer,) = project.mapLayers().values()
    return layer


def test_a_raster_is_named_and_its_colours_are_stretched_around_zero(project: Any, raster: Path) -> None:
    from groundline.processing.layers import LayerToLoad

    finish(project, LayerToLoad(raster, "Velocity", style="velocity", limit=60.0))
    layer = the_layer(project)
    assert layer.name() == "Velocity"
    items = layer.renderer().shader().rasterShaderFunction().colorRampItemList()
    assert [item.value for item in items] == pytest.approx([-60, -48, -36, -24, -12, 0, 12, 24, 36, 48, 60])
    assert [item.label for item in items][0::5] == ["-60 mm/yr", "0 mm/yr", "60 mm/yr"]
    assert items[0].color.red() > items[0].color.blue(), "subsidence is red"
    assert items[-1].color.blue() > items[-1].color.red(), "uplift is blue"


def test_points_are_classed_around_zero_with_open_ends(project: Any, points: Path) -> None:
    from groundline.processing.layers import LayerToLoad

    finish(project, LayerToLoad(points, "Points", style="velocity_points", table="points", limit=45.0))
    renderer = the_layer(project).renderer()
    assert renderer.classAttribute() == "velocity"
    ranges = renderer.ranges()
    assert [entry.label() for entry in ranges][0::5] == ["below -45 mm/yr", "-5 to 5 mm/yr", "above 45 mm/yr"]
    assert all(
        lower.upperValue() == pytest.approx(upper.lowerValue()) for lower, upper in zip(ranges, ranges[1:])
    )
    assert ranges[0].lowerValue() < -1e6, "no point is left without a symbol"
    assert ranges[-1].upperValue() > 1e6, "no point is left without a symbol"


def test_a_layer_goes_into_its_group_and_can_be_hidden(project: Any, raster: Path) -> None:
    from groundline.processing.layers import LayerToLoad

    finish(
        project, LayerToLoad(raster, "Standard deviation", style="velocity_std", group="Run 1", visible=False)
    )
    node = project.layerTreeRoot().findLayer(the_layer(project).id())
    assert node.parent().name() == "Run 1"
    assert not node.itemVisibilityChecked()


def test_the_pairs_of_a_map_come_in_one_group_the_first_of_them_shown(project: Any, tmp_path: Path) -> None:
    from groundline.processing.algorithms.interferometry.geocode import _phases

    names = ["20250406_20250418", "20250406_20250430", "20250418_20250430"]
    for name in names:
        write_raster(tmp_path / f"{name}.tif", np.ones((2, 2)))
    finish(project, *_phases(tmp_path / f"{names[0]}.tif", wrapped=True))
    (group,) = project.layerTreeRoot().children()
    assert group.name() == "Wrapped phase"
    assert [node.name() for node in group.children()] == [f"Wrapped phase {name}" for name in names]
    assert [node.itemVisibilityChecked() for node in group.children()] == [True, False, False]
    assert [node.isExpanded() for node in group.children()] == [True, False, False]


def test_layers_keep_their_order_above_what_was_there(
    project: Any, raster: Path, points: Path, tmp_path: Path
) -> None:
    from qgis.core import QgsRasterLayer

    from groundline.processing.layers import LayerToLoad

    earlier, other = tmp_path / "earlier.tif", tmp_path / "a_first_by_name.tif"
    earlier.write_bytes(raster.read_bytes())
    other.write_bytes(raster.read_bytes())
    project.addMapLayer(QgsRasterLayer(str(earlier), "Earlier"))
    finish(
        project,
        LayerToLoad(points, "Points"),
        LayerToLoad(raster, "Velocity"),
        LayerToLoad(other, "Coherence"),
    )
    names = [node.name() for node in project.layerTreeRoot().findLayers()]
    assert names == ["Points", "Velocity", "Coherence", "Earlier"]
    assert len(project.mapLayers()) == 4


def add_line(project: Any, name: str) -> None:
    from qgis.core import QgsVectorLayer

    project.addMapLayer(QgsVectorLayer("LineString?crs=EPSG:4326", name, "memory"))


def names_in_order(project: Any) -> list[str]:
    return [node.name() for node in project.layerTreeRoot().findLayers()]


def test_points_and_rasters_stay_below_the_lines_that_lie_on_top(
    project: Any, raster: Path, points: Path
) -> None:
    from groundline.processing.layers import LayerToLoad

    for name in ("Road", "Railway"):
        add_line(project, name)
    finish(project, LayerToLoad(points, "Points"), LayerToLoad(raster, "Velocity"))
    assert names_in_order(project) == ["Railway", "Road", "Points", "Velocity"]


def test_a_line_below_other_layers_does_not_pull_results_down(
    project: Any, raster: Path, points: Path
) -> None:
    from qgis.core import QgsVectorLayer

    from groundline.processing.layers import LayerToLoad

    add_line(project, "Railway")
    project.addMapLayer(QgsVectorLayer("Polygon?crs=EPSG:4326", "Coalfield", "memory"))
    finish(project, LayerToLoad(points, "Points"), LayerToLoad(raster, "Velocity"))
    assert names_in_order(project) == ["Points", "Velocity", "Coalfield", "Railway"]


def test_a_layer_for_the_top_goes_above_what_was_there(project: Any, raster: Path, points: Path) -> None:
    from groundline.processing.layers import LayerToLoad

    finish(project, LayerToLoad(points, "Points"), LayerToLoad(raster, "Velocity"))
    group = project.layerTreeRoot().insertGroup(0, "Mine")
    second = points.with_name("second.gpkg")
    second.write_bytes(points.read_bytes())
    finish(project, LayerToLoad(second, "Profile", top=True))
    assert names_in_order(project) == ["Profile", "Points", "Velocity"]
    assert project.layerTreeRoot().children()[1] == group


def test_the_legend_follows_a_scale_that_is_stretched_later(project: Any, raster: Path) -> None:
    from qgis.core import QgsLayerTreeModel, QgsRasterLayer

    from groundline.processing import styling

    project.addMapLayer(QgsRasterLayer(str(raster), "Velocity"))
    model = QgsLayerTreeModel(project.layerTreeRoot())
    node = project.layerTreeRoot().findLayer(the_layer(project).id())
    model.layerLegendNodes(node)
    told = []
    the_layer(project).rendererChanged.connect(
        lambda: told.append(the_layer(project).renderer().classificationMax())
    )
    styling.apply(the_layer(project), "velocity", 60.0, "mm/yr")
    assert told[-1] == 60.0


def test_a_rerun_shows_the_new_file_in_the_layer_that_is_there(project: Any, raster: Path) -> None:
    from qgis.core import QgsPointXY

    from groundline.processing.layers import LayerToLoad

    finish(project, LayerToLoad(raster, "Velocity", style="velocity"))
    replacement = raster.with_name("new.tif")
    write_raster(replacement, np.full((3, 4), 7.0, np.float32))
    replacement.replace(raster)
    finish(project, LayerToLoad(raster, "Velocity", style="velocity"))
    value, ok = the_layer(project).dataProvider().sample(QgsPointXY(10.05, 49.95), 1)
    assert (value, ok) == (7.0, True)


def test_a_dated_layer_has_the_temporal_range_of_its_day(project: Any, raster: Path) -> None:
    from groundline.processing.layers import LayerToLoad

    finish(project, LayerToLoad(raster, "2018-01-06", style="displacement", unit="mm", day=date(2018, 1, 6)))
    properties = the_layer(project).temporalProperties()
    assert properties.isActive()
    span = properties.fixedTemporalRange()
    assert span.begin().toString("yyyy-MM-dd hh:mm") == "2018-01-06 00:00"
    assert span.end().toString("yyyy-MM-dd hh:mm") == "2018-01-06 23:59"


def test_every_shipped_style_loads_and_is_a_scale(project: Any, raster: Path, points: Path) -> None:
    from qgis.core import QgsRasterLayer, QgsVectorLayer

    from groundline.processing import styling

    names = sorted(path.stem for path in styling.FOLDER.glob("*.qml"))
    assert {"velocity", "displacement", "velocity_std", "coherence", "velocity_points"} <= set(names)
    for name in ("velocity", "displacement", "velocity_std", "coherence"):
        assert styling.apply(QgsRasterLayer(str(raster), "r"), name) == ""
    assert styling.apply(QgsVectorLayer(str(points), "p"), "velocity_points") == ""


def test_a_style_that_cannot_be_used_is_a_message(project: Any, raster: Path) -> None:
    from qgis.core import QgsRasterLayer

    from groundline.processing import styling

    assert "no_such_style" in styling.apply(QgsRasterLayer(str(raster), "Velocity"), "no_such_style")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "mm/yr", "0 mm/yr"),
        (-12.345, "mm", "-12.3 mm"),
        (1e-13, "", "0"),
        (0.30000000000000004, "", "0.3"),
    ],
)
def test_legend_values_are_short(qgis_app: Any, value: float, unit: str, text: str) -> None:
    from groundline.processing.styling import label

    assert label(value, unit) == text
