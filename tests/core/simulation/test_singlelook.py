"""The railway at full resolution: its speckle has the coherence that it states, its phases the truth beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from groundline_tests.recorder import Recorder
from groundline_tests.stacks import hashes

from groundline.core import manifest
from groundline.core.errors import Cancelled, InputError
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.raster import StackReader, read_geotiff
from groundline.core.simulation import singlelook
from groundline.core.simulation.job import run_simulate
from groundline.core.simulation.params import SimulateParams


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("singlelook") / "scene"
    run_simulate(SimulateParams(output, "singlelook", size="small"))
    return output


def read(stack_folder: Path, role: str, number: int) -> np.ndarray:
    stack = manifest.load(stack_folder)
    reader = StackReader(stack_folder, stack)
    entries = stack.pairs if role == "phase" else stack.acquisitions
    values = reader.read(entries[number].items[role])
    reader.close()
    return values


def test_coherence_of_each_kind_of_ground_is_the_stated_one() -> None:
    days = singlelook.dates(4)
    ground = singlelook.stretch(180, 240, 3)
    flat = np.zeros((4, 180, 240), np.float32)
    images = singlelook.images(ground, days, flat, 3)
    for first, second in ((0, 1), (0, 3)):
        stated = singlelook.true_coherence(ground, (days[second] - days[first]).days)
        for kind in (singlelook.FIELD, singlelook.RIVER, singlelook.VILLAGE, singlelook.LINE):
            here = ground.classes == kind
            one, two = (images[n][here] / ground.level[here] for n in (first, second))
            found = np.mean(one * two.conj()) / np.sqrt(np.mean(np.abs(one) ** 2) * np.mean(np.abs(two) ** 2))
            error = 4.0 / np.sqrt(2.0 * here.sum())
            assert abs(found - stated[here][0]) < error, (kind, first, second)


def test_points_shine_and_keep_their_phase(folder: Path) -> None:
    classes = read_geotiff(folder / "truth" / "classes.tif")[0]
    points = classes == singlelook.POINT
    amplitude = read(folder / "wrapped", "amplitude", 0)
    assert np.median(amplitude[points]) > 8 * np.median(amplitude[classes == singlelook.FIELD])
    stack = manifest.load(folder / "wrapped")
    truth = [read_geotiff(folder / "truth" / "phase" / f"{day:%Y%m%d}.tif")[0] for day in stack.dates[:2]]
    error = np.angle(np.exp(1j * (read(folder / "wrapped", "phase", 0) - (truth[1] - truth[0]))))
    assert np.sqrt(np.mean(error[points] ** 2)) < 0.2
    assert np.sqrt(np.mean(error[classes == singlelook.FIELD] ** 2)) > 0.8


def test_sinking_ground_has_growing_phase(folder: Path) -> None:
    rate = read_geotiff(folder / "truth" / "velocity_los.tif")[0]
    stack = manifest.load(folder / "wrapped")
    last = read_geotiff(folder / "truth" / "phase" / f"{stack.dates[-1]:%Y%m%d}.tif")[0]
    assert np.corrcoef(rate.ravel(), last.ravel())[0, 1] < -0.8


def test_the_files_can_be_imported(folder: Path, tmp_path: Path) -> None:
    own = manifest.load(folder / "wrapped")
    import_stack(
        ImportParams(
            folder / "wrapped", tmp_path / "s", "generic", kind="wrapped", wavelength=own.wavelength,
            pattern="{date1}_{date2}.phase.tif", amplitude_pattern="{date}.amp.tif",
        )
    )
    stack = manifest.load(tmp_path / "s")
    assert [pair.name for pair in stack.pairs] == [pair.name for pair in own.pairs]
    assert all("amplitude" in acquisition.items for acquisition in stack.acquisitions)
    np.testing.assert_array_equal(read(tmp_path / "s", "phase", 5), read(folder / "wrapped", "phase", 5))


def test_same_seed_same_bytes_other_seed_others(folder: Path, tmp_path: Path) -> None:
    run_simulate(SimulateParams(tmp_path / "again", "singlelook", size="small"))
    assert hashes(tmp_path / "again") == hashes(folder)
    run_simulate(SimulateParams(tmp_path / "again", "singlelook", 2, "small"))
    assert hashes(tmp_path / "again") != hashes(folder)
    assert not list((tmp_path / "again").glob(".unfinished*"))


def test_cancelled_it_leaves_the_earlier_scene(folder: Path, tmp_path: Path) -> None:
    run_simulate(SimulateParams(tmp_path / "s", "singlelook", size="small"))
    before = hashes(tmp_path / "s")
    with pytest.raises(Cancelled):
        run_simulate(SimulateParams(tmp_path / "s", "singlelook", 2, "small"), Recorder(4))
    now = {name: value for name, value in hashes(tmp_path / "s").items() if not name.startswith(".unfinished")}
    assert now == before


def test_options_of_other_scenes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="noise"):
        run_simulate(SimulateParams(tmp_path / "s", "singlelook", noise=2.0))
    with pytest.raises(InputError, match="columns"):
        run_simulate(SimulateParams(tmp_path / "s", "singlelook", columns=200))
