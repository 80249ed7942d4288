"""Runs that are stopped anywhere: what is finished is kept, the rest made as in one go, other parameters start anew."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from groundline_tests import safe_edits
from groundline_tests.tops_images import Images, rasters

from groundline.core.blocks import Compute
from groundline.core.errors import Cancelled
from groundline.core.monitor import Monitor
from groundline.core.result import Result
from groundline.core.sentinel1.coregistration_job import run_coregister
from groundline.core.sentinel1.coregistration_params import CoregisterParams

# Shares of the work: reading, geometry, spectral diversity, each date, report.
STOPS = (0.005, 0.1, 0.27, 0.45, 0.65, 0.85, 0.96)
FINISHED = "finished by an earlier run"
COPIED = ("dem.tif",)  # written by every run, in a moment


class Impatient(Monitor):
    """Cancels once a share of the work is done; keeps the log."""

    def __init__(self, share: float = 2.0) -> None:
        self.share, self.stop, self.lines = share, False, []

    def progress(self, fraction: float) -> None:
        self.stop = fraction >= self.share

    def cancelled(self) -> bool:
        return self.stop

    def info(self, text: str) -> None:
        self.lines.append(text)


def finished(output: Path) -> dict[str, int]:
    """Rasters in the hidden folder of a run that was stopped, and when they were written."""
    return {
        path.name: path.stat().st_mtime_ns
        for path in output.glob(".part*/*/*.tif")
        if path.name not in COPIED
    }


def test_a_run_stopped_at_every_step_gives_the_bytes_of_one_go(
    run: Result, wanted: CoregisterParams, tmp_path: Path
) -> None:
    params = replace(wanted, output=str(tmp_path / "out"))
    kept: dict[str, int] = {}
    counts = []
    for share in STOPS:
        with pytest.raises(Cancelled):
            run_coregister(params, Impatient(share))
        found = finished(tmp_path / "out")
        assert kept.items() <= found.items()
        visible = [path for path in (tmp_path / "out").glob("*") if not path.name.startswith(".part")]
        assert visible == []
        kept = found
        counts.append(sum(name[0] == "2" for name in found))
    assert counts == [0, 0, 0, 0, 1, 2, 3]  # dates
    last = Impatient()
    result = run_coregister(params, last, Compute(workers=2))
    assert sum(FINISHED in line for line in last.lines) == 3
    assert rasters(result.folder) == rasters(run.folder) and result.numbers == run.numbers
    assert (result.folder / "slc" / "20250406.tif").stat().st_mtime_ns == kept["20250406.tif"]
    assert not list((tmp_path / "out").glob(".part*"))


@pytest.mark.parametrize("change", [{"esd": False}, {"reference": "2025-04-18"}])
def test_other_parameters_take_nothing_of_a_stopped_run(
    change: dict[str, Any], wanted: CoregisterParams, tmp_path: Path
) -> None:
    params = replace(wanted, output=str(tmp_path / "out"))
    with pytest.raises(Cancelled):
        run_coregister(params, Impatient(0.85))
    assert len(finished(tmp_path / "out")) > 2
    log = Impatient(0.85)
    with pytest.raises(Cancelled):
        run_coregister(replace(params, **change), log)
    assert not any(FINISHED in line or "geometry of an earlier run" in line for line in log.lines)


def test_a_newer_image_starts_anew(images: Images, wanted: CoregisterParams, tmp_path: Path) -> None:
    safes = safe_edits.copy_images(images.folder / "images", tmp_path / "images")
    params = replace(wanted, input=str(tmp_path / "images"), output=str(tmp_path / "out"))
    with pytest.raises(Cancelled):
        run_coregister(params, Impatient(0.85))
    pixels = next(safes[1].glob("measurement/*"))
    os.utime(pixels, ns=(0, pixels.stat().st_mtime_ns + 10**9))
    log = Impatient(0.85)
    with pytest.raises(Cancelled):
        run_coregister(params, log)
    assert not any(FINISHED in line for line in log.lines)
