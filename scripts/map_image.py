#!/usr/bin/python3
"""Draws the result as a QGIS map: velocity, railway line, affected zones, legend and scale bar, as PNG."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from map_layout import export


def main(workspace: Path, line: str, output: Path) -> int:
    """Compose the layout and export it."""
    return export(lambda styling: _layers(workspace, line, styling), "Ground velocity and railway line", output)


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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", type=Path, help="folder with the results")
    parser.add_argument("line", help="layer of the line")
    parser.add_argument("output", type=Path, help="PNG to write")
    given = parser.parse_args()
    sys.exit(main(given.result, given.line, given.output.absolute()))
