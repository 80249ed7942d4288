"""The page "Groundline" of QGIS's options."""

from __future__ import annotations

from qgis.core import QgsSettings
from qgis.gui import QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QFormLayout, QLabel, QLineEdit, QSpinBox, QWidget

from ..processing import icons, settings

OPTIONS_PAGE = "groundlineOptions"


class GroundlineOptionsPage(QgsOptionsPageWidget):
    """Memory budget, workers and the address of a Dask scheduler."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(OPTIONS_PAGE)
        self.memory = QSpinBox(self)
        self.memory.setRange(settings.MINIMUM_MEMORY_MIB, 1024 * 1024)
        self.memory.setSingleStep(256)
        self.memory.setSuffix(" MiB")
        self.memory.setValue(settings.memory_mib())
        self.workers = QSpinBox(self)
        self.workers.setRange(1, 64)
        self.workers.setValue(settings.workers())
        self.scheduler = QLineEdit(settings.scheduler(), self)
        self.scheduler.setPlaceholderText("tcp://host:8786")
        layout = QFormLayout(self)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._row(layout, _tr("Memory budget"), self.memory, _tr("Memory that a run uses for its blocks."))
        self._row(
            layout,
            _tr("Blocks at a time"),
            self.workers,
            _tr(
                "The linear algebra has threads of its own; more than one block helps where reading is slow."
            ),
        )
        self._row(
            layout,
            _tr("Dask scheduler"),
            self.scheduler,
            _tr("Address of a cluster that does the work; empty for this computer."),
        )

    def apply(self) -> None:
        """Store the values; QGIS calls this when the options are accepted."""
        store = QgsSettings()
        store.setValue(settings.MEMORY_KEY, self.memory.value())
        store.setValue(settings.WORKERS_KEY, self.workers.value())
        store.setValue(settings.SCHEDULER_KEY, self.scheduler.text().strip())

    @staticmethod
    def _row(layout: QFormLayout, title: str, field: QWidget, text: str) -> None:
        layout.addRow(title, field)
        note = QLabel(text)
        note.setWordWrap(True)
        font = note.font()
        font.setItalic(True)
        note.setFont(font)
        layout.addRow("", note)


class GroundlineOptionsFactory(QgsOptionsWidgetFactory):
    """Makes the page when the options dialog opens."""

    def __init__(self) -> None:
        super().__init__()
        self.setTitle("Groundline")

    def icon(self) -> QIcon:
        return icons.icon("groundline")

    def createWidget(self, parent: QWidget) -> GroundlineOptionsPage:
        return GroundlineOptionsPage(parent)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Groundline", text)
