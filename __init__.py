"""Groundline, a QGIS plugin that measures ground movement from Sentinel-1 radar images."""


def classFactory(iface: object) -> object:  # noqa: N802 - the name QGIS calls
    """Return the plugin; QGIS calls this when the plugin is loaded."""
    from .plugin.main import GroundlinePlugin

    return GroundlinePlugin(iface)
