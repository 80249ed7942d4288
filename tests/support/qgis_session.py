"""Starts QGIS for tests: no window, no user profile, Processing with its native algorithms and our provider."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

# The registry owns the C++ half only: without this the Python half would be collected.
_providers: list[Any] = []


def start(profile: Path) -> Any:
    """Return an initialised QgsApplication; one per process."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QGIS_CUSTOM_CONFIG_PATH"] = str(profile)
    os.environ["XDG_CONFIG_HOME"] = str(profile)

    from qgis.core import QgsApplication
    from qgis.PyQt.QtCore import QCoreApplication, QSettings

    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(profile))
    QCoreApplication.setOrganizationName("Groundline tests")
    QCoreApplication.setApplicationName("Groundline tests")
    application = QgsApplication([], True, str(profile))
    application.initQgis()

    plugins = str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins")
    if plugins not in sys.path:
        sys.path.append(plugins)
    from processing.core.Processing import Processing

    import processing

    if not Path(processing.__file__).is_relative_to(plugins):
        raise ImportError(f"'processing' is {processing.__file__}, not the one of QGIS in {plugins}")
    Processing.initialize()
    add_provider()
    return application


def add_provider() -> Any:
    """Add a fresh Groundline provider as the plugin does, and return it."""
    from qgis.core import QgsApplication

    from groundline.processing.provider import GroundlineProvider

    provider = GroundlineProvider()
    if not QgsApplication.processingRegistry().addProvider(provider):
        raise ImportError("QGIS did not accept the provider")
    _providers.append(provider)
    provider.refreshAlgorithms()
    return provider


def remove_provider() -> None:
    """Take our provider out of the registry."""
    from qgis.core import QgsApplication

    registry = QgsApplication.processingRegistry()
    ours = registry.providerById("groundline")
    if ours is not None:
        registry.removeProvider(ours)
    _providers.clear()


def stop(application: Any) -> None:
    """Empty the project and end QGIS, in the order that leaves nothing dangling."""
    from processing.core.Processing import Processing
    from qgis.core import QgsProject

    QgsProject.instance().clear()
    remove_provider()
    Processing.deinitialize()
    application.exitQgis()
