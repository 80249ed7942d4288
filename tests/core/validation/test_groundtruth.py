"""Levelling and GNSS against points: every form of truth, common epochs, projection, offsets, mistakes."""

from __future__ import annotations

import csv
import json
import math
import shutil
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from groundline.core import crs as coordinates
from groundline.core import manifest
from groundline.core.errors import InputError
from groundline.core.pointfile import PointSet, read_points
from groundline.core.raster import write_geotiff
from groundline.core.rateraster import RasterFile
from groundline.core.stack import DISPLACEMENT, Acquisition, Grid, Item, Stack
from groundline.core.validation.benchmarks import compare_series, mean_series
from groundline.core.validation.groundtruth import evaluate, run_groundtruth
from groundline.core.validation.groundtruth_params import GroundTruthParams

UTM = "EPSG:32650"
EAST, NORTH = 400_000.0, 3_900_000.0
START = date(2020, 1, 1)
SAR = tuple(START + timedelta(days=12 * n) for n in range(31))
RATES = (-20.0, -5.0, 2.0)  # mm/yr up, around the three benchmarks
PLACES = ((100.0, 100.0), (600.0, 100.0), (100.0, 700.0))


def years(days):
    return np.array([(day - START).days / 365.25 for day in days])


@pytest.fixture
def points(track_of):
    """Twenty points within 50 m of each benchmark; the series is the rate in time plus errors of 1 mm (LOS)."""
    rng = np.random.default_rng(11)
    centre = np.repeat(np.array(PLACES), 20, axis=0)
    x, y = (centre + rng.uniform(-30, 30, centre.shape)).T
    up = np.repeat(RATES, 20)
    track = track_of(x, y, (0.0, 0.0, up), std=0.5, name="sar")
    cosine = track.attributes["los_up"][0]
    series = up[:, None] * years(SAR) * cosine + rng.normal(scale=1.0, size=(60, len(SAR)))
    return replace(track, dates=SAR, series=series.astype(np.float32))


@pytest.fixture
def levelling(tmp_path):
    """levelling(days, constant=..): a long table of vertical_mm at the three benchmarks, in degrees."""

    def make(days, rates=RATES, places=PLACES, constant=0.0):
        lon, lat = coordinates.transform(
            np.array([p[0] + EAST for p in places]), np.array([p[1] + NORTH for p in places]), UTM, "EPSG:4326"
        )
        path = tmp_path / "levelling.csv"
        with open(path, "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(("name", "longitude", "latitude", "date", "vertical_mm"))
            for number, rate in enumerate(rates):
                for day, value in zip(days, rate * years(days) + constant):
                    writer.writerow((f"B{number}", lon[number], lat[number], day.isoformat(), value))
        return path

    return make


DAYS = [date(2020, 2, 10), date(2020, 5, 1), date(2020, 8, 20), date(2020, 12, 1)]


def values(result):
    return {key: number.value for key, number in result.numbers.items()}


def test_levelling_against_points_at_common_epochs(points, levelling, tmp_path):
    """Means of 20 points have errors of 1 / sqrt(20) mm LOS; differences to the first epoch sqrt(2) times that."""
    result, compared = evaluate(GroundTruthParams(points, tmp_path / "out", table=levelling(DAYS, constant=37.0)))
    found = values(result)
    cosine = points.attributes["los_up"][0]
    assert found["benchmark_count"] == 3
    assert found["epochs"] == 9
    assert found["rmse"] == pytest.approx(math.sqrt(2.0 / 20.0) / cosine, rel=0.5)
    for mark, rate in zip(compared.marks, RATES):
        assert mark.points == 20
        assert mark.truth == pytest.approx(rate)
        assert mark.measured == pytest.approx(rate, abs=1.0)
        assert mark.series.measured[0] == mark.series.truth[0] == 0.0
        assert mark.series.days == tuple(DAYS)


def test_aligning_by_the_mean_does_not_hang_on_one_date(points, levelling, tmp_path):
    spoiled = points.series.copy()
    spoiled[:20, 3:5] += 12.0  # what the first levelling date is interpolated from
    broken = replace(points, series=spoiled)
    table = levelling(DAYS)
    first = values(evaluate(GroundTruthParams(broken, tmp_path / "a", table=table))[0])
    mean = values(evaluate(GroundTruthParams(broken, tmp_path / "b", table=table, align="mean"))[0])
    assert mean["rmse"] < 0.6 * first["rmse"]


def test_a_reference_that_moves_shows_in_the_median_of_the_rates(points, levelling, tmp_path):
    drift = 6.0 * years(SAR) * points.attributes["los_up"][0]
    moving = replace(points, series=points.series + drift.astype(np.float32))
    still, moved = (
        evaluate(GroundTruthParams(track, tmp_path / "out", table=levelling(DAYS), remove_offset=True))[0]
        for track in (points, moving)
    )
    assert values(moved)["offset"] - values(still)["offset"] == pytest.approx(6.0, abs=1e-3)
    assert any("REMOVE_OFFSET is for velocities" in text for text in moved.warnings)


def test_a_layer_with_a_column_per_date_says_the_same(points, levelling, tmp_path):
    table = values(evaluate(GroundTruthParams(points, tmp_path / "a", table=levelling(DAYS)))[0])
    x, y = np.array(PLACES).T
    series = (np.array(RATES)[:, None] * years(DAYS)).astype(np.float32)
    names = {"name": np.array(["B0", "B1", "B2"], dtype=object)}
    layer = PointSet(x + EAST, y + NORTH, UTM, names, tuple(DAYS), series, "benchmarks")
    found = values(evaluate(GroundTruthParams(points, tmp_path / "b", truth=layer))[0])
    assert found == pytest.approx(table, abs=1e-3)
    metres = replace(layer, series=series / 1000.0)
    found = values(evaluate(GroundTruthParams(points, tmp_path / "c", truth=metres, unit="m"))[0])
    assert found == pytest.approx(table, abs=1e-3)


def test_levelling_without_a_datum_is_compared_from_its_first_date_inside(points, levelling, tmp_path):
    early = [date(2018, 1, 1), *DAYS, date(2023, 1, 1)]
    _, compared = evaluate(GroundTruthParams(points, tmp_path / "out", table=levelling(early)))
    assert compared.marks[0].series.days == tuple(DAYS)


class TestSeries:
    def test_the_denser_series_is_interpolated_to_the_sparser(self):
        """Daily truth 1 mm a day, two measured dates: 10 and 14 mm after 10 days."""
        days = [START + timedelta(days=n) for n in range(21)]
        two = (START + timedelta(days=5), START + timedelta(days=15))
        found = compare_series(two, np.array([0.0, 14.0]), tuple(days), np.arange(21.0), "first")
        assert found.sparse == "measured"
        assert found.truth.tolist() == [0.0, 10.0]
        assert found.difference.tolist() == [4.0]
        back = compare_series(tuple(days), np.arange(21.0), two, np.array([0.0, 14.0]), "first")
        assert back.sparse == "truth"
        assert back.difference.tolist() == [-4.0]
        assert back.truth_rate == pytest.approx(1.4 * 365.25)

    def test_missing_values_are_bridged_and_nothing_is_extrapolated(self):
        days = tuple(START + timedelta(days=10 * n) for n in range(4))
        measured = np.array([0.0, np.nan, 4.0, np.nan])
        found = compare_series(days, measured, days, np.array([0.0, 1.0, 2.0, 3.0]), "first")
        assert found.days == (days[0], days[2])
        found = compare_series(days, measured, days, np.array([5.0, 6.0, 9.0, np.nan]), "first")
        assert found.days == (days[0], days[2])
        assert found.truth.tolist() == [0.0, 4.0]

    def test_one_common_date_is_none(self):
        days = tuple(START + timedelta(days=10 * n) for n in range(4))
        assert compare_series(days[:2], np.zeros(2), days[1:], np.zeros(3), "first") is None

    def test_mean_of_what_is_there(self):
        series = np.array([[1.0, np.nan, np.nan], [3.0, 4.0, np.nan]], np.float32)
        np.testing.assert_array_equal(mean_series(series), [2.0, 4.0, np.nan])


class TestVelocities:
    def gnss(self, tmp_path, shift=(0.0, 0.0, 0.0)):
        x, y = np.array(PLACES).T
        columns = {
            "name": np.array(["G0", "G1", "G2"], dtype=object),
            "east": np.array([3.0, 4.0, 5.0]) + shift[0],
            "north": np.array([-2.0, -2.0, -1.0]) + shift[1],
            "up": np.array(RATES) + shift[2],
            "east_std": np.full(3, 0.3),
            "north_std": np.full(3, 0.4),
            "up_std": np.full(3, 1.2),
        }
        return PointSet(x + EAST, y + NORTH, UTM, columns, name="gnss")

    def moved(self, points):
        """The points as they would see the GNSS motion."""
        e, n, u = (points.attributes[f"los_{part}"] for part in ("east", "north", "up"))
        seen = e * np.repeat([3.0, 4.0, 5.0], 20) + n * np.repeat([-2.0, -2.0, -1.0], 20) + u * np.repeat(RATES, 20)
        return replace(points, attributes={**points.attributes, "velocity": seen})

    def test_projection_onto_the_line_of_sight_is_exact(self, points, tmp_path):
        result, compared = evaluate(
            GroundTruthParams(self.moved(points), tmp_path / "out", truth=self.gnss(tmp_path), component="los")
        )
        assert values(result)["rmse"] == pytest.approx(0.0, abs=1e-12)
        e, n, u = (points.attributes[f"los_{part}"][0] for part in ("east", "north", "up"))
        expected = math.sqrt((0.3 * e) ** 2 + (0.4 * n) ** 2 + (1.2 * u) ** 2)
        assert compared.marks[0].truth_std == pytest.approx(expected)
        assert values(result)["stated_std"] == pytest.approx(math.hypot(expected, 0.5))

    def test_the_vertical_takes_horizontal_motion_for_vertical(self, points, tmp_path):
        result, _ = evaluate(GroundTruthParams(self.moved(points), tmp_path / "out", truth=self.gnss(tmp_path)))
        e, n, u = (points.attributes[f"los_{part}"][0] for part in ("east", "north", "up"))
        wrong = [(e * a + n * b) / u for a, b in zip((3.0, 4.0, 5.0), (-2.0, -2.0, -1.0))]
        assert values(result)["rmse"] == pytest.approx(math.sqrt(np.mean(np.square(wrong))))

    def test_the_offset_is_reported_and_removed_only_when_asked(self, points, tmp_path):
        truth = self.gnss(tmp_path, (0.0, 0.0, -7.0))
        params = GroundTruthParams(points, tmp_path / "out", truth=truth)
        found = values(evaluate(params)[0])
        assert (found["offset"], found["offset_removed"]) == (pytest.approx(7.0), 0)
        assert found["rmse"] == pytest.approx(7.0)
        found = values(evaluate(replace(params, remove_offset=True))[0])
        assert (found["offset"], found["offset_removed"]) == (pytest.approx(7.0), 1)
        assert found["rmse"] == pytest.approx(0.0, abs=1e-9)


class TestRasters:
    """A displacement folder, 12 x 10 pixels of 50 m, that sinks by 20 mm/yr along the line of sight at 60 degrees."""

    @pytest.fixture
    def folder(self, tmp_path):
        grid = Grid(12, 10, (EAST, 50.0, 0.0, NORTH + 500.0, 0.0, -50.0), UTM)
        out = tmp_path / "displacement"
        (out / "displacement").mkdir(parents=True)
        entries = []
        east = np.linspace(0.0, 1.1, 12)  # of the rate: each column has its own
        for day, past in zip(SAR, years(SAR)):
            name = f"displacement/{day:%Y%m%d}.tif"
            write_geotiff(out / name, np.tile(-20.0 * east * past, (10, 1)), grid, "", "mm")
            entries.append(Acquisition(day, items={"displacement": Item("here", name, factor=0.001)}))
        write_geotiff(out / "velocity.tif", np.tile(-20.0 * east, (10, 1)), grid, "", "mm/yr")
        items = {"velocity": Item("here", "velocity.tif")}
        metadata = {"incidence_deg": 60.0, "heading_deg": -12.0}
        manifest.save(
            out,
            Stack(
                DISPLACEMENT, grid, 0.055, acquisitions=tuple(entries), products=items, roots={"here": "."},
                metadata=metadata,
            ),
        )  # fmt: skip
        return out

    def test_the_series_of_a_folder_are_compared_like_those_of_points(self, folder, levelling, tmp_path):
        """The fourth column moves by -20 x 0.3 along a line of sight of 60 degrees: 12 mm/yr down."""
        table = levelling(DAYS, rates=(-12.0,), places=((175.0, 225.0),))
        source = RasterFile(str(folder / "velocity.tif"), "velocity")
        result, compared = evaluate(GroundTruthParams(source, tmp_path / "out", table=table, radius=20.0))
        (mark,) = compared.marks
        assert mark.points == 1
        assert mark.measured == pytest.approx(-12.0, abs=1e-3)
        assert values(result)["rmse"] == pytest.approx(0.0, abs=1e-3)

    def test_several_pixels_are_averaged_in_whatever_order_they_lie(self, folder, levelling, tmp_path):
        table = levelling(DAYS, rates=(-12.0, -24.0), places=((175.0, 225.0), (325.0, 125.0)))
        source = RasterFile(str(folder / "velocity.tif"), "velocity")
        _, compared = evaluate(GroundTruthParams(source, tmp_path / "out", table=table, radius=60.0))
        assert [mark.points for mark in compared.marks] == [5, 5]
        assert [mark.measured for mark in compared.marks] == pytest.approx([-12.0, -24.0], abs=1e-3)

    def test_a_raster_that_stands_alone_has_no_series(self, folder, levelling, tmp_path):
        alone = tmp_path / "alone.tif"
        shutil.copyfile(folder / "velocity.tif", alone)
        with pytest.raises(InputError, match="alone.tif: 0 dates.*displacement folder"):
            evaluate(
                GroundTruthParams(RasterFile(str(alone)), tmp_path / "out", table=levelling(DAYS), incidence=60.0)
            )


def test_files_say_what_the_numbers_say(points, levelling, tmp_path):
    result = run_groundtruth(GroundTruthParams(points, tmp_path / "out", table=levelling(DAYS)))
    names = {"benchmarks.gpkg", "comparison.csv", "groundtruth.png", "groundtruth.svg", "report.html", "result.json"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    with open(tmp_path / "out" / "comparison.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 12
    later = np.array([float(row["difference_mm"]) for row in rows if row["date"] != DAYS[0].isoformat()])
    assert math.sqrt(np.mean(later**2)) == pytest.approx(values(result)["rmse"], abs=1e-3)
    marks = read_points(tmp_path / "out" / "benchmarks.gpkg")
    assert marks.attributes["name"].tolist() == ["B0", "B1", "B2"]
    document = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert document["tables"]["benchmarks"][0]["epochs"] == 4
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "interpolated linearly in time" in page


class TestMistakes:
    def test_a_benchmark_outside_is_named_with_its_distance(self, points, levelling, tmp_path):
        table = levelling(DAYS, places=(*PLACES[:2], (5100.0, 700.0)))
        result, compared = evaluate(GroundTruthParams(points, tmp_path / "out", table=table))
        assert [mark.name for mark in compared.marks] == ["B0", "B1"]
        assert values(result)["left_out"] == 1
        assert any("B2 (4.5 km)" in text for text in result.warnings)

    def test_all_benchmarks_outside(self, points, levelling, tmp_path):
        table = levelling(DAYS, places=[(x + 9000.0, y) for x, y in PLACES])
        with pytest.raises(InputError, match=r"B0 \(\d.\d km\).*outside the data.*RADIUS"):
            evaluate(GroundTruthParams(points, tmp_path / "out", table=table))

    def test_one_common_date(self, points, levelling, tmp_path):
        with pytest.raises(InputError, match=r"3 benchmarks with fewer than two common epochs.*One common date"):
            evaluate(GroundTruthParams(points, tmp_path / "out", table=levelling([DAYS[0], date(2024, 1, 1)])))

    def test_points_without_series(self, points, levelling, tmp_path):
        bare = replace(points, dates=(), series=np.empty((60, 0), np.float32))
        with pytest.raises(InputError, match="0 dates.*DYYYYMMDD"):
            evaluate(GroundTruthParams(bare, tmp_path / "out", table=levelling(DAYS)))

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("name,longitude,latitude,height\nA,1,2,3\n", "name, height.*vertical_mm"),
            ("name,place,up\nA,1,2\n", "name, place, up.*longitude"),
            ("name,longitude,latitude,date,up\nA,1,2,soon,3\n", "soon"),
            ("name,longitude,latitude,up\nA,1,2,much\n", "up.*numbers"),
        ],
    )
    def test_tables_that_cannot_be_read(self, points, tmp_path, text, words):
        (tmp_path / "t.csv").write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=words):
            evaluate(GroundTruthParams(points, tmp_path / "out", table=tmp_path / "t.csv"))

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"table": ""}, "neither"),
            ({"table": "nowhere.csv"}, "existing table"),
            ({"radius": 0.0}, "RADIUS"),
            ({"component": "east"}, "COMPONENT"),
            ({"align": "last"}, "ALIGN"),
            ({"unit": "ft"}, "UNIT"),
        ],
    )
    def test_values_that_cannot_be_used(self, points, levelling, tmp_path, changes, words):
        params = replace(GroundTruthParams(points, tmp_path / "out", table=levelling(DAYS)), **changes)
        with pytest.raises(InputError, match=words):
            run_groundtruth(params)
        assert not (tmp_path / "out").exists()

    def test_motion_east_needs_vectors(self, points, tmp_path):
        bare = {k: v for k, v in points.attributes.items() if k not in ("los_east", "los_north")}
        truth = TestVelocities().gnss(tmp_path)
        with pytest.raises(InputError, match="los_east"):
            evaluate(
                GroundTruthParams(replace(points, attributes=bare), tmp_path / "o", truth=truth, component="los")
            )


def test_east_of_two_real_tracks_agrees_with_gnss_within_the_stated_errors(shared_data, tmp_path):
    """T65 (descending) and T87 (ascending) over the North Anatolian fault; the up of this GNSS is no truth."""
    from groundline.core.pointimport.job import run_importpoints
    from groundline.core.pointimport.params import ImportPointsParams
    from groundline.core.pointsource import PointFile
    from groundline.core.validation.decompose import run_decompose
    from groundline.core.validation.decompose_params import DecomposeParams

    data = shared_data / "naf-tracks"
    tracks = []
    for name in ("T65", "T87"):
        source = data / f"Rate_map_{name}.txt"
        run_importpoints(ImportPointsParams(source, tmp_path / name, velocity_field="data", crs="EPSG:4326"))
        tracks.append(PointFile(str(tmp_path / name / "points.gpkg")))
    run_decompose(DecomposeParams(tuple(tracks), tmp_path / "eastup", spacing=2000.0))
    table = tmp_path / "gnss.csv"
    lines = [",".join(line.split()) for line in (data / "GNSS.enu").read_text(encoding="utf-8").splitlines()]
    head = "name,longitude,latitude,east,north,up,east_std,north_std,up_std"
    table.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    result, _ = evaluate(
        GroundTruthParams(
            PointFile(str(tmp_path / "eastup" / "east.gpkg")), tmp_path / "out", table=table, radius=2000.0,
            component="los", remove_offset=True,
        )
    )  # fmt: skip
    found = values(result)
    assert found["benchmark_count"] == 16
    assert found["median_residual"] < found["stated_std"]
    assert found["pearson"] > 0.7
