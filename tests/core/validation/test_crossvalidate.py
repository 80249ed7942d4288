"""Two tracks against each other: the simulated railway, real tracks, every option, every mistake."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from groundline_tests.mine import write_subsidence
from groundline_tests.recorder import Recorder

from groundline.core import crs as coordinates
from groundline.core.errors import Cancelled, InputError
from groundline.core.pointfile import PointSet, read_points, write_points
from groundline.core.pointsource import PointFile
from groundline.core.raster import read_geotiff, write_geotiff
from groundline.core.rateraster import RasterFile
from groundline.core.simulation import scene
from groundline.core.stack import Grid
from groundline.core.validation.cross_dates import matches
from groundline.core.validation.cross_params import CrossParams
from groundline.core.validation.crossvalidate import evaluate, run_crossvalidate

UTM = "EPSG:32650"
FILES = {"cells.gpkg", "difference.tif", "crossvalidation.png", "crossvalidation.svg", "report.html", "result.json"}


def values(result):
    return {key: number.value for key, number in result.numbers.items()}


def evaluated(*arguments, **options):
    """The numbers, without the files."""
    return values(evaluate(CrossParams(*arguments, **options))[0])


@pytest.fixture
def pair(track_of):
    """A bowl seen by two tracks at different points of the same 2 km, without errors."""
    rng = np.random.default_rng(1)
    tracks = []
    for name, incidence, heading in (("asc", 34.0, -12.0), ("desc", 43.0, -168.0)):
        x, y = rng.uniform(0, 2000, (2, 6000))
        up = -30.0 * np.exp(-((x - 1000) ** 2 + (y - 1000) ** 2) / 600.0**2)
        tracks.append(track_of(x, y, (0.0, 0.0, up), incidence, heading, std=1.0, name=name))
    return tracks


class TestRailway:
    """The railway of the simulator: 30,000 points per track around it, errors of known size."""

    NOISE, OFFSET = 3.0, 4.0

    @pytest.fixture(scope="class")
    def tracks(self, track_of):
        out = []
        for number, (incidence, heading, offset) in enumerate(((33.0, -12.5, 0.0), (43.5, -12.1, self.OFFSET))):
            rng = np.random.default_rng(40 + number)
            x = rng.uniform(-10_000, 14_000, 60_000)
            y = scene.line_y(x) + rng.uniform(-1_500, 1_500, 60_000)
            up = scene.vertical_rate(x, y)
            noise = rng.normal(scale=self.NOISE, size=len(x)) + offset * np.cos(np.radians(incidence))
            out.append(track_of(x, y, (0.0, 0.0, up), incidence, heading, noise, self.NOISE, f"track {number}"))
        return out

    def test_agreement_is_what_the_injected_noise_propagates_to(self, tracks, tmp_path):
        """Per cell the mean of n errors of std s / cos(incidence) has variance (s / cos)^2 / n; the two tracks add."""
        result, compared = evaluate(CrossParams(*tracks, tmp_path / "out"))
        found = values(result)
        angles = np.cos(np.radians((33.0, 43.5)))
        counts = (compared.first.count, compared.second.count)
        variance = sum((self.NOISE / cosine) ** 2 / count for cosine, count in zip(angles, counts))
        expected = np.sqrt(variance.mean())
        assert found["common_cells"] == len(variance) > 10_000
        assert found["pearson"] >= 0.9
        assert found["mean_difference"] == pytest.approx(-self.OFFSET, rel=0.1)
        assert found["std_difference"] == pytest.approx(expected, rel=0.1)
        assert found["rmse"] == pytest.approx(np.hypot(self.OFFSET, expected), rel=0.1)
        assert found["expected_std"] == pytest.approx(expected, rel=1e-6)
        assert found["offset"] == pytest.approx(-self.OFFSET, rel=0.1)
        assert found["slope_orthogonal"] == pytest.approx(1.0, abs=0.03)

    def test_removing_the_offset_leaves_the_noise(self, tracks, tmp_path):
        found = evaluated(*tracks, tmp_path / "out", remove_offset=True)
        assert found["offset"] == pytest.approx(-self.OFFSET, rel=0.1)
        assert found["offset_removed"] == 1
        assert found["median_difference"] == pytest.approx(0.0, abs=1e-9)
        assert found["rmse"] == pytest.approx(found["std_difference"], rel=1e-3)


class TestAnatolia:
    """Real tracks over a strike-slip fault, where "no horizontal motion" is wrong."""

    def tracks(self, folder):
        from groundline.core.pointimport.job import run_importpoints
        from groundline.core.pointimport.params import ImportPointsParams

        for name in ("T167", "T87"):
            source = f"{folder}/naf-tracks/Rate_map_{name}.txt"
            out = f"{self.work}/{name}"
            run_importpoints(
                ImportPointsParams(source, out, velocity_field="data", crs="EPSG:4326", track=name)
            )
            yield PointFile(f"{out}/points.gpkg")

    def test_horizontal_motion_agrees_and_vertical_does_not(self, shared_data, tmp_path):
        self.work = tmp_path
        tracks = list(self.tracks(shared_data))
        along = evaluated(*tracks, tmp_path / "out", spacing=2000.0, component="azimuth", azimuth=80.0)
        up = evaluated(*tracks, tmp_path / "out", spacing=2000.0)
        assert along["common_cells"] == up["common_cells"] == 617
        assert along["spearman"] > 0.5 > 0 > up["spearman"]
        assert along["nmad"] < along["expected_std"]
        assert up["nmad"] > up["expected_std"]

    def test_tracks_that_contradict_each_other_are_said(self, shared_data, tmp_path):
        self.work = tmp_path
        result, _ = evaluate(CrossParams(*self.tracks(shared_data), tmp_path / "out", spacing=2000.0))
        assert any("contradict each other" in text and "'decompose'" in text for text in result.warnings)


def test_tracks_without_errors_agree_but_for_the_slope_inside_cells(pair, tmp_path):
    result = run_crossvalidate(CrossParams(*pair, tmp_path / "out"))
    found = values(result)
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert found["pearson"] > 0.999
    assert found["rmse"] < 0.7
    document = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert document["numbers"]["rmse"]["unit"] == "mm/yr"
    assert document["tables"]["tracks"] == ["asc", "desc"]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "no horizontal motion" in page
    cells = read_points(tmp_path / "out" / "cells.gpkg")
    raster, grid = read_geotiff(tmp_path / "out" / "difference.tif")
    row, col = coordinates.pixel_of(grid, cells.x, cells.y)
    np.testing.assert_allclose(raster[row, col], cells.attributes["difference"], rtol=1e-6, atol=1e-6)
    assert np.isfinite(raster).sum() == len(cells)
    np.testing.assert_allclose(
        cells.attributes["track1"] - cells.attributes["track2"], cells.attributes["difference"], atol=1e-9
    )


def test_other_coordinate_systems_change_next_to_nothing(pair, tmp_path):
    plain = evaluated(*pair, tmp_path / "a")
    x, y = coordinates.transform(pair[1].x, pair[1].y, UTM, "EPSG:4326")
    degrees = replace(pair[1], x=x, y=y, crs="EPSG:4326")
    mixed = evaluated(pair[0], degrees, tmp_path / "b")
    assert mixed == pytest.approx(plain, rel=1e-3)


def test_errors_of_images_count_where_they_are_known(pair, tmp_path):
    """Twice the stated error of each point, twice the expected standard deviation."""
    plain = evaluated(*pair, tmp_path / "a")
    both = [replace(p, attributes={**p.attributes, "velocity_std_images": np.full(len(p), 2.0)}) for p in pair]
    assert evaluated(*both, tmp_path / "b")["expected_std"] == pytest.approx(2.0 * plain["expected_std"])


def test_least_number_of_points_per_cell(pair, tmp_path):
    _, compared = evaluate(CrossParams(*pair, tmp_path / "out", min_points=4))
    assert min(compared.first.count.min(), compared.second.count.min()) == 4


def test_incidence_may_be_given_and_must_be_known(pair, tmp_path):
    def bare(points):
        kept = {"velocity": points.attributes["velocity"]}
        return replace(points, attributes=kept)

    params = CrossParams(bare(pair[0]), bare(pair[1]), tmp_path / "out", incidence1=34.0)
    with pytest.raises(InputError, match="INCIDENCE2: 'unknown for desc'"):
        run_crossvalidate(params)
    found = values(evaluate(replace(params, incidence2=43.0))[0])
    full = evaluated(*pair, tmp_path / "full")
    assert found["rmse"] == pytest.approx(full["rmse"])
    assert found["expected_std"] is None


def test_rasters_and_points_give_the_same(tmp_path, track_of):
    """Pixels of 50 m whose centres are the points."""
    grid = Grid(40, 30, (400_000.0, 50.0, 0.0, 3_901_500.0, 0.0, -50.0), UTM)
    rows, cols = np.indices(grid.shape)
    x, y = coordinates.pixel_centres(grid, rows.ravel(), cols.ravel())
    rng = np.random.default_rng(8)
    sources = []
    for name in ("one", "two"):
        rate = rng.normal(size=grid.shape).astype(np.float32)
        rate[3, 4] = np.nan
        write_geotiff(tmp_path / f"{name}.tif", rate / 10.0, grid, "velocity", "cm/yr")
        points = PointSet(x, y, UTM, {"velocity": rate.ravel().astype(float)}, name=name)
        sources.append((RasterFile(str(tmp_path / f"{name}.tif")), points))
    angles = {"incidence1": 30.0, "incidence2": 40.0}
    by_raster = evaluated(sources[0][0], sources[1][0], tmp_path / "r", **angles)
    by_points = evaluated(sources[0][1], sources[1][1], tmp_path / "p", **angles)
    assert by_raster["common_cells"] == 30 * 40 - 1
    assert by_raster["rmse"] == pytest.approx(by_points["rmse"], rel=1e-5)


class TestDisplacement:
    DAYS = (date(2020, 1, 1), date(2020, 3, 1), date(2020, 6, 1), date(2020, 9, 1))

    def with_series(self, points, days, rate):
        years = np.array([(day - days[0]).days / 365.25 for day in days])
        series = (points.attributes["velocity"][:, None] * years + rate).astype(np.float32)
        return replace(points, dates=tuple(days), series=series)

    def test_between_the_first_and_last_common_dates(self, pair, tmp_path):
        one = self.with_series(pair[0], self.DAYS, 5.0)
        late = [date.fromordinal(day.toordinal() + 2) for day in self.DAYS[1:]]
        two = self.with_series(pair[1], [date(2018, 1, 1), *late], -3.0)
        result, compared = evaluate(CrossParams(one, two, tmp_path / "out", compare="displacement"))
        assert result.tables["dates"] == {
            "track1": ["2020-03-01", "2020-09-01"], "track2": ["2020-03-03", "2020-09-03"]
        }
        assert result.numbers["rmse"].unit == "mm"
        assert values(result)["pearson"] > 0.999
        span = 184 / 365.25
        assert compared.first.mean.min() == pytest.approx(-30.0 * span, rel=0.1)

    def test_of_displacement_folders_as_of_points(self, tmp_path):
        """Two folders whose ground sinks by 10 mm a date, seen at 0 degrees."""
        grid = Grid(6, 5, (400_000.0, 50.0, 0.0, 3_900_250.0, 0.0, -50.0), UTM)
        sources = []
        for name in ("one", "two"):
            write_subsidence(
                tmp_path / name, np.full((4, 5, 6), 0.010) * np.arange(4)[:, None, None], self.DAYS, grid, 0.0
            )
            write_geotiff(tmp_path / name / "velocity.tif", np.zeros(grid.shape), grid, "", "mm/yr")
            sources.append(RasterFile(str(tmp_path / name / "velocity.tif")))
        result, compared = evaluate(
            CrossParams(*sources, tmp_path / "out", compare="displacement", start=date(2020, 2, 1))
        )
        assert result.tables["tracks"] == ["one", "two"]
        np.testing.assert_allclose(compared.first.mean, -20.0, rtol=1e-5)
        assert len(compared.first.cell) == 30

    def test_one_common_date_is_not_enough(self, pair, tmp_path):
        one = self.with_series(pair[0], self.DAYS, 0.0)
        two = self.with_series(pair[1], [date(2020, 1, 3), date(2020, 4, 1)], 0.0)
        with pytest.raises(InputError, match=r"1 common date.*at least two dates.*4 dates .*2 dates .*MAX_DAYS"):
            run_crossvalidate(CrossParams(one, two, tmp_path / "out", compare="displacement"))
        assert not (tmp_path / "out").exists()

    def test_no_series_at_all(self, pair, tmp_path):
        with pytest.raises(InputError, match="0 common dates.*no dates"):
            run_crossvalidate(CrossParams(*pair, tmp_path / "out", compare="displacement"))

    def test_each_date_is_matched_once(self):
        day = date(2020, 1, 10)
        near = [date(2020, 1, 8), date(2020, 1, 11)]
        assert matches(near, [day], 6) == [(near[1], day)]
        assert matches(near, [day], 0) == []


class TestMistakes:
    def test_no_common_cells_says_how_large_they_must_be(self, pair, tmp_path):
        thin = [replace(p, x=p.x[::600], y=p.y[::600], attributes={k: v[::600] for k, v in p.attributes.items()})
                for p in pair]
        with pytest.raises(InputError, match="no common cells.*typically.*SPACING"):
            run_crossvalidate(CrossParams(*thin, tmp_path / "out"))
        assert not (tmp_path / "out").exists()

    def test_tracks_of_different_places(self, pair, tmp_path):
        away = replace(pair[1], x=pair[1].x + 50_000.0)
        with pytest.raises(InputError, match="no common cells.*do not overlap"):
            run_crossvalidate(CrossParams(pair[0], away, tmp_path / "out"))

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"spacing": 0.0}, "SPACING"),
            ({"spacing": float("nan")}, "SPACING"),
            ({"component": "up"}, "COMPONENT"),
            ({"compare": "speed"}, "COMPARE"),
            ({"min_points": 0}, "MIN_POINTS"),
            ({"crs": "EPSG:4326"}, "metres"),
            ({"incidence1": 95.0}, "INCIDENCE1"),
            ({"field": "speed"}, "speed.*velocity"),
            ({"start": date(2020, 1, 1), "end": date(2020, 1, 1)}, "END"),
        ],
    )
    def test_values_that_cannot_be_used(self, pair, tmp_path, changes, words):
        with pytest.raises(InputError, match=words):
            run_crossvalidate(CrossParams(*pair, tmp_path / "out", **changes))

    def test_the_same_layer_twice(self, pair, tmp_path):
        file = PointFile(str(write_points(tmp_path / "p.gpkg", pair[0])))
        with pytest.raises(InputError, match="TRACK2"):
            run_crossvalidate(CrossParams(file, PointFile(file.path), tmp_path / "out"))

    def test_horizontal_motion_needs_vectors(self, pair, tmp_path):
        bare = replace(pair[0], attributes={k: v for k, v in pair[0].attributes.items() if k[:4] != "los_"})
        with pytest.raises(InputError, match="TRACK1.*los_east"):
            run_crossvalidate(CrossParams(bare, pair[1], tmp_path / "out", component="azimuth"))

    def test_a_cancelled_run_leaves_nothing(self, pair, tmp_path):
        with pytest.raises(Cancelled):
            run_crossvalidate(CrossParams(*pair, tmp_path / "out"), Recorder(stop_at=3))
        assert not (tmp_path / "out").exists()


def test_the_same_input_gives_the_same_bytes(pair, tmp_path):
    run_crossvalidate(CrossParams(*pair, tmp_path / "a"))
    run_crossvalidate(CrossParams(*pair, tmp_path / "b"))
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
