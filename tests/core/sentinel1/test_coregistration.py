"""Simulated images to a coregistered stack: shifts, seams, motion, resuming, and what cannot be used."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.tops_images import Images, averaged, complex_raster, true_phase

from groundline.core import ellipsoid, manifest, raster
from groundline.core.blocks import Compute
from groundline.core.errors import InputError
from groundline.core.monitor import Monitor
from groundline.core.result import Result
from groundline.core.sentinel1.coregistration_job import run_coregister
from groundline.core.sentinel1.coregistration_params import CoregisterParams
from groundline.core.sentinel1.coregistration_report import write_report
from groundline.core.sentinel1.coregistration_scenes import read_scenes
from groundline.core.sentinel1.geometry import geo2rdr
from groundline.core.sentinel1.geometry_baseline import line_of_sight
from groundline.core.sentinel1.safe_files import find_images
from groundline.core.stack import RADAR, SLC

DATES = ("2025-04-06", "2025-04-18", "2025-04-30")


def residual(images: Images, folder: Path, day: str) -> np.ndarray:
    """Interferogram of the first date and another without the true motion, averaged; complex."""
    first, second = (
        complex_raster(folder / "slc" / f"{one.replace('-', '')}.tif") for one in (DATES[0], day)
    )
    turn = np.exp(-1j * true_phase(images, folder, DATES[0], day))
    return averaged(first * second.conj() * turn)


def jump(images: Images, folder: Path, day: str) -> float:
    """Mean phase below the border of the bursts less that above [rad]."""
    left = residual(images, folder, day)
    border = left.shape[0] // 2
    above, below = left[border - 8 : border - 1].sum(), left[border + 1 : border + 8].sum()
    return float(np.angle(below * above.conj()))


def test_the_shifts_of_the_dates_are_those_injected(run: Result, images: Images) -> None:
    found = {row["date"]: row["shift_lines"] for row in run.tables["dates"]}
    assert found == pytest.approx(images.late, abs=0.001)
    assert run.numbers["pairs_failed"].value == 0 and run.numbers["largest_residual"].value < 0.001


def test_bursts_meet_without_a_jump_and_the_motion_is_left(run: Result, images: Images) -> None:
    for day in DATES[1:]:
        left = residual(images, run.folder, day)
        strong = np.abs(left) > 0.3 * np.median(np.abs(left))
        phase = np.angle(left[strong] * np.conj(left[strong].sum()))
        assert np.sqrt(np.mean(phase**2)) < 0.1
        assert abs(np.angle(left[strong].sum())) < 0.05  # 0.01 sample of range would be 5 rad
        assert abs(jump(images, run.folder, day)) < 0.03


def test_without_spectral_diversity_bursts_differ(
    images: Images, wanted: CoregisterParams, tmp_path: Path
) -> None:
    params = replace(wanted, output=str(tmp_path / "out"), esd=False)
    result = run_coregister(params)
    assert abs(jump(images, result.folder, DATES[1])) > 0.3
    assert (
        any("not estimated" in text for text in result.warnings)
        and result.numbers["largest_shift"].value is None
    )


def test_the_stack_says_what_it_is(run: Result) -> None:
    stack = manifest.load(run.folder)
    assert (stack.kind, stack.frame, stack.family) == (SLC, RADAR, "sentinel1")
    assert [day.isoformat() for day in stack.dates] == list(DATES)
    with_slc = raster.StackReader(run.folder, stack).read(stack.acquisitions[1].items["amplitude"])
    assert np.nanmedian(with_slc) > 0.0 and with_slc.shape == stack.grid.shape
    up = raster.StackReader(run.folder, stack).read(stack.geometry["los_up"])
    incidence = raster.StackReader(run.folder, stack).read(stack.geometry["incidence"])
    assert np.nanmax(np.abs(up - np.cos(incidence))) < 1e-6
    assert stack.metadata["incidence_deg"] == pytest.approx(np.degrees(np.nanmean(incidence)), abs=1.0)
    assert stack.acquisitions[0].bperp == 0.0 and abs(stack.acquisitions[1].bperp or 0.0) > 50.0


def test_the_layers_are_the_line_of_sight_of_their_pixels(run: Result, wanted: CoregisterParams) -> None:
    reader, stack = raster.StackReader(run.folder, manifest.load(run.folder)), manifest.load(run.folder)
    layers = {role: reader.read(item)[5::400, 5::20] for role, item in stack.geometry.items()}
    reader.close()
    orbit = read_scenes(wanted, Monitor()).reference.orbit
    points = ellipsoid.ecef(*(layers[role].astype(float) for role in ("longitude", "latitude", "height")))
    times, _ = geo2rdr(orbit, points, (float(orbit.times[2]), float(orbit.times[-3])))
    sight = line_of_sight(points, orbit, times)
    assert np.isfinite(times).all() and sight.east.max() < -0.4  # ascending
    towards = np.degrees(np.arctan2(sight.east, sight.north)).mean()  # to the left of the track
    assert stack.metadata["heading_deg"] == pytest.approx(towards + 90.0, abs=0.5)
    for role, values in (("los_east", sight.east), ("los_north", sight.north), ("los_up", sight.up)):
        np.testing.assert_allclose(layers[role], values, atol=1e-5)
    np.testing.assert_allclose(layers["incidence"], sight.incidence, atol=1e-5)


def test_baselines_are_those_of_the_simulation(run: Result, images: Images) -> None:
    truth = json.loads((images.folder / "result.json").read_text())["tables"]["dates"]
    stack = manifest.load(run.folder)
    for row, acquisition in zip(truth, stack.acquisitions):
        assert acquisition.bperp == pytest.approx(row["baselines_m"]["IW2"]["perpendicular"], abs=0.5)


def test_the_report_warns_of_orbits_that_came_with_the_images(run: Result) -> None:
    (warning,) = run.warnings
    assert warning.startswith("The orbit of the annotation was used for 2025-04-06, 2025-04-18, 2025-04-30,")
    assert warning in (run.folder / "report.html").read_text(encoding="utf-8")


def test_the_report_shows_the_largest_steps_of_many(run: Result, tmp_path: Path) -> None:
    steps = [
        {
            "date1": "2025-04-06", "date2": "2025-04-18", "overlap": f"IW1 {index}", "phase_rad": -0.01 * index,
            "deviation_rad": 0.01,
        }
        for index in range(1, 101)
    ]  # fmt: skip
    many = replace(run, tables={**run.tables, "burst_steps": steps})
    path = write_report(tmp_path / "report.html", manifest.load(run.folder), many, None)
    text = path.read_text(encoding="utf-8")
    assert "40 largest of 100" in text and text.count("<td>IW1 ") == 40
    assert text.index("IW1 100<") < text.index("IW1 61<") and "IW1 60<" not in text


def test_without_a_choice_the_swaths_that_every_image_holds_are_taken(
    wanted: CoregisterParams, shared_data: Path, tmp_path: Path
) -> None:
    for name, kept in zip(find_images(shared_data / "s1-annotation-pair"), ("iw1", "iw[12]")):
        (tmp_path / name.name / "annotation").mkdir(parents=True)
        for path in (name / "manifest.safe", *name.glob(f"annotation/*-{kept}-*.xml")):
            (tmp_path / path.relative_to(name.parent)).symlink_to(path)
    params = replace(wanted, input=str(tmp_path), swaths=())
    scenes = read_scenes(params, Monitor())
    assert [list(scene.bursts) for scene in scenes.every] == [["IW1"], ["IW1"]]
    assert scenes.lacking == ("IW2",)
    with pytest.raises(InputError, match="VH.*IW1 VV"):
        read_scenes(replace(params, polarisation="VH"), Monitor())


def test_a_rerun_keeps_what_is_finished(run: Result, wanted: CoregisterParams) -> None:
    before = (run.folder / "slc" / "20250418.tif").stat().st_mtime_ns
    again = run_coregister(wanted)
    assert (run.folder / "slc" / "20250418.tif").stat().st_mtime_ns == before
    assert again.numbers == run.numbers


def test_a_single_burst_has_no_overlap_and_keeps_its_geometry(
    run: Result, wanted: CoregisterParams, tmp_path: Path
) -> None:
    lon, lat = (
        raster.read_geotiff(run.folder / "geometry" / f"{role}.tif")[0] for role in ("longitude", "latitude")
    )
    place = float(lon[100, 48]), float(lat[100, 48])
    extent = (place[0] - 0.001, place[1] - 0.001, place[0] + 0.001, place[1] + 0.001)
    params = replace(wanted, output=str(tmp_path / "out"), extent=extent, extent_crs="EPSG:4326")
    result = run_coregister(params)
    assert result.numbers["bursts"].value == 1 and result.numbers["dates_without_shift"].value == 2
    assert any("no two bursts overlap" in text for text in result.warnings)
    assert result.numbers["largest_shift"].value is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"input": "/nowhere"}, "INPUT"),
        ({"swaths": ("IW4",)}, "SWATH"),
        ({"swaths": ("IW1",)}, "Swath and polarisation"),
        ({"polarisation": "XX"}, "POLARISATION"),
        ({"orbits": "/nowhere"}, "ORBITS"),
        ({"reference": "2020-01-01"}, "REFERENCE_DATE"),
        ({"reference": "yesterday"}, "REFERENCE_DATE"),
        ({"extent": (0.0, 0.0, 1.0, 1.0), "extent_crs": "EPSG:4326"}, "EXTENT"),
    ],
)
def test_what_cannot_be_used_is_named(
    wanted: CoregisterParams, tmp_path: Path, change: dict, field: str
) -> None:
    with pytest.raises(InputError) as caught:
        run_coregister(replace(wanted, **{"output": str(tmp_path / "out"), **change}))
    assert caught.value.field == field
    assert not (tmp_path / "out").exists()


def test_too_little_memory_is_told_before_the_work(wanted: CoregisterParams, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Memory budget"):
        run_coregister(
            replace(wanted, output=str(tmp_path / "out")), compute=Compute(memory=64 * 2**20, workers=64)
        )
