"""A QGIS window for tests: a real QMainWindow with a Plugins menu that behaves as QGIS's does."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtWidgets import QMainWindow, QMenu


class MessageBar:
    """Remembers what it was asked to show."""

    def __init__(self) -> None:
        self.warnings: list[tuple[str, str]] = []

    def pushWarning(self, title: str, text: str) -> None:
        self.warnings.append((title, text))


class Interface:
    """The part of QgisInterface that the plugin may use; anything else is an AttributeError."""

    def __init__(self) -> None:
        self._window = QMainWindow()
        self._plugins: QMenu = self._window.menuBar().addMenu("&Plugins")
        self.option_factories: list[Any] = []
        self.options_shown: list[str] = []
        self._bar = MessageBar()

    def mainWindow(self) -> QMainWindow:
        return self._window

    def messageBar(self) -> MessageBar:
        return self._bar

    def pluginMenu(self) -> QMenu:
        return self._plugins

    def addPluginToMenu(self, name: str, action: Any) -> None:
        self._submenu(name).addAction(action)

    def removePluginMenu(self, name: str, action: Any) -> None:
        menu = self._submenu(name)
        menu.removeAction(action)
        if not menu.actions():
            self._plugins.removeAction(menu.menuAction())

    def registerOptionsWidgetFactory(self, factory: Any) -> None:
        self.option_factories.append(factory)

    def unregisterOptionsWidgetFactory(self, factory: Any) -> None:
        self.option_factories.remove(factory)

    def showOptionsDialog(self, parent: Any = None, page: str = "") -> None:
        self.options_shown.append(page)

    def _submenu(self, name: str) -> QMenu:
        for action in self._plugins.actions():
            if action.text().replace("&", "") == name.replace("&", "") and action.menu() is not None:
                return action.menu()
        menu = QMenu(name, self._window)
        self._plugins.addMenu(menu)
        return menu
