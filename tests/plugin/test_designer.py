"""Models of the provider have a short id and a title, and open as a free copy in the designer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def with_model(provider: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The provider with one more model, whose only child belongs to QGIS."""
    from qgis.core import (
        QgsProcessingModelAlgorithm,
        QgsProcessingModelChildAlgorithm,
        QgsProcessingModelChildParameterSource,
        QgsProcessingModelOutput,
        QgsProcessingModelParameter,
        QgsProcessingParameterFile,
    )

    from groundline.processing import provider as module
    from groundline.processing.model import TITLE_KEY

    model = QgsProcessingModelAlgorithm()
    model.setName("samplemodel")
    model.setGroup("Models")
    model.setHelpContent({"ALG_DESC": "What it does.\n\nAnd how.", TITLE_KEY: "Sample of a model"})
    folder = QgsProcessingParameterFile("WORKSPACE", "Workspace", QgsProcessingParameterFile.Behavior.Folder)
    model.addModelParameter(folder, QgsProcessingModelParameter("WORKSPACE"))
    child = QgsProcessingModelChildAlgorithm("native:createdirectory")
    child.setChildId("make")
    path = QgsProcessingModelChildParameterSource.fromExpression("@WORKSPACE || '/stack'")
    child.addParameterSources("PATH", [path])
    output = QgsProcessingModelOutput("made", "Folder made")
    output.setChildId("make")
    output.setChildOutputName("OUTPUT")
    child.setModelOutputs({"made": output})
    model.addChildAlgorithm(child)
    assert model.toFile(str(tmp_path / "samplemodel.model3"))
    monkeypatch.setattr(module, "MODELS_FOLDER", tmp_path)
    provider.refreshAlgorithms()
    yield provider
    monkeypatch.undo()
    provider.refreshAlgorithms()


def test_a_model_has_a_short_id_a_title_and_its_help(with_model: Any) -> None:
    model = with_model.algorithm("samplemodel")
    assert model.id() == "groundline:samplemodel"
    assert model.displayName() == "Sample of a model"
    assert (model.groupId(), model.group()) == ("models", "Models")
    assert "<p>What it does.</p><p>And how.</p>" in model.shortHelpString()
    assert model.create().displayName() == "Sample of a model"
    assert model.create().id() == "groundline:samplemodel"


def test_a_model_of_the_provider_runs(with_model: Any, tmp_path: Path) -> None:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    (tmp_path / "workspace").mkdir()
    _, ok = (
        with_model.algorithm("samplemodel")
        .create()
        .run({"WORKSPACE": str(tmp_path / "workspace")}, QgsProcessingContext(), QgsProcessingFeedback(False))
    )
    assert ok
    assert (tmp_path / "workspace" / "stack").is_dir()


def test_the_designer_opens_a_copy_that_is_the_users_own(with_model: Any) -> None:
    from groundline.plugin import designer

    dialog = designer.open_copy("groundline:samplemodel")
    try:
        copy = dialog.model()
        assert dialog.isVisible()
        assert copy.name() == "Sample of a model (copy)"
        assert copy.sourceFilePath() == ""
        assert list(copy.childAlgorithms()) == ["make"]
        assert copy.parameterDefinition("WORKSPACE") is not None
        assert with_model.algorithm("samplemodel").name() == "samplemodel", "the original is untouched"
    finally:
        dialog.setDirty(False)
        dialog.close()


def test_a_damaged_model_file_is_named(qgis_app: Any, tmp_path: Path) -> None:
    from groundline.processing.model import GroundlineModel

    broken = tmp_path / "broken.model3"
    broken.write_text("no model", encoding="utf-8")
    with pytest.raises(OSError, match=r"broken\.model3"):
        GroundlineModel.read(broken)


def test_the_menu_offers_to_run_and_to_copy_a_model(with_model: Any, window: Any) -> None:
    from groundline.plugin.desktop import Desktop

    desktop = Desktop(window)
    desktop.install()
    try:
        (models,) = [menu for menu in desktop._menus if menu.title() == "Models"]
        texts = [action.text() for action in models.actions()]
        at = texts.index("Sample of a model…")
        assert texts[at + 1] == "Open a copy of “Sample of a model” in the designer"
    finally:
        desktop.remove()
