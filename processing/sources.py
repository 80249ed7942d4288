"""Map layers as core takes them: features with their system, or the path of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeatureSource,
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProviderRegistry,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QVariant

from ..core.errors import InputError
from ..core.vector import VectorInput


def vector_input(source: QgsFeatureSource | None, attributes: bool = True) -> VectorInput | None:
    """All features that have a geometry; None for no source.

    `source` is what parameterAsSource gives (it honours "selected features only") or a vector layer.
    """
    if source is None:
        return None
    names = [field.name() for field in source.fields()] if attributes else []
    blobs: list[bytes] = []
    rows: list[dict[str, Any]] = []
    for feature in source.getFeatures():
        geometry = feature.geometry()
        if geometry.isNull() or geometry.isEmpty():
            continue
        blobs.append(bytes(geometry.asWkb()))
        rows.append({name: plain(value) for name, value in zip(names, feature.attributes())})
    return VectorInput(tuple(blobs), wkt(source.sourceCrs()), tuple(rows), source.sourceName())


def extent(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext
) -> tuple[tuple[float, float, float, float] | None, str]:
    """(x min, y min, x max, y max) of an extent parameter and its system as WKT; None and empty when not given."""
    rectangle = algorithm.parameterAsExtent(parameters, name, context)
    if not parameters.get(name) or rectangle.isNull():
        return None, ""
    bounds = (rectangle.xMinimum(), rectangle.yMinimum(), rectangle.xMaximum(), rectangle.yMaximum())
    return bounds, wkt(algorithm.parameterAsExtentCrs(parameters, name, context))


def plain(value: Any) -> Any:
    """An attribute as Python has it: NULL becomes None, dates become ISO text."""
    if isinstance(value, QVariant):
        return None if value.isNull() else plain(value.value())
    if isinstance(value, (QDate, QDateTime)):
        return value.toString("yyyy-MM-dd") if value.isValid() else None
    return value


def wkt(crs: QgsCoordinateReferenceSystem) -> str:
    """The system as WKT that every supported GDAL reads; empty for an unknown system."""
    if not crs.isValid():
        return ""
    return str(crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED))


def crs(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext
) -> str:
    """The system of a parameter as WKT, empty where none is given; what is given and unknown is refused."""
    found = algorithm.parameterAsCrs(parameters, name, context)
    given = parameters.get(name)
    if not found.isValid() and isinstance(given, str) and given.strip():
        raise InputError(name, given, "a known coordinate system", "Choose it from the list, or leave it empty")
    return wkt(found)


def source_path(layer: QgsMapLayer, field: str = "Layer") -> Path:
    """Path of the file that a layer shows."""
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    path = parts.get("path", "")
    if not path:
        raise InputError(
            field,
            layer.name(),
            "a layer that shows a file",
            "Export it to a file (GeoTIFF or GeoPackage) and choose that",
        )
    return Path(path)
