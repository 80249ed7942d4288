"""Models of the provider in QGIS's model designer.

QGIS disables "Edit model" for the models of a provider, so the user edits a copy.
"""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication, QgsProcessingModelAlgorithm
from qgis.PyQt.QtCore import QCoreApplication

from ..processing.model import TITLE_KEY


def copy_of(identifier: str) -> QgsProcessingModelAlgorithm:
    """A free copy of one of our models, without a file of its own."""
    model = QgsApplication.processingRegistry().algorithmById(identifier)
    title = model.displayName()
    copy = QgsProcessingModelAlgorithm()
    copy.loadVariant(model.toVariant())
    copy.setName(QCoreApplication.translate("Groundline", "{} (copy)").format(title))
    texts = copy.helpContent()
    texts.pop(TITLE_KEY, None)
    copy.setHelpContent(texts)
    copy.setSourceFilePath("")
    return copy


def open_copy(identifier: str) -> Any:
    """Open a copy in the designer; saving it adds it to the user's own models."""
    from processing.modeler.ModelerDialog import ModelerDialog

    dialog = ModelerDialog.create(copy_of(identifier))
    dialog.update_model.connect(_refresh_user_models)
    dialog.show()
    return dialog


def _refresh_user_models() -> None:
    provider = QgsApplication.processingRegistry().providerById("model")
    if provider is not None:
        provider.refreshAlgorithms()
