"""The shipped model `railwaycorridor`: found, described, run, resumed, and the same bytes as every other way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

MODEL = "railwaycorridor"
PARAMETERS = (
    "INPUT", "FORMAT", "LINE", "REFERENCE", "MAX_DAYS", "MAX_BPERP", "WEIGHTS", "DEM_ERROR",
    "RADIUS", "BIN", "THRESHOLD", "COMPONENT", "WORKSPACE",
)  # fmt: skip


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from groundline_tests import chain

    return chain.scene(tmp_path_factory.mktemp("scene"))


@pytest.fixture(scope="module")
def finished(qgis_app: Any, scene: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which the model ran once."""
    workspace = tmp_path_factory.mktemp("work") / "space"
    run_model(scene, workspace)
    return workspace


def run_model(scene: Path, workspace: Path, **changes: Any) -> list[str]:
    """Run the provider's model; the files that it loads."""
    from groundline_tests import chain, models

    return models.finish(MODEL, {**chain.inputs(scene), "WORKSPACE": str(workspace), **changes}).loaded


def test_parameters_and_their_help(provider: Any) -> None:
    from groundline_tests import models

    models.check_described(provider, MODEL, "Railway corridor: interferograms to profile", PARAMETERS, steps=4)


def test_a_freshly_added_provider_has_the_model_whole(qgis_app: Any) -> None:
    from groundline_tests import models

    models.check_freshly_added(MODEL)


def test_one_run_leaves_every_step_with_its_report(finished: Path) -> None:
    from groundline_tests import chain

    for step in chain.STEPS:
        assert (finished / step / "result.json").is_file(), step
    numbers = json.loads((finished / "corridor" / "result.json").read_text(encoding="utf-8"))["numbers"]
    assert numbers["affected_length"]["value"] > 20_000.0
    assert numbers["worst_rate"]["value"] < -60.0


def test_exactly_the_named_layers_are_loaded(qgis_app: Any, scene: Path, finished: Path) -> None:
    loaded = {Path(source).relative_to(finished).as_posix() for source in run_model(scene, finished)}
    assert loaded == {
        "displacement/velocity.tif", "displacement/points.gpkg", "corridor/profile.gpkg", "corridor/zones.gpkg",
    }  # fmt: skip


def test_a_second_run_keeps_finished_steps_and_changes_no_byte(
    qgis_app: Any, scene: Path, finished: Path
) -> None:
    from groundline_tests import chain

    before = chain.hashes(finished, ".tif", ".gpkg", ".json", ".html", ".csv", ".qlr")
    stamp = (finished / "displacement" / "velocity.tif").stat().st_mtime_ns
    run_model(scene, finished)
    assert chain.hashes(finished, ".tif", ".gpkg", ".json", ".html", ".csv", ".qlr") == before
    assert (finished / "displacement" / "velocity.tif").stat().st_mtime_ns == stamp


def test_another_threshold_runs_only_what_depends_on_it(qgis_app: Any, scene: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "space"
    run_model(scene, workspace)
    stamp = (workspace / "displacement" / "velocity.tif").stat().st_mtime_ns
    first = json.loads((workspace / "corridor" / "result.json").read_text(encoding="utf-8"))
    run_model(scene, workspace, THRESHOLD=-60)
    second = json.loads((workspace / "corridor" / "result.json").read_text(encoding="utf-8"))
    assert (workspace / "displacement" / "velocity.tif").stat().st_mtime_ns == stamp
    assert second["numbers"]["affected_length"]["value"] < first["numbers"]["affected_length"]["value"]


def test_a_wrong_folder_is_said_without_a_traceback(qgis_app: Any, scene: Path, tmp_path: Path) -> None:
    from groundline_tests import chain, models

    wrong = {"INPUT": str(tmp_path / "nowhere"), "WORKSPACE": str(tmp_path / "space")}
    made = models.run(MODEL, {**chain.inputs(scene), **wrong})
    assert not made.ok
    assert "nowhere" in made.log and "Traceback" not in made.log
    assert not (tmp_path / "space").exists()


def test_the_menu_opens_a_copy_in_the_designer(qgis_app: Any) -> None:
    from groundline_tests import models

    models.check_copy_in_designer(MODEL, steps=4)


def test_same_bytes_from_core_toolbox_qgis_process_and_model(
    qgis_app: Any, scene: Path, finished: Path, tmp_path: Path
) -> None:
    """Rasters and points of every step are the same, bit for bit, whoever ran the chain."""
    from groundline_tests import chain, qgis_process

    import processing

    chain.by_core(scene, tmp_path / "core")
    for identifier, values in chain.single_steps(scene, tmp_path / "toolbox"):
        processing.run(identifier, values)
    environment = qgis_process.prepare(tmp_path / "profile")
    for identifier, values in chain.single_steps(scene, tmp_path / "process"):
        qgis_process.run(identifier, values, environment)
    expected = chain.hashes(tmp_path / "core", ".tif", ".gpkg", ".qlr")
    assert len(expected) > 30
    assert chain.hashes(tmp_path / "toolbox", ".tif", ".gpkg", ".qlr") == expected
    assert chain.hashes(tmp_path / "process", ".tif", ".gpkg", ".qlr") == expected
    assert chain.hashes(finished, ".tif", ".gpkg", ".qlr") == expected
