"""Runs inside a real QGIS window (qgis --code): runs sbas and corridorprofile through their dialogs as a user does.

GROUNDLINE_SCENE holds railway.geojson, reference_areas.geojson and the workspace `work` with a network; the report
goes to the file that GROUNDLINE_REPORT names.
"""

import faulthandler
import json
import os
import sys
import time
import traceback
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsDateTimeRange,
    QgsInterval,
    QgsLayerDefinition,
    QgsLayerTreeGroup,
    QgsProject,
    QgsRasterLayer,
    QgsTemporalNavigationObject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QTime
from qgis.PyQt.QtWidgets import QApplication
from qgis.utils import iface, loadPlugin, plugins, startPlugin, unloadPlugin, updateAvailablePlugins

SCENE = Path(os.environ["GROUNDLINE_SCENE"])
WORK = SCENE / "work"


def wait(seconds):
    """Let QGIS work."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)


def run(name, parameters):
    """One algorithm through its dialog; True when it succeeded."""
    import processing

    dialog = processing.createAlgorithmDialog(f"groundline:{name}", parameters)
    dialog.show()
    wait(0.2)
    finished = []
    dialog.algorithmFinished.connect(lambda ok, _results: finished.append(ok))
    dialog.runButton().click()
    while not finished:
        wait(0.05)
    wait(0.3)  # layers are loaded after the signal
    dialog.close()
    return finished[0]


def sbas(output, **more):
    """The inversion into a folder of the workspace."""
    given = {"INPUT": str(WORK / "network"), "REFERENCE": str(SCENE / "reference_areas.geojson"), **more}
    return run("sbas", {**given, "OUTPUT": str(WORK / output)})


def tree():
    """Names of the layers and groups at the top level, in order."""
    return [node.name() for node in QgsProject.instance().layerTreeRoot().children()]


def layer(name, folder):
    """The layer of that name whose file is in that folder of the workspace."""
    (found,) = [
        entry
        for entry in QgsProject.instance().mapLayersByName(name)
        if entry.source().startswith(str(WORK / folder) + "/")
    ]
    return found


def legend(of):
    """What the layer tree shows below a layer, as text."""
    model = iface.layerTreeView().layerTreeModel()
    nodes = model.layerLegendNodes(QgsProject.instance().layerTreeRoot().findLayer(of.id()))
    texts = []
    for node in nodes:
        settings = getattr(node, "settings", None)
        texts.append(node.data(0) or (settings().suffix() if settings is not None else ""))
    return texts


def scale(of):
    """The ends of a layer's colours."""
    renderer = of.renderer()
    if isinstance(of, QgsRasterLayer):
        return [renderer.classificationMin(), renderer.classificationMax()]
    return [renderer.ranges()[0].upperValue(), renderer.ranges()[-1].lowerValue()]


def dates():
    """Load layers.qlr as Layer > Add from Layer Definition does, and step through it with the temporal controller."""
    project = QgsProject.instance()
    known = set(project.mapLayers())
    ok, message = QgsLayerDefinition.loadLayerDefinition(
        str(WORK / "displacement" / "layers.qlr"), project, project.layerTreeRoot()
    )
    (group,) = [node for node in project.layerTreeRoot().children() if isinstance(node, QgsLayerTreeGroup)]
    layers = [project.mapLayer(key) for key in project.mapLayers() if key not in known]
    layers.sort(key=lambda entry: entry.name())
    day = QDate.fromString(layers[0].name(), "yyyy-MM-dd")
    last = QDate.fromString(layers[-1].name(), "yyyy-MM-dd")
    controller = iface.mapCanvas().temporalController()
    controller.setNavigationMode(QgsTemporalNavigationObject.NavigationMode.Animated)
    controller.setTemporalExtents(
        QgsDateTimeRange(QDateTime(day, QTime(0, 0)), QDateTime(last, QTime(23, 59)))
    )
    controller.setFrameDuration(QgsInterval(86400.0))
    steps = []
    for entry in layers:
        shown = QDate.fromString(entry.name(), "yyyy-MM-dd")
        controller.setCurrentFrameNumber(day.daysTo(shown))
        QApplication.processEvents()
        frame = iface.mapCanvas().mapSettings().temporalRange()
        visible = [
            other.name() for other in layers if other.temporalProperties().isVisibleInTemporalRange(frame)
        ]
        steps.append([entry.name(), visible])
    controller.setNavigationMode(QgsTemporalNavigationObject.NavigationMode.NavigationOff)
    return {
        "loaded": [ok, message],
        "group": [group.name(), group.itemVisibilityChecked(), group.isExpanded()],
        "valid": all(entry.isValid() for entry in layers),
        "files": sorted(path.stem for path in (WORK / "displacement" / "displacement").glob("*.tif")),
        "steps": steps,
    }


def main():
    """Do it all and return the report."""
    messages = []
    sys.excepthook = lambda *error: messages.append(
        "Python error: " + "".join(traceback.format_exception(*error))
    )
    QgsApplication.messageLog().messageReceived.connect(
        lambda text, tag, level: messages.append(f"{tag}: {text}") if int(level) in (1, 2) else None
    )
    if "processing" not in plugins:
        loadPlugin("processing")
        startPlugin("processing")
    updateAvailablePlugins()
    report = {"loaded": loadPlugin("groundline") and startPlugin("groundline"), "runs": []}
    project = QgsProject.instance()
    railway = QgsVectorLayer(str(SCENE / "railway.geojson"), "Railway", "ogr")
    project.addMapLayer(railway)

    report["runs"].append(sbas("displacement"))
    report["after_sbas"] = tree()
    points, velocity = layer("Measurement points", "displacement"), layer("Velocity (LOS)", "displacement")
    report["runs"].append(
        run(
            "corridorprofile",
            {"POINTS": [points.id()], "LINE": railway.id(), "BIN": 500, "OUTPUT": str(WORK / "corridor")},
        )
    )
    report["after_corridor"] = tree()
    profile = layer("Profile (vertical velocity)", "corridor")
    report["scales"] = {entry.name(): scale(entry) for entry in (points, velocity, profile)}
    report["legends"] = {entry.name(): legend(entry) for entry in (points, velocity, profile)}
    report["expected_scale"] = json.loads(
        (WORK / "displacement" / "result.json").read_text(encoding="utf-8")
    )["tables"]["scale"]["velocity_mm_yr"]

    report["runs"].append(sbas("displacement"))
    report["after_same_again"] = tree()
    report["runs"].append(sbas("other", WEIGHTS="coherence"))
    report["after_other"] = tree()
    report["runs"].append(sbas("other", WEIGHTS="none"))
    report["after_replacement"] = tree()
    report["legend_of_other"] = legend(layer("Velocity (LOS)", "other"))
    report["scale_of_other"] = scale(layer("Velocity (LOS)", "other"))
    report["dates"] = dates()

    report["unloaded"] = unloadPlugin("groundline")
    wait(0.5)
    report["provider_left"] = QgsApplication.processingRegistry().providerById("groundline") is not None
    report["menu_left"] = "Groundline" in [entry.text() for entry in iface.pluginMenu().actions()]
    report["layers_valid"] = all(entry.isValid() for entry in project.mapLayers().values())
    report["tree_left"] = tree()
    iface.mapCanvas().refreshAllLayers()
    wait(0.5)
    report["saved"] = project.write(str(SCENE / "project.qgs"))
    report["messages"] = messages
    return report


faulthandler.dump_traceback_later(150, exit=True)  # a modal window that nobody closes
try:
    outcome = main()
except Exception:
    outcome = {"error": traceback.format_exc()}
Path(os.environ["GROUNDLINE_REPORT"]).write_text(json.dumps(outcome), encoding="utf-8")
os._exit(0)  # leaving QGIS through its window would ask about unsaved changes
