"""Three subswaths in one job: one image, no seam between them, one shift for all, shifts beyond the ambiguity."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groundline_tests import safe_edits
from groundline_tests.tops_images import Images, complex_raster, make_images, true_phase

from groundline.core import manifest
from groundline.core.result import Result
from groundline.core.sentinel1.coregistration_job import run_coregister
from groundline.core.sentinel1.coregistration_params import CoregisterParams
from groundline.core.sentinel1.geometry_dem import DemSource

SAMPLES, SHARED = 96, 24
DATES = ("2025-04-06", "2025-04-18")
INTERVAL = 2.0555563e-3  # s between lines
BEYOND = 123  # microseconds, 0.060 line; the ambiguity is 0.05
NEAR = 12  # pixels beside a border


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Images:
    """Two bursts of each swath."""
    return make_images(
        tmp_path_factory.mktemp("tops") / "scene",
        late=(0.0, 0.020),
        swaths=("IW1", "IW2", "IW3"),
        samples=SAMPLES,
    )


@pytest.fixture(scope="module")
def wanted(images: Images, tmp_path_factory: pytest.TempPathFactory) -> CoregisterParams:
    return CoregisterParams(
        input=str(images.folder / "images"),
        output=str(tmp_path_factory.mktemp("slc") / "stack"),
        dem=DemSource(images.folder / "dem.tif", "ellipsoid"),
        reference=DATES[0],
    )


@pytest.fixture(scope="module")
def run(wanted: CoregisterParams) -> Result:
    return run_coregister(wanted)


@pytest.fixture(scope="module")
def left(run: Result, images: Images) -> np.ndarray:
    """The interferogram of the first two dates without the true motion; 0 where there is none."""
    first, second = (complex_raster(run.folder / "slc" / f"{day.replace('-', '')}.tif") for day in DATES)
    return np.nan_to_num(first * second.conj() * np.exp(-1j * true_phase(images, run.folder, *DATES)))


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
    (pair,) = run.tables["pairs"]
    assert pair["shift_lines"] == pytest.approx(0.020, abs=0.001)
    names = {row["overlap"] for row in run.tables["burst_steps"]}
    assert {name.split()[0] for name in names} == {"IW1", "IW2", "IW3"}
    steps = [row["phase_rad"] for row in run.tables["burst_steps"]]
    assert np.abs(steps).max() < 0.03


def test_a_shift_beyond_the_ambiguity_is_reported_and_the_date_keeps_its_geometry(
    images: Images, wanted: CoregisterParams, tmp_path: Path
) -> None:
    """The swaths' Doppler differences, 3.9 to 4.9 kHz, tell a shift of 0.080 from one of -0.02 line."""
    safes = safe_edits.copy_images(images.folder / "images", tmp_path / "images")
    safe_edits.state_later(safes[1], BEYOND)
    result = run_coregister(replace(wanted, input=str(tmp_path / "images"), output=str(tmp_path / "out")))
    (pair,) = result.tables["pairs"]
    found = re.match(r"ambiguous: \+(0\.\d+) line, beyond \+-0\.05", pair["reason"])
    assert found and float(found[1]) == pytest.approx(0.020 + BEYOND * 1e-6 / INTERVAL, abs=0.003)
    assert result.numbers["dates_without_shift"].value == 1
    assert result.tables["dates"][1]["shift_lines"] is None
    assert any("2025-04-18 stays where orbit and terrain put it" in text for text in result.warnings)
