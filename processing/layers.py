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
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsLayerTreeNode,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsProcessingUtils,
    QgsRasterLayer,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QTime

from . import styling


@dataclass(frozen=True)
class LayerToLoad:
    """A result for the project.

    path : the file; `table` names a layer inside it (GeoPackage).
    style : short name of a QML in resources/styles.
    limit : the style's colours are stretched to -limit .. +limit, in the layer's unit; None keeps them.
    values : of a raster style's colours, from the lowest on, where they depend on the run; empty keeps them.
    unit : put behind the values in the legend.
    day : the date that the layer shows, for the temporal controller.
    top : goes above all layers of the project, as lines do that points would hide; else where QGIS puts it, but
        below the lines that lie on top.
    """

    path: Path
    title: str
    style: str = ""
    table: str = ""
    limit: float | None = None
    values: tuple[float, ...] = ()
    unit: str = "mm/yr"
    group: str = ""
    visible: bool = True
    day: date | None = None
    top: bool = False

    @property
    def uri(self) -> str:
        """How QGIS addresses the layer."""
        return f"{self.path}|layername={self.table}" if self.table else str(self.path)


class _PostProcessor(QgsProcessingLayerPostProcessorInterface):
    """Styles one layer once it is in the project."""

    def __init__(self, wanted: LayerToLoad, rank: int, placed: dict[int, str]) -> None:
        """`placed` is shared by the layers of one run: rank, 0 on top, to layer id."""
        super().__init__()
        self._wanted = wanted
        self._rank = rank
        self._placed = placed

    def postProcessLayer(
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        wanted = self._wanted
        # A rerun replaces the file under a layer that is already there, which would show the old one.
        layer.reload()
        if wanted.style:
            message = styling.apply(layer, wanted.style, wanted.limit, wanted.unit, wanted.values)
            if message:
                feedback.pushWarning(message)
        if wanted.day is not None:
            _set_day(layer, wanted.day)
        self._place(layer, context)

    def _place(self, layer: QgsMapLayer, context: QgsProcessingContext) -> None:
        """Set group, visibility, and the order among the layers of this run."""
        project = context.project()
        node = project.layerTreeRoot().findLayer(layer.id()) if project is not None else None
        if node is None:
            return
        node.setItemVisibilityChecked(self._wanted.visible)
        if self._wanted.group and node.parent().name() != self._wanted.group:
            root = project.layerTreeRoot()
            group = root.findGroup(self._wanted.group) or root.insertGroup(0, self._wanted.group)
            node = _move(node, group, 0)
        node.setExpanded(self._wanted.visible)
        self._placed[self._rank] = layer.id()
        _sort(node.parent(), [self._placed[rank] for rank in sorted(self._placed)], self._wanted.top)


# QGIS keeps no reference to the Python half of a post-processor; without ours it would be gone
# before it is called. A rerun of the same output replaces the entry.
_kept: dict[str, _PostProcessor] = {}


def load(context: QgsProcessingContext, *wanted: LayerToLoad) -> None:
    """Schedule layers to be loaded into the project, the first one on top."""
    project = context.project()
    if project is None:
        return
    placed: dict[int, str] = {}
    for rank, layer in enumerate(wanted):
        kind = (
            QgsProcessingUtils.LayerHint.Vector
            if layer.path.suffix.lower() in (".gpkg", ".geojson", ".shp", ".csv")
            else QgsProcessingUtils.LayerHint.Raster
        )
        details = QgsProcessingContext.LayerDetails(layer.title, project, "", kind)
        details.forceName = True
        if layer.group and hasattr(details, "groupName"):
            details.groupName = layer.group
        _kept[layer.uri] = _PostProcessor(layer, rank, placed)
        details.setPostProcessor(_kept[layer.uri])
        context.addLayerToLoadOnCompletion(layer.uri, details)


def _sort(group: QgsLayerTreeGroup, ids: list[str], top: bool) -> None:
    """Bring those of the layers that are in the group into the given order, on top or where the first is."""
    children = group.children()
    nodes = {
        node.layerId(): node
        for node in children
        if isinstance(node, QgsLayerTreeLayer) and node.layerId() in ids
    }
    wanted = [nodes[key] for key in ids if key in nodes]
    others = [node for node in children if node not in wanted]
    first = next(place for place, node in enumerate(children) if node in wanted)
    start = 0 if top else max(first, _lines_on_top(others))
    if children == [*others[:start], *wanted, *others[start:]]:
        return
    follower = others[start] if start < len(others) else None
    for node in wanted:
        place = group.children().index(follower) if follower is not None else len(group.children())
        _move(node, group, place)


def _lines_on_top(nodes: list[QgsLayerTreeNode]) -> int:
    """How many line layers come before anything else: railways and profiles, which points would hide."""
    count = 0
    for node in nodes:
        layer = node.layer() if isinstance(node, QgsLayerTreeLayer) else None
        if not isinstance(layer, QgsVectorLayer):
            break
        if QgsWkbTypes.geometryType(layer.wkbType()) != QgsWkbTypes.GeometryType.LineGeometry:
            break
        count += 1
    return count


def _move(node: QgsLayerTreeLayer, group: QgsLayerTreeGroup, index: int) -> QgsLayerTreeLayer:
    """Move a node by a copy, inserted before the original goes, so that the layer stays in the project."""
    copy = node.clone()
    group.insertChildNode(index, copy)
    node.parent().removeChildNode(node)
    return copy


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
