#!/usr/bin/python3
"""Draws the first geocoded interferogram as a QGIS map, as PNG."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from map_layout import export


def main(folder: Path, output: Path) -> int:
    """Compose the layout and export it."""
    file = min((folder / "phase").glob("*.tif"))
    first, second = (f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in file.stem.split("_"))
    return export(lambda styling: _layers(file, styling), f"Interferogram of {first} and {second}", output)


def _layers(file: Path, styling: Any) -> list[Any]:
    from qgis.core import QgsRasterLayer

    phase = QgsRasterLayer(str(file), "Wrapped phase")
    if not phase.isValid():
        raise SystemExit(f"{file} is missing or damaged.")
    styling.apply(phase, "phase")
    return [phase]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("geocoded", type=Path, help="folder of 'geocode'")
    parser.add_argument("output", type=Path, help="PNG to write")
    given = parser.parse_args()
    sys.exit(main(given.geocoded, given.output.absolute()))
