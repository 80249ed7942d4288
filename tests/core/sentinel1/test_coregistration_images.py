"""The same images in other forms give the same stack: zips, slices, satellites, polarisations, another process."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests import safe_edits
from groundline_tests.samples_sentinel1 import zip_safe
from groundline_tests.tops_images import Images, complex_raster, rasters

from groundline.core.blocks import Compute
from groundline.core.monitor import Monitor
from groundline.core.result import Result
from groundline.core.sentinel1.bursts_area import bounds
from groundline.core.sentinel1.coregistration_burst import aligners, grounds_of
from groundline.core.sentinel1.coregistration_job import run_coregister
from groundline.core.sentinel1.coregistration_layout import layout_of
from groundline.core.sentinel1.coregistration_params import CoregisterParams
from groundline.core.sentinel1.coregistration_rasters import DateRows, GeometryRows, ReferenceRows, windows_of
from groundline.core.sentinel1.coregistration_scenes import read_scenes
from groundline.core.sentinel1.geometry_dem import load_dem
from groundline.core.sentinel1.safe_measurement import Readers


@pytest.fixture
def folder(images: Images, tmp_path: Path) -> Path:
    """A copy of the images."""
    safe_edits.copy_images(images.folder / "images", tmp_path / "images")
    return tmp_path / "images"


def coregistered(wanted: CoregisterParams, folder: Path, **changes: Any) -> Result:
    return run_coregister(replace(wanted, input=str(folder), output=str(folder.parent / "out"), **changes))


def test_zips_give_the_bytes_of_folders_and_are_not_unpacked(
    run: Result, wanted: CoregisterParams, folder: Path
) -> None:
    for safe in folder.glob("*.SAFE"):
        zip_safe(safe)
    result = coregistered(wanted, folder)
    assert rasters(result.folder) == rasters(run.folder)
    assert result.tables["pairs"] == run.tables["pairs"]
    assert {path.suffix for path in folder.iterdir()} == {".zip"}


def test_slices_of_dates_are_joined_and_their_common_burst_is_taken_once(
    run: Result, wanted: CoregisterParams, folder: Path
) -> None:
    first, second, third = sorted(folder.glob("*.SAFE"))
    safe_edits.slices(first, (0, 1), (1,))
    safe_edits.slices(second, (0,), (0, 1))
    safe_edits.slices(third, (0,), (1,))
    assert len(list(folder.iterdir())) == 6
    result = coregistered(wanted, folder)
    assert result.numbers["bursts"].value == 2 and result.numbers["images"].value == 3
    assert rasters(result.folder) == rasters(run.folder)


def test_a_date_that_lacks_a_burst_is_missing_there_and_keeps_its_geometry(
    run: Result, wanted: CoregisterParams, images: Images, folder: Path
) -> None:
    safe_edits.keep_bursts(sorted(folder.glob("*.SAFE"))[1], (0,))
    result = coregistered(wanted, folder)
    assert "2025-04-18 lacks 1 of 2 bursts." in result.warnings
    shifts = {row["date"]: row["shift_lines"] for row in result.tables["dates"]}
    assert shifts["2025-04-18"] is None
    assert shifts["2025-04-30"] == pytest.approx(images.late["2025-04-30"], abs=0.001)
    whole, part = (np.isfinite(complex_raster(one.folder / "slc" / "20250418.tif")) for one in (run, result))
    border = whole.shape[0] // 2
    assert np.array_equal(part[:border], whole[:border]) and whole[border:].any() and not part[border:].any()


def test_satellites_of_a_track_go_together_in_any_polarisation(
    run: Result, wanted: CoregisterParams, folder: Path
) -> None:
    for safe, platform in zip(sorted(folder.glob("*.SAFE")), "BCD"):
        safe_edits.rename(safe, platform, "HH")
    result = coregistered(wanted, folder, polarisation="HH")
    assert [row["platform"] for row in result.tables["dates"]] == ["S1B", "S1C", "S1D"]
    assert rasters(result.folder) == rasters(run.folder)


def test_rows_made_in_another_process_are_the_same(run: Result, wanted: CoregisterParams) -> None:
    """What a Dask scheduler is given goes through serialisation and back."""
    scenes = read_scenes(wanted, Monitor())
    reference = scenes.reference
    layout = layout_of(reference)
    area = bounds(scenes.bursts, reference.orbit)
    grounds = grounds_of(
        reference, load_dem(wanted.dem, area, bounds(scenes.bursts, reference.orbit, (0.0, 0.0)))
    )
    window = windows_of(layout, Compute())[20]
    heights = run.folder / "geometry" / "height.tif"
    with Readers() as readers:
        rows = (
            GeometryRows(layout, grounds),
            ReferenceRows(layout, reference, readers),
            DateRows(layout, aligners(reference, scenes.others[0], grounds, 0.02), heights, readers),
        )
        for one in rows:
            same(one(window), pickle.loads(pickle.dumps(one))(window))


def same(here: Any, there: Any) -> None:
    """Arrays, or dictionaries of arrays, are the same and not empty."""
    for name, values in here.items() if isinstance(here, dict) else [("", here)]:
        np.testing.assert_array_equal(values, there[name] if name else there)
        assert np.isfinite(values).any()
