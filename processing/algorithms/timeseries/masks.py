"""Masks as parameters: a raster or polygons."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsMapLayer, QgsProcessing, QgsProcessingParameterMapLayer, QgsVectorLayer

from ... import sources

KINDS = [QgsProcessing.SourceType.TypeRaster, QgsProcessing.SourceType.TypeVectorPolygon]


def mask_layer(description: str) -> QgsProcessingParameterMapLayer:
    """MASK, optional: a raster or a polygon layer."""
    return QgsProcessingParameterMapLayer("MASK", description, optional=True, types=KINDS)


def mask_input(layer: QgsMapLayer | None) -> Any:
    """The mask as core takes it: features, the path of a raster, or None."""
    if isinstance(layer, QgsVectorLayer):
        return sources.vector_input(layer, attributes=False)
    return None if layer is None else sources.source_path(layer, "MASK")
