"""Eight dates from images to shifts, with a pair that has no pixel in common."""

from __future__ import annotations

from pathlib import Path

import pytest
from groundline_tests import safe_edits
from groundline_tests.tops_images import make_images

from groundline.core.sentinel1.coregistration_job import run_coregister
from groundline.core.sentinel1.coregistration_params import CoregisterParams
from groundline.core.sentinel1.geometry_dem import DemSource

LATE = (0.0, 0.020, -0.013, 0.030, 0.007, -0.024, 0.015, -0.006)
SAMPLES = 128
FAILED = 2, 5  # dates of which one shows the near half only, the other the far half


def test_eight_dates_with_a_failed_pair_are_right_to_a_thousandth_of_a_line(tmp_path: Path) -> None:
    images = make_images(tmp_path / "scene", late=LATE, samples=SAMPLES)
    safes = sorted((images.folder / "images").glob("*.SAFE"))
    safe_edits.blank(safes[FAILED[0]], slice(SAMPLES // 2, None))
    safe_edits.blank(safes[FAILED[1]], slice(None, SAMPLES // 2))
    result = run_coregister(
        CoregisterParams(
            input=str(images.folder / "images"),
            output=str(tmp_path / "stack"),
            dem=DemSource(images.folder / "dem.tif", "ellipsoid"),
            reference="2025-04-06",
        )
    )
    failed = [(row["date1"], row["date2"]) for row in result.tables["pairs"] if row["reason"]]
    dates = list(images.late)
    assert failed == [(dates[FAILED[0]], dates[FAILED[1]])]
    found = {row["date"]: row["shift_lines"] for row in result.tables["dates"]}
    assert found == pytest.approx(images.late, abs=0.001)
    assert result.numbers["pairs_failed"].value == 1 and result.numbers["dates_without_shift"].value == 0
    assert result.numbers["largest_residual"].value < 0.001
