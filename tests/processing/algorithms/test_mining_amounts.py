"""Funnels, brine and sensitivity from the toolbox: layers, the same numbers as core, mistakes explained."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests.mine import boxes, metric_grid, write_subsidence
from groundline_tests.stacks import hashes
from osgeo import ogr

from groundline.core.mining.brine import Deposit
from groundline.core.mining.brine_job import run_brine
from groundline.core.mining.brine_params import BrineParams
from groundline.core.mining.sobol_job import SobolParams, run_sobol
from groundline.core.vectorfile import write_layer

GRID = metric_grid(40, 60, 10.0)
DAYS = [date(2015, 6, 15) + timedelta(days=99 * n) for n in range(9)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two bowls of 240 and 180 mm after 792 days."""
    y, x = np.mgrid[0:40, 0:60]
    bowls = [d * np.exp(-((y - 20) ** 2 + (x - c) ** 2) / 60.0) for c, d in ((18, 0.24), (42, 0.18))]
    s = np.linspace(0.0, 1.0, 9)[:, None, None] * np.maximum(*bowls)
    return write_subsidence(tmp_path_factory.mktemp("mine") / "in", s, DAYS, GRID)


def run(project: Any, name: str, **values: Any) -> tuple[dict[str, Any], Any]:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    import processing

    context = QgsProcessingContext()
    context.setProject(project)
    outputs = processing.run(
        f"groundline:{name}", values, context=context, feedback=QgsProcessingFeedback(False)
    )
    return outputs, context


def test_funnels_feed_brine(project: Any, folder: Path, tmp_path: Path) -> None:
    cut, _ = run(project, "funnels", INPUT=str(folder), OUTPUT=str(tmp_path / "funnels"))
    assert cut["FUNNEL_COUNT"] == 2
    assert cut["MERGING_EVENTS"] == 0
    outputs, _ = run(
        project, "brine", INPUT=str(folder), FUNNELS=cut["FUNNELS"], OUTPUT=str(tmp_path / "brine")
    )
    assert outputs["FUNNEL_COUNT"] == 2
    assert outputs["ANNUAL_RATE"] == pytest.approx(0.8 * outputs["VOLUME"] / (792 / 365.25))
    assert Path(outputs["HTML"]).is_file() and Path(outputs["TABLE"]).is_file()


def test_toolbox_and_core_find_the_same_brine(project: Any, folder: Path, tmp_path: Path) -> None:
    outputs, _ = run(
        project,
        "brine",
        INPUT=str(folder),
        MINE="huaian",
        DENSITY=1.1,
        THRESHOLD=15.0,
        OUTPUT=str(tmp_path / "toolbox"),
    )
    core = run_brine(
        BrineParams(folder, tmp_path / "core", deposit=Deposit(thickness=5.0, density=1.1), threshold=15.0)
    )
    assert outputs["PRODUCT"] == core.numbers["product"].value
    toolbox, notebook = hashes(tmp_path / "toolbox"), hashes(tmp_path / "core")
    assert toolbox["brine.csv"] == notebook["brine.csv"]
    assert toolbox["brine.gpkg"] == notebook["brine.gpkg"]


def test_sensitivity_from_the_toolbox(project: Any, tmp_path: Path) -> None:
    outputs, _ = run(project, "sobol", SAMPLES=1024, RESAMPLES=20, OUTPUT=str(tmp_path / "toolbox"))
    core = run_sobol(SobolParams(tmp_path / "core", samples=1024, resamples=20))
    assert outputs["FIRST_S_D"] == pytest.approx(core.numbers["first_s_d"].value, rel=1e-9)
    assert outputs["TOTAL_TY_CX"] == pytest.approx(4 / 7, abs=0.02)


def test_outlines_load_with_their_time(project: Any, folder: Path, tmp_path: Path) -> None:
    from qgis.core import QgsProcessingFeedback, QgsVectorLayer

    outputs, context = run(project, "funnels", INPUT=str(folder), OUTPUT=str(tmp_path / "out"))
    details = context.layersToLoadOnCompletion()
    assert list(details) == [outputs["BOUNDARIES"], outputs["FUNNELS"]]
    layers = {}
    for uri, entry in details.items():
        layer = QgsVectorLayer(uri, entry.name, "ogr")
        assert layer.isValid()
        entry.postProcessor().postProcessLayer(layer, context, QgsProcessingFeedback(False))
        layers[entry.name] = layer
    time = layers["Funnel boundaries"].temporalProperties()
    assert time.isActive()
    assert (time.startField(), time.endField()) == ("date", "until")
    assert layers["Funnels"].labelsEnabled()
    assert layers["Funnels"].fields().names()[1] == "funnel"


def test_brine_layer_is_labelled_with_its_rate(project: Any, folder: Path, tmp_path: Path) -> None:
    from qgis.core import QgsProcessingFeedback, QgsVectorLayer

    outputs, context = run(project, "brine", INPUT=str(folder), OUTPUT=str(tmp_path / "out"))
    entry = context.layersToLoadOnCompletion()[outputs["BRINE"]]
    layer = QgsVectorLayer(outputs["BRINE"], entry.name, "ogr")
    entry.postProcessor().postProcessLayer(layer, context, QgsProcessingFeedback(False))
    assert layer.labelsEnabled() and "rate_t_yr" in layer.labeling().settings().fieldName
    assert "rate_t_yr" in layer.fields().names()


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("brine", {"DENSITY": -1.0}, "DENSITY"),
        ("brine", {"THRESHOLD": 900.0}, "largest subsidence"),
        ("brine", {"INPUT": "nowhere"}, "INPUT"),
        ("funnels", {"EDGE": 900.0, "BOUNDARY": 900.0}, "largest subsidence"),
        ("funnels", {"DATE": "2001-01-01"}, "nearest"),
        ("sobol", {"CS": 0.0}, "CS"),
        ("sobol", {"DELTA": 0.0}, "DELTA"),
        ("sobol", {"D_MAX": 0.0}, "D_MIN to D_MAX"),
    ],
)
def test_mistakes_are_messages(
    project: Any, folder: Path, tmp_path: Path, name: str, changes: dict[str, Any], message: str
) -> None:
    from qgis.core import QgsProcessingException

    values: dict[str, Any] = {"INPUT": str(folder)} if name != "sobol" else {}
    with pytest.raises(QgsProcessingException, match=message) as caught:
        run(project, name, **{**values, "OUTPUT": str(tmp_path / "out"), **changes})
    assert "Traceback" not in str(caught.value)
    assert not (tmp_path / "out" / "result.json").exists()


def test_overlapping_funnels_are_refused_by_name(project: Any, folder: Path, tmp_path: Path) -> None:
    from qgis.core import QgsProcessingException

    layer = boxes(GRID, (0, 40, 0, 35), (0, 40, 30, 30))
    path = write_layer(
        tmp_path / "overlap.gpkg", "overlap", layer.crs, ogr.wkbPolygon, layer.wkb, {"funnel": (int, [3, 8])}
    )
    with pytest.raises(QgsProcessingException, match="overlapping funnels 3 and 8"):
        run(project, "brine", INPUT=str(folder), FUNNELS=str(path), OUTPUT=str(tmp_path / "out"))
