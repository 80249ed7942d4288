"""`network` in the toolbox: same bytes as core, edits by file, nothing loaded, messages without traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from groundline.core.simulation.job import run_simulate
    from groundline.core.simulation.params import SimulateParams

    folder = tmp_path_factory.mktemp("scene")
    run_simulate(SimulateParams(folder, size="small", columns=40))
    return folder / "track040"


def run(parameters: dict[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    """(outputs, context, feedback) of a run."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    import processing

    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    outputs = processing.run("groundline:network", parameters, context=context, feedback=feedback)
    return outputs, context, feedback


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_outputs_are_numbers_and_files_and_no_layer_loads(provider: Any, stack: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outputs, context, feedback = run({"INPUT": str(stack), "OUTPUT": str(out)})
    assert sorted(contents(out)) == ["network.csv", "network.html", "result.json", "stack.json"]
    assert outputs["IMAGES"] == 40
    assert outputs["COMPONENTS"] == 1
    assert outputs["REDUNDANCY"] == outputs["PAIRS"] - 39
    assert outputs["OUTPUT"] == str(out)
    assert outputs["CSV"] == str(out / "network.csv")
    assert outputs["HTML"] == str(out / "network.html")
    assert not context.layersToLoadOnCompletion()
    assert "best reference image" in feedback.textLog()


def test_defaults_are_those_of_core_and_the_bytes_too(provider: Any, stack: Path, tmp_path: Path) -> None:
    from groundline.core.network.job import NetworkParams, run_network

    out = tmp_path / "out"
    run({"INPUT": str(stack), "OUTPUT": str(out)})
    from_qgis = contents(out)
    run_network(NetworkParams(stack, out))
    assert contents(out) == from_qgis


def test_edits_come_from_a_file(provider: Any, stack: Path, tmp_path: Path) -> None:
    first, _, _ = run({"INPUT": str(stack), "OUTPUT": str(tmp_path / "one"), "GALLERY": False})
    rows = Path(first["CSV"]).read_text().splitlines()
    kept = next(number for number, row in enumerate(rows) if ",kept," in row)
    rows[kept] = rows[kept].replace("kept,within thresholds", "excluded,noisy")
    (tmp_path / "edits.csv").write_text("\n".join(rows))
    second, _, _ = run(
        {"INPUT": str(stack), "OUTPUT": str(tmp_path / "two"), "EDITS": str(tmp_path / "edits.csv"), "GALLERY": False}
    )
    assert second["PAIRS"] == first["PAIRS"] - 1
    assert "noisy" in Path(second["CSV"]).read_text()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"MAX_DAYS": 0}, "MAX_DAYS"),
        ({"MAX_BPERP": 0}, "MAX_BPERP"),
        ({"INPUT": "/nowhere"}, "/nowhere"),
        ({"EDITS": "/nowhere.csv"}, "/nowhere.csv"),
        ({"MAX_DAYS": 11}, "MAX_DAYS"),
    ],
)
def test_a_mistake_is_a_message_and_writes_nothing(
    provider: Any, stack: Path, tmp_path: Path, wrong: dict[str, Any], said: str
) -> None:
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException) as error:
        run({"INPUT": str(stack), "OUTPUT": str(tmp_path / "out"), **wrong})
    assert said in str(error.value)
    assert "Traceback" not in str(error.value)
    assert not (tmp_path / "out").exists()
