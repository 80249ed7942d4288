#!/usr/bin/python3
"""Measures agreement with other programs on real data, and recovery of simulated truth; prints docs/validation.md.

python3 scripts/validation.py ../shared/data > docs/validation.md
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path(__file__).with_name("validation_page.md")


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
    page = PAGE.read_text(encoding="utf-8").format(
        mexico=mexico, fastest=-mexico.fastest_mm_yr, line=line, sydney=sydney, scene=scene, size=size
    )
    print(page, end="")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the real data")
    parser.add_argument("size", nargs="?", default="medium", help="of the simulated scene")
    given = parser.parse_args()
    sys.exit(main(given.data, given.size))
