"""Loading adds a provider, a menu and a settings page; unloading takes all of it away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def registry() -> Any:
    from qgis.core import QgsApplication

    return QgsApplication.processingRegistry()


def menu_titles(window: Any) -> list[str]:
    return [action.text() for action in window.pluginMenu().actions()]


def groundline_menu(window: Any) -> Any:
    return window.pluginMenu().actions()[0].menu()


def deliver_deferred_deletions() -> None:
    from qgis.PyQt.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_loading_adds_provider_menu_and_settings_page(plugin: Any, window: Any) -> None:
    assert registry().providerById("groundline").name() == "Groundline"
    assert menu_titles(window) == ["Groundline"]
    assert len(window.option_factories) == 1
    entries = [action.text() for action in groundline_menu(window).actions()]
    assert entries[-2:] == ["Environment…", "Settings…"]


def test_the_menu_offers_every_algorithm_and_model(plugin: Any, window: Any) -> None:
    submenus = [action.menu() for action in groundline_menu(window).actions() if action.menu() is not None]
    offered = {action.objectName() for menu in submenus for action in menu.actions()}
    wanted = {
        f"groundline-{algorithm.name()}" for algorithm in registry().providerById("groundline").algorithms()
    }
    assert wanted <= offered


def test_unloading_leaves_nothing(plugin: Any, window: Any) -> None:
    from qgis.PyQt.QtCore import QObject
    from qgis.PyQt.QtWidgets import QAction, QDialog, QDockWidget, QMenu

    plugin._desktop._show_environment()
    plugin.unload()
    deliver_deferred_deletions()
    assert registry().providerById("groundline") is None
    assert menu_titles(window) == []
    assert window.option_factories == []
    assert window.mainWindow().findChildren(QDialog) == []
    assert window.mainWindow().findChildren(QDockWidget) == []
    ours = [
        child
        for kind in (QAction, QMenu, QObject)
        for child in window.mainWindow().findChildren(kind)
        if "groundline" in (child.objectName() + getattr(child, "title", str)()).lower()
    ]
    assert ours == []


def test_it_can_be_loaded_again_after_unloading(plugin: Any, window: Any) -> None:
    plugin.unload()
    plugin.initGui()
    assert registry().providerById("groundline") is not None
    assert menu_titles(window) == ["Groundline"]


def test_settings_opens_our_page(plugin: Any, window: Any) -> None:
    groundline_menu(window).actions()[-1].trigger()
    assert window.options_shown == ["groundlineOptions"]


def test_environment_opens_once_and_is_forgotten_when_closed(plugin: Any, window: Any) -> None:
    groundline_menu(window).actions()[-2].trigger()
    (dialog,) = plugin._desktop._dialogs.values()
    assert dialog.isVisible()
    dialog.close()
    deliver_deferred_deletions()
    assert plugin._desktop._dialogs == {}


def test_a_missing_package_is_said_in_the_message_bar_instead_of_opening_a_dialog(
    plugin: Any, window: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from groundline.processing.base import GroundlineAlgorithm

    monkeypatch.setattr(GroundlineAlgorithm, "canExecute", lambda self: (False, "Install scipy."))
    name = registry().providerById("groundline").algorithms()[0].id()
    plugin._desktop._show_algorithm(name)
    assert window.messageBar().warnings == [("Groundline", "Install scipy.")]
    assert plugin._desktop._dialogs == {}


def test_processing_alone_imports_nothing_of_the_graphical_interface(
    repository: Path, tmp_path: Path, qgis_app: Any
) -> None:
    """As qgis_process does it: no window, only initProcessing."""
    program = f"""
import sys
sys.path.insert(0, {str(repository / "tests")!r})
import conftest
from qgis.core import QgsApplication
application = QgsApplication([], False, {str(tmp_path)!r})
application.initQgis()
before = set(sys.modules)  # qgis.core itself brings some of qgis.gui
import groundline
plugin = groundline.classFactory(None)
plugin.initProcessing()
names = [a.id() for a in QgsApplication.processingRegistry().providerById("groundline").algorithms()]
gui = {{"qgis.gui", "qgis._gui", "qgis.PyQt.QtWidgets"}} & (set(sys.modules) - before)
gui |= {{name for name in sys.modules if name.startswith("groundline.plugin.") and name != "groundline.plugin.main"}}
plugin.unload()
left = QgsApplication.processingRegistry().providerById("groundline")
del plugin
application.exitQgis()
sys.exit(f"gui: {{gui}}, left: {{left}}" if gui or left else 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
