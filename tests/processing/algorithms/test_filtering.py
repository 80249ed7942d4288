"""shpfilter and goldstein from the toolbox: same bytes as core, the layer of counts, mistakes explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from groundline_tests.stacks import hashes, write_scene
from groundline_tests.wrapped import WrappedScene, write_wrapped

from groundline.core.filtering.goldstein import GoldsteinOptions
from groundline.core.filtering.goldstein_job import run_goldstein
from groundline.core.filtering.neighbourhood import Neighbourhood
from groundline.core.filtering.options import SelectionOptions
from groundline.core.filtering.params import GoldsteinParams, ShpFilterParams
from groundline.core.filtering.shp_job import run_shpfilter

pytestmark = pytest.mark.usefixtures("project")


@pytest.fixture
def scene(tmp_path: Path) -> WrappedScene:
    return write_wrapped(tmp_path / "in", rows=40, cols=44)


def run(identifier: str, **values: Any) -> tuple[dict[str, Any], Any]:
    """Outputs and the context."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject

    import processing

    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    feedback = QgsProcessingFeedback(False)
    return processing.run(f"groundline:{identifier}", values, context=context, feedback=feedback), context


def rasters(folder: Path) -> dict[str, str]:
    return {name: value for name, value in hashes(folder).items() if name.endswith(".tif")}


def test_shpfilter_equals_core(scene: WrappedScene, tmp_path: Path) -> None:
    outputs, _ = run(
        "shpfilter", INPUT=str(scene.folder), OUTPUT=str(tmp_path / "toolbox"), ROWS=9, COLUMNS=7, ALPHA=0.1,
        TEST="glr", MIN_COUNT=10, CONNECTED=True, UNBIASED=True,
    )  # fmt: skip
    options = SelectionOptions(Neighbourhood(9, 7), 0.1, "glr", True)
    run_shpfilter(ShpFilterParams(scene.folder, tmp_path / "core", "", options, 10, True))
    assert rasters(tmp_path / "toolbox") == rasters(tmp_path / "core")
    assert outputs["PAIRS"] == len(scene.stack.pairs)
    assert outputs["RESIDUES_AFTER"] < outputs["RESIDUES_BEFORE"]
    assert outputs["FILTERED_SHARE"] > 50
    assert Path(outputs["HTML"]).is_file()


def test_goldstein_equals_core_and_takes_what_shpfilter_leaves(scene: WrappedScene, tmp_path: Path) -> None:
    run("shpfilter", INPUT=str(scene.folder), OUTPUT=str(tmp_path / "shp"), ROWS=9, COLUMNS=7)
    outputs, context = run(
        "goldstein", INPUT=str(tmp_path / "shp"), OUTPUT=str(tmp_path / "toolbox"), STRENGTH="coherence",
        WINDOW="16", OVERLAP="0.75", SMOOTHING=3,
    )  # fmt: skip
    options = GoldsteinOptions(None, 16, 0.75, 3)
    run_goldstein(GoldsteinParams(tmp_path / "shp", tmp_path / "core", options))
    assert rasters(tmp_path / "toolbox") == rasters(tmp_path / "core")
    assert outputs["SCATTER_AFTER"] < outputs["SCATTER_BEFORE"]
    assert not context.layersToLoadOnCompletion()


def test_the_counts_load_styled(scene: WrappedScene, tmp_path: Path) -> None:
    from qgis.core import QgsProcessingFeedback, QgsProcessingUtils

    outputs, context = run(
        "shpfilter", INPUT=str(scene.folder), OUTPUT=str(tmp_path / "out"), ROWS=9, COLUMNS=7, MIN_COUNT=12
    )
    wanted = context.layersToLoadOnCompletion()
    assert list(wanted) == [outputs["COUNT"]]
    layer = QgsProcessingUtils.mapLayerFromString(outputs["COUNT"], context)
    wanted[outputs["COUNT"]].postProcessor().postProcessLayer(layer, context, QgsProcessingFeedback(False))
    items = layer.renderer().shader().rasterShaderFunction().colorRampItemList()
    # The colour changes where filtering begins, and the darkest is a whole window of 9 x 7.
    assert [item.value for item in items] == [0, 12, 13, 26, 43, 62]
    assert [item.label for item in items] == ["0", "12", "13", "26", "43", "62"]
    assert wanted[outputs["COUNT"]].name == "Homogeneous pixels"


def test_radar_geometry_loads_no_layer(tmp_path: Path) -> None:
    scene = write_wrapped(tmp_path / "in", rows=40, cols=44, georeferenced=False)
    outputs, context = run(
        "shpfilter", INPUT=str(scene.folder), OUTPUT=str(tmp_path / "out"), ROWS=9, COLUMNS=7
    )
    assert not context.layersToLoadOnCompletion()
    assert Path(outputs["COUNT"]).is_file()


@pytest.mark.parametrize(
    ("identifier", "values", "message"),
    [
        ("shpfilter", {"ROWS": 18}, "18"),
        ("shpfilter", {"ROWS": 41}, "41"),
        ("shpfilter", {"ALPHA": 0.0}, "between 0 and 1"),
        ("shpfilter", {"MIN_COUNT": 400}, "MIN_COUNT"),
        ("goldstein", {"WINDOW": "64"}, "40 pixels"),
        ("goldstein", {"SMOOTHING": 4}, "SMOOTHING"),
        ("goldstein", {"STRENGTH": "coherence"}, "shpfilter"),
    ],
)
def test_mistakes_are_explained(
    scene: WrappedScene, tmp_path: Path, identifier: str, values: dict[str, Any], message: str
) -> None:
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException, match=message):
        run(identifier, INPUT=str(scene.folder), OUTPUT=str(tmp_path / "out"), **values)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("identifier", ["shpfilter", "goldstein"])
def test_an_unwrapped_stack_is_sent_on(tmp_path: Path, identifier: str) -> None:
    from qgis.core import QgsProcessingException

    folder = write_scene(tmp_path / "in").folder
    with pytest.raises(QgsProcessingException, match="a stack of wrapped interferograms.*go on to 'sbas'"):
        run(identifier, INPUT=str(folder), OUTPUT=str(tmp_path / "out"))


@pytest.mark.parametrize("identifier", ["shpfilter", "goldstein"])
def test_cancelled_it_leaves_nothing(scene: WrappedScene, tmp_path: Path, identifier: str) -> None:
    from groundline_tests import toolbox

    before = hashes(tmp_path)
    values = {"INPUT": str(scene.folder), "OUTPUT": str(tmp_path / "out")}
    for moment in (1, 4):
        log = toolbox.Log(moment)
        assert toolbox.run(identifier, values, log) == {}
        assert "Cancelled. Inputs and earlier results are untouched." in log.lines
    assert hashes(tmp_path) == before and not (tmp_path / "out").exists()
