"""The Processing provider `groundline`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from qgis.core import QgsProcessingAlgorithm, QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..core.version import VERSION
from . import icons
from .algorithms import ALGORITHMS
from .model import GroundlineModel

PROVIDER_ID = "groundline"
MODELS_FOLDER = Path(__file__).parent / "models"


class GroundlineProvider(QgsProcessingProvider):
    """Algorithms and models of Groundline.

    Whoever adds it to the registry calls `refreshAlgorithms()` right after: while a provider is
    being added its own algorithms do not resolve yet, so models load without their children.
    """

    def id(self) -> str:
        return PROVIDER_ID

    def name(self) -> str:
        return "Groundline"

    def longName(self) -> str:
        return self.tr("Groundline: ground movement from radar images")

    def versionInfo(self) -> str:
        return VERSION

    def icon(self) -> QIcon:
        return icons.icon("groundline")

    def svgIconPath(self) -> str:
        return str(icons.path("groundline"))

    def loadAlgorithms(self) -> None:
        for entry in ALGORITHMS:
            self.addAlgorithm(_create(entry))
        for file in sorted(MODELS_FOLDER.glob("*.model3")):
            self.addAlgorithm(GroundlineModel.read(file))


def _create(entry: str) -> QgsProcessingAlgorithm:
    module, _, name = entry.partition(":")
    package = __package__ or ""
    algorithm: QgsProcessingAlgorithm = getattr(import_module(f".algorithms.{module}", package), name)()
    return algorithm
