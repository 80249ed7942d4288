"""Series at marked places as a job: numbers, files, and what is refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests.stacks import hashes

from groundline.core.corridor.pointseries.params import PointSeriesParams
from groundline.core.corridor.pointseries.places import marked_places
from groundline.core.corridor.pointseries.run import run_pointseries
from groundline.core.errors import InputError
from groundline.core.pointfile import PointSet, read_points
from groundline.core.result import Result
from groundline.core.vector import VectorInput


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def result(
    ground: PointSet, locations: VectorInput, rain: str, tmp_path_factory: pytest.TempPathFactory
) -> Result:
    """Two groups and the rain."""
    folder = tmp_path_factory.mktemp("run") / "out"
    return run_pointseries(
        PointSeriesParams(ground, locations, folder, drivers=(rain,), group_field="kind", draws=300)
    )


def test_the_lag_of_two_months_within_one_acquisition(result: Result) -> None:
    table = {row["series"]: row for row in result.tables["correlations"]}
    assert abs(table["rural"]["lag_days"] - 61) <= 12
    assert table["rural"]["r"] > 0.7 and table["rural"]["p_blocks"] < 0.01
    assert abs(table["urban"]["r"]) < 0.5 and table["urban"]["p_blocks"] > 0.05
    for place in ("R1", "R2", "R3", "R4"):
        assert abs(table[place]["lag_days"] - 61) <= 12, place
    assert result.numbers["lag"].value == table["rural"]["lag_days"]


def test_places_have_rate_season_and_class(result: Result) -> None:
    table = {row["location"]: row for row in result.tables["locations"]}
    assert table["R1"]["points"] == 12
    assert table["R1"]["velocity"] == pytest.approx(-8.0, abs=0.6)  # vertical
    assert table["R1"]["amplitude"] == pytest.approx(5.0, abs=0.5)
    assert table["R1"]["class"] == "seasonal" and table["R1"]["p_nonlinear"] > 0.01
    assert table["R1"]["spread_mm"] == pytest.approx(2.0 / np.cos(np.radians(39.0)), rel=0.15)
    assert table["U1"]["class"] == "linear" and table["U1"]["line_r2"] > 0.99
    assert table["U2"]["class"] == "accelerating" and table["U2"]["p_nonlinear"] < 1e-6
    assert result.numbers["nonlinear_count"].value == 1


def test_files(result: Result, ground: PointSet) -> None:
    series = rows(result.files["series"])
    assert len(series) == 6 * 62
    assert series[0] == {**series[0], "group": "rural", "location": "R1", "mean_mm": "0.0", "points": "12"}
    groups = rows(result.files["groups"])
    assert {row["group"] for row in groups} == {"rural", "urban"}
    urban = [float(row["residual_mm"]) for row in groups if row["group"] == "urban"]
    assert abs(np.mean(urban)) < 1e-3  # without constant and line
    places = read_points(result.files["locations"])
    assert places.dates == ground.dates
    assert places.attributes["location"].tolist() == ["R1", "R2", "R3", "R4", "U1", "U2"]
    lags = rows(result.files["lags"])
    assert {row["driver"] for row in lags} == {"precipitation_mm"}
    document = json.loads(result.files["result"].read_text(encoding="utf-8"))
    assert document["numbers"]["lag"]["unit"] == "d"
    for name in ("series.png", "series.svg", "drivers.png", "drivers.svg", "lags.png", "shapes.png", "report.html"):
        assert (result.folder / name).stat().st_size > 1000, name


def test_a_mean_by_hand(tmp_path: Path, locations: VectorInput, ground: PointSet) -> None:
    """Two points 10 and 49 m away count, one at 51 m does not; a missing value is not averaged."""
    x, y = 400_000.0, 3_900_000.0
    series = np.array([[1.0, 2.0, 5.0], [3.0, 6.0, np.nan], [99.0, 99.0, 99.0]], np.float32)
    points = PointSet(np.array([x + 10, x, x]), np.array([y, y + 49, y - 51]), ground.crs, {}, ground.dates[:3], series)
    params = PointSeriesParams(points, locations, tmp_path, component="los")
    marked = marked_places(points, params)
    (place,) = marked.places
    assert place.points == 2
    assert place.mean.tolist() == [0.0, 2.0, 3.0]  # 2, 4 and 5, relative to the first
    assert place.std[:2] == pytest.approx([np.sqrt(2.0), np.sqrt(8.0)]) and np.isnan(place.std[2])
    assert place.counts.tolist() == [2, 2, 1]
    assert len(marked.without) == 5


def test_without_drivers_and_with_few_dates(ground: PointSet, locations: VectorInput, tmp_path: Path) -> None:
    few = replace(ground, dates=ground.dates[:6], series=ground.series[:, :6])
    result = run_pointseries(PointSeriesParams(few, locations, tmp_path / "out"))
    assert "6 dates are too few" in result.warnings[0]
    assert "lag" not in result.numbers and "lags" not in result.files
    assert (tmp_path / "out" / "drivers.png").is_file()


def test_a_place_without_points_is_left_out_by_name(
    ground: PointSet, locations: VectorInput, tmp_path: Path
) -> None:
    from .conftest import marks

    places = marks((400_000.0, 3_900_000.0), (400_500.0, 3_900_000.0), name=["here", "there"])
    result = run_pointseries(PointSeriesParams(ground, places, tmp_path / "out"))
    assert "there (nearest point at 4" in result.warnings[0]
    assert result.numbers["empty_count"].value == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"radius": 0.0}, "RADIUS"),
        ({"component": "east"}, "COMPONENT"),
        ({"group_field": "sort"}, "GROUP_FIELD: 'sort'.*kind, name"),
        ({"draws": 5}, "DRAWS"),
        ({"radius": 0.001}, "no point of ground within 0.001 m of R1, R2, R3, R4 .the nearest is"),
        ({"max_lag": 1500}, "precipitation_mm, 2015-01-15 to 2019-12-15: .* dates in common"),
    ],
)
def test_what_is_refused(
    ground: PointSet, locations: VectorInput, rain: str, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        run_pointseries(
            replace(PointSeriesParams(ground, locations, tmp_path / "out", drivers=(rain,)), **changes)
        )
    assert not (tmp_path / "out").exists()


def test_points_that_cannot_be_used(ground: PointSet, locations: VectorInput, tmp_path: Path) -> None:
    for points, words in (
        (replace(ground, dates=(), series=np.empty((0, 0), np.float32)), "0 columns of dates among incidence"),
        (replace(ground, attributes={}), "INCIDENCE: 'unknown for ground'"),
        (replace(ground, crs=""), "a layer with a coordinate system"),
    ):
        with pytest.raises(InputError, match=words):
            run_pointseries(PointSeriesParams(points, locations, tmp_path / "out"))


def test_the_same_seed_gives_the_same_files(
    ground: PointSet, rain: str, tmp_path: Path, table: Callable[..., str]
) -> None:
    from .conftest import PLACES, marks

    for name in ("one", "two"):
        run_pointseries(PointSeriesParams(ground, marks(PLACES[0]), tmp_path / name, drivers=(rain,), draws=100))
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
