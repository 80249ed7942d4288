"""Runs inside a real QGIS window (qgis --code): works through the demonstration as a user does and takes the pictures.

GROUNDLINE_DEMO names the folder of a finished demonstration, GROUNDLINE_PICTURES the folder for the PNGs.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsLineSymbol,
    QgsProject,
    QgsReferencedRectangle,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QGraphicsView, QMainWindow
from qgis.utils import iface, loadPlugin, plugins, startPlugin, updateAvailablePlugins

DEMO = Path(os.environ["GROUNDLINE_DEMO"])
PICTURES = Path(os.environ["GROUNDLINE_PICTURES"])
WIDTH, HEIGHT = 1600, 900


def main() -> None:
    """Load the plugin, run two algorithms through their dialogs, take the pictures."""
    window = iface.mainWindow()
    window.showNormal()
    window.setGeometry(0, 0, WIDTH, HEIGHT)
    if "processing" not in plugins:
        loadPlugin("processing")
        startPlugin("processing")
    updateAvailablePlugins()
    if not (loadPlugin("groundline") and startPlugin("groundline")):
        raise RuntimeError("The plugin did not load.")

    railway = QgsVectorLayer(str(DEMO / "scene" / "railway.geojson"), "Railway line", "ogr")
    railway.setRenderer(
        QgsSingleSymbolRenderer(QgsLineSymbol.createSimple({"line_color": "#22303c", "line_width": "0.5"}))
    )
    project = QgsProject.instance()
    project.addMapLayer(railway)
    run(
        "sbas",
        {
            "INPUT": str(DEMO / "network"),
            "REFERENCE": str(DEMO / "scene" / "reference_areas.geojson"),
            "OUTPUT": str(DEMO / "displacement"),
        },
        picture="sbas-dialog.png",
    )
    points = project.mapLayersByName("Measurement points")[0]
    run(
        "corridorprofile",
        {"POINTS": [points.id()], "LINE": railway.id(), "OUTPUT": str(DEMO / "corridor")},
    )
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    tidy(window)
    extent = railway.extent()
    extent.scale(1.08)
    iface.mapCanvas().setReferencedExtent(QgsReferencedRectangle(extent, railway.crs()))
    wait(1.0)
    drawn: list[bool] = []
    iface.mapCanvas().mapCanvasRefreshed.connect(lambda: drawn.append(True))
    iface.mapCanvas().refreshAllLayers()
    while not drawn:
        wait(0.2)
    wait(0.5)
    window.grab().save(str(PICTURES / "qgis-window.png"))
    designer()


def run(name: str, parameters: dict[str, Any], picture: str = "") -> None:
    """One algorithm through its dialog, with its layers loaded at the end."""
    import processing

    dialog = processing.createAlgorithmDialog(f"groundline:{name}", parameters)
    dialog.resize(980, 860)
    dialog.show()
    wait(0.5)
    if picture:
        dialog.grab().save(str(PICTURES / picture))
    finished: list[bool] = []
    dialog.algorithmFinished.connect(lambda ok, _results: finished.append(ok))
    dialog.runButton().click()
    while not finished:
        wait(0.1)
    wait(0.5)
    dialog.close()
    if not finished[0]:
        raise RuntimeError(f"{name} failed.")


def tidy(window: QMainWindow) -> None:
    """Leave the layers and the map; unfold the legend of the points."""
    for dock in window.findChildren(QDockWidget):
        if dock.objectName() != "Layers":
            dock.hide()
    layers = window.findChild(QDockWidget, "Layers")
    layers.show()
    window.resizeDocks([layers], [470], Qt.Orientation.Horizontal)
    for node in QgsProject.instance().layerTreeRoot().findLayers():
        node.setExpanded(node.name() in ("Measurement points", "Velocity (LOS)"))
    iface.messageBar().clearWidgets()
    wait(0.5)


def designer() -> None:
    """The copy of the model that the menu opens."""
    (menu,) = [entry.menu() for entry in iface.pluginMenu().actions() if entry.text() == "Groundline"]
    for group in menu.actions():
        for action in group.menu().actions() if group.menu() is not None else []:
            if action.objectName() == "groundline-railwaycorridor-copy":
                action.trigger()
    wait(0.5)
    (dialog,) = [
        widget
        for widget in QApplication.topLevelWidgets()
        if widget.isVisible() and type(widget).__name__ == "ModelerDialog"
    ]
    dialog.setGeometry(0, 0, 1400, 900)
    for dock in dialog.findChildren(QDockWidget):
        dock.setVisible(dock.objectName() in ("mInputsDock", "mAlgorithmsDock", "mPropertiesDock"))
    wait(0.5)
    view = dialog.findChild(QGraphicsView)
    box = view.scene().itemsBoundingRect().adjusted(-20, -20, 20, 20)
    view.fitInView(box, Qt.AspectRatioMode.KeepAspectRatio)
    wait(0.5)
    dialog.grab().save(str(PICTURES / "modeler.png"))


def wait(seconds: float) -> None:
    """Let QGIS work."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)


faulthandler.dump_traceback_later(180, exit=True)  # a modal window that nobody closes
code = 0
try:
    main()
except Exception:
    traceback.print_exc()
    code = 1
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)  # leaving QGIS through its window would ask about unsaved changes
