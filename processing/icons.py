"""Where the icons are."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtGui import QIcon

_FOLDER = Path(__file__).resolve().parents[1] / "resources" / "icons"


def path(name: str) -> Path:
    """Path of an SVG icon by its short name."""
    return _FOLDER / f"{name}.svg"


def icon(name: str) -> QIcon:
    """An icon by its short name."""
    return QIcon(str(path(name)))
