"""The plugin as QGIS sees it.

`initProcessing` serves qgis_process and must not import anything of the graphical interface;
the desktop's parts are imported in `initGui`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication

from ..processing.provider import GroundlineProvider

if TYPE_CHECKING:
    from .desktop import Desktop


class GroundlinePlugin:
    """Adds the provider, and on the desktop the menu and the settings page."""

    def __init__(self, iface: Any) -> None:
        self._iface = iface
        self._provider: GroundlineProvider | None = None
        self._desktop: Desktop | None = None

    def initProcessing(self) -> None:
        """Add the provider to Processing."""
        self._provider = GroundlineProvider()
        QgsApplication.processingRegistry().addProvider(self._provider)
        # Models find their children only once the provider is in the registry.
        self._provider.refreshAlgorithms()

    def initGui(self) -> None:
        """Add the provider, the menu and the settings page."""
        from .desktop import Desktop

        self.initProcessing()
        self._desktop = Desktop(self._iface)
        self._desktop.install()

    def unload(self) -> None:
        """Remove everything that was added."""
        if self._desktop is not None:
            self._desktop.remove()
            self._desktop = None
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
