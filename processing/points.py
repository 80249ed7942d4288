"""Point layers as core takes them: a file where the layer shows all of one, else its features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from qgis.core import QgsFeatureRequest, QgsMapLayer, QgsProviderRegistry, QgsRasterLayer, QgsVectorLayer

from ..core.errors import InputError
from ..core.pointfile import PointSet, date_of
from ..core.pointsource import PointFile, Points
from ..core.rateraster import RasterFile
from ..core.validation.observations import Source
from . import sources

TRACK_FIELDS = (
    "velocity_std", "velocity_std_images", "incidence", "los_east", "los_north", "los_up", "track", "pass"
)  # fmt: skip


def points_of(layer: QgsVectorLayer, names: Sequence[str]) -> Points:
    """The layer's file when it shows all of it, else the features with the attributes in `names`."""
    crs = sources.wkt(layer.crs())
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    whole = not layer.subsetString() and not layer.isEditable() and not parts.get("layerId")
    if layer.providerType() == "ogr" and whole and parts.get("path") and not layer.vectorJoins():
        return PointFile(str(parts["path"]), str(parts.get("layerName") or ""), layer.name(), crs)
    return _from_features(layer, names, crs)


def series_of(layer: QgsVectorLayer) -> Points:
    """A layer of measurement points with all its fields."""
    return points_of(layer, [entry.name() for entry in layer.fields()])


def track_of(layer: QgsMapLayer, names: Sequence[str], field: str) -> Source:
    """A track for validation: the file of a raster, or points with the attributes in `names`, angles and series."""
    if isinstance(layer, QgsRasterLayer):
        return RasterFile(str(sources.source_path(layer, field)), layer.name())
    if not isinstance(layer, QgsVectorLayer):
        raise InputError(field, "nothing", "a point layer or a raster", "Choose a layer")
    dated = [entry.name() for entry in layer.fields() if date_of(entry.name()) is not None]
    return points_of(layer, [*names, *TRACK_FIELDS, *dated])


def _from_features(layer: QgsVectorLayer, names: Sequence[str], crs: str) -> PointSet:
    fields = [name for name in names if layer.fields().indexOf(name) >= 0]
    request = QgsFeatureRequest().setSubsetOfAttributes(fields, layer.fields())
    places: list[tuple[float, float]] = []
    rows: list[list[object]] = []
    indices = [layer.fields().indexOf(name) for name in fields]
    for feature in layer.getFeatures(request):
        geometry = feature.geometry()
        if geometry.isNull() or geometry.isEmpty():
            continue
        point = geometry.vertexAt(0)
        places.append((point.x(), point.y()))
        values = feature.attributes()
        rows.append(
            [
                values[index] if type(values[index]) is float else sources.plain(values[index])
                for index in indices
            ]
        )
    xy = np.array(places, np.float64).reshape(-1, 2)
    others = {field.name(): np.empty(0) for field in layer.fields() if field.name() not in fields}
    columns = {name: _column([row[column] for row in rows]) for column, name in enumerate(fields)}
    # Names of the other fields are kept, empty, so that a message can list them.
    return PointSet(xy[:, 0], xy[:, 1], crs, {**columns, **others}, name=layer.name())


def _column(values: list[object]) -> np.ndarray:
    """Numbers with NaN for NULL, or text with "" for NULL."""
    if all(value is None or isinstance(value, (int, float)) for value in values):
        return np.array([np.nan if value is None else value for value in values], np.float64)
    return np.array(["" if value is None else str(value) for value in values], dtype=object)
