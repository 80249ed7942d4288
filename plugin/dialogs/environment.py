"""The page that shows versions and settings, with a button that copies them."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from ..environment import Entry, as_text, entries


class EnvironmentDialog(QDialog):
    """Shows what Groundline runs on, warnings first."""

    def __init__(self, parent: QWidget | None = None, lines: list[Entry] | None = None) -> None:
        super().__init__(parent)
        self._lines = entries() if lines is None else lines
        self.setWindowTitle(_tr("Groundline: environment"))
        layout = QVBoxLayout(self)
        for entry in self._lines:
            if entry.warning:
                layout.addWidget(_warning(entry.warning))
        layout.addLayout(self._table())
        layout.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        copy = buttons.addButton(_tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self.copy)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setMinimumWidth(460)

    def copy(self) -> None:
        """Put the page on the clipboard as text."""
        QApplication.clipboard().setText(as_text(self._lines))

    def _table(self) -> QGridLayout:
        table = QGridLayout()
        table.setHorizontalSpacing(24)
        table.setVerticalSpacing(4)
        table.setColumnStretch(1, 1)
        for row, entry in enumerate(self._lines):
            name = QLabel(entry.name, self)
            value = QLabel(entry.value, self)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            table.addWidget(name, row, 0)
            table.addWidget(value, row, 1)
        return table


def _warning(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setStyleSheet("background: #fdf3e1; color: #22303c; border-left: 4px solid #d98b00; padding: 6px;")
    return label


def _tr(text: str) -> str:
    return QCoreApplication.translate("Groundline", text)
