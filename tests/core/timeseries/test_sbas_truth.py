"""The inversion job against known truth: displacement, velocity, height error, missing data, weights."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.stacks import Scene, change, write_scene

from groundline.core import manifest
from groundline.core.errors import InputError
from groundline.core.pointfile import read_points
from groundline.core.raster import StackReader, read_geotiff, write_geotiff
from groundline.core.stack import DISPLACEMENT, EXCLUDED, Item
from groundline.core.timeseries import block
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas


def displacement(folder: Path, scene: Scene) -> np.ndarray:
    """(N, rows, cols) [mm] as the rasters hold it."""
    return np.array([read_geotiff(folder / f"displacement/{day:%Y%m%d}.tif")[0] for day in scene.stack.dates])


def raster(folder: Path, role: str) -> np.ndarray:
    return read_geotiff(folder / f"{role}.tif")[0]


def slope(years: np.ndarray, series: np.ndarray) -> np.ndarray:
    centred = years - years.mean()
    return np.tensordot(centred, series, 1) / (centred @ centred)


def test_displacement_and_velocity_equal_the_truth(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "in")
    run_sbas(SbasParams(scene.folder, tmp_path / "out", reference=scene.points((0, 0))))
    truth = 1000.0 * (scene.displacement - scene.displacement[:, :1, :1])
    np.testing.assert_allclose(displacement(tmp_path / "out", scene), truth, atol=2e-4)
    np.testing.assert_allclose(raster(tmp_path / "out", "velocity"), slope(scene.years, truth), atol=2e-3)
    assert (raster(tmp_path / "out", "temporal_coherence") > 0.9999).all()
    assert (raster(tmp_path / "out", "redundancy") == len(scene.stack.pairs) - 6).all()
    assert (raster(tmp_path / "out", "gaps") == 0).all()


def test_the_folder_is_a_stack_of_displacements(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "in")
    result = run_sbas(SbasParams(scene.folder, tmp_path / "out", reference=scene.points((0, 0))))
    stack = manifest.load(tmp_path / "out")
    assert stack.kind == DISPLACEMENT
    assert stack.dates == scene.stack.dates
    assert [step["algorithm"] for step in stack.history] == ["sbas"]
    assert stack.reference["areas"][0]["pixels"] == 1
    reader = StackReader(tmp_path / "out", stack)
    last = reader.read(stack.acquisitions[-1].items["displacement"])  # metres
    np.testing.assert_allclose(1000 * last, displacement(tmp_path / "out", scene)[-1], rtol=1e-6)
    np.testing.assert_allclose(
        1000 * reader.read(stack.products["velocity"]), raster(tmp_path / "out", "velocity"), rtol=1e-6
    )
    document = json.loads((tmp_path / "out" / "result.json").read_text())
    assert document["numbers"]["pixels"] == {
        "value": 600,
        "unit": "",
        "description": "Pixels with a velocity",
    }
    assert set(document["files"]) <= set(result.files)
    assert all(path.is_file() for path in result.files.values())


@pytest.mark.parametrize("weights", ["none", "coherence"])
def test_missing_data_with_noise_equals_rows_left_out_pixel_by_pixel(tmp_path: Path, weights: str) -> None:
    scene = write_scene(tmp_path / "in", rows=6, cols=7, noise=0.5, missing=0.15)
    # The reference has to be complete for the comparison: its pixel is filled and the files written anew.
    from groundline.core.raster import write_geotiff

    scene.phase[:, 0, 0] = 0.25
    for pair, phase in zip(scene.stack.pairs, scene.phase):
        write_geotiff(scene.folder / pair.items["phase"].path, phase, scene.stack.grid)
    params = SbasParams(
        scene.folder, tmp_path / "out", weights=weights, reference=scene.points((0, 0)), min_pairs=1
    )
    run_sbas(params)
    found = displacement(tmp_path / "out", scene)
    design = np.zeros((len(scene.stack.pairs), len(scene.stack.dates)))
    for row, pair in enumerate(scene.stack.pairs):
        design[row, scene.stack.dates.index(pair.date1)] = -1
        design[row, scene.stack.dates.index(pair.date2)] = 1
    phase = (scene.phase - np.float32(0.25)).astype(np.float64)
    compared = 0
    for row, col in np.ndindex(6, 7):
        valid = np.isfinite(phase[:, row, col])
        if np.linalg.matrix_rank(design[valid][:, 1:]) < 6:
            continue
        weight = np.ones(valid.sum())
        if weights == "coherence":
            from groundline.core.timeseries.weights import from_coherence

            weight = from_coherence(scene.coherence[valid, row, col][:, None], 4.0)[:, 0]
        root = np.sqrt(weight)[:, None]
        series = np.linalg.lstsq(
            root * design[valid][:, 1:], root[:, 0] * phase[valid, row, col], rcond=None
        )[0]
        expected = -series * scene.stack.wavelength / (4 * np.pi) * 1000
        np.testing.assert_allclose(found[1:, row, col], expected, rtol=1e-5, atol=1e-4)
        compared += 1
    assert compared > 25


def test_height_error_is_recovered_and_removed(tmp_path: Path) -> None:
    y, x = np.mgrid[0:20, 0:30]
    height = 15.0 * np.sin(x / 5.0) * np.cos(y / 4.0)
    scene = write_scene(tmp_path / "in", dates=14, height=height)
    result = run_sbas(
        SbasParams(scene.folder, tmp_path / "out", dem_error=True, reference=scene.points((0, 0)))
    )
    found = raster(tmp_path / "out", "height_error")
    # The seasonal swing is not a straight line in time, and part of it looks like the baselines.
    assert np.abs(found - (height - height[0, 0])).max() < 2.0
    assert np.corrcoef(found.ravel(), height.ravel())[0, 1] > 0.99
    assert result.numbers["height_correlation"].value is not None
    assert "height_error" in read_points(tmp_path / "out" / "points.gpkg").attributes


def test_mask_coherence_and_minimum_pairs_leave_pixels_out(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "in", missing=0.2)
    reference = scene.pixels(0, 7, 0, 7)
    inside = scene.pixels(2, 10, 3, 20, "use")
    run_sbas(SbasParams(scene.folder, tmp_path / "masked", reference=reference, mask=inside))
    solved = np.isfinite(raster(tmp_path / "masked", "velocity"))
    assert (
        not solved[:2].any()
        and not solved[12:].any()
        and not solved[:, :3].any()
        and not solved[:, 23:].any()
    )
    assert solved[2:12, 3:23].any()

    run_sbas(SbasParams(scene.folder, tmp_path / "pairs", reference=reference, min_pairs=13))
    valid = np.isfinite(scene.phase).sum(axis=0)
    np.testing.assert_array_equal(np.isfinite(raster(tmp_path / "pairs", "velocity")), valid >= 13)

    run_sbas(
        SbasParams(scene.folder, tmp_path / "coherent", reference=reference, min_coherence=0.7, min_pairs=6)
    )
    kept = (np.isfinite(scene.phase) & (scene.coherence >= np.float32(0.7))).sum(axis=0)
    np.testing.assert_array_equal(np.isfinite(raster(tmp_path / "coherent", "velocity")), kept >= 6)


def test_a_raster_mask_uses_what_is_not_zero(tmp_path: Path) -> None:
    from groundline.core.raster import write_geotiff

    scene = write_scene(tmp_path / "in")
    mask = np.ones(scene.stack.grid.shape, np.float32)
    mask[5:9] = 0
    mask[15] = np.nan
    write_geotiff(tmp_path / "mask.tif", mask, scene.stack.grid)
    run_sbas(
        SbasParams(scene.folder, tmp_path / "out", reference=scene.points((0, 0)), mask=tmp_path / "mask.tif")
    )
    solved = np.isfinite(raster(tmp_path / "out", "velocity")).all(axis=1)
    np.testing.assert_array_equal(solved, np.isfinite(mask[:, 0]) & (mask[:, 0] != 0))


def test_the_date_window_and_excluded_pairs_are_honoured(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "in")
    gone = replace(scene.stack.pairs[5], state=EXCLUDED, reason="noisy")
    change(scene, replace(scene.stack, pairs=(*scene.stack.pairs[:5], gone, *scene.stack.pairs[6:])))
    days = scene.stack.dates
    result = run_sbas(
        SbasParams(
            scene.folder,
            tmp_path / "out",
            reference=scene.points((0, 0)),
            start=days[1].isoformat(),
            end=days[5].isoformat(),
        )
    )
    stack = manifest.load(tmp_path / "out")
    assert stack.dates == days[1:6]
    inside = [p for p in scene.stack.pairs if p.date1 >= days[1] and p.date2 <= days[5]]
    assert result.numbers["pairs"].value == len([p for p in inside if p.state != EXCLUDED])
    assert result.numbers["pairs_excluded"].value == 1
    first = read_geotiff(tmp_path / f"out/displacement/{days[1]:%Y%m%d}.tif")[0]
    assert (first == 0).all()


def test_a_split_network_is_filled_and_said(tmp_path: Path) -> None:
    pairs = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)]
    scene = write_scene(tmp_path / "in", dates=6, pairs=pairs)
    result = run_sbas(SbasParams(scene.folder, tmp_path / "out", reference=scene.points((0, 0))))
    text = " ".join(result.warnings)
    assert "2 parts" in text and "2020-01-01 to 2020-01-25" in text
    assert result.numbers["pixels_split"].value == 600
    assert (raster(tmp_path / "out", "parts") == 2).all()
    step = displacement(tmp_path / "out", scene)
    truth = 1000.0 * (scene.displacement - scene.displacement[:, :1, :1])
    np.testing.assert_allclose(step[5] - step[3], truth[5] - truth[3], atol=2e-4)
    # The smallest velocity across the gap is no motion at all.
    np.testing.assert_allclose(step[3], step[2], atol=2e-4)
    trend = run_sbas(
        SbasParams(scene.folder, tmp_path / "nsbas", reference=scene.points((0, 0)), gaps="nsbas")
    )
    assert trend.numbers["velocity_min"].value < result.numbers["velocity_min"].value


def test_l1_resists_an_unwrapping_error(tmp_path: Path) -> None:
    from groundline.core.raster import write_geotiff

    scene = write_scene(tmp_path / "in", noise=0.02)
    pair = scene.stack.pairs[8]
    broken = scene.phase[8].copy()
    broken[:, 10:] += 2 * np.pi
    write_geotiff(scene.folder / pair.items["phase"].path, broken, scene.stack.grid)
    truth = 1000.0 * (scene.displacement - scene.displacement[:, :1, :1])
    worst = {}
    for loss in ("l2", "l1"):
        result = run_sbas(
            SbasParams(scene.folder, tmp_path / loss, loss=loss, reference=scene.points((0, 0)))
        )
        worst[loss] = np.abs(displacement(tmp_path / loss, scene) - truth).max()
        rms = result.tables["residual_rms_per_pair_rad"]
        assert max(rms, key=rms.get) == pair.name
    assert worst["l2"] > 2.0
    assert worst["l1"] < 0.5


def test_height_sensitivity_is_typical_of_where_the_incidence_is_known(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "in")
    theta = np.full(scene.stack.grid.shape, np.radians(30.0))
    theta[5:15] = np.nan  # the sea in the middle of the scene
    write_geotiff(scene.folder / "incidence.tif", theta, scene.stack.grid)
    roots = {**scene.stack.roots, "angles": "."}
    stack = replace(scene.stack, geometry={"incidence": Item("angles", "incidence.tif")}, roots=roots)
    assert block.typical_distance(stack, StackReader(scene.folder, stack)) == pytest.approx(
        425_000.0, rel=1e-6
    )
    write_geotiff(scene.folder / "incidence.tif", np.full_like(theta, np.nan), scene.stack.grid)
    with pytest.raises(InputError, match="DEM_ERROR"):
        block.typical_distance(stack, StackReader(scene.folder, stack))
