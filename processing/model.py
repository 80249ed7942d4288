"""Models that ship with the provider."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProcessingModelAlgorithm
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from . import icons

TITLE_KEY = "ALG_TITLE"  # beside QGIS's own ALG_DESC in the help of the model file


class GroundlineModel(QgsProcessingModelAlgorithm):
    """A model whose name is its short, stable id, and whose title comes from its help."""

    @classmethod
    def read(cls, file: Path) -> GroundlineModel:
        """Load a model file of ours."""
        model = cls()
        if not model.fromFile(str(file)):
            raise OSError(f"The model {file} cannot be read; install Groundline again.")
        model.setSourceFilePath(str(file))
        return model

    def displayName(self) -> str:
        return str(self.helpContent().get(TITLE_KEY) or self.name())

    def shortHelpString(self) -> str:
        # QGIS puts the whole description into one paragraph.
        return str(super().shortHelpString()).replace("\n\n", "</p><p>")

    def group(self) -> str:
        return QCoreApplication.translate("Groundline", "Models")

    def groupId(self) -> str:
        return "models"

    def icon(self) -> QIcon:
        return icons.icon("groundline")

    def svgIconPath(self) -> str:
        return str(icons.path("groundline"))

    def createInstance(self) -> GroundlineModel:
        copy = type(self)()
        copy.loadVariant(self.toVariant())
        copy.setProvider(self.provider())
        copy.setSourceFilePath(self.sourceFilePath())
        return copy
