#!/usr/bin/python3
"""Saves a figure of a report as PNG: report_figure.py REPORT.html NUMBER OUTPUT.png (the first is 1)."""

from __future__ import annotations

import argparse
import base64
import re
import sys
from pathlib import Path


def main(report: Path, number: int, output: Path) -> int:
    """Write the figure and return an exit code."""
    figures = re.findall(r'src="data:image/png;base64,([^"]+)"', report.read_text(encoding="utf-8"))
    if not 1 <= number <= len(figures):
        print(f"{report} has {len(figures)} figures.", file=sys.stderr)
        return 1
    output.write_bytes(base64.b64decode(figures[number - 1]))
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=Path, help="HTML report")
    parser.add_argument("number", type=int, help="of the figure, the first is 1")
    parser.add_argument("output", type=Path, help="PNG to write")
    given = parser.parse_args()
    sys.exit(main(given.report, given.number, given.output))
