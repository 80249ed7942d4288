"""PIM from the toolbox: same rasters as core, layers loaded and styled, mistakes explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests import mines
from groundline_tests.stacks import hashes
from osgeo import ogr

from groundline.core.mining.pim_job import run_pim
from groundline.core.mining.pim_model import PimModel, W
from groundline.core.mining.pim_panels import read_panels
from groundline.core.mining.pim_parameters import unknowns
from groundline.core.mining.pim_params import PimParams
from groundline.core.pointfile import PointSet, write_points
from groundline.core.vectorfile import write_layer

TRUTH = np.array([0.6, 1.9, 0.3, 0.04, 2.5])
ROW = {"name": "L1", "depth": 150.0, "thickness": 1.2, "start": "2019-12-20"}
LAYER = mines.panels((mines.box(-200, -80, 200, 80), ROW))


def model() -> PimModel:
    panels = read_panels(LAYER, mines.UTM)
    found = unknowns("ct", "knothe", False, True, {}, {}, ())
    return PimModel(panels, "ct", "knothe", found, (-12 / 365.25,), (None,))


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> mines.Mine:
    def motion(x: Any, y: Any, los: Any, years: Any) -> np.ndarray:
        return model().line_of_sight(TRUTH, x, y, los, years, 0.0)

    return mines.write_displacement(tmp_path_factory.mktemp("mine") / "in", motion, count=6, noise=0.002)


@pytest.fixture(scope="module")
def panels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    columns = {name: (type(value), [value]) for name, value in ROW.items()}
    path = tmp_path_factory.mktemp("panels") / "panels.gpkg"
    return write_layer(path, "panels", mines.UTM, ogr.wkbPolygon, LAYER.wkb, columns)


def run(project: Any, **values: Any) -> tuple[dict[str, Any], Any]:
    """Outputs and the context, by the registry's algorithm with its defaults."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    import processing

    context = QgsProcessingContext()
    context.setProject(project)
    outputs = processing.run("groundline:pim", values, context=context, feedback=QgsProcessingFeedback(False))
    return outputs, context


COMMON = {"GROWTH": "knothe", "END": "2020-08-31", "STEP": 60, "MAX_POINTS": 400, "ISOLINES": 20.0}


def test_toolbox_and_core_write_the_same_rasters(
    project: Any, mine: Any, panels: Path, tmp_path: Path
) -> None:
    outputs, _ = run(
        project,
        INPUT=str(mine.folder),
        PANELS=str(panels),
        OUTPUT=str(tmp_path / "toolbox"),
        CRS="EPSG:2437",
        **COMMON,
    )
    result = run_pim(
        PimParams(
            LAYER, tmp_path / "core", mine.folder, growth="knothe", end="2020-08-31", step=60, max_points=400,
            isolines=20.0, export_crs="EPSG:2437",
        )
    )  # fmt: skip
    assert outputs["Q"] == result.numbers["q"].value
    assert outputs["VOLUME_STD"] == result.numbers["volume_std"].value
    toolbox, core = hashes(tmp_path / "toolbox"), hashes(tmp_path / "core")
    same = [name for name in core if name.endswith((".tif", ".dxf")) or name in ("surface.csv", "pim.json")]
    assert len(same) > 20
    assert {name: toolbox[name] for name in same} == {name: core[name] for name in same}
    for name in ("VERTICAL", "TILT", "CURVATURE", "STRAIN", "DAMAGE", "VELOCITY", "DXF", "SURFACE", "HTML"):
        assert Path(outputs[name]).is_file(), name


def test_layers_are_scheduled_named_and_styled(project: Any, mine: Any, panels: Path, tmp_path: Path) -> None:
    from qgis.core import QgsProcessingFeedback, QgsRasterLayer, QgsVectorLayer

    outputs, context = run(
        project, INPUT=str(mine.folder), PANELS=str(panels), OUTPUT=str(tmp_path / "out"), **COMMON
    )
    wanted = context.layersToLoadOnCompletion()
    assert {details.name for details in wanted.values()} == {
        "PIM: isolines", "PIM: vertical motion", "PIM: damage class",
    }  # fmt: skip
    assert outputs["ISOLINE_LAYER"] in wanted
    for uri, details in wanted.items():
        raster = uri.endswith(".tif")
        layer = QgsRasterLayer(uri, details.name) if raster else QgsVectorLayer(uri, details.name, "ogr")
        assert layer.isValid()
        details.postProcessor().postProcessLayer(layer, context, QgsProcessingFeedback(False))
        if details.name == "PIM: damage class":
            assert layer.renderer().type() == "paletted"
        if details.name == "PIM: isolines":
            assert layer.labelsEnabled()
            assert layer.featureCount() > 5


def test_levelling_from_a_file_and_from_memory(project: Any, panels: Path, tmp_path: Path) -> None:
    from qgis.core import QgsFeatureRequest, QgsVectorLayer

    x, y = (v.ravel() for v in np.meshgrid(np.linspace(-300, 300, 9), np.linspace(-200, 200, 7)))
    x, y = x + mines.EAST, y + mines.NORTH
    years = np.array([(day - mines.FIRST).days / 365.25 for day in mines.days(4, 90)])
    up = -1e3 * model().fields(TRUTH, x, y, years, 0.0)[:, W].T
    file = write_points(
        tmp_path / "levelling.gpkg", PointSet(x, y, mines.UTM, {}, mines.days(4, 90), up.astype(np.float32))
    )
    layer = QgsVectorLayer(str(file), "benchmarks", "ogr")
    memory = layer.materialize(QgsFeatureRequest())
    found = []
    for number, source in enumerate((layer, memory)):
        outputs, _ = run(
            project, LEVELLING=source, PANELS=str(panels), GROWTH="knothe", FIXED="s", START_VALUES="s=0.04",
            OUTPUT=str(tmp_path / f"out{number}"),
        )  # fmt: skip
        found.append(outputs["Q"])
    assert found[0] == pytest.approx(0.6, rel=1e-3)
    assert found[1] == pytest.approx(found[0], rel=1e-9)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"INPUT": ""}, "INPUT"),
        ({"BOUNDS": "q=2"}, "q=low:high"),
        ({"FIELDS": "depth=level"}, "level = nothing"),
        ({"LIMITS": "strain 1 2"}, "LIMITS"),
        ({"DATES": "2001-01-01"}, "where the record begins"),
    ],
)
def test_mistakes_are_messages_and_nothing_is_written(
    project: Any, mine: Any, panels: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    from qgis.core import QgsProcessingException

    values = {
        "INPUT": str(mine.folder),
        "PANELS": str(panels),
        "OUTPUT": str(tmp_path / "out"),
        **COMMON,
        **changes,
    }
    with pytest.raises(QgsProcessingException, match=message) as caught:
        run(project, **values)
    assert "Traceback" not in str(caught.value)
    assert not (tmp_path / "out").exists()
