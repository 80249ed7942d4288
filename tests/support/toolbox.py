"""Algorithms as a user starts them from the toolbox: processing.run with a log that is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from osgeo import ogr, osr
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback, QgsProject

import processing


class Log(QgsProcessingFeedback):
    """Keeps every line; asks to stop at the `stop_at`-th progress callback (0: never), or at a line with some words."""

    def __init__(self, stop_at: int = 0, words: str = "") -> None:
        super().__init__(False)
        self.lines: list[str] = []
        self.calls, self.stop_at, self.words = 0, stop_at, words
        self.progressChanged.connect(self._count)

    def _count(self, _: float) -> None:
        self.calls += 1
        if self.calls == self.stop_at:
            self.cancel()

    def pushInfo(self, info: str) -> None:
        self.lines.append(info)
        if self.words and self.words in info:
            self.cancel()

    def pushWarning(self, warning: str) -> None:
        self.lines.append(warning)

    def reportError(self, error: str, fatalError: bool = False) -> None:
        self.lines.append(error)


def run(identifier: str, values: dict[str, Any], log: Log | None = None) -> dict[str, Any]:
    """Outputs of an algorithm of ours, in a fresh context on the current project."""
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    return processing.run(f"groundline:{identifier}", values, context=context, feedback=log or Log())


def complaint(identifier: str, values: dict[str, Any]) -> str:
    """What a run that fails says; empty when it does not fail."""
    try:
        run(identifier, values)
    except QgsProcessingException as error:
        return str(error)
    return ""


def layer(path: Path, *shapes: str, epsg: int = 4326, fields: dict[str, float] | None = None) -> str:
    """A file of features given as WKT, each with the same numbers; `epsg` 0: a Shapefile without a system."""
    reference = None
    if epsg:
        reference = osr.SpatialReference()
        reference.ImportFromEPSG(epsg)
    first = ogr.CreateGeometryFromWkt(shapes[0]).GetGeometryType() if shapes else ogr.wkbPoint
    path = path.with_suffix(".gpkg" if epsg else ".shp")
    source = ogr.GetDriverByName("GPKG" if epsg else "ESRI Shapefile").CreateDataSource(str(path))
    table = source.CreateLayer(path.stem, reference, first)
    for name in fields or {}:
        table.CreateField(ogr.FieldDefn(name, ogr.OFTReal))
    for shape in shapes:
        feature = ogr.Feature(table.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkt(shape))
        for name, value in (fields or {}).items():
            feature.SetField(name, value)
        table.CreateFeature(feature)
        del feature
    table.SyncToDisk()
    del table, source
    return str(path)
