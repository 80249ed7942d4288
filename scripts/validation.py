#!/usr/bin/python3
"""Measures agreement with other programs on real data, and recovery of simulated truth; prints docs/validation.md.

python3 scripts/validation.py ../shared/data > docs/validation.md
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

PAGE = """# Validation

Made by `python3 scripts/validation.py DATA`, where DATA is a folder with the public data sets named below. The tests assert the first section's bounds (0.001 mm, one bin) and the second on a smaller scene.

## Real interferograms against other programs

| data | compared with | pixels | largest difference |
| --- | --- | --- | --- |
| Mexico City, Sentinel-1, 30 GAMMA interferograms, 13 dates, reference chip of 7 x 7 pixels (GeoscienceAustralia/PyRate, cropA) | PyRate 0.6.1, displacement of every date | {mexico.pixels:,} | {mexico.displacement_mm:.6f} mm |
| the same | PyRate 0.6.1, velocity | {mexico.pixels:,} | {mexico.velocity_mm_yr:.6f} mm/yr |
| Sydney, 12 interferograms in a tree, plane removed, reference chip of 5 x 5 pixels (GeoscienceAustralia/PyRate, small_test) | an older MATLAB code's time series | {sydney.pixels:,} | {sydney.displacement_mm:.6f} mm |

The city sinks by up to {fastest:.0f} mm/yr along the line of sight; subsidence is negative.

Metro line 9 of Mexico City, length that moves at -50 mm/yr or faster (line of sight):

| how | length |
| --- | --- |
| PyRate's velocity sampled every metre of the line | {line.sampled:,.0f} m |
| Groundline, pixels under the line, bins of 100 m | {line.on_line:,.0f} m |
| Groundline, median of bins, RADIUS 150 m | {line.bins:,.0f} m |

## Simulated railway (scenario corridor, size {size}, seed 1)

Import, network, inversion and profile with their defaults, two reference areas, against the truth that the simulator stores. Track 40.

| what | truth | found |
| --- | --- | --- |
| affected length at -10 mm/yr, vertical, pixels under the line | {scene.truth_length:,.0f} m | {scene.on_line:,.0f} m |
| affected length, median of bins, RADIUS 3000 m | | {scene.bins:,.0f} m |
| lowest rate on the line, vertical | {scene.truth_lowest:.1f} mm/yr | {scene.lowest:.1f} mm/yr |
| line-of-sight velocity, RMSE over all pixels | | {scene.rmse:.2f} mm/yr |
| the same, median absolute deviation x 1.48 | | {scene.nmad:.2f} mm/yr |

A median over 3 km each side of the line is not the rate under the line: where a bowl is narrower than the corridor, the bins say less than the pixels under the line. Use RADIUS 50 for the track bed.
"""


def main(data: Path, size: str) -> int:
    """Run everything in a temporary folder and print the page."""
    sys.path[:] = [
        entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")
    ]
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401 - registers the packages
    from groundline_tests import golden, recovery

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mexico = golden.mexico_city(data, folder / "mexico")
        line = golden.metro_line_9(data, folder / "mexico")
        sydney = golden.sydney(data, folder / "sydney")
        scene = recovery.corridor(folder / "scene", size)
    page = PAGE.format(
        mexico=mexico, fastest=-mexico.fastest_mm_yr, line=line, sydney=sydney, scene=scene, size=size
    )
    print(page, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "medium"))
