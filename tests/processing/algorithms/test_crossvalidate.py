"""Cross-validation from the toolbox: points and rasters, layers loaded and styled, mistakes explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundline.core.pointfile import PointSet, write_points
from groundline.core.raster import write_geotiff
from groundline.core.stack import Grid

UTM = "EPSG:32650"


@pytest.fixture
def tracks(tmp_path: Path) -> list[str]:
    rng = np.random.default_rng(6)
    out = []
    for number, incidence in enumerate((35.0, 42.0), 1):
        x, y = rng.uniform(0, 1000, (2, 2500))
        up = -20.0 * np.exp(-((x - 500) ** 2 + (y - 500) ** 2) / 300.0**2)
        attributes = {
            "velocity": up * np.cos(np.radians(incidence)),
            "incidence": np.full(2500, incidence),
        }
        points = PointSet(x + 400_000, y + 3_900_000, UTM, attributes)
        out.append(str(write_points(tmp_path / f"track{number}.gpkg", points)))
    return out


def test_numbers_files_and_layers(project: Any, tracks: list[str], tmp_path: Path) -> None:
    from groundline_tests import toolbox
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsRasterLayer, QgsVectorLayer

    import processing

    context = QgsProcessingContext()
    context.setProject(project)
    outputs = processing.run(
        "groundline:crossvalidate",
        {"TRACK1": tracks[0], "TRACK2": tracks[1], "OUTPUT": str(tmp_path / "out")},
        context=context,
        feedback=toolbox.Log(),
    )
    assert outputs["PEARSON"] > 0.99
    assert outputs["COMMON_CELLS"] > 350
    assert abs(outputs["MEAN_DIFFERENCE"]) < 0.1
    assert all(Path(outputs[name]).is_file() for name in ("HTML", "FIGURE"))
    details = context.layersToLoadOnCompletion()
    titles = {"Difference track1 - track2, cells", "Difference track1 - track2"}
    assert {entry.name for entry in details.values()} == titles
    for uri, entry in details.items():
        layer = QgsRasterLayer(uri) if uri.endswith(".tif") else QgsVectorLayer(uri, entry.name, "ogr")
        entry.postProcessor().postProcessLayer(layer, context, QgsProcessingFeedback(False))
        if isinstance(layer, QgsVectorLayer):
            assert layer.renderer().classAttribute() == "difference"
            assert "mm/yr" in layer.renderer().ranges()[0].label()
        else:
            assert layer.renderer().type() == "singlebandpseudocolor"


def test_layers_in_memory_and_degrees_are_read(project: Any, tracks: list[str], tmp_path: Path) -> None:
    from groundline_tests import toolbox
    from qgis.core import QgsFeatureRequest, QgsVectorLayer

    memory = QgsVectorLayer(tracks[1], "second", "ogr").materialize(QgsFeatureRequest())
    project.addMapLayer(memory)
    outputs = toolbox.run(
        "crossvalidate", {"TRACK1": tracks[0], "TRACK2": memory, "OUTPUT": str(tmp_path / "out")}
    )
    assert outputs["PEARSON"] > 0.99


def test_rasters_are_tracks_too(project: Any, tmp_path: Path) -> None:
    from groundline_tests import toolbox

    grid = Grid(30, 20, (400_000.0, 50.0, 0.0, 3_901_000.0, 0.0, -50.0), UTM)
    rate = np.linspace(-20.0, 5.0, 600).reshape(20, 30)
    for name, offset in (("one", 2.0), ("two", 0.0)):
        write_geotiff(tmp_path / f"{name}.tif", rate + offset, grid, "velocity", "mm/yr")
    values = {"TRACK1": str(tmp_path / "one.tif"), "TRACK2": str(tmp_path / "two.tif"), "INCIDENCE1": 0.0}
    outputs = toolbox.run(
        "crossvalidate", {**values, "INCIDENCE2": 0.0, "REMOVE_OFFSET": True, "OUTPUT": str(tmp_path / "out")}
    )
    assert outputs["COMMON_CELLS"] == 600
    assert outputs["OFFSET"] == pytest.approx(2.0, abs=1e-5)
    assert outputs["RMSE"] == pytest.approx(0.0, abs=1e-5)
    assert "INCIDENCE2" in toolbox.complaint("crossvalidate", {**values, "OUTPUT": str(tmp_path / "again")})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SPACING": 0.01}, ("no common cells", "SPACING")),
        ({"COMPARE": "displacement"}, ("0 common dates", "compare velocities")),
        ({"FIELD": "speed"}, ("speed", "velocity")),
        ({"COMPONENT": "azimuth"}, ("TRACK1", "los_east")),
        ({"START": "2020-13-01"}, ("START",)),
        ({"CRS": "EPSG:4326"}, ("metres",)),
    ],
)
def test_mistakes_are_messages(
    project: Any, tracks: list[str], tmp_path: Path, changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    from groundline_tests import toolbox

    values = {"TRACK1": tracks[0], "TRACK2": tracks[1], "OUTPUT": str(tmp_path / "out"), **changes}
    message = toolbox.complaint("crossvalidate", values)
    assert all(word in message for word in words), message
    assert "Traceback" not in message
    assert not (tmp_path / "out").exists()
