"""Velocities of windows, and their change at an event, with its uncertainty."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.recorder import Recorder
from groundline_tests.series import series_folder
from groundline_tests.stacks import FIRST, hashes, write_scene

from groundline.core.blocks import MIB, Compute
from groundline.core.errors import Cancelled, InputError
from groundline.core.pointfile import PointSet, read_points, write_points
from groundline.core.raster import read_geotiff
from groundline.core.timeseries import block
from groundline.core.timeseries.change import job
from groundline.core.timeseries.change.job import run_velocity_change
from groundline.core.timeseries.change.params import VelocityChangeParams
from groundline.core.timeseries.change.windows import difference, periods, velocity

DATES = tuple(date(2020, 1, 1) + timedelta(days=30 * n) for n in range(12))


class TestPeriods:
    def test_the_date_of_the_event_is_the_first_of_after(self) -> None:
        before, after = periods(DATES, None, DATES[6], None, None)
        assert before.dates == DATES[:6]
        assert after.dates == DATES[6:]
        np.testing.assert_array_equal(after.index, np.arange(6, 12))
        assert after.years[0] == 0.0

    def test_the_days_of_the_event_belong_to_neither(self) -> None:
        before, after = periods(DATES, DATES[1], DATES[5], DATES[7], None)
        assert (before.dates, after.dates) == (DATES[1:5], DATES[8:])

    def test_a_window_without_an_event(self) -> None:
        (only,) = periods(DATES, DATES[3], None, None, DATES[8])
        assert (only.name, only.dates) == ("window", DATES[3:9])

    @pytest.mark.parametrize(
        ("start", "event", "end", "message"),
        [
            (
                None,
                DATES[3],
                None,
                "3 date.s. before the event.*at least 4.*2020-01-01 to 2020-11-26 with 12",
            ),
            (None, DATES[9], None, "3 date.s. after the event"),
            (DATES[4], None, DATES[6], "START and END: '3 date.s. in the window'"),
        ],
    )
    def test_too_few_dates_are_refused(
        self, start: date | None, event: date | None, end: date | None, message: str
    ) -> None:
        with pytest.raises(InputError, match=message):
            periods(DATES, start, event, None, end)


class TestVelocity:
    def test_a_line_gives_its_slope_and_no_uncertainty(self) -> None:
        years = np.array([0.0, 0.5, 1.0, 2.0])
        rate, deviation = velocity(np.array([[0, 1], [5, 1], [10, 1], [20, 1]], np.float32), years)
        np.testing.assert_allclose(rate, [10.0, 0.0], atol=1e-5)
        np.testing.assert_allclose(deviation, 0.0, atol=1e-5)

    def test_missing_dates_take_no_part_and_three_are_too_few(self) -> None:
        years = np.arange(6.0)
        series = np.broadcast_to((2.0 * years)[:, None], (6, 2)).astype(np.float32).copy()
        series[1, 0] = series[4, 0] = np.nan
        series[:3, 1] = np.nan
        rate, deviation = velocity(series, years)
        assert rate[0] == pytest.approx(2.0)
        assert np.isnan([rate[1], deviation[1]]).all()

    def test_the_uncertainty_is_the_scatter_of_many_draws(self) -> None:
        rng = np.random.default_rng(9)
        years = np.sort(rng.uniform(0.0, 1.5, 25))
        series = rng.normal(0.0, 4.0, (2, 25, 4000)).astype(np.float32)
        found = [velocity(draw, years) for draw in series]
        change, deviation = difference(*found)
        assert change.std() == pytest.approx(float(np.sqrt(np.mean(deviation.astype(float) ** 2))), rel=0.1)
        assert np.mean(np.abs(change) > 2 * deviation) < 0.08


def works(folder: Path, rows: int = 16, cols: int = 24) -> tuple[np.ndarray, date]:
    """Ground that sinks at 10 mm/yr until day 480, then at 30 mm/yr in the right half; 0.8 mm of noise."""
    years = 12 * np.arange(80) / 365.25
    rng = np.random.default_rng(3)
    after = np.where(np.arange(cols) >= cols // 2, -30.0, -10.0)
    turn = 480 / 365.25
    motion = -10.0 * np.minimum(years, turn)[:, None] + np.maximum(years - turn, 0.0)[:, None] * after
    series = np.broadcast_to(motion[:, None, :], (80, rows, cols)) + rng.normal(0.0, 0.8, (80, rows, cols))
    stack = series_folder(folder, series)
    x, y = stack.grid.transform[0] + 150.0 * np.arange(1, 6), np.full(5, stack.grid.transform[3] - 150.0)
    relative = (series - series[0])[:, 0, :5].T.astype(np.float32)
    points = PointSet(
        x, y, stack.grid.crs, {"velocity": np.full(5, -10.0, np.float32)}, stack.dates, relative
    )
    write_points(folder / "points.gpkg", points)
    return after, FIRST + timedelta(days=480)


class TestJob:
    def test_the_change_at_works_is_found_with_its_uncertainty(self, tmp_path: Path) -> None:
        after, day = works(tmp_path / "in")
        result = run_velocity_change(VelocityChangeParams(tmp_path / "in", tmp_path / "out", day.isoformat()))
        read = {name: read_geotiff(tmp_path / "out" / f"{name}.tif")[0] for name in job._names(periods(
            [FIRST + timedelta(days=12 * n) for n in range(80)], None, day, None, None))}  # fmt: skip
        np.testing.assert_allclose(read["velocity_before"].mean(axis=0), -10.0, atol=0.5)
        np.testing.assert_allclose(read["velocity_after"].mean(axis=0), after, atol=0.5)
        np.testing.assert_array_equal(read["difference"], read["velocity_after"] - read["velocity_before"])
        error = read["difference"] - (after + 10.0)
        assert error.std() == pytest.approx(float(read["difference_std"].mean()), rel=0.15)
        assert result.numbers["significant_down"].value == pytest.approx(51.0, abs=3.0)
        assert (result.numbers["dates_before"].value, result.numbers["dates_after"].value) == (40, 40)

    def test_the_points_carry_the_same_columns(self, tmp_path: Path) -> None:
        _, day = works(tmp_path / "in")
        result = run_velocity_change(VelocityChangeParams(tmp_path / "in", tmp_path / "out", day.isoformat()))
        points = read_points(result.files["points"])
        for name in ("velocity_before", "velocity_after_std", "difference", "difference_std"):
            raster, _ = read_geotiff(tmp_path / "out" / f"{name}.tif")
            np.testing.assert_allclose(points.attributes[name], raster[0, :5], atol=0.02)
        assert len(points.dates) == 80

    def test_a_window_alone(self, tmp_path: Path) -> None:
        _, day = works(tmp_path / "in")
        params = VelocityChangeParams(tmp_path / "in", tmp_path / "out", start=day.isoformat())
        result = run_velocity_change(params)
        names = {path.name for path in (tmp_path / "out").iterdir()}
        assert names == {
            "velocity_window.tif",
            "velocity_window_std.tif",
            "points.gpkg",
            "report.html",
            "result.json",
        }
        assert result.numbers["velocity_window"].value == pytest.approx(-20.0, abs=11.0)

    def test_another_run_leaves_nothing_of_the_earlier_one(self, tmp_path: Path) -> None:
        _, day = works(tmp_path / "in")
        run_velocity_change(VelocityChangeParams(tmp_path / "in", tmp_path / "out", day.isoformat()))
        log = Recorder()
        run_velocity_change(VelocityChangeParams(tmp_path / "in", tmp_path / "out", day.isoformat()), log)
        assert "kept as they are" in " ".join(log.lines)
        run_velocity_change(VelocityChangeParams(tmp_path / "in", tmp_path / "out"))
        assert not (tmp_path / "out" / "difference.tif").exists()

    def test_short_periods_are_warned_about(self, tmp_path: Path) -> None:
        works(tmp_path / "in")
        params = VelocityChangeParams(tmp_path / "in", tmp_path / "out", "2020-06-01", end="2020-12-01")
        assert sum("shorter than a year" in text for text in run_velocity_change(params).warnings) == 2


def test_block_size_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, day = works(tmp_path / "in", rows=150)
    monkeypatch.setattr(block, "PORTION", 256)
    run_velocity_change(VelocityChangeParams(tmp_path / "in", tmp_path / "one", day.isoformat()))
    plan = job.plan
    monkeypatch.setattr(job, "plan", lambda grid, each, *rest: plan(grid, 64 * MIB // 2000, *rest))
    log = Recorder()
    params = VelocityChangeParams(tmp_path / "in", tmp_path / "small", day.isoformat())
    run_velocity_change(params, log, Compute(64 * MIB))
    assert "1 block(s)" not in " ".join(log.lines)
    one, small = (
        {n: h for n, h in hashes(tmp_path / f).items() if n.endswith(".tif")} for f in ("one", "small")
    )
    assert one == small


def test_a_cancelled_run_leaves_the_earlier_results(tmp_path: Path) -> None:
    _, day = works(tmp_path / "in", rows=6, cols=8)
    run_velocity_change(VelocityChangeParams(tmp_path / "in", tmp_path / "out"))
    before = hashes(tmp_path / "out")
    params = VelocityChangeParams(tmp_path / "in", tmp_path / "out", day.isoformat())
    count = Recorder()
    run_velocity_change(VelocityChangeParams(tmp_path / "in", tmp_path / "count", day.isoformat()), count)
    for stop_at in range(0, count.calls - 1, 3):
        with pytest.raises(Cancelled):
            run_velocity_change(params, Recorder(stop_at))
        assert hashes(tmp_path / "out") == before


class TestBadInput:
    @pytest.mark.parametrize(
        ("keywords", "message"),
        [
            ({"event": "1 May"}, "EVENT: '1 May'.*2018-01-31"),
            ({"event_end": "2021-01-01"}, "EVENT_END.*together with EVENT"),
            ({"event": "2021-05-01", "event_end": "2021-04-01"}, "EVENT_END.*after EVENT"),
            ({"start": "2021-05-01", "event": "2021-05-01"}, "EVENT.*after START"),
        ],
    )
    def test_dates(self, tmp_path: Path, keywords: dict[str, str], message: str) -> None:
        with pytest.raises(InputError, match=message):
            run_velocity_change(VelocityChangeParams(tmp_path / "in", tmp_path / "out", **keywords))

    def test_interferograms(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=3)
        with pytest.raises(InputError, match="kind unwrapped"):
            run_velocity_change(VelocityChangeParams(scene.folder, tmp_path / "out"))

    def test_an_event_outside_the_series(self, tmp_path: Path) -> None:
        works(tmp_path / "in")
        with pytest.raises(InputError, match="0 date.s. before the event"):
            run_velocity_change(VelocityChangeParams(tmp_path / "in", tmp_path / "out", "2015-01-01"))
        assert not (tmp_path / "out").exists()
