"""`wskestimate` and `wskpredict` in the toolbox: same bytes as core, layers, numbers, and messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from groundline_tests import mine_chain

    return mine_chain.scene(tmp_path_factory.mktemp("mine"))


def run(identifier: str, parameters: dict[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject

    import processing

    context, feedback = QgsProcessingContext(), QgsProcessingFeedback(False)
    context.setProject(QgsProject.instance())
    outputs = processing.run(f"groundline:{identifier}", parameters, context=context, feedback=feedback)
    return outputs, context, feedback


def estimate(scene: Path, output: Path, **other: Any) -> tuple[dict[str, Any], Any, Any]:
    from groundline_tests import mine_chain

    given = {
        "INPUT": str(scene / "interferograms"),
        "REFERENCE": str(scene / "reference_areas.geojson"),
        "RECORD_CX": mine_chain.record_cx(scene),
        "OUTPUT": str(output),
    }
    return run("wskestimate", {**given, **other})


@pytest.fixture(scope="module")
def estimated(
    qgis_app: Any, scene: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], set[str]]:
    """Outputs of a run, and the files that it loads (a context would outlive QGIS)."""
    outputs, context, _ = estimate(scene, tmp_path_factory.mktemp("wsk") / "out")
    return outputs, {Path(source.split("|")[0]).name for source in context.layersToLoadOnCompletion()}


def test_the_same_bytes_as_core(scene: Path, estimated: tuple[dict[str, Any], set[str]], tmp_path: Path) -> None:
    from groundline_tests import chain, mine_chain

    from groundline.core.mining.estimate_job import run_wskestimate
    from groundline.core.mining.estimate_params import WskEstimateParams
    from groundline.core.vector import read_vector

    run_wskestimate(
        WskEstimateParams(
            scene / "interferograms",
            tmp_path / "core",
            reference=read_vector(scene / "reference_areas.geojson"),
            record_cx=mine_chain.record_cx(scene),
        )
    )
    suffixes = (".tif", ".gpkg", ".qlr")
    expected = chain.hashes(tmp_path / "core", *suffixes)
    assert chain.hashes(Path(estimated[0]["OUTPUT"]), *suffixes) == expected


def test_points_and_velocity_load_and_outputs_lead_on(estimated: tuple[dict[str, Any], set[str]]) -> None:
    outputs, loaded = estimated
    assert loaded == {"points.gpkg", "velocity.tif"}
    assert Path(outputs["DIFFUSION"]).name == "D.tif"
    assert outputs["PIXELS"] > 2000
    assert outputs["MEAN_CX"] == pytest.approx(36.2, abs=0.1)
    assert outputs["KKT"] < 1e-8


def test_a_prediction_is_scored(scene: Path, estimated: tuple[dict[str, Any], set[str]], tmp_path: Path) -> None:
    outputs, context, _ = run(
        "wskpredict",
        {
            "INPUT": estimated[0]["OUTPUT"],
            "TRUTH": str(scene / "truth" / "forecast"),
            "OUTPUT": str(tmp_path / "forecast"),
        },
    )
    assert outputs["DATES"] == outputs["DATES_SCORED"] == 12
    assert outputs["SCORE_RMSE"] < 3.0
    assert Path(outputs["HTML"]).is_file()
    assert len(context.layersToLoadOnCompletion()) == 2


def test_funnels_go_in_as_a_layer(scene: Path, qgis_app: Any, tmp_path: Path) -> None:
    outputs, _, _ = estimate(scene, tmp_path / "out", FUNNELS=str(scene / "funnels.geojson"))
    assert outputs["FUNNELS"] == 6


def test_funnels_that_were_cut_go_in_unchanged(
    scene: Path, estimated: tuple[dict[str, Any], set[str]], tmp_path: Path
) -> None:
    cut, _, _ = run("funnels", {"INPUT": estimated[0]["OUTPUT"], "OUTPUT": str(tmp_path / "funnels")})
    assert cut["FUNNEL_COUNT"] > 1
    outputs, _, _ = estimate(scene, tmp_path / "own", FUNNELS=cut["FUNNELS"])
    assert outputs["FUNNELS"] == cut["FUNNEL_COUNT"]
    # The mine's funnels share one Cx: each finds it for itself, with fewer pixels.
    assert outputs["MEAN_CX"] == pytest.approx(estimated[0]["MEAN_CX"], abs=0.2)
    amounts, _, _ = run(
        "brine", {"INPUT": str(tmp_path / "own"), "FUNNELS": cut["FUNNELS"], "OUTPUT": str(tmp_path / "brine")}
    )
    assert amounts["FUNNEL_COUNT"] == cut["FUNNEL_COUNT"]


def test_a_field_of_the_funnels_gives_each_its_gauge(scene: Path, qgis_app: Any, tmp_path: Path) -> None:
    layer = json.loads((scene / "funnels.geojson").read_text(encoding="utf-8"))
    for feature in layer["features"]:
        funnel = feature["properties"]["funnel"]
        feature["properties"]["record"] = 34.0 + 0.5 * funnel if funnel < 6 else None
    (tmp_path / "funnels.geojson").write_text(json.dumps(layer), encoding="utf-8")
    given = {"FUNNELS": str(tmp_path / "funnels.geojson"), "RECORD_CX_FIELD": "record", "RECORD_CX": None}
    outputs, _, feedback = estimate(scene, tmp_path / "out", **given)
    rows = json.loads((tmp_path / "out" / "wsk.json").read_text(encoding="utf-8"))["funnels"]
    assert [row["physical"] for row in rows] == [True] * 5 + [False]
    assert outputs["FUNNELS"] == 6 and outputs["FUNNELS_LEFT_OUT"] == 0
    log = feedback.textLog()
    assert "Funnel 1, scale: mean u 0.293, from RECORD_CX 34.5." in log
    assert "Funnel 6, scale: no gauge" in log and "No mean of Cx is known for funnel 6:" in log


def test_the_published_bound_is_told_in_the_log(scene: Path, qgis_app: Any, tmp_path: Path) -> None:
    _, _, feedback = estimate(scene, tmp_path / "out", BOUNDS="fixed")
    assert "at most 19.7 mm/yr" in feedback.textLog()


@pytest.mark.parametrize(
    ("identifier", "wrong", "name"),
    [("wskestimate", {"PRESET": "own", "CS": 0.0}, "CS"), ("wskestimate", {"BRINE_TEMPERATURE": 20.0}, "RECORD_CX"),
     ("wskestimate", {"U_MODEL": "temperature", "RECORD_CX": None}, "TEMPERATURES"),
     ("wskpredict", {}, "END"), ("wskpredict", {"DATES": "2010-01-01"}, "DATES")],
)  # fmt: skip
def test_mistakes_are_messages(
    scene: Path,
    estimated: tuple[dict[str, Any], set[str]],
    tmp_path: Path,
    identifier: str,
    wrong: dict[str, Any],
    name: str,
) -> None:
    from qgis.core import QgsProcessingException

    given = {"INPUT": estimated[0]["OUTPUT"], "OUTPUT": str(tmp_path / "out")}
    with pytest.raises(QgsProcessingException, match=name):
        if identifier == "wskestimate":
            estimate(scene, tmp_path / "out", **wrong)
        else:
            run(identifier, {**given, **wrong})
    assert not (tmp_path / "out").exists()
