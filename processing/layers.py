"""Layers that load when a run is done: named, styled, grouped, with their date.

A result is scheduled by path, because the run is in a background thread; style, scale and place in
the layer tree are set by a post-processor, which QGIS calls in the main thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qgis.core import (
    Qgis,
    QgsDateTimeRange,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsProcessingUtils,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QTime

from . import styling


@dataclass(frozen=True)
class LayerToLoad:
    """A result for the project.

    path : the file; `table` names a layer inside it (GeoPackage).
    style : short name of a QML in resources/styles.
    limit : the style's colours are stretched to -limit .. +limit, in the layer's unit; None keeps them.
    unit : put behind the values in the legend.
    day : the date that the layer shows, for the temporal controller.
    """

    path: Path
    title: str
    style: str = ""
    table: str = ""
    limit: float | None = None
    unit: str = "mm/yr"
    group: str = ""
    visible: bool = True
    day: date | None = None

    @property
    def uri(self) -> str:
        """How QGIS addresses the layer."""
        return f"{self.path}|layername={self.table}" if self.table else str(self.path)


class _PostProcessor(QgsProcessingLayerPostProcessorInterface):
    """Styles one layer once it is in the project."""

    def __init__(self, wanted: LayerToLoad) -> None:
        super().__init__()
        self._wanted = wanted

    def postProcessLayer(
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        wanted = self._wanted
        if wanted.style:
            message = styling.apply(layer, wanted.style, wanted.limit, wanted.unit)
            if message:
                feedback.pushWarning(message)
        if wanted.day is not None:
            _set_day(layer, wanted.day)
        _place(layer, context, wanted)


# QGIS keeps no reference to the Python half of a post-processor; without ours it would be gone
# before it is called. A rerun of the same output replaces the entry.
_kept: dict[str, _PostProcessor] = {}


def load(context: QgsProcessingContext, *wanted: LayerToLoad) -> None:
    """Schedule layers to be loaded into the project, the first one on top."""
    project = context.project()
    if project is None:
        return
    for layer in wanted:
        kind = (
            QgsProcessingUtils.LayerHint.Vector
            if layer.path.suffix.lower() in (".gpkg", ".geojson", ".shp", ".csv")
            else QgsProcessingUtils.LayerHint.Raster
        )
        details = QgsProcessingContext.LayerDetails(layer.title, project, "", kind)
        details.forceName = True
        if layer.group and hasattr(details, "groupName"):
            details.groupName = layer.group
        _kept[layer.uri] = _PostProcessor(layer)
        details.setPostProcessor(_kept[layer.uri])
        context.addLayerToLoadOnCompletion(layer.uri, details)


def _place(layer: QgsMapLayer, context: QgsProcessingContext, wanted: LayerToLoad) -> None:
    """Set the group (where QGIS has not done so) and visibility; QGIS may insert the node only later."""
    project = context.project()
    node = project.layerTreeRoot().findLayer(layer.id()) if project is not None else None
    if node is None:
        return
    parent = node.parent()
    if wanted.group and parent.name() != wanted.group:
        root = project.layerTreeRoot()
        group = root.findGroup(wanted.group) or root.insertGroup(0, wanted.group)
        copy = node.clone()
        group.addChildNode(copy)
        parent.removeChildNode(node)
        node = copy
    node.setItemVisibilityChecked(wanted.visible)


def _set_day(layer: QgsMapLayer, day: date) -> None:
    """Give the layer the temporal range of one day."""
    start = QDate(day.year, day.month, day.day)
    span = QgsDateTimeRange(QDateTime(start, QTime(0, 0)), QDateTime(start, QTime(23, 59, 59)))
    properties = layer.temporalProperties()
    if isinstance(layer, QgsRasterLayer):
        properties.setMode(Qgis.RasterTemporalMode.FixedTemporalRange)
    elif isinstance(layer, QgsVectorLayer):
        properties.setMode(Qgis.VectorTemporalMode.FixedTemporalRange)
    properties.setFixedTemporalRange(span)
    properties.setIsActive(True)
