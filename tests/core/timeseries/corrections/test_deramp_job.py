"""The removal of ramps and of stratified delay as a whole run: what is removed, closure, resume, refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.recorder import Recorder
from groundline_tests.stacks import Scene, add_screens, change, hashes, write_scene

from groundline.core import manifest
from groundline.core.blocks import MIB, Compute
from groundline.core.errors import Cancelled, InputError
from groundline.core.raster import StackReader, read_geotiff, write_geotiff
from groundline.core.stack import EXCLUDED, WRAPPED, Item, Stack
from groundline.core.timeseries import block
from groundline.core.timeseries.corrections import running
from groundline.core.timeseries.corrections.deramp import run_deramp
from groundline.core.timeseries.corrections.params import DerampParams
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas


def phases(folder: Path, stack: Stack | None = None) -> np.ndarray:
    stack = stack or manifest.load(folder)
    reader = StackReader(folder, stack)
    values = reader.read_many([pair.items["phase"] for pair in stack.kept])
    reader.close()
    return values


def removed(folder: Path, stack: Stack) -> np.ndarray:
    return np.array([read_geotiff(folder / f"removed/{day:%Y%m%d}.tif")[0] for day in stack.dates])


def closures(phase: np.ndarray, stack: Stack) -> np.ndarray:
    """phi_ij + phi_jk - phi_ik of every triplet."""
    place = {(p.date1, p.date2): n for n, p in enumerate(stack.kept)}
    out = []
    for first, second in place:
        for again, third in place:
            if second == again and (first, third) in place:
                out.append(phase[place[first, second]].astype(float) + phase[place[second, third]]
                           - phase[place[first, third]])  # fmt: skip
    return np.array(out)


def tilted(folder: Path, degree: int = 1, **keywords: object) -> tuple[Scene, np.ndarray]:
    """A quiet scene with a random ramp of its own at each date; returns the ramps (N, rows, cols) [m]."""
    scene = write_scene(folder, **{"rows": 20, "cols": 30, "dates": 6, **keywords})  # type: ignore[arg-type]
    rng = np.random.default_rng(11)
    y, x = (axis / 15.0 - 1.0 for axis in np.indices(scene.stack.grid.shape))
    terms = [x, y] + ([x * x, x * y, y * y] if degree == 2 else [])
    size = rng.normal(0.0, 0.02, (len(scene.stack.dates), len(terms)))
    screens = np.tensordot(size, np.array(terms), axes=1)
    add_screens(scene, screens)
    return scene, screens


def still(scene: Scene) -> None:
    """Take the motion out of a scene's interferograms."""
    add_screens(scene, -scene.displacement)


class TestExtrapolation:
    def test_a_surface_fitted_in_a_corner_is_said_to_be_extrapolated(self, tmp_path: Path) -> None:
        scene, _ = tilted(tmp_path / "in")
        corner = np.zeros(scene.stack.grid.shape, np.float32)
        corner[:6, :6] = 1.0
        write_geotiff(tmp_path / "mask.tif", corner, scene.stack.grid)
        params = DerampParams(scene.folder, tmp_path / "out", mask=tmp_path / "mask.tif")
        result = run_deramp(params)
        assert (result.numbers["reach"].value or 0.0) > 3.0
        assert any("extrapolated" in text for text in result.warnings)

    def test_over_the_whole_image_nothing_is(self, tmp_path: Path) -> None:
        scene, _ = tilted(tmp_path / "in")
        result = run_deramp(DerampParams(scene.folder, tmp_path / "out", find_moving=False))
        assert result.numbers["reach"].value == pytest.approx(1.0, abs=1e-6)
        assert not any("extrapolated" in text for text in result.warnings)


class TestRamps:
    @pytest.mark.parametrize("degree", [1, 2])
    def test_the_injected_ramps_are_what_is_removed(self, tmp_path: Path, degree: int) -> None:
        scene, screens = tilted(tmp_path / "in", degree)
        still(scene)
        result = run_deramp(DerampParams(scene.folder, tmp_path / "out", degree=degree, trend="remove"))
        found = removed(tmp_path / "out", scene.stack)
        truth = 1000.0 * (screens - screens[0])
        level = (found - truth).mean(axis=(1, 2))
        np.testing.assert_allclose(found - truth - level[:, None, None], 0.0, atol=1e-3)
        assert phases(tmp_path / "out").std(axis=(1, 2)).max() < 1e-4
        assert result.numbers["std_after"].value < 1e-3 * result.numbers["std_before"].value
        assert result.numbers["improved"].value == len(scene.stack.pairs)

    def test_what_is_removed_is_the_difference_of_the_phases(self, tmp_path: Path) -> None:
        scene, _ = tilted(tmp_path / "in", noise=0.5, missing=0.05)
        run_deramp(DerampParams(scene.folder, tmp_path / "out"))
        screens = removed(tmp_path / "out", scene.stack)
        place = {day: n for n, day in enumerate(scene.stack.dates)}
        after = phases(tmp_path / "out")
        np.testing.assert_array_equal(np.isnan(after), np.isnan(scene.phase))
        for pair, before, now in zip(scene.stack.pairs, scene.phase, after):
            change = screens[place[pair.date2]] - screens[place[pair.date1]]
            expected = before + 4 * np.pi / scene.stack.wavelength * change / 1000.0
            np.testing.assert_allclose(now, expected, atol=2e-5)

    def test_triplets_close_as_before(self, tmp_path: Path) -> None:
        scene, _ = tilted(tmp_path / "in", degree=2, noise=0.3)
        run_deramp(DerampParams(scene.folder, tmp_path / "out", degree=2))
        before, after = (closures(values, scene.stack) for values in (scene.phase, phases(tmp_path / "out")))
        largest = max(np.abs(scene.phase).max(), np.abs(phases(tmp_path / "out")).max())
        assert len(before) > 5
        assert np.abs(after - before).max() < 1e-6 * largest

    def test_a_steady_ramp_stays_in_the_velocity_unless_it_is_to_go(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", rows=16, cols=24, dates=6)
        x = np.broadcast_to(np.linspace(-1.0, 1.0, 24), (16, 24))
        add_screens(scene, scene.years[:, None, None] * 0.1 * x - scene.displacement)
        spread = {}
        for trend in ("keep", "remove"):
            run_deramp(DerampParams(scene.folder, tmp_path / trend, trend=trend, find_moving=False))
            spread[trend] = phases(tmp_path / trend).std(axis=(1, 2)).max()
        assert spread["keep"] > 1000 * spread["remove"]
        document = (tmp_path / "remove" / "report.html").read_text()
        assert "may be motion" in document

    def test_the_mask_and_the_excluded_polygons_keep_the_fit_off_the_bowl(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", rows=24, cols=36, dates=5)
        motion = np.zeros((5, 24, 36))
        motion[:, 4:20, 20:34] = np.array([0, -0.05, 0.08, -0.1, 0.02])[
            :, None, None
        ]  # unsteady: rates are no help
        add_screens(scene, motion - scene.displacement)
        outside = np.ones((24, 36), np.float32)
        outside[4:20, 20:34] = 0.0
        write_geotiff(tmp_path / "mask.tif", outside, scene.stack.grid)
        for keywords in ({"mask": tmp_path / "mask.tif"}, {"exclude": scene.pixels(4, 16, 20, 14)}):
            run_deramp(DerampParams(scene.folder, tmp_path / "out", find_moving=False, **keywords))  # type: ignore
            assert np.abs(removed(tmp_path / "out", scene.stack)).max() < 1e-3
        run_deramp(DerampParams(scene.folder, tmp_path / "out", find_moving=False))
        assert np.abs(removed(tmp_path / "out", scene.stack)).max() > 1.0


class TestStratifiedDelay:
    def heights(self) -> np.ndarray:
        y, x = np.indices((20, 30))
        return (300.0 + 200.0 * np.sin(x / 4.0) * np.cos(y / 5.0)).astype(np.float32)

    def layered(self, folder: Path, own: bool) -> tuple[Scene, np.ndarray]:
        scene, _ = tilted(folder)
        still(scene)
        delay = np.array([0.0, 0.02, -0.03, 0.01, 0.04, -0.02])  # m per km of height
        add_screens(scene, delay[:, None, None] * self.heights() / 1000.0)
        write_geotiff(folder / "dem.tif", self.heights(), scene.stack.grid)
        if own:
            change(scene, replace(scene.stack, geometry={"height": Item("data", "dem.tif")}))
        return scene, delay

    @pytest.mark.parametrize("own", [True, False])
    def test_it_is_recovered_beside_a_ramp(self, tmp_path: Path, own: bool) -> None:
        scene, delay = self.layered(tmp_path / "in", own)
        dem = None if own else scene.folder / "dem.tif"
        result = run_deramp(
            DerampParams(scene.folder, tmp_path / "out", height="linear", dem=dem, trend="remove")
        )
        rows = result.tables["terms"]["rows"]
        assert result.tables["terms"]["header"][-1] == "height [mm/km]"
        np.testing.assert_allclose([row[-1] for row in rows], 1000.0 * delay, atol=0.01)
        assert phases(tmp_path / "out").std(axis=(1, 2)).max() < 1e-3

    def test_without_heights_a_dem_is_asked_for(self, tmp_path: Path) -> None:
        scene, _ = tilted(tmp_path / "in")
        with pytest.raises(InputError, match="DEM: 'nothing'.*no heights"):
            run_deramp(DerampParams(scene.folder, tmp_path / "out", height="linear"))

    def test_a_dem_elsewhere_is_refused(self, tmp_path: Path) -> None:
        scene, _ = tilted(tmp_path / "in")
        moved = replace(scene.stack.grid, transform=(10.0, 0.001, 0.0, 50.0, 0.0, -0.001))
        write_geotiff(tmp_path / "dem.tif", self.heights(), moved)
        with pytest.raises(InputError, match=r"DEM.*dem.tif.*covers the stack"):
            run_deramp(
                DerampParams(scene.folder, tmp_path / "out", height="linear", dem=tmp_path / "dem.tif")
            )
        assert not (tmp_path / "out").exists()


class TestDisplacementFolder:
    def test_ramps_go_and_the_reference_stays(self, tmp_path: Path) -> None:
        scene, _ = tilted(tmp_path / "in", dates=7)
        still(scene)
        run_sbas(SbasParams(scene.folder, tmp_path / "sbas", reference=scene.pixels(2, 4, 2, 4)))
        result = run_deramp(DerampParams(tmp_path / "sbas", tmp_path / "out", trend="remove"))
        folder = manifest.load(tmp_path / "out")
        assert folder.kind == "displacement"
        assert folder.history[-1]["algorithm"] == "deramp"
        series = np.array(
            [read_geotiff(tmp_path / f"out/displacement/{d:%Y%m%d}.tif")[0] for d in folder.dates]
        )
        assert np.abs(series).max() < 2e-3
        velocity, _ = read_geotiff(tmp_path / "out" / "velocity.tif")
        assert np.abs(velocity).max() < 0.02
        assert {"velocity", "points", "report", "correction", "layers"} <= set(result.files)
        assert all(path.is_file() for path in result.files.values())

    def test_before_minus_after_is_what_was_removed(self, tmp_path: Path) -> None:
        scene, _ = tilted(tmp_path / "in", dates=7, noise=0.2)
        run_sbas(SbasParams(scene.folder, tmp_path / "sbas", reference=scene.pixels(2, 4, 2, 4)))
        run_deramp(DerampParams(tmp_path / "sbas", tmp_path / "out", degree=2, trend="remove"))
        screens = removed(tmp_path / "out", scene.stack)
        for day, screen in zip(scene.stack.dates, screens):
            before, after = (
                read_geotiff(tmp_path / name / f"displacement/{day:%Y%m%d}.tif")[0]
                for name in ("sbas", "out")
            )
            np.testing.assert_allclose(before - after, screen, atol=1e-4)
            # The reference keeps the value that it had, which noise and redundancy leave near zero.
            assert np.median(after[2:6, 2:6]) == pytest.approx(np.median(before[2:6, 2:6]), abs=1e-4)
        before, after = (read_geotiff(tmp_path / name / "velocity.tif")[0] for name in ("sbas", "out"))
        years = scene.years - scene.years.mean()
        slope = np.tensordot(years, screens, axes=1) / (years @ years)
        np.testing.assert_allclose(before - after, slope, atol=1e-3)


def rasters(folder: Path) -> dict[str, str]:
    return {name: value for name, value in hashes(folder).items() if name.endswith(".tif")}


def test_block_size_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene, _ = tilted(tmp_path / "in", rows=150, cols=40, dates=4, noise=0.3, missing=0.05)
    run_deramp(DerampParams(scene.folder, tmp_path / "one", degree=2))
    monkeypatch.setattr(block, "PORTION", 256)
    plan = running.plan
    monkeypatch.setattr(running, "plan", lambda grid, each, *rest: plan(grid, 64 * MIB // 2000, *rest))
    log = Recorder()
    run_deramp(DerampParams(scene.folder, tmp_path / "small", degree=2), log, Compute(64 * MIB))
    assert "1 block(s)" not in " ".join(log.lines)
    assert rasters(tmp_path / "small") == rasters(tmp_path / "one")


def test_an_equal_run_keeps_the_folder_and_another_replaces_it(tmp_path: Path) -> None:
    scene, _ = tilted(tmp_path / "in", dates=5)
    first = run_deramp(DerampParams(scene.folder, tmp_path / "out"))
    log = Recorder()
    again = run_deramp(DerampParams(scene.folder, tmp_path / "out"), log)
    assert "kept as they are" in " ".join(log.lines)
    assert (again.numbers, again.files) == (first.numbers, first.files)
    pairs = tuple(replace(p, state=EXCLUDED) if n == 0 else p for n, p in enumerate(scene.stack.pairs))
    change(scene, replace(scene.stack, pairs=pairs))
    run_deramp(DerampParams(scene.folder, tmp_path / "out"))
    names = {path.stem for path in (tmp_path / "out" / "phase").iterdir()}
    assert (
        names == {pair.name for pair in pairs[1:]} == {p.name for p in manifest.load(tmp_path / "out").pairs}
    )
    assert not list((tmp_path / "out").glob(".*"))


def test_a_cancelled_run_leaves_the_earlier_results(tmp_path: Path) -> None:
    scene, _ = tilted(tmp_path / "in", rows=8, cols=12, dates=3)
    run_deramp(DerampParams(scene.folder, tmp_path / "out"))
    before = hashes(tmp_path / "out")
    count = Recorder()
    run_deramp(DerampParams(scene.folder, tmp_path / "count", trend="remove"), count)
    assert count.fractions == sorted(count.fractions)
    assert count.fractions[-1] == 1.0
    for stop_at in range(0, count.calls - 1, 3):
        with pytest.raises(Cancelled):
            run_deramp(DerampParams(scene.folder, tmp_path / "out", trend="remove"), Recorder(stop_at))
        assert hashes(tmp_path / "out") == before


class TestBadInput:
    @pytest.mark.parametrize(
        ("keywords", "message"),
        [
            ({"degree": 3}, "DEGREE: 3.*1 .plane. or 2"),
            ({"degree": 0}, "DEGREE: 0.*nothing to fit"),
            ({"height": "cubic"}, "HEIGHT: 'cubic'.*none or linear"),
            ({"trend": "maybe"}, "TREND"),
            ({"dem": "dem.tif"}, "DEM.*HEIGHT = linear"),
        ],
    )
    def test_parameters_are_named(self, tmp_path: Path, keywords: dict[str, object], message: str) -> None:
        scene, _ = tilted(tmp_path / "in", dates=3)
        with pytest.raises(InputError, match=message):
            run_deramp(DerampParams(scene.folder, tmp_path / "out", **keywords))  # type: ignore[arg-type]
        assert not (tmp_path / "out").exists()

    def test_polygons_that_leave_nothing(self, tmp_path: Path) -> None:
        scene, _ = tilted(tmp_path / "in", dates=3)
        with pytest.raises(InputError, match="EXCLUDE: 'lake'.*leave some pixels"):
            run_deramp(
                DerampParams(scene.folder, tmp_path / "out", exclude=scene.pixels(0, 20, 0, 30, "lake"))
            )

    def test_a_mask_that_leaves_too_little(self, tmp_path: Path) -> None:
        scene, _ = tilted(tmp_path / "in", dates=3)
        with pytest.raises(InputError, match="MASK.*25 pixels.*at least 30"):
            run_deramp(DerampParams(scene.folder, tmp_path / "out", mask=scene.pixels(0, 5, 0, 5)))
        assert not (tmp_path / "out").exists()

    def test_another_kind_of_stack(self, tmp_path: Path) -> None:
        scene, _ = tilted(tmp_path / "in", dates=3)
        change(scene, replace(scene.stack, kind=WRAPPED))
        with pytest.raises(InputError, match="kind wrapped.*unwrapped interferograms"):
            run_deramp(DerampParams(scene.folder, tmp_path / "out"))
