"""Simulated Sentinel-1 images: read back by the reader, processed against the truth, made again alike."""

from __future__ import annotations

import ast
import hashlib
import json
import math
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.recorder import Recorder
from groundline_tests.tops import BurstImage, coregister_pair, looks, overlap, read_scenes
from scipy import ndimage

from groundline.core.errors import Cancelled, InputError
from groundline.core.raster import read_geotiff
from groundline.core.sentinel1.carrier import carrier_of
from groundline.core.sentinel1.geometry_baseline import middle_baseline
from groundline.core.simulation.job import run_simulate
from groundline.core.simulation.params import SimulateParams
from groundline.core.simulation.tops_job import run_tops
from groundline.core.simulation.tops_params import TopsParams

LATE = 0.020  # lines, of the second date


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """IW2 along a made-up orbit."""
    name = tmp_path_factory.mktemp("tops") / "scene"
    run_tops(TopsParams(name, coherence=0.9, samples=160))
    return name


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """IW1 with the orbits and timing of a real pair."""
    name = tmp_path_factory.mktemp("tops") / "real"
    pair = shared_data / "s1-annotation-pair"
    run_tops(TopsParams(name, annotations=pair, swaths=("IW1",), samples=128, misregistration=(0.0, LATE)))
    return name


@pytest.fixture(scope="module")
def pair(folder: Path) -> list[BurstImage]:
    """The bursts of both dates, the timing error corrected."""
    return coregister_pair(folder, "IW2", LATE)


def late_by(images: list[BurstImage]) -> float:
    """Lines that the double difference in the overlap of two bursts still finds."""
    top, bottom = overlap(*images)
    burst = images[0].burst
    spacing = images[1].burst.azimuth_time - burst.azimuth_time
    rate = float(carrier_of(burst, images[0].orbit).rates(0.5 * burst.samples)[0])
    phase = float(np.angle(np.sum(top * bottom.conj())))
    return phase / (2.0 * math.pi * rate * spacing * burst.azimuth_interval)


def true_phase(folder: Path, image: BurstImage) -> np.ndarray:
    """Phase of the true motion at a burst's pixels."""
    motion, grid = read_geotiff(sorted((folder / "truth").glob("los_*.tif"))[1])
    left, step, _, top, _, down = grid.transform
    places = [(image.lat - top) / down - 0.5, (image.lon - left) / step - 0.5]
    return -4e-3 * math.pi / image.burst.wavelength * ndimage.map_coordinates(motion, places, order=1)


def test_what_the_reader_finds_is_what_was_simulated(folder: Path) -> None:
    scenes = read_scenes(folder / "images", "IW2")
    assert [str(scene.date) for scene in scenes] == ["2025-04-06", "2025-04-18"]
    first, second = (scene.bursts["IW2"] for scene in scenes)
    assert [burst.burst_id for burst in first] == [burst.burst_id for burst in second] == [230132, 230133]
    assert (first[0].lines, first[0].samples, first[0].valid_lines) == (1513, 160, (20, 1493))
    assert second[0].azimuth_time - first[0].azimuth_time == pytest.approx(0.0043, abs=1e-6)
    wanted = json.loads((folder / "result.json").read_text())["tables"]["dates"][1]["baselines_m"]["IW2"]
    parallel, perpendicular = middle_baseline(first[1], scenes[0].orbit, second[1], scenes[1].orbit)
    assert perpendicular == pytest.approx(wanted["perpendicular"], abs=0.5)
    assert parallel == pytest.approx(wanted["parallel"], abs=0.5)


def test_real_annotations_lend_their_orbits_and_timing(real: Path, shared_data: Path) -> None:
    made = read_scenes(real / "images", "IW1")
    theirs = read_scenes(shared_data / "s1-annotation-pair", "IW1")
    for own, other in zip(made, theirs):
        np.testing.assert_allclose(own.orbit.positions, other.orbit.positions, atol=1e-6)
        for burst, whole in zip(own.bursts["IW1"], other.bursts["IW1"]):
            assert burst.azimuth_time == pytest.approx(whole.azimuth_time, abs=1e-9)
            assert burst.burst_id == whole.burst_id
            assert float(burst.ranges(0)) == pytest.approx(float(whole.ranges(8000)), abs=1e-6)
            assert burst.fm_rate.coefficients == whole.fm_rate.coefficients
            assert burst.doppler.coefficients == whole.doppler.coefficients


def test_the_timing_error_is_in_the_images(folder: Path, pair: list[BurstImage]) -> None:
    assert late_by(coregister_pair(folder, "IW2")) == pytest.approx(LATE, abs=0.001)
    assert late_by(pair) == pytest.approx(0.0, abs=0.0005)


def test_the_processed_pair_shows_the_true_motion(folder: Path, pair: list[BurstImage]) -> None:
    """Two fringes recovered to 0.1 rad rms at coherence 0.9, without a jump between bursts."""
    top, bottom = overlap(*pair)
    assert abs(np.angle(np.sum(top * bottom.conj()))) < 0.03
    for image in pair:
        phase = true_phase(folder, image)
        assert np.ptp(phase) > 6.0
        left = looks(image.interferogram * np.exp(-1j * phase), 10, 20)[5:-5, 1:-4]
        assert np.sqrt(np.mean(np.angle(left) ** 2)) < 0.1
        assert np.sqrt(np.mean(np.angle(looks(image.interferogram, 10, 20)[5:-5, 1:-4]) ** 2)) > 0.5


def test_a_pair_on_real_orbits_shows_the_true_motion(real: Path) -> None:
    """Simulator and processor fit the state vectors differently: 0.1 mm apart, 0.02 rad."""
    images = coregister_pair(real, "IW1", LATE)
    assert late_by(images) == pytest.approx(0.0, abs=0.001)
    for image in images:
        left = image.interferogram * np.exp(-1j * true_phase(real, image))
        assert abs(np.angle(left.sum())) < 0.05


def test_coherence_is_what_was_asked_for(folder: Path, pair: list[BurstImage]) -> None:
    """0.9, less the part of the baseline: 96 m of a critical one of some 5 km."""
    image = pair[0]
    known = np.isfinite(image.secondary)
    product = (image.interferogram * np.exp(-1j * true_phase(folder, image)))[known]
    power = np.mean(np.abs(image.reference[known]) ** 2) * np.mean(np.abs(image.secondary[known]) ** 2)
    assert 0.86 < np.abs(product.mean()) / np.sqrt(power) < 0.9


def test_speckle_of_neighbouring_bursts_is_independent(pair: list[BurstImage]) -> None:
    """Their beams see the same ground with other frequencies."""
    top, bottom = pair
    shift = round((bottom.burst.azimuth_time - top.burst.azimuth_time) / top.burst.azimuth_interval)
    first, stop = 30, top.burst.valid_lines[1] - shift
    one, other = top.reference[shift + first : shift + stop], bottom.reference[first:stop]
    assert np.abs(np.mean(one * other.conj())) < 0.03 * np.mean(np.abs(one) ** 2)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_same_seed_same_bytes_and_cancelling_keeps_the_earlier_scene(tmp_path: Path) -> None:
    run_tops(TopsParams(tmp_path / "one", samples=64, bursts=1))
    run_tops(TopsParams(tmp_path / "two", samples=64, bursts=1))
    before = hashes(tmp_path / "one")
    assert before == hashes(tmp_path / "two")
    with pytest.raises(Cancelled):
        run_simulate(SimulateParams(tmp_path / "one", "tops", 2, "small"), Recorder(1))
    now = {name: value for name, value in hashes(tmp_path / "one").items() if not name.startswith(".unfinished")}
    assert now == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"annotations": "nowhere"}, "ANNOTATIONS"),
        ({"columns": 20}, "COLUMNS"),
        ({"size": "tiny"}, "SIZE"),
        ({"noise": 2.0}, "noise"),
        ({"seed": -1}, "SEED"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InputError, match=field):
        run_simulate(SimulateParams(tmp_path / "s", "tops", **{"size": "small", **wrong}))
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"swaths": ("IW4",)}, "Swaths"),
        ({"bursts": 10}, "Bursts"),
        ({"dates": 9}, "Dates"),
        ({"coherence": 1.2}, "Coherence"),
        ({"misregistration": (0.0,)}, "Misregistration"),
    ],
)
def test_options_that_cannot_be_used_are_named(tmp_path: Path, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InputError, match=field):
        TopsParams(tmp_path / "s", **wrong).validate()


def test_annotations_belong_to_this_scene_alone(tmp_path: Path) -> None:
    for scenario in ("corridor", "saltmine", "singlelook"):
        with pytest.raises(InputError, match="Sentinel-1 images"):
            SimulateParams(tmp_path / "s", scenario, annotations=str(tmp_path)).validate()


def test_a_cancelled_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    params = TopsParams(tmp_path / "s", samples=64, bursts=1)
    with pytest.raises(Cancelled):
        run_tops(params, Recorder(2))
    (kept,) = (tmp_path / "s").rglob("*.tiff")
    made = kept.stat().st_mtime_ns
    run_tops(params)
    images = sorted((tmp_path / "s" / "images").rglob("*.tiff"))
    assert len(images) == 2
    assert images[0].stat().st_mtime_ns == made
    before = hashes(tmp_path / "s")
    run_tops(params)
    assert hashes(tmp_path / "s") == before
    assert images[1].stat().st_mtime_ns > made


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<swath>IW1</swath>", "<swath>IW1", "XML"),
        ("<azimuthTimeInterval>", "<azimuthTimeInterval>x", "complete annotations"),
        ("samplesPerBurst>", "samples>", "complete annotation"),
    ],
)
def test_damaged_annotations_are_named(
    tmp_path: Path, shared_data: Path, old: str, new: str, message: str
) -> None:
    for safe in (shared_data / "s1-annotation-pair").glob("*.SAFE"):
        target = tmp_path / "pair" / safe.name
        (target / "annotation").mkdir(parents=True)
        (target / "manifest.safe").write_bytes((safe / "manifest.safe").read_bytes())
        (source,) = (safe / "annotation").glob("*iw1*.xml")
        (target / "annotation" / source.name).write_text(source.read_text().replace(old, new))
    with pytest.raises(InputError, match=message):
        run_tops(TopsParams(tmp_path / "s", annotations=tmp_path / "pair", swaths=("IW1",)))


def test_the_simulator_shares_nothing_with_the_processing(repository: Path) -> None:
    """Neither the modules here nor those that they import know core/sentinel1."""
    seen: set[Path] = set()
    todo = sorted((repository / "core" / "simulation").glob("tops_*.py"))
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
                modules = [base, *(base / alias.name for alias in node.names)]
                found = [path for one in modules for path in (one.with_suffix(".py"), one / "__init__.py")]
                todo += [one for one in found if one.is_file()]
    names = {path.relative_to(repository / "core").as_posix() for path in seen}
    assert {"ellipsoid.py", "xmltree.py", "simulation/tops_signal.py"} < names
    assert not [name for name in names if name.startswith("sentinel1")]


def test_an_empty_folder_of_annotations_is_named(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="two SAFE folders|2 SAFE folders"):
        run_tops(TopsParams(tmp_path / "s", annotations=tmp_path / "none"))
