"""The scene as files: they load, they hold the truth, and the same seed gives the same bytes."""

from __future__ import annotations

import ast
import csv
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr

from groundline.core import manifest
from groundline.core.errors import Cancelled, InputError
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.los import unit_vector
from groundline.core.monitor import Monitor
from groundline.core.raster import StackReader, read_geotiff, whole
from groundline.core.simulation.job import run_simulate
from groundline.core.simulation.params import SimulateParams
from groundline.core.simulation.scene import ORIGIN, SPOT
from groundline.core.units import phase_to_metres, years_between
from groundline.core.vector import read_vector

SMALL = {"size": "small", "columns": 60, "seed": 7}
QUIET = {"noise": 0.0, "atmosphere_mm": 0.0, "stratified_mm_per_km": 0.0, "missing_below": 0.0}


def make(folder: Path, **other):
    return run_simulate(SimulateParams(folder, **(SMALL | other)))


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scene")
    return folder, make(folder)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """The same scene without atmosphere, decorrelation noise and missing pixels."""
    folder = tmp_path_factory.mktemp("quiet")
    make(folder, **QUIET)
    return folder


def series(folder: Path, track: str) -> dict:
    """Plain least squares of the pixels that have every phase, relative to the stable towns."""
    stack = manifest.load(folder / track)
    reader = StackReader(folder / track, stack)
    phases = reader.read_many([pair.items["phase"] for pair in stack.pairs]).astype(np.float64)
    stable = read_vector(folder / "reference_areas.geojson").mask(stack.grid)
    phases -= np.nanmedian(phases[:, stable], axis=1)[:, None, None]
    valid = np.isfinite(phases).all(axis=0)
    column = {day: n for n, day in enumerate(stack.dates)}
    matrix = np.zeros((len(stack.pairs), len(stack.dates)))
    for row, pair in enumerate(stack.pairs):
        matrix[row, column[pair.date1]] = -1.0
        matrix[row, column[pair.date2]] = 1.0
    observed = 1000.0 * phase_to_metres(stack.wavelength) * phases[:, valid]
    found = np.zeros((len(stack.dates), valid.sum()))
    found[1:] = np.linalg.lstsq(matrix[:, 1:], observed, rcond=None)[0]
    truth_folder = folder / "truth" / track

    def relative(values: np.ndarray) -> np.ndarray:
        values = values.astype(np.float64) - np.median(values[:, stable], axis=1)[:, None, None]
        return (values - values[0])[:, valid]

    def truth(kind: str) -> np.ndarray:
        return np.stack([read_geotiff(truth_folder / kind / f"{day:%Y%m%d}.tif")[0] for day in stack.dates])

    # phi_topo = 4 pi B h / (lambda R sin theta), that is a displacement of -B h / (R sin theta).
    height = read_geotiff(truth_folder / "height_error.tif")[0]
    sine = np.sqrt(1.0 - reader.read(stack.geometry["los_up"]) ** 2)
    bperp = np.array([a.bperp for a in stack.acquisitions])[:, None, None]
    topography = -1000.0 * bperp * height / (stack.metadata["slant_range_m"] * sine)
    rate = read_geotiff(truth_folder / "velocity_los.tif")[0]
    return {
        "dates": stack.dates, "valid": valid, "displacement": found, "ground": relative(truth("los")),
        "topography": relative(topography), "atmosphere": relative(truth("atmosphere")),
        "rate": rate[valid] - np.median(rate[stable]),
    }


@pytest.mark.parametrize("track", ["track040", "track142"])
def test_a_quiet_scene_gives_its_truth_back(quiet, track):
    got = series(quiet, track)
    assert got["valid"].all()
    # The median of the reference areas is taken per pair here and per date there; height errors of
    # a few metres inside the areas leave a constant per date of some tenths of a millimetre.
    left = got["displacement"] - got["ground"] - got["topography"]
    np.testing.assert_allclose(left - np.median(left, axis=1)[:, None], 0.0, atol=0.005)
    assert np.abs(np.median(left, axis=1)).max() < 0.5


@pytest.mark.parametrize("track", ["track040", "track142"])
def test_a_noisy_scene_gives_truth_and_atmosphere(scene, track):
    got = series(scene[0], track)
    assert got["valid"].sum() > 100
    expected = got["ground"] + got["topography"] + got["atmosphere"]
    left = got["displacement"] - expected
    left -= np.median(left, axis=1)[:, None]
    # Town pixels at coherence 0.7 and 40 looks: 0.11 rad = 0.5 mm per pair; some 5 pairs per image,
    # and the errors of successive images add up along a thin network.
    assert 0.2 < np.median(np.std(left, axis=0)) < 1.2
    years = np.array([years_between(got["dates"][0], day) for day in got["dates"]])
    rate = np.polyfit(years, got["displacement"] - got["atmosphere"], 1)[0]
    assert np.std(rate - got["rate"]) < 1.0


def test_subsidence_gives_positive_phase(quiet):
    stack = manifest.load(quiet / "track040")
    pair = max(stack.pairs, key=lambda p: p.coherence or 0.0)
    phase = StackReader(quiet / "track040", stack).read(pair.items["phase"])
    rate = read_geotiff(quiet / "truth" / "track040" / "velocity_vertical.tif")[0]
    assert np.nanmean(phase[(rate < -50) & (rate > -100)]) > np.nanmean(phase[rate > -1])


def test_the_atmosphere_has_the_strength_asked_for(tmp_path):
    make(tmp_path, columns=40, noise=0.0, stratified_mm_per_km=0.0, atmosphere_mm=5.0)
    stack = manifest.load(tmp_path / "track142")
    level = StackReader(tmp_path / "track142", stack).read(stack.geometry["los_up"])
    zenith = [read_geotiff(p)[0] * level for p in sorted((tmp_path / "truth/track142/atmosphere").glob("*.tif"))]
    # Lognormal strength per date: E[exp(2 * 0.3 N)] = exp(0.18)
    assert np.sqrt(np.mean(np.square(zenith))) == pytest.approx(5.0 * np.exp(0.09), rel=0.25)


def test_both_stacks_load_and_every_raster_is_there(scene):
    folder, result = scene
    for track in ("track040", "track142"):
        stack = manifest.load(folder / track)
        reader = StackReader(folder / track, stack)
        for pair in stack.pairs:
            coherence = reader.read(pair.items["coherence"])
            phase = reader.read(pair.items["phase"])
            assert np.isfinite(coherence).all()
            assert 0.0 <= coherence.min() <= coherence.max() <= 1.0
            assert pair.coherence == pytest.approx(coherence[np.isfinite(phase)].mean(), abs=1e-3)
            assert abs(pair.bperp) <= 234.0
        east, north, up = unit_vector(stack, reader, whole(stack.grid))
        np.testing.assert_allclose(east**2 + north**2 + up**2, 1.0, atol=1e-6)
        assert np.degrees(np.arccos(up)).mean() == pytest.approx(stack.metadata["incidence_deg"], abs=0.3)
        # The same from the heading alone: ascending and looking right, so the satellite is in the west.
        plain = replace(stack, geometry={"los_up": stack.geometry["los_up"]})
        for ours, theirs in zip((east, north), unit_vector(plain, reader, whole(stack.grid))):
            np.testing.assert_allclose(ours, theirs, atol=1e-6)
        assert east.max() < 0.0
    assert result.files["stack_40"] == folder / "track040" / "stack.json"


@pytest.mark.parametrize("track", ["track040", "track142"])
def test_an_import_of_the_files_finds_the_same_stack(scene, tmp_path, track):
    own = manifest.load(scene[0] / track)
    import_stack(ImportParams(str(scene[0] / track), str(tmp_path / "imported")))
    found = manifest.load(tmp_path / "imported")
    assert found.family == "licsar"
    assert found.grid == own.grid
    assert found.wavelength == pytest.approx(own.wavelength, rel=1e-9)
    assert [p.name for p in found.pairs] == [p.name for p in own.pairs]
    assert [p.bperp for p in found.pairs] == pytest.approx([p.bperp for p in own.pairs], abs=1e-6)
    for key in ("track", "orbit", "incidence_deg", "heading_deg", "slant_range_m"):
        assert found.metadata[key] == own.metadata[key]
    ours, theirs = StackReader(scene[0] / track, own), StackReader(tmp_path / "imported", found)
    for number in (0, -1):
        for role in ("phase", "coherence"):
            np.testing.assert_array_equal(
                theirs.read(found.pairs[number].items[role]), ours.read(own.pairs[number].items[role])
            )
    for role, item in own.geometry.items():
        np.testing.assert_array_equal(theirs.read(found.geometry[role]), ours.read(item))


def test_the_two_tracks_differ_in_grid_and_angle(scene):
    first, second = (manifest.load(scene[0] / track) for track in ("track040", "track142"))
    assert "4326" in first.grid.crs
    assert "32650" in second.grid.crs
    assert (first.metadata["incidence_deg"], second.metadata["incidence_deg"]) == (43.8, 33.8)
    assert (first.metadata["swath"], second.metadata["swath"]) == ("IW3", "IW1")
    assert len(first.dates) == 40
    assert len(second.dates) == 38


def test_phases_are_missing_where_coherence_is_low_most_of_all_in_the_workings(scene):
    folder, _ = scene
    stack = manifest.load(folder / "track040")
    phases = StackReader(folder / "track040", stack).read_many([p.items["phase"] for p in stack.pairs])
    lost = np.isnan(phases).mean(axis=0)
    share = read_geotiff(folder / "truth/track040/built_up.tif")[0]
    rate = read_geotiff(folder / "truth/track040/velocity_vertical.tif")[0]
    assert lost[(share > 0.95) & (rate > -50)].mean() < 0.01
    assert 0.02 < lost[(share < 0.05) & (rate > -50)].mean() < 0.4
    assert lost[rate < -120].mean() > 0.5


def test_layers_are_where_they_should_be(scene):
    folder, result = scene
    line = read_vector(folder / "railway.geojson").geometries("EPSG:32650")[0]
    assert line.Length() == pytest.approx(result.numbers["line_length"].value, abs=0.1)
    coalfield = read_vector(folder / "coalfield.geojson").geometries("EPSG:32650")[0]
    spot = ogr.Geometry(ogr.wkbPoint)
    spot.AddPoint_2D(SPOT.centre[0] + ORIGIN[0], SPOT.centre[1] + ORIGIN[1])
    assert coalfield.Distance(spot) == pytest.approx(3_500.0, abs=1.0)
    land = read_vector(folder / "land_use.geojson")
    assert [row["class"] for row in land.attributes] == ["urban", "mining", "rural"]
    shapes = land.geometries("EPSG:32650")
    assert sum(s.Area() for s in shapes) == pytest.approx(100_000.0 * 42_000.0, rel=1e-3)
    assert len(read_vector(folder / "workings.geojson").wkb) == 2
    for track in ("track040", "track142"):
        mask = read_vector(folder / "reference_areas.geojson").mask(manifest.load(folder / track).grid)
        assert mask.sum() >= 4


def test_tables_and_page(scene):
    folder, result = scene
    with open(folder / "precipitation.csv", newline="") as stream:
        rain = list(csv.DictReader(stream))
    assert len(rain) == 60
    yearly = sum(float(row["precipitation_mm"]) for row in rain) / 5
    assert yearly == pytest.approx(663.0, rel=0.12)
    with open(folder / "truth" / "profile.csv", newline="") as stream:
        rates = [float(row["vertical_rate_mm_yr"]) for row in csv.DictReader(stream)]
    affected = sum(rate <= -10 for rate in rates) * 50
    assert affected == pytest.approx(result.numbers["affected_length"].value, abs=150)
    page = (folder / "README.md").read_text()
    assert "| 14.5" in page
    document = json.loads((folder / "result.json").read_text())
    assert document["numbers"]["affected_length"]["value"] == result.numbers["affected_length"].value


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(scene, tmp_path):
    folder, _ = scene
    make(tmp_path / "again")
    assert digests(tmp_path / "again") == digests(folder)
    make(tmp_path / "other", seed=8)
    changed = digests(tmp_path / "other")
    assert changed["truth/profile.csv"] == digests(folder)["truth/profile.csv"]
    assert changed["truth/track040/velocity_los.tif"] == digests(folder)["truth/track040/velocity_los.tif"]
    assert changed["truth/track040/height_error.tif"] != digests(folder)["truth/track040/height_error.tif"]


def test_a_finished_scene_gets_back_what_was_deleted(tmp_path):
    make(tmp_path, columns=40)
    before = digests(tmp_path)
    victims = [next((tmp_path / "track040" / "interferograms").rglob("*.unw.tif")), tmp_path / "railway.geojson"]
    times = {p: p.stat().st_mtime_ns for p in (tmp_path / "track142").rglob("*.tif")}
    for victim in victims:
        victim.unlink()
    make(tmp_path, columns=40)
    assert digests(tmp_path) == before
    assert {p: p.stat().st_mtime_ns for p in times} == times


def test_another_scene_replaces_the_earlier_one_and_leaves_foreign_files(tmp_path):
    make(tmp_path, columns=40)
    (tmp_path / "notes.txt").write_text("mine")
    make(tmp_path, columns=44)
    fresh = tmp_path / "fresh"
    make(fresh, columns=44)
    expected = digests(fresh)
    assert {k: v for k, v in digests(tmp_path).items() if not k.startswith("fresh/")} == expected | {
        "notes.txt": hashlib.sha256(b"mine").hexdigest()
    }


class StopAt(Monitor):
    def __init__(self, limit: int) -> None:
        self.left = limit

    def cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_a_cancelled_run_keeps_the_earlier_scene_and_goes_on_later(tmp_path):
    make(tmp_path, columns=40)
    before = digests(tmp_path)
    for limit in (0, 1, 30, 150, 200):
        with pytest.raises(Cancelled):
            run_simulate(SimulateParams(tmp_path, size="small", columns=44, seed=7), StopAt(limit))
        visible = {k: v for k, v in digests(tmp_path).items() if not k.startswith(".unfinished-")}
        assert visible == before
        assert not [name for name in digests(tmp_path) if ".part-" in name]
    make(tmp_path, columns=44)
    make(tmp_path / "fresh", columns=44)
    after = {k: v for k, v in digests(tmp_path).items() if not k.startswith("fresh/")}
    assert after == digests(tmp_path / "fresh")


def test_a_long_gap_splits_the_ordinary_pairs(tmp_path):
    make(tmp_path, columns=40, gap_days=120)
    stack = manifest.load(tmp_path / "track040")
    steps = [(b - a).days for a, b in zip(stack.dates, stack.dates[1:])]
    before = stack.dates[steps.index(120)]
    across = [p for p in stack.pairs if p.date1 <= before < p.date2]
    assert across
    assert min(p.days for p in across) == 120


def test_unwrapping_errors_are_whole_cycles_where_the_result_says(quiet, tmp_path):
    result = make(tmp_path, **QUIET, unwrapping_errors=2)
    listed = result.tables["tracks"]["track040"]["unwrapping_errors"]
    assert len(listed) == 2
    for entry in listed:
        name = f"track040/interferograms/{entry['pair']}/{entry['pair']}.geo.unw.tif"
        difference = read_geotiff(tmp_path / name)[0] - read_geotiff(quiet / name)[0]
        difference = difference[np.isfinite(difference)]
        changed = np.abs(difference) > 1.0
        assert changed.any()
        np.testing.assert_allclose(difference[changed], 2 * np.pi * entry["cycles"], atol=1e-3)
        np.testing.assert_allclose(difference[~changed], 0.0, atol=1e-3)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"scenario": "moon"}, "SCENARIO"), ({"seed": -1}, "SEED"), ({"size": "huge"}, "SIZE"),
     ({"columns": 5}, "COLUMNS"), ({"gap_days": 50}, "Gap"), ({"noise": -1.0}, "Noise"),
     ({"missing_below": 1.0}, "Missing")],
)
def test_senseless_parameters_are_refused(tmp_path, wrong, name):
    with pytest.raises(InputError, match=name):
        run_simulate(replace(SimulateParams(tmp_path / "out"), **wrong))
    assert not (tmp_path / "out").exists()


def test_a_full_disk_is_said_before_the_work_starts(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(InputError, match="free space"):
        make(tmp_path / "out")
    assert digests(tmp_path) == {}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(InputError, match="folder"):
        make(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_the_simulator_knows_nothing_of_the_processing_chain(repository):
    allowed = {
        "errors", "monitor", "units", "atomic", "result", "version", "stack", "manifest", "raster", "crs",
        "outputfolder", "xmltree", "ellipsoid", "",
    }
    for path in (repository / "core" / "simulation").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == 2:
                used = {node.module} if node.module else {alias.name for alias in node.names}
                assert {name.split(".")[0] for name in used} <= allowed, path
