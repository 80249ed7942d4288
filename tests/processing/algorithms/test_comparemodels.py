"""The comparison of models from the toolbox: same result as core, levelling from a layer, mistakes explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from groundline_tests.stacks import hashes

from groundline.core.mining.compare_job import run_comparemodels
from groundline.core.mining.compare_params import CompareParams
from groundline.core.simulation.saltmine_job import run_saltmine
from groundline.core.simulation.saltmine_params import SaltMineParams
from groundline.core.vector import read_vector


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mine") / "mine"
    run_saltmine(SaltMineParams(folder, columns=40, decorrelated=0.0))
    return folder


def run(parameters: dict[str, Any]) -> dict[str, Any]:
    import processing

    return processing.run("groundline:comparemodels", parameters)


def given(mine: Path, output: Path, **more: Any) -> dict[str, Any]:
    return {
        "INPUT": str(mine / "interferograms"),
        "REFERENCE": str(mine / "reference_areas.geojson"),
        "MODELS": ["wsk", "linear"],
        "FIT_END": "2017-02-01",
        "MEASURED": str(mine / "truth"),
        "OUTPUT": str(output),
        **more,
    }


def test_same_numbers_and_bytes_as_core(qgis_app: Any, mine: Path, tmp_path: Path) -> None:
    found = run(given(mine, tmp_path / "qgis"))
    core = run_comparemodels(
        CompareParams(
            mine / "interferograms",
            tmp_path / "core",
            models=("wsk", "linear"),
            reference=read_vector(mine / "reference_areas.geojson"),
            fit_end="2017-02-01",
            measured=mine / "truth",
        )
    )
    assert found["AIC_WSK"] == core.numbers["aic_wsk"].value
    assert found["PREDICTION_STD_LINEAR"] == core.numbers["prediction_std_linear"].value
    assert found["DATES_PREDICTED"] == 8
    csv = {name: digest for name, digest in hashes(tmp_path / "core").items() if name.endswith(".csv")}
    assert csv and csv.items() <= hashes(tmp_path / "qgis").items()
    assert Path(found["HTML"]).is_file() and Path(found["TABLE"]).is_file()


def test_levelling_may_be_a_layer_a_selection_or_a_table(qgis_app: Any, mine: Path, tmp_path: Path) -> None:
    from qgis.core import QgsVectorLayer

    layer = QgsVectorLayer(str(mine / "levelling.geojson"), "levelling", "ogr")
    table = run(given(mine, tmp_path / "table", LEVELLING_CSV=str(mine / "levelling.csv")))
    whole = run(given(mine, tmp_path / "layer", LEVELLING=layer))
    assert whole["LEVELLING_RMSE_WSK"] == pytest.approx(table["LEVELLING_RMSE_WSK"], rel=1e-4)
    layer.setSubsetString("\"name\" IN ('CP3', 'CP5')")
    some = run(given(mine, tmp_path / "some", LEVELLING=layer))
    assert some["LEVELLING_RMSE_WSK"] != whole["LEVELLING_RMSE_WSK"]


def test_mistakes_are_explained_before_the_run(qgis_app: Any, mine: Path, tmp_path: Path) -> None:
    from qgis.core import QgsApplication, QgsProcessingContext

    algorithm = QgsApplication.processingRegistry().algorithmById("groundline:comparemodels")
    parameters = given(mine, tmp_path / "o", MODELS=["static_pim"])
    good, message = algorithm.checkParameterValues(parameters, QgsProcessingContext())
    assert not good and "PANELS" in message
