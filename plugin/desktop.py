"""The menu "Groundline" under Plugins, and the settings page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.core import QgsApplication, QgsProcessingAlgorithm
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import QAction, QDialog, QMenu, QWidget

from ..processing import groups, icons
from ..processing.model import GroundlineModel
from ..processing.provider import PROVIDER_ID
from . import designer
from .dialogs.environment import EnvironmentDialog
from .options import OPTIONS_PAGE, GroundlineOptionsFactory

MENU = "Groundline"


class Desktop:
    """What the plugin adds to the QGIS window; `remove` takes all of it away."""

    def __init__(self, iface: Any) -> None:
        self._iface = iface
        self._entries: list[QAction] = []
        self._menus: list[QMenu] = []
        self._dialogs: dict[int, QWidget] = {}
        self._options: GroundlineOptionsFactory | None = None

    def install(self) -> None:
        """Fill the menu and register the settings page."""
        algorithms = QgsApplication.processingRegistry().providerById(PROVIDER_ID).algorithms()
        models = [algorithm for algorithm in algorithms if isinstance(algorithm, GroundlineModel)]
        tools = [algorithm for algorithm in algorithms if algorithm not in models]
        for group in groups.ALL:
            members = [algorithm for algorithm in tools if algorithm.groupId() == group.id]
            if members:
                self._add_menu(tr(group.title), [self._run_action(member) for member in members])
        if models:
            self._add_menu(
                tr("Models"), [action for model in models for action in self._model_actions(model)]
            )
        self._add_entry(self._action(tr("Environment…"), self._show_environment))
        self._add_entry(self._action(tr("Settings…"), self._show_settings))
        self._options = GroundlineOptionsFactory()
        self._iface.registerOptionsWidgetFactory(self._options)

    def remove(self) -> None:
        """Take away menu, settings page and open windows."""
        submenus = [
            action.menu() for action in self._iface.pluginMenu().actions() if _plain(action.text()) == MENU
        ]
        for entry in self._entries:
            self._iface.removePluginMenu(MENU, entry)
            entry.deleteLater()
        for submenu in submenus:  # QGIS takes the emptied submenu out of sight but keeps it
            submenu.deleteLater()
        for menu in self._menus:
            menu.deleteLater()
        for dialog in list(self._dialogs.values()):
            dialog.close()
        if self._options is not None:
            self._iface.unregisterOptionsWidgetFactory(self._options)
            self._options = None
        self._entries, self._menus = [], []

    def _add_menu(self, title: str, actions: list[QAction]) -> None:
        menu = QMenu(title, self._iface.mainWindow())
        for action in actions:
            action.setParent(menu)
            menu.addAction(action)
        self._menus.append(menu)
        self._add_entry(menu.menuAction())

    def _add_entry(self, entry: QAction) -> None:
        self._iface.addPluginToMenu(MENU, entry)
        self._entries.append(entry)

    def _action(self, text: str, called: Callable[[], None]) -> QAction:
        action = QAction(text, self._iface.mainWindow())
        action.triggered.connect(lambda _checked=False: called())
        return action

    def _run_action(self, algorithm: QgsProcessingAlgorithm) -> QAction:
        identifier = algorithm.id()
        action = self._action(f"{algorithm.displayName()}…", lambda: self._show_algorithm(identifier))
        action.setIcon(icons.icon("groundline"))
        action.setObjectName(f"groundline-{algorithm.name()}")
        return action

    def _model_actions(self, model: GroundlineModel) -> list[QAction]:
        identifier = model.id()
        edit = self._action(
            tr("Open a copy of “{}” in the designer").format(model.displayName()),
            lambda: designer.open_copy(identifier),
        )
        edit.setObjectName(f"groundline-{model.name()}-copy")
        return [self._run_action(model), edit]

    def _show_algorithm(self, identifier: str) -> None:
        import processing

        ok, message = QgsApplication.processingRegistry().algorithmById(identifier).canExecute()
        if ok:
            # It deletes itself when closed, or after the run that it is watching.
            self._show(processing.createAlgorithmDialog(identifier, {}))
        else:
            self._iface.messageBar().pushWarning("Groundline", message)

    def _show_environment(self) -> None:
        dialog = EnvironmentDialog(self._iface.mainWindow())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._show(dialog)

    def _show_settings(self) -> None:
        self._iface.showOptionsDialog(self._iface.mainWindow(), OPTIONS_PAGE)

    def _show(self, dialog: QDialog) -> None:
        """Show a window beside the map, and keep it until Qt deletes it."""
        key = id(dialog)
        self._dialogs[key] = dialog
        dialog.destroyed.connect(lambda _gone=None: self._dialogs.pop(key, None))
        dialog.show()


def tr(text: str) -> str:
    """A text in the user's language."""
    return QCoreApplication.translate("Groundline", text)


def _plain(text: str) -> str:
    """A menu title without the mark of its shortcut, which some desktops add by themselves."""
    return text.replace("&", "")
