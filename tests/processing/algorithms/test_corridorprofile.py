"""The corridor profile from the toolbox: same numbers as core, layers loaded and styled, mistakes explained."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from osgeo import ogr

from groundline.core import raster
from groundline.core.corridor.job import run_corridor
from groundline.core.corridor.params import CorridorParams
from groundline.core.pointfile import PointSet, write_points
from groundline.core.pointsource import PointFile
from groundline.core.stack import Grid
from groundline.core.vector import read_vector
from groundline.core.vectorfile import write_layer

UTM = "EPSG:32650"
EAST, NORTH = 400_000.0, 3_900_000.0


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """Two parts of one straight line of 2 km, the second one drawn backwards."""
    shapes = [
        bytes(ogr.CreateGeometryFromWkt(f"LINESTRING ({EAST + a} {NORTH}, {EAST + b} {NORTH})").ExportToWkb())
        for a, b in ((0, 1200), (2000, 1200))
    ]
    return write_layer(
        tmp_path / "line.gpkg", "line", UTM, ogr.wkbLineString, shapes, {"name": (str, ["a", "b"])}
    )


@pytest.fixture
def points(tmp_path: Path) -> Path:
    generator = np.random.default_rng(4)
    x, y = generator.uniform(0, 2000, 3000), generator.uniform(-100, 100, 3000)
    velocity = np.where((x > 500) & (x < 1000), -25.0, -1.0) + generator.normal(0, 0.5, 3000)
    attributes = {"velocity": velocity, "incidence": np.full(3000, 35.0)}
    return write_points(tmp_path / "points.gpkg", PointSet(x + EAST, y + NORTH, UTM, attributes))


@pytest.fixture
def velocity(tmp_path: Path) -> Path:
    values = np.tile(np.where((np.arange(110) >= 30) & (np.arange(110) < 55), -25.0, -1.0), (20, 1))
    grid = Grid(110, 20, (EAST - 100.0, 20.0, 0.0, NORTH + 200.0, 0.0, -20.0), UTM)
    raster.write_geotiff(tmp_path / "velocity.tif", values, grid, "velocity", "mm/yr")
    return tmp_path / "velocity.tif"


def run(project: Any, **values: Any) -> tuple[dict[str, Any], Any]:
    """Outputs and the context, by the registry's algorithm with its defaults."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    import processing

    context = QgsProcessingContext()
    context.setProject(project)
    outputs = processing.run(
        "groundline:corridorprofile", values, context=context, feedback=QgsProcessingFeedback(False)
    )
    return outputs, context


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def test_toolbox_and_core_write_the_same_bytes(
    project: Any, line: Path, points: Path, tmp_path: Path
) -> None:
    from qgis.core import QgsVectorLayer

    layer = QgsVectorLayer(str(points), "measured", "ogr")
    outputs, _ = run(project, POINTS=[layer], LINE=str(line), RADIUS=80.0, OUTPUT=str(tmp_path / "toolbox"))
    crs = layer.crs().toWkt(layer.crs().WktVariant.WKT_PREFERRED)
    result = run_corridor(
        CorridorParams(
            read_vector(line), tmp_path / "core", (PointFile(str(points), "", "measured", crs),), radius=80.0
        )
    )
    assert outputs["AFFECTED_LENGTH"] == result.numbers["affected_length"].value == 500.0
    assert outputs["LINE_LENGTH"] == 2000.0
    toolbox, core = digests(tmp_path / "toolbox"), digests(tmp_path / "core")
    assert toolbox["profile.csv"] == core["profile.csv"]
    assert toolbox["zones.csv"] == core["zones.csv"]
    assert toolbox["profile.png"] == core["profile.png"]


def test_layers_are_scheduled_named_and_styled(
    project: Any, line: Path, velocity: Path, tmp_path: Path
) -> None:
    from qgis.core import QgsProcessingFeedback, QgsVectorLayer

    outputs, context = run(
        project,
        RASTER=str(velocity),
        LINE=str(line),
        RADIUS=50.0,
        INCIDENCE=0.0,
        OUTPUT=str(tmp_path / "out"),
    )
    details = context.layersToLoadOnCompletion()
    assert [entry.name for entry in details.values()] == ["Profile (vertical velocity)", "Affected zones"]
    assert set(details) == {outputs["PROFILE"], outputs["ZONES"]}
    layers = {}
    for uri, entry in details.items():
        layer = QgsVectorLayer(uri, entry.name, "ogr")
        assert layer.isValid()
        entry.postProcessor().postProcessLayer(layer, context, QgsProcessingFeedback(False))
        layers[entry.name] = layer
    renderer = layers["Profile (vertical velocity)"].renderer()
    assert renderer.classAttribute() == "median"
    assert "mm/yr" in renderer.ranges()[0].label()
    assert renderer.ranges()[-1].lowerValue() == pytest.approx(-renderer.ranges()[0].upperValue())
    assert layers["Affected zones"].labelsEnabled()
    assert Path(outputs["HTML"]).is_file()
    assert Path(outputs["FIGURE"]).is_file()
    assert outputs["AFFECTED_LENGTH_ON_LINE"] == 500.0


def test_filtered_and_memory_layers_are_read_as_shown(
    project: Any, line: Path, points: Path, tmp_path: Path
) -> None:
    from qgis.core import QgsFeatureRequest, QgsVectorLayer

    common = {"LINE": str(line), "RADIUS": 80.0, "COMPONENT": "los"}
    layer = QgsVectorLayer(str(points), "measured", "ogr")
    layer.setSubsetString("velocity > -10")
    outputs, _ = run(project, POINTS=[layer], OUTPUT=str(tmp_path / "filtered"), **common)
    assert outputs["AFFECTED_LENGTH"] == 0.0
    assert outputs["LENGTH_WITHOUT_DATA"] == 500.0
    layer.setSubsetString("")
    memory = layer.materialize(QgsFeatureRequest())
    outputs, _ = run(project, POINTS=[memory], OUTPUT=str(tmp_path / "memory"), **common)
    assert outputs["AFFECTED_LENGTH"] == 500.0


def test_selected_parts_of_the_line_are_honoured(
    project: Any, line: Path, points: Path, tmp_path: Path
) -> None:
    from qgis.core import QgsProcessingFeatureSourceDefinition, QgsVectorLayer

    track = project.addMapLayer(QgsVectorLayer(str(line), "track", "ogr"))
    track.selectByExpression("\"name\" = 'a'")
    source = QgsProcessingFeatureSourceDefinition(track.id(), selectedFeaturesOnly=True)
    outputs, _ = run(project, POINTS=[str(points)], LINE=source, RADIUS=80.0, OUTPUT=str(tmp_path / "out"))
    assert outputs["LINE_LENGTH"] == 1200.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"POINTS": []}, "neither"),
        ({"RADIUS": 0.0}, "RADIUS"),
        ({"FIELD": "speed"}, "velocity, incidence"),
        ({"BIN": 5000.0}, "at most the length of the line"),
        ({"THRESHOLD": 0.0}, "THRESHOLD"),
    ],
)
def test_mistakes_are_messages_and_nothing_is_written(
    project: Any, line: Path, points: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    from qgis.core import QgsProcessingException

    values = {"POINTS": [str(points)], "LINE": str(line), "OUTPUT": str(tmp_path / "out"), **changes}
    with pytest.raises(QgsProcessingException, match=message) as caught:
        run(project, **values)
    assert "Traceback" not in str(caught.value)
    assert not (tmp_path / "out" / "result.json").exists()


def test_points_and_raster_together_are_refused(
    project: Any, line: Path, points: Path, velocity: Path, tmp_path: Path
) -> None:
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException, match="both"):
        run(project, POINTS=[str(points)], RASTER=str(velocity), LINE=str(line), OUTPUT=str(tmp_path / "out"))


def test_plain_layer_without_crs_is_named(project: Any, line: Path, tmp_path: Path) -> None:
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsFeature,
        QgsGeometry,
        QgsPointXY,
        QgsProcessingException,
        QgsVectorLayer,
    )

    layer = QgsVectorLayer("Point?field=velocity:double", "plain", "memory")
    layer.setCrs(QgsCoordinateReferenceSystem())
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(EAST + 10.0, NORTH)))
    feature.setAttribute("velocity", -20.0)
    layer.dataProvider().addFeature(feature)
    with pytest.raises(QgsProcessingException, match="Assign a CRS"):
        run(project, POINTS=[layer], LINE=str(line), COMPONENT="los", OUTPUT=str(tmp_path / "out"))
