"""Runs inside a real QGIS window (qgis --code): loads the plugin, opens everything, unloads it, reports.

The report goes to the file that GROUNDLINE_REPORT names.
"""

import faulthandler
import json
import os
import sys
import traceback
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtWidgets import QAction, QApplication, QDialog, QDockWidget, QMainWindow, QMenu, QToolBar
from qgis.utils import iface, loadPlugin, plugins, startPlugin, unloadPlugin, updateAvailablePlugins


def titles():
    """Everything of the window that a user could see, by kind and name."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    window = iface.mainWindow()
    found = {f"provider {provider.id()}" for provider in QgsApplication.processingRegistry().providers()}
    found |= {f"menu {action.text()}" for action in iface.pluginMenu().actions()}
    for kind in (QDockWidget, QToolBar, QDialog, QMenu, QAction):
        found |= {
            f"{kind.__name__} {child.objectName()}"
            for child in window.findChildren(kind)
            if child.objectName()
        }
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible():
            found.add(f"window {widget.windowTitle()}")
    return found


def groundline_actions():
    """The actions of our menu, submenus flattened, by object name."""
    (menu,) = [action.menu() for action in iface.pluginMenu().actions() if action.text() == "Groundline"]
    flat = {}
    for entry in menu.actions():
        for action in entry.menu().actions() if entry.menu() is not None else [entry]:
            flat[action.objectName() or action.text()] = action
    return flat


def main():
    """Do it all and return the report."""
    messages = []
    # QGIS's own hook would open a modal window, and wait.
    sys.excepthook = lambda *error: messages.append(
        "Python error: " + "".join(traceback.format_exception(*error))
    )
    QgsApplication.messageLog().messageReceived.connect(
        lambda text, tag, level: messages.append(f"{tag}: {text}") if int(level) in (1, 2) else None
    )
    if "processing" not in plugins:
        loadPlugin("processing")
        startPlugin("processing")
    before = titles()
    updateAvailablePlugins()
    report = {"loaded": loadPlugin("groundline") and startPlugin("groundline")}
    report["added"] = sorted(titles() - before)
    report["bar"] = len(iface.messageBar().items())
    provider = QgsApplication.processingRegistry().providerById("groundline")
    report["algorithms"] = sorted(algorithm.name() for algorithm in provider.algorithms())
    actions = groundline_actions()
    report["actions"] = sorted(actions)
    report["opened"] = []
    for name, action in actions.items():
        if name == "Settings…":  # modal
            continue
        known = set(QApplication.topLevelWidgets())
        action.trigger()
        QApplication.processEvents()
        new = [
            widget for widget in QApplication.topLevelWidgets() if widget not in known and widget.isVisible()
        ]
        windows = [widget for widget in new if isinstance(widget, (QDialog, QMainWindow))]
        report["opened"].append([name, [widget.windowTitle() for widget in windows]])
        for widget in windows:
            if os.environ.get("GROUNDLINE_PICTURES"):
                widget.grab().save(str(Path(os.environ["GROUNDLINE_PICTURES"]) / f"{name}.png"))
            if isinstance(widget, QMainWindow):
                widget.close()
    report["unloaded"] = unloadPlugin("groundline")
    QApplication.processEvents()
    report["left"] = sorted(titles() - before)
    report["messages"] = messages
    return report


faulthandler.dump_traceback_later(100, exit=True)  # a modal window that nobody closes
try:
    outcome = main()
except Exception as error:
    outcome = {"error": repr(error)}
Path(os.environ["GROUNDLINE_REPORT"]).write_text(json.dumps(outcome), encoding="utf-8")
os._exit(0)  # leaving QGIS through its window would ask about unsaved changes
