"""sbas and reference from the toolbox: same bytes as core, layers loaded and styled, mistakes explained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests.stacks import Scene, change, hashes, write_scene
from osgeo import ogr

from groundline.core.raster import write_geotiff
from groundline.core.stack import RADAR
from groundline.core.timeseries.params import ReferenceParams, SbasParams
from groundline.core.timeseries.rereference import change_reference
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.vector import VectorInput, read_vector


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return write_scene(tmp_path / "in", noise=0.2, missing=0.02)


def write_layer(path: Path, vector: VectorInput, crs: int = 4326) -> Path:
    """A GeoJSON of the features."""
    from osgeo import osr

    reference = osr.SpatialReference()
    reference.ImportFromEPSG(crs)
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = source.CreateLayer(path.stem, reference, ogr.wkbUnknown)
    for blob in vector.wkb:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkb(blob))
        layer.CreateFeature(feature)
    del layer, source
    return path


def run(project: Any, identifier: str, **values: Any) -> tuple[dict[str, Any], Any]:
    """Outputs and the context, by the registry's algorithm with its defaults."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    import processing

    context = QgsProcessingContext()
    context.setProject(project)
    feedback = QgsProcessingFeedback(False)
    return processing.run(f"groundline:{identifier}", values, context=context, feedback=feedback), context


def rasters(folder: Path) -> dict[str, str]:
    return {name: value for name, value in hashes(folder).items() if name.endswith((".tif", ".gpkg", ".qlr"))}


def test_toolbox_and_notebook_give_the_same_bytes(project: Any, scene: Scene, tmp_path: Path) -> None:
    reference = write_layer(tmp_path / "stable.gpkg", scene.pixels(0, 6, 0, 6))
    outputs, _ = run(
        project, "sbas", INPUT=str(scene.folder), OUTPUT=str(tmp_path / "toolbox"), REFERENCE=str(reference),
        WEIGHTS="coherence", LOSS="l1", DEM_ERROR=True, MIN_COHERENCE=0.3, START=scene.stack.dates[1].isoformat(),
    )  # fmt: skip
    run_sbas(
        SbasParams(
            scene.folder, tmp_path / "notebook", weights="coherence", loss="l1", dem_error=True, min_coherence=0.3,
            reference=read_vector(reference), start=scene.stack.dates[1].isoformat(),
        )
    )  # fmt: skip
    assert rasters(tmp_path / "toolbox") == rasters(tmp_path / "notebook")
    assert outputs["OUTPUT"] == str(tmp_path / "toolbox")
    assert Path(outputs["HTML"]).name == "report.html"
    assert outputs["DATES"] == 6
    assert outputs["VELOCITY_MIN"] < -100


def test_velocity_and_points_load_styled_and_nothing_else(project: Any, scene: Scene, tmp_path: Path) -> None:
    from qgis.core import QgsProcessingFeedback, QgsProject

    reference = write_layer(tmp_path / "stable.gpkg", scene.pixels(0, 6, 0, 6))
    outputs, context = run(
        project, "sbas", INPUT=str(scene.folder), OUTPUT=str(tmp_path / "out"), REFERENCE=str(reference)
    )
    wanted = context.layersToLoadOnCompletion()
    assert set(wanted) == {outputs["VELOCITY"], outputs["POINTS"]}
    from qgis.core import QgsProcessingUtils

    for uri, details in wanted.items():
        layer = QgsProcessingUtils.mapLayerFromString(uri, context)
        assert layer is not None and layer.isValid()
        QgsProject.instance().addMapLayer(layer.clone())
        details.postProcessor().postProcessLayer(layer, context, QgsProcessingFeedback(False))
        if uri == outputs["VELOCITY"]:
            items = layer.renderer().shader().rasterShaderFunction().colorRampItemList()
            values = [item.value for item in items]
            assert values[0] == -values[-1] < -100
            assert values[len(values) // 2] == 0
            assert items[0].label.endswith("mm/yr")
        else:
            assert layer.renderer().classAttribute() == "velocity"
            assert layer.featureCount() > 500


def test_the_layer_definition_opens_every_date(project: Any, scene: Scene, tmp_path: Path) -> None:
    from qgis.core import QgsLayerDefinition, QgsProject, QgsReadWriteContext

    run_sbas(SbasParams(scene.folder, tmp_path / "folder & <more>", reference=scene.points((0, 0))))
    root = QgsProject.instance().layerTreeRoot()
    ok, message = QgsLayerDefinition.loadLayerDefinition(
        str(tmp_path / "folder & <more>" / "layers.qlr"), QgsProject.instance(), root
    )
    assert ok, message
    assert QgsReadWriteContext is not None
    (group,) = root.children()
    assert not group.isExpanded() and not group.isVisible()
    layers = [node.layer() for node in group.findLayers()]
    assert [layer.name() for layer in layers] == [day.isoformat() for day in scene.stack.dates]
    limits = set()
    for layer, day in zip(layers, scene.stack.dates):
        assert layer.isValid(), layer.source()
        assert layer.crs().authid() == "EPSG:4326"
        assert Path(layer.source()).name == f"{day:%Y%m%d}.tif"
        temporal = layer.temporalProperties()
        assert temporal.isActive()
        assert temporal.fixedTemporalRange().begin().date().toPyDate() == day
        shader = layer.renderer().shader().rasterShaderFunction()
        values = [item.value for item in shader.colorRampItemList()]
        assert values[0] == pytest.approx(-values[-1]) and values[5] == 0
        assert shader.colorRampItemList()[0].label.endswith(" mm")
        limits.add(values[-1])
    assert len(limits) == 1
    ends = [layer.temporalProperties().fixedTemporalRange().end().date().toPyDate() for layer in layers[:-1]]
    assert all((after - end).days == 1 for end, after in zip(ends, scene.stack.dates[1:]))
    # Dropping the folder into a project twice must not mix the two.
    ok, message = QgsLayerDefinition.loadLayerDefinition(
        str(tmp_path / "folder & <more>" / "layers.qlr"), QgsProject.instance(), root
    )
    assert ok, message
    assert len(QgsProject.instance().mapLayers()) == 2 * len(scene.stack.dates)


def test_reference_from_the_toolbox_equals_core(project: Any, scene: Scene, tmp_path: Path) -> None:
    run_sbas(SbasParams(scene.folder, tmp_path / "first", reference=scene.pixels(0, 6, 0, 6)))
    layer = write_layer(tmp_path / "other.gpkg", scene.pixels(12, 4, 20, 4))
    outputs, context = run(
        project,
        "reference",
        INPUT=str(tmp_path / "first"),
        OUTPUT=str(tmp_path / "toolbox"),
        REFERENCE=str(layer),
    )
    change_reference(ReferenceParams(tmp_path / "first", tmp_path / "core", read_vector(layer)))
    assert rasters(tmp_path / "toolbox") == rasters(tmp_path / "core")
    assert set(context.layersToLoadOnCompletion()) == {outputs["VELOCITY"], outputs["POINTS"]}
    assert isinstance(outputs["VELOCITY_CHANGE"], float)


@pytest.mark.parametrize("kind", ["raster", "polygons"])
def test_a_mask_may_be_a_raster_or_polygons(project: Any, scene: Scene, tmp_path: Path, kind: str) -> None:
    from groundline.core.raster import read_geotiff

    if kind == "raster":
        values = np.zeros(scene.stack.grid.shape)
        values[4:10, 5:15] = 1
        write_geotiff(tmp_path / "mask.tif", values, scene.stack.grid)
        mask = tmp_path / "mask.tif"
    else:
        mask = write_layer(tmp_path / "mask.gpkg", scene.pixels(4, 6, 5, 10))
    reference = write_layer(tmp_path / "stable.gpkg", scene.pixels(0, 6, 0, 6))
    run(
        project,
        "sbas",
        INPUT=str(scene.folder),
        OUTPUT=str(tmp_path / "out"),
        MASK=str(mask),
        REFERENCE=str(reference),
    )
    solved = np.isfinite(read_geotiff(tmp_path / "out" / "velocity.tif")[0])
    assert solved[4:10, 5:15].sum() > 50
    assert solved.sum() == solved[4:10, 5:15].sum()


def test_a_layer_in_another_system_finds_the_same_pixels(project: Any, scene: Scene, tmp_path: Path) -> None:
    from groundline.core.timeseries.reference_area import areas_of

    geometry = ogr.CreateGeometryFromWkb(scene.pixels(3, 5, 4, 5).wkb[0])
    from osgeo import osr

    lonlat, utm = osr.SpatialReference(), osr.SpatialReference()
    lonlat.ImportFromEPSG(4326)
    utm.ImportFromEPSG(32614)
    for system in (lonlat, utm):
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    geometry.Transform(osr.CoordinateTransformation(lonlat, utm))
    other = VectorInput((bytes(geometry.ExportToWkb()),), utm.ExportToWkt(), name="utm")
    (first,), (second,) = (areas_of(layer, scene.stack) for layer in (other, scene.pixels(3, 5, 4, 5)))
    np.testing.assert_array_equal(first.rows, second.rows)
    np.testing.assert_array_equal(first.cols, second.cols)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"MIN_COHERENCE": 2.0}, "MIN_COHERENCE"),
        ({"START": "yesterday"}, "START: 'yesterday'"),
        ({"MAX_POINTS": 0}, "MAX_POINTS"),
    ],
)
def test_mistakes_are_explained_without_a_traceback(
    project: Any, scene: Scene, tmp_path: Path, values: dict[str, Any], message: str
) -> None:
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException, match=message):
        run(project, "sbas", INPUT=str(scene.folder), OUTPUT=str(tmp_path / "out"), **values)
    assert not (tmp_path / "out").exists()


def test_radar_geometry_loads_no_layer(project: Any, scene: Scene, tmp_path: Path) -> None:
    change(scene, replace(scene.stack, frame=RADAR, grid=replace(scene.stack.grid, crs="")))
    outputs, context = run(project, "sbas", INPUT=str(scene.folder), OUTPUT=str(tmp_path / "out"))
    assert not context.layersToLoadOnCompletion()
    assert Path(outputs["VELOCITY"]).is_file()
    assert not (tmp_path / "out" / "points.gpkg").exists()
