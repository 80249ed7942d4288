"""A QGIS map as PNG: layers, legend and scale bar on a page."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WIDTH, LEGEND, TOP, MARGIN = 297.0, 62.0, 18.0, 5.0  # mm


def export(make_layers: Callable[[Any], list[Any]], title: str, output: Path) -> int:
    """Draw what `make_layers` returns, given the module `styling`: the first on top, the last a raster.

    The map shows what the raster covers. Returns an exit code.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path[:] = [
        entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")
    ]
    _register()
    from qgis.core import QgsApplication

    application = QgsApplication([], True, str(output.parent / ".profile"))
    application.initQgis()
    try:
        from groundline.processing import styling

        return _draw(make_layers(styling), title, output)
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


def _draw(layers: list[Any], title: str, output: Path) -> int:
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

    project = QgsProject.instance()
    for layer in reversed(layers):
        project.addMapLayer(layer)
    raster = layers[-1]
    metric = _metric_crs(raster)
    project.setCrs(metric)

    extent = _extent(raster, metric)
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

    heading = _label(layout, title, 15, bold=True)
    heading.attemptMove(QgsLayoutPoint(MARGIN, 5))
    heading.attemptResize(QgsLayoutSize(WIDTH - 2 * MARGIN, 10))

    legend = QgsLayoutItemLegend(layout)
    layout.addLayoutItem(legend)
    legend.setLinkedMap(view)
    legend.setAutoUpdateModel(False)
    _without_band_name(legend, raster)
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


def _without_band_name(legend: Any, raster: Any) -> None:
    """Keep the colours of the raster's legend, drop the line with the band's name."""
    from qgis.core import QgsMapLayerLegendUtils

    model = legend.model()
    for node in model.rootGroup().findLayers():
        if node.layerId() == raster.id():
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
