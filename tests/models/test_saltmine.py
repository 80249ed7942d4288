"""The shipped model `saltmine`: found, described, run, resumed, right, and the same bytes as core."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

MODEL = "saltmine"
PARAMETERS = (
    "INPUT", "FORMAT", "REFERENCE", "FUNNELS", "PRESET", "RECORD_CX", "END", "STEP", "THRESHOLD", "RECORDS",
    "DENSITY", "MAX_DAYS", "MAX_BPERP", "WORKSPACE",
)  # fmt: skip


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from groundline_tests import mine_chain

    return mine_chain.scene(tmp_path_factory.mktemp("mine"))


@pytest.fixture(scope="module")
def finished(qgis_app: Any, scene: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A workspace in which the model ran once, and the files that it loads."""
    workspace = tmp_path_factory.mktemp("work") / "space"
    return workspace, run_model(scene, workspace)


def run_model(scene: Path, workspace: Path, **changes: Any) -> list[str]:
    """Run the provider's model; the files that it loads."""
    from groundline_tests import mine_chain, models

    return models.finish(MODEL, {**mine_chain.inputs(scene), "WORKSPACE": str(workspace), **changes}).loaded


def numbers(folder: Path) -> dict[str, Any]:
    document = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return {key: entry["value"] for key, entry in document["numbers"].items()}


def test_parameters_and_their_help(provider: Any) -> None:
    from groundline_tests import models

    models.check_described(provider, MODEL, "Salt mine, interferograms to brine forecast", PARAMETERS, steps=6)


def test_one_run_leaves_every_step_and_numbers_near_the_truth(finished: tuple[Path, list[str]], scene: Path) -> None:
    from groundline_tests import mine_chain

    workspace, _ = finished
    for step in mine_chain.STEPS:
        assert (workspace / step / "result.json").is_file(), step
    truth = numbers(scene)
    assert numbers(workspace / "kinetics")["mean_cx"] == pytest.approx(truth["record_mean_cx"], abs=0.1)
    assert numbers(workspace / "brine")["annual_rate"] == pytest.approx(truth["product_rate"], rel=0.05)
    forecast = numbers(workspace / "brine_forecast")
    assert forecast["product"] > numbers(workspace / "brine")["product"]
    assert numbers(workspace / "forecast")["largest_subsidence"] > truth["largest_subsidence"]


def test_points_velocities_and_nothing_intermediate_are_loaded(finished: tuple[Path, list[str]]) -> None:
    workspace, sources = finished
    loaded = {Path(source).relative_to(workspace).parts[0] for source in sources}
    assert "kinetics" in loaded and "forecast" in loaded
    assert not loaded & {"stack", "network"}


def test_a_second_run_keeps_finished_steps(qgis_app: Any, scene: Path, finished: tuple[Path, list[str]]) -> None:
    from groundline_tests import chain

    workspace, _ = finished
    before = chain.hashes(workspace, ".tif", ".gpkg", ".json", ".html", ".csv", ".qlr")
    stamp = (workspace / "kinetics" / "D.tif").stat().st_mtime_ns
    run_model(scene, workspace)
    assert chain.hashes(workspace, ".tif", ".gpkg", ".json", ".html", ".csv", ".qlr") == before
    assert (workspace / "kinetics" / "D.tif").stat().st_mtime_ns == stamp


def test_the_same_bytes_as_core(qgis_app: Any, scene: Path, finished: tuple[Path, list[str]], tmp_path: Path) -> None:
    from groundline_tests import chain, mine_chain

    mine_chain.by_core(scene, tmp_path / "core")
    expected = chain.hashes(tmp_path / "core", ".tif", ".gpkg", ".qlr", ".csv")
    assert len(expected) > 80
    assert chain.hashes(finished[0], ".tif", ".gpkg", ".qlr", ".csv") == expected


def test_a_date_that_cannot_be_predicted_is_said_without_a_traceback(
    qgis_app: Any, scene: Path, finished: tuple[Path, list[str]]
) -> None:
    from groundline_tests import mine_chain, models

    early = {"END": "2016-01-01", "WORKSPACE": str(finished[0])}
    made = models.run(MODEL, {**mine_chain.inputs(scene), **early})
    assert not made.ok
    assert "2017-08-15" in made.log and "Traceback" not in made.log


def test_each_funnel_given_has_its_own_kinetics_and_its_own_brine(
    qgis_app: Any, scene: Path, tmp_path: Path
) -> None:
    funnels = scene / "funnels.geojson"
    workspace = tmp_path / "space"
    run_model(scene, workspace, FUNNELS=str(funnels))
    document = json.loads((workspace / "kinetics" / "result.json").read_text(encoding="utf-8"))
    assert [row["funnel"] for row in document["tables"]["funnels"]] == [1, 2, 3, 4, 5, 6]
    assert numbers(workspace / "kinetics")["funnels"] == 6
    assert numbers(workspace / "brine")["funnel_count"] == 6
    assert numbers(workspace / "brine_forecast")["funnel_count"] == 6
    rate = numbers(workspace / "brine")["annual_rate"]
    assert rate == pytest.approx(numbers(scene)["product_rate"], rel=0.12)
