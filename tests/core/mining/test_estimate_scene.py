"""What the estimate reads: the double threshold, the reference, missing values, funnels, weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundline.core import manifest
from groundline.core.blocks import Compute
from groundline.core.errors import InputError
from groundline.core.mining.estimate_params import WskEstimateParams
from groundline.core.mining.estimate_scene import open_scene, stack_of
from groundline.core.monitor import Monitor
from groundline.core.raster import StackReader, read_geotiff, write_geotiff
from groundline.core.simulation.saltmine_job import run_saltmine
from groundline.core.simulation.saltmine_params import SaltMineParams
from groundline.core.vector import read_vector


@pytest.fixture(scope="module")
def mine(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("mine")
    run_saltmine(SaltMineParams(folder, columns=48))
    return folder


def params_of(mine: Path, **other) -> WskEstimateParams:
    reference = read_vector(mine / "reference_areas.geojson")
    return WskEstimateParams(mine / "interferograms", mine / "out", reference=reference, **other)


def scene_of(mine: Path, compute: Compute | None = None, **other):
    params = params_of(mine, **other)
    return open_scene(params, stack_of(params), compute or Compute(), Monitor())


def test_the_double_threshold_takes_the_decorrelated_pixels_out(mine):
    scene = scene_of(mine, mean_coherence=0.6, least_coherence=0.3)
    assert [count for _, count in scene.counts] == [2304, 2304, 2119, 2119]
    stack = manifest.load(mine / "interferograms")
    reader = StackReader(mine / "interferograms", stack)
    cube = reader.read_many([p.items["coherence"] for p in stack.pairs]).reshape(len(stack.pairs), -1)
    expected = np.flatnonzero((cube.mean(axis=0) >= 0.6) & (cube.min(axis=0) >= 0.3))
    np.testing.assert_array_equal(scene.index, expected)
    np.testing.assert_allclose(scene.coherence, cube.mean(axis=0)[expected], rtol=1e-6)


def test_phases_are_relative_to_the_reference_areas(mine):
    scene = scene_of(mine)
    stack = scene.stack
    reader = StackReader(scene.folder, stack)
    raw = reader.read(stack.kept[5].items["phase"]).ravel()[scene.index]
    np.testing.assert_allclose(raw - scene.phase[5], scene.reference.combined[5], atol=1e-5)
    inside = read_vector(mine / "reference_areas.geojson").mask(stack.grid).ravel()[scene.index]
    assert np.abs(np.median(scene.phase[:, inside], axis=1)).max() < 0.3
    assert np.abs(scene.reference.combined).max() > 2.0


def test_blocks_do_not_change_what_is_read(mine):
    small = scene_of(mine, Compute(memory=64 * 2**20))
    large = scene_of(mine)
    np.testing.assert_array_equal(small.index, large.index)
    np.testing.assert_array_equal(small.phase, large.phase)


def test_missing_values_need_min_pairs(mine, tmp_path):
    for name in ("interferograms",):
        copy = tmp_path / name
        copy.mkdir()
    stack = manifest.load(mine / "interferograms")
    holed = stack.pairs[3].items["phase"]
    values, grid = read_geotiff(mine / "interferograms" / holed.path)
    values[10:20, 10:20] = np.nan
    write_geotiff(copy / "holed.tif", values, grid)
    roots = {"data": str(mine / "interferograms"), "here": "."}
    items = {**stack.pairs[3].items, "phase": replace(holed, root="here", path="holed.tif")}
    pairs = tuple(replace(p, items=items) if n == 3 else p for n, p in enumerate(stack.pairs))
    manifest.save(copy, replace(stack, roots=roots, pairs=pairs))

    def scene(**other):
        params = replace(params_of(mine, mean_coherence=0, least_coherence=0, **other), input=copy)
        return open_scene(params, stack_of(params), Compute(), Monitor())

    assert len(scene().index) == 2304 - 100
    kept = scene(min_pairs=10)
    assert len(kept.index) == 2304
    assert np.isnan(kept.phase).sum() == 100
    assert np.isnan(kept.phase[3]).sum() == 100


def test_funnels_number_the_pixels_and_leave_the_others_out(mine):
    scene = scene_of(mine, funnels=read_vector(mine / "funnels.geojson"))
    assert set(np.unique(scene.labels)) == {1, 2, 3, 4, 5, 6}
    assert len(scene.index) < 600


def test_overlapping_funnels_are_refused_by_name(mine):
    layer = read_vector(mine / "funnels.geojson")
    shape = layer.geometries()[1].Buffer(0.002)
    wrong = replace(layer, wkb=(layer.wkb[0], bytes(shape.ExportToWkb()), *layer.wkb[2:]))
    with pytest.raises(InputError, match="1 and 2"):
        scene_of(mine, funnels=wrong)


def test_weights_are_inverse_variances_of_the_coherence(mine):
    by_pair = scene_of(mine, weights="interferogram").weight
    assert by_pair.shape == (79,)
    # 0.25 rad by the bound of Cramer and Rao at 5 looks: the exact variance is a little larger.
    assert np.median(by_pair) == pytest.approx(1 / 0.25**2, rel=0.3)
    assert scene_of(mine, weights="pixel").weight.shape == scene_of(mine).phase.shape
    assert scene_of(mine).weight is None


def test_thresholds_that_leave_nothing_say_how_many_each_took(mine):
    with pytest.raises(InputError, match="no pixel left .*2,304 pixels inside.*0 with a mean coherence of 0.99"):
        scene_of(mine, mean_coherence=0.99)


def test_a_stack_without_baselines_or_range_is_refused(mine, tmp_path):
    stack = manifest.load(mine / "interferograms")
    roots = {"data": str(mine / "interferograms")}
    bare = replace(stack, roots=roots, acquisitions=tuple(replace(a, bperp=None) for a in stack.acquisitions))
    for name, wrong, message in (
        ("b", replace(bare, pairs=tuple(replace(p, bperp=None) for p in stack.pairs)), "baselines"),
        ("r", replace(stack, roots=roots, metadata={"incidence_deg": 38.9}), "slant range"),
    ):
        (tmp_path / name).mkdir()
        manifest.save(tmp_path / name, wrong)
        with pytest.raises(InputError, match=message):
            stack_of(replace(params_of(mine), input=tmp_path / name))


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"cs": 0.0}, "CS"), ({"cs": -3.0}, "CS"), ({"delta": 0.0}, "DELTA"), ({"max_d": -1.0}, "MAX_D"),
     ({"u_model": "cubic"}, "U_MODEL"), ({"preset": "moon"}, "PRESET"), ({"bounds": "tight"}, "BOUNDS"),
     ({"weights": "all"}, "WEIGHTS"), ({"mean_coherence": 1.5}, "MEAN_COHERENCE"), ({"first_dates": 2}, "FIRST_DATES"),
     ({"u_model": "temperature"}, "TEMPERATURES"), ({"brine_temperature": 20.0, "record_cx": 30.0}, "RECORD_CX"),
     ({"start": "2016-01-01", "end": "2015-01-01"}, "END"), ({"output": ""}, "OUTPUT")],
)  # fmt: skip
def test_senseless_parameters_are_refused(mine, wrong, name):
    with pytest.raises(InputError, match=name):
        replace(params_of(mine), **wrong).validate()


def test_more_phases_than_the_memory_budget_are_refused_with_what_is_needed(mine):
    with pytest.raises(InputError, match="Memory budget.*at least 6 MiB for 2,119 pixels of 79 interferograms"):
        scene_of(mine, Compute(memory=2 * 2**20))
