#!/usr/bin/python3
"""Measures what the corrections do; prints the tables of docs/corrections.md.

python3 scripts/corrections.py ../shared/data
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(data: Path, size: str) -> int:
    """Run everything in a temporary folder and print the tables."""
    sys.path[:] = [
        entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")
    ]
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401 - registers the packages
    from groundline_tests import corrections

    with tempfile.TemporaryDirectory() as name:
        ramps = corrections.mexico_city(data, Path(name) / "mexico")
        masks = corrections.mexico_masks(Path(name) / "mexico")
        scene = corrections.corridor(Path(name) / "scene", size)
    print("| how | bowl [mm/yr] | change |\n| --- | --- | --- |")
    for ramp in ramps:
        print(f"| {ramp.how} | {ramp.bowl:.1f} | {ramp.change:+.1f} % |")
    print("\n| MASK [mm/yr] | of the image | DEGREE 1 | DEGREE 2 | reach |\n| --- | --- | --- | --- | --- |")
    for mask in masks:
        change = " | ".join(f"{value:+.0f} %" for value in mask.change)
        reach = ", ".join(f"{value:.1f}" for value in mask.reach)
        print(f"| {-mask.rate:.0f} | {mask.share:.0f} % | {change} | {reach} |")
    print("\n| how | displacement RMSE [mm] | velocity RMSE [mm/yr] | annual term kept |\n| --- | --- | --- | --- |")
    for found in scene:
        print(f"| {found.how} | {found.displacement:.2f} | {found.velocity:.2f} | {found.annual:.0f} % |")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the real data")
    parser.add_argument("size", nargs="?", default="medium", help="of the simulated scene")
    given = parser.parse_args()
    sys.exit(main(given.data, given.size))
