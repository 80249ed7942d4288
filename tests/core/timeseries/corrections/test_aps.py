"""The space-time filter: what it keeps, what it takes, and the same bytes whatever the blocks."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.recorder import Recorder
from groundline_tests.series import series_folder
from groundline_tests.stacks import hashes, write_scene
from scipy.ndimage import gaussian_filter

from groundline.core import manifest
from groundline.core.blocks import MIB, Compute
from groundline.core.errors import Cancelled, InputError
from groundline.core.pointfile import read_points
from groundline.core.raster import read_geotiff
from groundline.core.stack import RADAR, Stack
from groundline.core.timeseries import block, outputs
from groundline.core.timeseries.corrections import running, spatial, temporal
from groundline.core.timeseries.corrections.aps import run_aps
from groundline.core.timeseries.corrections.params import ApsParams
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas

YEARS = np.arange(0, 3, 12 / 365.25)


class TestInTime:
    def test_trend_and_seasons_are_not_high_pass(self) -> None:
        signal = (
            3.0 + 20.0 * YEARS + 5.0 * np.cos(2 * math.pi * YEARS + 1.0) + 2.0 * np.sin(4 * math.pi * YEARS)
        )
        left = temporal.high_pass(YEARS, 90.0, 2) @ signal
        assert np.abs(left).max() < 1e-9

    def test_without_setting_them_aside_a_third_of_an_annual_signal_is_all_that_passes(self) -> None:
        """Why the terms are set aside: the Gaussian of 90 days alone."""
        lag = (YEARS[:, None] - YEARS) * 365.25 / 90.0
        weight = np.exp(-0.5 * lag * lag)
        annual = np.cos(2 * math.pi * YEARS)
        kept = (weight / weight.sum(axis=1, keepdims=True)) @ annual
        inner = slice(25, -25)
        assert 0.25 < (kept[inner] @ annual[inner]) / (annual[inner] @ annual[inner]) < 0.4

    def test_noise_of_single_dates_is_high_pass(self) -> None:
        noise = np.random.default_rng(2).normal(0.0, 1.0, (len(YEARS), 500))
        left = temporal.high_pass(YEARS, 90.0, 2) @ noise
        assert 0.85 < left.std() < 1.0

    @pytest.mark.parametrize(
        ("count", "span", "seasons"), [(40, 2.0, 2), (9, 2.0, 1), (7, 2.0, 0), (60, 0.9, 0)]
    )
    def test_seasons_need_a_year_and_dates(self, count: int, span: float, seasons: int) -> None:
        assert temporal.harmonics(np.linspace(0.0, span, count)) == seasons

    def test_pixels_with_missing_dates_use_their_own(self) -> None:
        rng = np.random.default_rng(4)
        series = rng.normal(0.0, 1.0, (len(YEARS), 40)).astype(np.float32)
        series[rng.uniform(size=series.shape) < 0.1] = np.nan
        series[4:, 3] = np.nan  # too few
        found = temporal.filtered(series, YEARS, 90.0, temporal.high_pass(YEARS, 90.0, 2))
        assert np.isnan(found[:, 3]).all()
        for pixel in (0, 1, 7):
            known = np.isfinite(series[:, pixel])
            plain = temporal.high_pass(YEARS[known], 90.0, 2) @ series[known, pixel].astype(float)
            np.testing.assert_allclose(found[known, pixel], plain, atol=1e-6)
            assert np.isnan(found[~known, pixel]).all()


class TestInSpace:
    def test_missing_pixels_have_no_weight(self) -> None:
        values = np.array([[1.0, np.nan, 3.0, 8.0, np.nan]], np.float32)
        found = spatial.gaussian_mean(values, (0.5, 1.0))
        lag = np.arange(5)
        for place in range(5):
            weight = np.exp(-0.5 * (lag - place) ** 2) * np.isfinite(values[0]) * (abs(lag - place) <= 3)
            assert found[0, place] == pytest.approx(np.nansum(weight * values[0]) / weight.sum(), rel=1e-6)

    def test_a_constant_stays_and_nothing_gives_zero(self) -> None:
        values = np.full((30, 40), 4.0, np.float32)
        values[::3, ::2] = np.nan
        np.testing.assert_allclose(spatial.gaussian_mean(values, (2.0, 5.0)), 4.0, rtol=1e-9)
        assert (spatial.gaussian_mean(np.full((4, 4), np.nan, np.float32), (1.0, 1.0)) == 0.0).all()


def read(folder: Path, stack: Stack) -> np.ndarray:
    return np.array([read_geotiff(folder / outputs.date_file(day))[0] for day in stack.dates])


def atmosphere(dates: int, rows: int, cols: int, sigma: float = 10.0) -> np.ndarray:
    """Smooth screens of 4 mm standard deviation, another one at each date."""
    rng = np.random.default_rng(6)
    screens = np.array(
        [gaussian_filter(rng.normal(size=(rows, cols)), sigma, mode="wrap") for _ in range(dates)]
    )
    return 4.0 * screens / screens.std()


def referenced(series: np.ndarray) -> np.ndarray:
    """Relative to the first date and to the median of the corner, which is the reference."""
    relative = series - series[0]
    return relative - np.median(relative[:, :2, :2], axis=(1, 2))[:, None, None]


class TestJob:
    dates, rows, cols = 60, 32, 48

    def season(self) -> tuple[np.ndarray, np.ndarray]:
        years = 12 * np.arange(self.dates) / 365.25
        x = np.linspace(0.0, 1.0, self.cols)
        shape = (self.dates, self.rows, self.cols)
        return years, np.broadcast_to(5.0 * np.sin(2 * math.pi * years)[:, None, None] * x, shape)

    def test_atmosphere_goes_and_the_season_stays(self, tmp_path: Path) -> None:
        years, season = self.season()
        truth = season - 20.0 * years[:, None, None] * np.linspace(0, 1, self.rows)[:, None]
        air = atmosphere(self.dates, self.rows, self.cols)
        stack = series_folder(tmp_path / "in", referenced(truth + air))
        result = run_aps(ApsParams(tmp_path / "in", tmp_path / "out"))
        after = read(tmp_path / "out", stack)
        relative = referenced(truth)
        before = read(tmp_path / "in", stack)
        assert (after - relative).std() < 0.5 * (before - relative).std()
        design = np.stack(
            [np.ones_like(years), years, np.cos(2 * np.pi * years), np.sin(2 * np.pi * years)], axis=1
        )
        kept, had, injected = (
            np.linalg.lstsq(design, s.reshape(self.dates, -1), rcond=None)[0][3]
            for s in (after, before, relative)
        )
        assert (kept @ injected) / (injected @ injected) > 0.9
        assert 0.95 < (kept @ had) / (had @ had) < 1.05  # with what the air happens to have of a season
        assert result.numbers["seasonal_terms"].value == 2
        assert result.numbers["removed_std"].value == pytest.approx(5.0, abs=2.0)

    def test_without_atmosphere_nothing_is_taken_from_trend_and_season(self, tmp_path: Path) -> None:
        years, season = self.season()
        stack = series_folder(tmp_path / "in", season + 10.0 * years[:, None, None])  # the corner moves too
        run_aps(ApsParams(tmp_path / "in", tmp_path / "out"))
        removed = np.array([read_geotiff(tmp_path / f"out/removed/{d:%Y%m%d}.tif")[0] for d in stack.dates])
        before, after = (read(tmp_path / name, stack) for name in ("in", "out"))
        np.testing.assert_allclose(before - removed, after, atol=1e-4)
        np.testing.assert_allclose(removed, 0.0, atol=1e-3)

    def test_the_folder_is_whole(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=8, noise=0.1)
        run_sbas(SbasParams(scene.folder, tmp_path / "sbas", reference=scene.pixels(1, 3, 1, 3)))
        result = run_aps(ApsParams(tmp_path / "sbas", tmp_path / "out", radius=400.0))
        before, after = (manifest.load(tmp_path / name) for name in ("sbas", "out"))
        assert after.products.keys() == before.products.keys()
        assert after.reference == before.reference
        assert [step["algorithm"] for step in after.history][-2:] == ["sbas", "aps"]
        points = read_points(result.files["points"])
        velocity, grid = read_geotiff(tmp_path / "out" / "velocity.tif")
        col = np.round((points.x - grid.transform[0]) / grid.transform[1] - 0.5).astype(int)
        row = np.round((points.y - grid.transform[3]) / grid.transform[5] - 0.5).astype(int)
        np.testing.assert_allclose(points.attributes["velocity"], velocity[row, col], rtol=1e-5, atol=1e-5)
        assert any("shorter than a year" in text for text in result.warnings)
        series = read(tmp_path / "out", scene.stack)
        years = scene.years - scene.years.mean()
        np.testing.assert_allclose(velocity, np.tensordot(years, series, axes=1) / (years @ years), atol=2e-3)
        deviation, _ = read_geotiff(tmp_path / "out" / "velocity_std_images.tif")
        assert (deviation > 0).all()


def test_block_size_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    series = atmosphere(8, 150, 40, 4.0) + rng.normal(0.0, 1.0, (8, 150, 40))
    series[:, rng.uniform(size=(150, 40)) < 0.1] = np.nan
    series[2, 5:9] = np.nan
    series_folder(tmp_path / "in", series)
    run_aps(ApsParams(tmp_path / "in", tmp_path / "one", radius=1000.0))
    monkeypatch.setattr(block, "PORTION", 256)
    plan = running.plan
    monkeypatch.setattr(running, "plan", lambda grid, each, *rest: plan(grid, 64 * MIB // 2000, *rest))
    log = Recorder()
    run_aps(ApsParams(tmp_path / "in", tmp_path / "small", radius=1000.0), log, Compute(64 * MIB))
    assert "1 block(s)" not in " ".join(log.lines)
    small, one = (
        {name: value for name, value in hashes(tmp_path / folder).items() if name.endswith((".tif", ".gpkg"))}
        for folder in ("small", "one")
    )
    assert small == one


def test_a_cancelled_run_leaves_the_earlier_results(tmp_path: Path) -> None:
    series_folder(tmp_path / "in", atmosphere(6, 8, 10))
    run_aps(ApsParams(tmp_path / "in", tmp_path / "out"))
    before = hashes(tmp_path / "out")
    count = Recorder()
    run_aps(ApsParams(tmp_path / "in", tmp_path / "count", "stamps"), count)
    assert count.fractions == sorted(count.fractions)
    for stop_at in range(0, count.calls - 1, 9):
        with pytest.raises(Cancelled):
            run_aps(ApsParams(tmp_path / "in", tmp_path / "out", "stamps"), Recorder(stop_at))
        assert hashes(tmp_path / "out") == before


class TestBadInput:
    @pytest.mark.parametrize(
        ("keywords", "message"),
        [
            ({"preset": "wide"}, "PRESET: 'wide'.*standard or stamps"),
            ({"radius": 0.0}, "RADIUS: 0.0.*above zero"),
            ({"days": math.nan}, "DAYS"),
        ],
    )
    def test_parameters_are_named(self, tmp_path: Path, keywords: dict[str, object], message: str) -> None:
        with pytest.raises(InputError, match=message):
            run_aps(ApsParams(tmp_path / "in", tmp_path / "out", **keywords))  # type: ignore[arg-type]

    def test_a_stack_of_interferograms(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=3)
        with pytest.raises(InputError, match="kind unwrapped.*Run 'sbas' first"):
            run_aps(ApsParams(scene.folder, tmp_path / "out"))

    def test_too_few_dates(self, tmp_path: Path) -> None:
        series_folder(tmp_path / "in", atmosphere(5, 8, 10))
        with pytest.raises(InputError, match="5 dates.*at least 6"):
            run_aps(ApsParams(tmp_path / "in", tmp_path / "out"))
        assert not (tmp_path / "out").exists()

    def test_radar_geometry(self, tmp_path: Path) -> None:
        stack = series_folder(tmp_path / "in", atmosphere(6, 8, 10))
        manifest.save(tmp_path / "in", replace(stack, frame=RADAR))
        with pytest.raises(InputError, match="radar geometry.*geocoded"):
            run_aps(ApsParams(tmp_path / "in", tmp_path / "out"))

    def test_presets(self) -> None:
        assert (ApsParams("a", "b", "stamps").space, ApsParams("a", "b", "stamps").time) == (100.0, 365.0)
        assert (ApsParams("a", "b", "stamps", days=30.0).time, ApsParams("a", "b").space) == (30.0, 1500.0)
