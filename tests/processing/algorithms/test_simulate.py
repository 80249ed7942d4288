"""`simulate` in the toolbox: same bytes as core, outputs to go on with, nothing loaded."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest


def run(parameters: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    import processing

    context = QgsProcessingContext()
    outputs = processing.run(
        "groundline:simulate", parameters, context=context, feedback=QgsProcessingFeedback()
    )
    return outputs, context


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_outputs_lead_to_the_next_steps(provider: Any, tmp_path: Path) -> None:
    outputs, context = run({"SIZE": "small", "COLUMNS": 40, "OUTPUT": str(tmp_path / "scene")})
    assert (Path(outputs["STACK"]) / "stack.json").is_file()
    assert Path(outputs["LINE"]).is_file()
    assert Path(outputs["REFERENCE"]).is_file()
    assert outputs["IMAGES_40"] == 40
    assert outputs["AFFECTED_LENGTH"] == pytest.approx(38_680.0, abs=50.0)
    assert not context.layersToLoadOnCompletion()


def test_the_same_bytes_as_a_call_of_core(provider: Any, tmp_path: Path) -> None:
    from groundline.core.simulation.job import run_simulate
    from groundline.core.simulation.params import SimulateParams

    run({"SEED": 5, "SIZE": "small", "COLUMNS": 40, "OUTPUT": str(tmp_path / "qgis")})
    run_simulate(SimulateParams(tmp_path / "core", seed=5, size="small", columns=40))
    assert digests(tmp_path / "qgis") == digests(tmp_path / "core")


def test_the_layers_open_in_qgis_where_they_belong(provider: Any, tmp_path: Path) -> None:
    from qgis.core import QgsRasterLayer, QgsVectorLayer

    outputs, _ = run({"SIZE": "small", "COLUMNS": 40, "OUTPUT": str(tmp_path / "scene")})
    line = QgsVectorLayer(outputs["LINE"], "line", "ogr")
    assert line.isValid()
    assert line.crs().authid() in ("EPSG:4326", "OGC:CRS84")
    velocity = QgsRasterLayer(str(tmp_path / "scene/truth/track040/velocity_vertical.tif"), "velocity")
    assert velocity.isValid()
    assert velocity.extent().contains(line.extent())


def test_a_size_that_does_not_exist_is_a_message(provider: Any, tmp_path: Path) -> None:
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException) as error:
        run({"COLUMNS": 7, "OUTPUT": str(tmp_path / "scene")})
    assert "COLUMNS" in str(error.value)
    assert not (tmp_path / "scene").exists()


def test_the_salt_mine_leads_to_the_next_steps(provider: Any, tmp_path: Path) -> None:
    outputs, context = run({"SCENARIO": "saltmine", "SIZE": "small", "OUTPUT": str(tmp_path / "mine")})
    assert (Path(outputs["STACK"]) / "stack.json").is_file()
    for name in ("LINE", "REFERENCE", "WELLS", "FUNNELS", "LEVELLING", "TEMPERATURE", "PRODUCTION"):
        assert Path(outputs[name]).is_file(), name
    assert outputs["IMAGES"] == 32
    assert outputs["LARGEST_SUBSIDENCE"] == pytest.approx(290.0, abs=15.0)
    assert not context.layersToLoadOnCompletion()


def test_sentinel1_images_lead_to_the_next_steps(provider: Any, tmp_path: Path) -> None:
    outputs, context = run({"SCENARIO": "tops", "SIZE": "small", "COLUMNS": 64, "OUTPUT": str(tmp_path / "images")})
    assert len(list(Path(outputs["STACK"]).glob("S1A_IW_SLC__*.SAFE"))) == 2
    assert Path(outputs["DEM"]).is_file()
    assert (outputs["IMAGES"], outputs["BURSTS"], outputs["COHERENCE"]) == (2, 2, 0.8)
    assert not context.layersToLoadOnCompletion()


def test_options_of_the_salt_mine_are_those_of_core(provider: Any, tmp_path: Path) -> None:
    from groundline.core.simulation.saltmine_job import run_saltmine
    from groundline.core.simulation.saltmine_params import SaltMineParams

    run(
        {
            "SCENARIO": "saltmine", "SEED": 2, "COLUMNS": 40, "OWN_CX": True, "NOISE_KIND": "uniform",
            "NOISE_LEVEL": 0.65, "HEIGHT_ERROR": 3.0, "ATMOSPHERE": 1.5, "DECORRELATED": 0.2,
            "OUTPUT": str(tmp_path / "qgis"),
        }
    )  # fmt: skip
    run_saltmine(
        SaltMineParams(
            tmp_path / "core", seed=2, columns=40, own_cx=True, noise_kind="uniform", noise_rad=0.65,
            height_error_m=3.0, atmosphere_mm=1.5, decorrelated=0.2,
        )
    )  # fmt: skip
    assert digests(tmp_path / "qgis") == digests(tmp_path / "core")


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"SCENARIO": "saltmine", "MAKE": "pim", "OWN_CX": True}, "OWN_CX"),
        ({"SCENARIO": "corridor", "MAKE": "pim"}, "MAKE"),
        ({"SCENARIO": "corridor", "NOISE_LEVEL": 0.65}, "NOISE_LEVEL"),
        ({"SCENARIO": "tops", "NOISE_LEVEL": 0.65}, "NOISE_LEVEL"),
        ({"SCENARIO": "tops", "ANNOTATIONS": "nowhere"}, "ANNOTATIONS"),
    ],
)
def test_options_that_do_not_suit_the_scene_are_messages(
    provider: Any, tmp_path: Path, wrong: dict[str, Any], name: str
) -> None:
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException) as error:
        run({**wrong, "OUTPUT": str(tmp_path / "scene")})
    assert name in str(error.value)
    assert not (tmp_path / "scene").exists()
