"""Three subswaths in one job: one image, no seam between them, one shift for all, shifts beyond the ambiguity."""

from __future__ import annotations

import numpy as np
import pytest
from groundline_tests.tops_images import Images, complex_raster, make_images, true_phase

from groundline.core import manifest
from groundline.core.result import Result
from groundline.core.sentinel1.coregistration_job import run_coregister
from groundline.core.sentinel1.coregistration_params import CoregisterParams
from groundline.core.sentinel1.geometry_dem import DemSource

SAMPLES, SHARED = 96, 24
DATES = ("2025-04-06", "2025-04-18", "2025-04-30")
BEYOND = 0.080  # lines; the ambiguity is 0.05
NEAR = 12  # pixels beside a border


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Images:
    """The third date is late by more than the ambiguity."""
    return make_images(
        tmp_path_factory.mktemp("tops") / "scene",
        late=(0.0, 0.020, BEYOND),
        swaths=("IW1", "IW2", "IW3"),
        samples=SAMPLES,
    )


@pytest.fixture(scope="module")
def run(images: Images, tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run_coregister(
        CoregisterParams(
            input=str(images.folder / "images"),
            output=str(tmp_path_factory.mktemp("slc") / "stack"),
            dem=DemSource(images.folder / "dem.tif", "ellipsoid"),
            reference=DATES[0],
        )
    )


@pytest.fixture(scope="module")
def left(run: Result, images: Images) -> np.ndarray:
    """The interferogram of the first two dates without the true motion; 0 where there is none."""
    first, second = (complex_raster(run.folder / "slc" / f"{day.replace('-', '')}.tif") for day in DATES[:2])
    return np.nan_to_num(first * second.conj() * np.exp(-1j * true_phase(images, run.folder, *DATES[:2])))


def test_the_swaths_are_one_image(run: Result) -> None:
    stack = manifest.load(run.folder)
    # Neighbours meet in the middle of what they share.
    assert stack.grid.width == 3 * SAMPLES - 2 * SHARED
    assert run.numbers["bursts"].value == 6 and stack.metadata["swath"] == "IW1 IW2 IW3"
    known = np.isfinite(complex_raster(run.folder / "slc" / "20250406.tif"))
    # IW3 begins 906 lines after IW1, whose last line comes first; between, all is filled (but for zeros of speckle).
    assert known[950:-950].mean() > 0.9999


@pytest.mark.parametrize("border", [SAMPLES - SHARED // 2, 2 * SAMPLES - 3 * SHARED // 2])
def test_no_seam_between_swaths(left: np.ndarray, border: int) -> None:
    near, far = left[:, border - NEAR : border].sum(), left[:, border : border + NEAR].sum()
    assert abs(np.angle(near * far.conj())) < 0.03
    assert min(abs(near), abs(far)) > 0.7 * np.abs(left[:, border - NEAR : border]).sum()


def test_one_shift_for_all_swaths_leaves_no_step_at_any_burst(run: Result) -> None:
    (pair,) = (row for row in run.tables["pairs"] if not row["reason"])
    assert (pair["date1"], pair["date2"]) == DATES[:2]
    assert pair["shift_lines"] == pytest.approx(0.020, abs=0.001)
    names = {row["overlap"] for row in run.tables["burst_steps"] if row["date2"] == DATES[1]}
    assert {name.split()[0] for name in names} == {"IW1", "IW2", "IW3"}
    steps = [row["phase_rad"] for row in run.tables["burst_steps"] if row["date2"] == DATES[1]]
    assert np.abs(steps).max() < 0.03


def test_a_shift_beyond_the_ambiguity_is_reported_and_the_date_keeps_its_geometry(run: Result) -> None:
    failed = [row for row in run.tables["pairs"] if row["reason"]]
    assert [row["date2"] for row in failed] == [DATES[2], DATES[2]]
    assert all("ambiguous" in row["reason"] for row in failed)
    assert run.numbers["pairs_failed"].value == 2 and run.numbers["dates_without_shift"].value == 1
    shifts = {row["date"]: row["shift_lines"] for row in run.tables["dates"]}
    assert shifts[DATES[2]] is None
    assert any("2025-04-30 stays where orbit and terrain put it" in text for text in run.warnings)
