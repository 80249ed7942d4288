"""The whole corridor profile: files, numbers, resume, cancel, bad input."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from osgeo import ogr

from groundline.core.corridor.job import run_corridor
from groundline.core.corridor.params import CorridorParams
from groundline.core.errors import Cancelled, InputError
from groundline.core.monitor import Monitor
from groundline.core.pointfile import write_points
from groundline.core.pointsource import PointFile
from groundline.core.vector import VectorInput, read_vector

FILES = {"profile.gpkg", "zones.gpkg", "profile.csv", "zones.csv", "profile.png", "profile.svg"}
FILES |= {"report.html", "result.json"}


@pytest.fixture
def params(line_of, bowl, tmp_path) -> CorridorParams:
    return CorridorParams(
        line=line_of([(0, 0), (10_000, 0)]), output=tmp_path / "out", points=(bowl,), radius=150.0
    )


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def test_affected_length_and_worst_rate_equal_the_truth_within_one_bin(params) -> None:
    result = run_corridor(params)
    values = {key: number.value for key, number in result.numbers.items()}
    half = 1000.0 * math.sqrt(math.log(3.0))  # -30 exp(-(s/1000)^2) = -10
    assert values["affected_length"] == pytest.approx(2 * half, abs=100.0)
    assert values["zone_count"] == 1
    assert values["worst_rate"] == pytest.approx(-30.0, abs=0.2)
    assert values["worst_chainage"] == pytest.approx(4000.0, abs=50.0)
    # steepest where s = 1000 / sqrt(2): 30 sqrt(2) exp(-1/2) mm/yr per km
    assert values["max_differential"] == pytest.approx(
        30.0 * math.sqrt(2.0) * math.exp(-0.5) / 10.0, rel=0.03
    )
    assert values["max_distortion"] == pytest.approx(10.0 * values["max_differential"])
    # points within 150 of 200 m: one per metre and 400 m width, so 2500 per km2
    assert values["density"] == pytest.approx(2500.0, rel=0.03)
    assert values["area"] == pytest.approx(3.0, rel=5e-3)
    assert values["affected_length_on_line"] is None


def test_files_are_complete_and_agree_with_each_other(params) -> None:
    result = run_corridor(params)
    assert {file.name for file in Path(params.output).iterdir()} == FILES
    table, layer = rows(result.files["csv"]), read_vector(result.files["profile"])
    assert len(table) == len(layer.attributes) == 100
    assert float(table[40]["median"]) == layer.attributes[40]["median"]
    assert table[40]["zone"] == "1"
    zone = read_vector(result.files["zones"]).attributes[0]
    assert zone["affected"] == result.numbers["affected_length"].value
    assert zone["n"] == sum(int(row["n"]) for row in table if row["zone"] == "1")
    document = json.loads(result.files["result"].read_text(encoding="utf-8"))
    assert document["numbers"]["affected_length"]["unit"] == "m"
    assert document["files"]["report"] == "report.html"
    page = result.files["report"].read_text(encoding="utf-8")
    assert "no horizontal motion" in page
    assert "http" not in page.replace("http-equiv", "")


def test_geometry_of_profile_and_zones_is_the_line_s(params, line_of) -> None:
    bent = line_of([(0, 0), (5000, 0), (5000, 5050)])
    result = run_corridor(replace(params, line=bent))
    pieces = read_vector(result.files["profile"]).geometries()
    assert sum(piece.Length() for piece in pieces) == pytest.approx(10_050.0)
    assert pieces[-1].Length() == pytest.approx(50.0)
    assert [round(pieces[50].GetX(k) - 400_000.0, 6) for k in range(2)] == [5000.0, 5000.0]


def test_bins_without_points_are_null_and_never_zero(params, bowl) -> None:
    chosen = (bowl.x < 402_000.0) | (bowl.x > 403_000.0)
    gap = replace(
        bowl,
        x=bowl.x[chosen],
        y=bowl.y[chosen],
        attributes={k: v[chosen] for k, v in bowl.attributes.items()},
    )
    result = run_corridor(replace(params, points=(gap,), max_gap=0.0))
    attributes = read_vector(result.files["profile"]).attributes
    empty = [row for row in attributes if row["n"] == 0]
    assert len(empty) == 10
    assert all(
        row[key] is None
        for row in empty
        for key in ("median", "mean", "std", "q05", "differential", "curvature")
    )
    assert all(row["affected"] == 0 for row in empty)
    assert result.numbers["length_without_data"].value == 1000.0
    assert any(text.startswith("1000 m of the line (10.0 %) have no data") for text in result.warnings)


def test_line_of_sight_is_smaller_by_the_cosine_and_named(params) -> None:
    vertical = run_corridor(params).numbers["worst_rate"].value
    result = run_corridor(replace(params, component="los"))
    assert result.numbers["worst_rate"].value == pytest.approx(
        vertical * math.cos(math.radians(40.0)), rel=1e-4
    )
    assert "Line-of-sight velocity" in result.files["report"].read_text(encoding="utf-8")


def test_start_chainage_shifts_all_chainages(params) -> None:
    result = run_corridor(replace(params, start_chainage=250_000.0))
    assert rows(result.files["csv"])[0]["chainage_from"] == "250000.0"
    assert result.numbers["worst_chainage"].value == pytest.approx(254_000.0, abs=50.0)


def test_reversed_line_mirrors_the_profile(params, line_of) -> None:
    forward = [row["median"] for row in rows(run_corridor(params).files["csv"])]
    there = run_corridor(replace(params, line=line_of([(10_000, 0), (0, 0)])))
    assert [row["median"] for row in rows(there.files["csv"])] == forward[::-1]


def test_uplift_is_found_with_a_positive_threshold(params, bowl) -> None:
    up = replace(bowl, attributes={**bowl.attributes, "velocity": -bowl.attributes["velocity"]})
    result = run_corridor(replace(params, points=(up,), threshold=10.0))
    assert result.numbers["worst_rate"].value == pytest.approx(30.0, abs=0.2)
    assert (
        result.numbers["affected_length"].value
        == run_corridor(replace(params, output=Path(params.output) / "down")).numbers["affected_length"].value
    )


def test_several_layers_are_several_tracks(params, bowl) -> None:
    weaker = replace(bowl, attributes={**bowl.attributes, "velocity": 0.5 * bowl.attributes["velocity"]})
    result = run_corridor(replace(params, points=(bowl, weaker)))
    table = rows(result.files["csv"])
    assert [row["track"] for row in table] == ["bowl"] * 100 + ["bowl (2)"] * 100
    first, second = result.tables["tracks"]
    assert second["affected_length_m"] < first["affected_length_m"] == result.numbers["affected_length"].value
    assert result.numbers["point_count"].value == first["points"] + second["points"]


def test_land_use_counts_points_and_area_by_the_same_polygons(params) -> None:
    shape = "POLYGON ((400000 3899000, 403000 3899000, 403000 3901000, 400000 3901000, 400000 3899000))"
    layer = VectorInput(
        (bytes(ogr.CreateGeometryFromWkt(shape).ExportToWkb()),),
        "EPSG:32650",
        ({"use": "urban"},),
        "land use",
    )
    result = run_corridor(replace(params, land_use=layer, land_use_field="use"))
    urban, elsewhere = result.tables["land_use"]
    assert (urban["class"], elsewhere["class"]) == ("urban", "elsewhere")
    assert urban["area_km2"] == pytest.approx(0.9, rel=5e-3)
    assert urban["points"] + elsewhere["points"] == result.numbers["point_count"].value
    assert urban["density_per_km2"] == pytest.approx(2500.0, rel=0.05)


def test_points_from_a_file_give_the_same_profile(params, bowl, tmp_path) -> None:
    path = write_points(tmp_path / "points.gpkg", bowl)
    direct = rows(run_corridor(params).files["csv"])
    other = run_corridor(
        replace(params, points=(PointFile(str(path), name="bowl"),), output=tmp_path / "file")
    )
    for here, there in zip(direct, rows(other.files["csv"])):
        assert float(there["median"]) == pytest.approx(
            float(here["median"]), abs=2e-3
        )  # stored to 0.001 mm/yr


def test_same_input_gives_the_same_bytes(params, tmp_path) -> None:
    run_corridor(params)
    run_corridor(replace(params, output=tmp_path / "again"))
    assert digests(tmp_path / "out") == digests(tmp_path / "again")


def test_rerun_keeps_a_finished_result_and_a_change_replaces_it(params) -> None:
    first = run_corridor(params)
    stamp = first.files["profile"].stat().st_mtime_ns
    again = run_corridor(params)
    assert first.files["profile"].stat().st_mtime_ns == stamp
    assert (again.numbers, again.tables, again.files) == (first.numbers, first.tables, first.files)
    run_corridor(replace(params, threshold=-20.0))
    assert first.files["profile"].stat().st_mtime_ns != stamp
    first.files["zones"].unlink()
    run_corridor(replace(params, threshold=-20.0))
    assert first.files["zones"].is_file()


def test_gaps_and_doubled_tracks_of_the_line_are_told(params, line_of) -> None:
    line = line_of([(0, 0), (4000, 0)], [(4200, 0), (10_000, 0)])
    result = run_corridor(replace(params, line=line, start_chainage=1000.0))
    assert result.warnings == ["A gap of 200 m in the line at chainage 5.000 km counts as straight track."]
    double = line_of([(0, 0), (10_000, 0)], [(0, 5), (10_000, 5)])
    result = run_corridor(replace(params, line=double))
    assert any("turns back on itself at chainage 10.000 km" in text for text in result.warnings)


class Stopper(Monitor):
    """Cancels at one of the progress callbacks."""

    def __init__(self, after: int) -> None:
        self.left = after

    def cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_cancel_at_every_callback_leaves_the_earlier_result(params) -> None:
    run_corridor(params)
    before = digests(Path(params.output))
    changed = replace(params, threshold=-20.0)
    for after in range(1000):
        try:
            run_corridor(changed, Stopper(after))
        except Cancelled:
            assert digests(Path(params.output)) == before
        else:
            break
    assert 5 < after < 1000
    assert set(digests(Path(params.output))) == FILES
    assert digests(Path(params.output)) != before


def change(name: str, value: Any) -> Callable[[CorridorParams], CorridorParams]:
    return lambda params: replace(params, **{name: value})


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (change("radius", 0.0), "RADIUS"),
        (change("radius", float("nan")), "RADIUS"),
        (change("bin", -1.0), "BIN"),
        (change("bin", 10_001.0), "at most the length of the line, 10000 m"),
        (change("threshold", 0.0), "THRESHOLD"),
        (change("component", "up"), "vertical or los"),
        (change("incidence", 90.0), "INCIDENCE"),
        (change("min_length", -1.0), "MIN_LENGTH"),
        (change("field", "speed"), "velocity, incidence"),
        (change("points", ()), "neither"),
        (change("raster", "velocity.tif"), "both"),
        (change("points", (PointFile("missing.gpkg"),)), "missing.gpkg"),
    ],
)
def test_mistakes_are_named_and_nothing_is_written(params, spoil, message) -> None:
    with pytest.raises(InputError, match=message):
        run_corridor(spoil(params))
    assert not Path(params.output).exists()


def test_unwritable_output_is_named(params, tmp_path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(InputError, match="OUTPUT"):
        run_corridor(replace(params, output=blocked))


def test_random_points_leave_no_bias_in_the_profile(params, points_of) -> None:
    generator = np.random.default_rng(8)
    x, y = generator.uniform(-500, 10_500, 40_000), generator.uniform(-3500, 3500, 40_000)
    points = points_of(x, y, generator.normal(-5.0, 3.0, 40_000))
    result = run_corridor(replace(params, points=(points,), component="los", radius=3000.0))
    medians = np.array([float(row["median"]) for row in rows(result.files["csv"])])
    assert medians.mean() == pytest.approx(-5.0, abs=0.1)
    counts = np.array([int(row["n"]) for row in rows(result.files["csv"])])
    assert counts[[0, -1]].mean() == pytest.approx(counts.mean(), rel=0.15)  # no heap at the ends
