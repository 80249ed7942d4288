#!/usr/bin/python3
"""Draws the result as a QGIS map: velocity, railway line, affected zones, legend and scale bar, as PNG.

map_image.py RESULT_FOLDER LINE OUTPUT.png
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WIDTH, LEGEND, TOP, MARGIN = 297.0, 62.0, 18.0, 5.0  # mm


def main(workspace: Path, line: str, output: Path) -> int:
    """Compose the layout and export it."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path[:] = [
        entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")
    ]
    _register()
    from qgis.core import QgsApplication

    application = QgsApplication([], True, str(output.parent / ".profile"))
    application.initQgis()
    try:
        return _draw(workspace, line, output)
    finally:
        application.exitQgis()


def _register() -> None:
    spec = importlib.util.spec_from_file_location(
        "groundline", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{ROOT} cannot be imported as groundline")
    module = importlib.util.module_from_spec(spec)
    sys.modules["groundline"] = module
    spec.loader.exec_module(module)


def _draw(workspace: Path, line: str, output: Path) -> int:
    from osgeo import gdal
    from qgis.core import (
        QgsLayoutExporter,
        QgsLayoutItemLegend,
        QgsLayoutItemMap,
        QgsLayoutItemScaleBar,
        QgsLayoutPoint,
        QgsLayoutSize,
        QgsPrintLayout,
        QgsProject,
        QgsUnitTypes,
    )

    from groundline.processing import styling

    project = QgsProject.instance()
    layers = _layers(workspace, line, styling)
    for layer in reversed(layers):
        project.addMapLayer(layer)
    velocity = layers[-1]
    metric = _metric_crs(velocity)
    project.setCrs(metric)

    extent = _extent(velocity, metric)
    width = WIDTH - LEGEND - 3 * MARGIN
    height = min(max(width * extent.height() / extent.width(), 80.0), 240.0)
    page = height + TOP + MARGIN

    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    layout.pageCollection().page(0).setPageSize(QgsLayoutSize(WIDTH, page))

    view = QgsLayoutItemMap(layout)
    layout.addLayoutItem(view)
    view.setRect(0, 0, 20, 20)  # a map without a size cannot be zoomed
    view.attemptMove(QgsLayoutPoint(MARGIN, TOP))
    view.attemptResize(QgsLayoutSize(width, height))
    view.setCrs(metric)
    view.setLayers(layers)
    view.setFrameEnabled(True)
    view.zoomToExtent(extent)

    title = _label(layout, "Ground velocity and railway line", 15, bold=True)
    title.attemptMove(QgsLayoutPoint(MARGIN, 5))
    title.attemptResize(QgsLayoutSize(WIDTH - 2 * MARGIN, 10))

    legend = QgsLayoutItemLegend(layout)
    layout.addLayoutItem(legend)
    legend.setLinkedMap(view)
    legend.setAutoUpdateModel(False)
    _without_band_name(legend, velocity)
    legend.attemptMove(QgsLayoutPoint(WIDTH - LEGEND - MARGIN, TOP - 2))
    legend.adjustBoxSize()

    bar = QgsLayoutItemScaleBar(layout)
    layout.addLayoutItem(bar)
    bar.setStyle("Single Box")
    bar.setLinkedMap(view)
    bar.setHeight(2.0)
    bar.applyDefaultSize(QgsUnitTypes.DistanceUnit.DistanceKilometers)
    bar.setNumberOfSegments(2)
    bar.setNumberOfSegmentsLeft(0)
    bar.attemptMove(QgsLayoutPoint(WIDTH - LEGEND - MARGIN, page - 20))

    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 130
    gdal.PushErrorHandler("CPLQuietErrorHandler")  # QGIS tries to georeference the PNG, which GDAL cannot
    status = QgsLayoutExporter(layout).exportToImage(str(output), settings)
    gdal.PopErrorHandler()
    if status != QgsLayoutExporter.ExportResult.Success:
        print(f"The map could not be written to {output}.", file=sys.stderr)
        return 1
    print(f"Map: {output}")
    return 0


def _layers(workspace: Path, line: str, styling: Any) -> list[Any]:
    """Line on top, affected zones, velocity at the bottom."""
    from qgis.core import QgsLineSymbol, QgsRasterLayer, QgsSingleSymbolRenderer, QgsVectorLayer

    velocity = QgsRasterLayer(str(workspace / "displacement" / "velocity.tif"), "Line-of-sight velocity")
    railway = QgsVectorLayer(line, "Railway line", "ogr")
    zones = QgsVectorLayer(str(workspace / "corridor" / "zones.gpkg"), "Affected zones", "ogr")
    for layer in (velocity, railway, zones):
        if not layer.isValid():
            raise SystemExit(f"{layer.source()} is missing or damaged.")
    styling.apply(velocity, "velocity", _limit(workspace), "mm/yr")
    railway.setRenderer(
        QgsSingleSymbolRenderer(QgsLineSymbol.createSimple({"line_color": "#22303c", "line_width": "0.8"}))
    )
    zones.setRenderer(
        QgsSingleSymbolRenderer(QgsLineSymbol.createSimple({"line_color": "#7b1fa2", "line_width": "2.4"}))
    )
    return [railway, zones, velocity]


def _limit(workspace: Path) -> float:
    """The end of the colour scale on both sides, as the layers of the toolbox have it."""
    result = json.loads((workspace / "displacement" / "result.json").read_text(encoding="utf-8"))
    return float(result["tables"]["scale"]["velocity_mm_yr"])


def _metric_crs(layer: Any) -> Any:
    from qgis.core import QgsCoordinateReferenceSystem

    from groundline.core import crs

    centre = layer.extent().center()
    name = crs.metric_for(layer.crs().toWkt(), centre.x(), centre.y())
    found = QgsCoordinateReferenceSystem(name)
    return found if found.isValid() else QgsCoordinateReferenceSystem.fromWkt(name)


def _extent(layer: Any, target: Any) -> Any:
    from qgis.core import QgsCoordinateTransform, QgsProject

    transform = QgsCoordinateTransform(layer.crs(), target, QgsProject.instance())
    extent = transform.transformBoundingBox(layer.extent())
    extent.scale(1.02)
    return extent


def _without_band_name(legend: Any, velocity: Any) -> None:
    """Keep the colours of the raster's legend, drop the line with the band's name."""
    from qgis.core import QgsMapLayerLegendUtils

    model = legend.model()
    for node in model.rootGroup().findLayers():
        if node.layerId() == velocity.id():
            count = len(model.layerLegendNodes(node))
            QgsMapLayerLegendUtils.setLegendNodeOrder(node, list(range(1, count)))
            model.refreshLayerLegend(node)


def _label(layout: Any, text: str, size: int, bold: bool = False) -> Any:
    from qgis.core import QgsLayoutItemLabel
    from qgis.PyQt.QtGui import QFont

    label = QgsLayoutItemLabel(layout)
    label.setText(text)
    font = QFont("DejaVu Sans", size)
    font.setBold(bold)
    label.setFont(font)
    layout.addLayoutItem(label)
    return label


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", type=Path, help="folder with the results")
    parser.add_argument("line", help="layer of the line")
    parser.add_argument("output", type=Path, help="PNG to write")
    given = parser.parse_args()
    sys.exit(main(given.result, given.line, given.output.absolute()))
