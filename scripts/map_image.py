#!/usr/bin/python3
"""Draws the result as a QGIS map: velocity, railway line, affected zones, legend and scale bar, as PNG.

    map_image.py RESULT_FOLDER LINE OUTPUT.png
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT, LEGEND = 297.0, 190.0, 62.0  # mm


def main(workspace: Path, line: str, output: Path) -> int:
    """Compose the layout and export it."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path[:] = [entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")]
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
    from groundline.processing import styling
    from qgis.core import (
        QgsLayoutExporter,
        QgsLayoutItemLegend,
        QgsLayoutItemMap,
        QgsLayoutItemScaleBar,
        QgsLayoutPoint,
        QgsLayoutSize,
        QgsPrintLayout,
        QgsProject,
    )

    project = QgsProject.instance()
    layers = _layers(workspace, line, styling)
    for layer in reversed(layers):
        project.addMapLayer(layer)
    velocity = layers[-1]
    metric = _metric_crs(velocity)
    project.setCrs(metric)

    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    layout.pageCollection().page(0).setPageSize(QgsLayoutSize(WIDTH, HEIGHT))

    view = QgsLayoutItemMap(layout)
    view.attemptMove(QgsLayoutPoint(5, 18))
    view.attemptResize(QgsLayoutSize(WIDTH - LEGEND - 15, HEIGHT - 23))
    view.setCrs(metric)
    view.setLayers(layers)
    view.setFrameEnabled(True)
    view.zoomToExtent(_extent(velocity, metric))
    layout.addLayoutItem(view)

    title = _label(layout, "Ground velocity and railway line", 15, bold=True)
    title.attemptMove(QgsLayoutPoint(5, 4))
    title.attemptResize(QgsLayoutSize(WIDTH - 10, 10))

    legend = QgsLayoutItemLegend(layout)
    legend.setLinkedMap(view)
    legend.setAutoUpdateModel(True)
    legend.attemptMove(QgsLayoutPoint(WIDTH - LEGEND - 6, 18))
    layout.addLayoutItem(legend)
    legend.adjustBoxSize()

    bar = QgsLayoutItemScaleBar(layout)
    bar.setStyle("Single Box")
    bar.setLinkedMap(view)
    bar.applyDefaultSize()
    layout.addLayoutItem(bar)
    bar.attemptMove(QgsLayoutPoint(WIDTH - LEGEND - 4, HEIGHT - 20))

    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 130
    status = QgsLayoutExporter(layout).exportToImage(str(output), settings)
    if status != QgsLayoutExporter.ExportResult.Success:
        print(f"The map could not be written to {output}.", file=sys.stderr)
        return 1
    print(f"Map: {output}")
    return 0


def _layers(workspace: Path, line: str, styling: Any) -> list[Any]:
    """Line on top, affected zones, velocity at the bottom."""
    from qgis.core import QgsLineSymbol, QgsRasterLayer, QgsSingleSymbolRenderer, QgsVectorLayer

    velocity = QgsRasterLayer(str(workspace / "displacement" / "velocity.tif"), "Velocity")
    railway = QgsVectorLayer(line, "Railway line", "ogr")
    zones = QgsVectorLayer(str(workspace / "corridor" / "zones.gpkg"), "Affected zones", "ogr")
    for layer in (velocity, railway, zones):
        if not layer.isValid():
            raise SystemExit(f"{layer.source()} is missing or damaged.")
    styling.apply(velocity, "velocity", _limit(velocity), "mm/yr")
    railway.setRenderer(
        QgsSingleSymbolRenderer(QgsLineSymbol.createSimple({"line_color": "#22303c", "line_width": "0.8"}))
    )
    zones.setRenderer(
        QgsSingleSymbolRenderer(QgsLineSymbol.createSimple({"line_color": "#c0392b", "line_width": "2.4"}))
    )
    return [railway, zones, velocity]


def _limit(layer: Any) -> float:
    """Symmetric limit of the colours that holds 98 % of the values, rounded up to a tidy number."""
    provider = layer.dataProvider()
    low, high = provider.cumulativeCut(1, 0.01, 0.99, layer.extent(), 250_000)
    limit = max(abs(low), abs(high), 1.0)
    step = 10.0 if limit > 20 else 5.0
    return float(-(-limit // step) * step)


def _metric_crs(layer: Any) -> Any:
    from groundline.core import crs
    from qgis.core import QgsCoordinateReferenceSystem

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
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]).absolute()))
