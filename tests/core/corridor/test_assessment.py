"""The railway engineer's answers in one run: kilometres, stations, classes, limits, sections, distances, exports."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr

from groundline.core import spreadsheet
from groundline.core.corridor.job import run_corridor
from groundline.core.corridor.limits import SettlementLimit
from groundline.core.corridor.params import CorridorParams
from groundline.core.errors import InputError
from groundline.core.vector import VectorInput, read_vector

EAST, NORTH, UTM = 400_000.0, 3_900_000.0, "EPSG:32650"


def layer(*shapes: tuple[str, str], name: str = "layer") -> VectorInput:
    """Features from (WKT in the tests' coordinates, name)."""
    made = []
    for wkt, _ in shapes:
        shape = ogr.CreateGeometryFromWkt(wkt)
        made.append(bytes(shape.ExportToWkb()))
    return VectorInput(tuple(made), UTM, tuple({"name": label} for _, label in shapes), name)


def point(x: float, y: float) -> str:
    return f"POINT ({EAST + x} {NORTH + y})"


def box(x: float, y: float, size: float) -> str:
    a, b, c, d = EAST + x, NORTH + y, EAST + x + size, NORTH + y + size
    return f"POLYGON (({a} {b}, {c} {b}, {c} {d}, {a} {d}, {a} {b}))"


@pytest.fixture
def params(line_of, bowl, tmp_path) -> CorridorParams:
    """The bowl of 10 km: -30 mm/yr at 4000 m, -10 mm/yr 1048 m beside it."""
    return CorridorParams(
        line_of([(0, 0), (10_000, 0)]),
        tmp_path / "out",
        points=(bowl,),
        radius=150.0,
        start_chainage=100_000.0,
    )


@pytest.fixture(scope="module")
def full(line_of, bowl, tmp_path_factory) -> CorridorParams:
    """The same with everything asked for."""
    return CorridorParams(
        line_of([(0, 0), (10_000, 0)]),
        tmp_path_factory.mktemp("full") / "out",
        points=(bowl,),
        radius=150.0,
        start_chainage=100_000.0,
        stations=layer((point(4050, 100), "Juye"), (point(9020, 0), "Heze"), (point(0, 900), "far")),
        station_field="name",
        amber=-5.0,
        red=-20.0,
        limit=SettlementLimit(0.4, 20.0, 1000.0, 10.0),
        sections=(104_000.0, 109_000.0),
        distance_to=layer((box(3000, 2000, 500), "mine A"), (box(8000, 300, 500), "mine B")),
        distance_field="name",
        xlsx=True,
        pdf=True,
    )


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def result(full):
    return run_corridor(full)


def test_every_table_says_what_the_truth_says(result) -> None:
    profile = rows(result.files["csv"])
    assert [profile[k]["class"] for k in (0, 28, 40, 52, 99)] == ["green", "amber", "red", "amber", "green"]
    # -30 exp(-(s/1000)^2) passes -20 at 637 m and -5 at 1339 m from the middle
    assert result.numbers["red_length"].value == pytest.approx(2 * 637.0, abs=100.0)
    assert result.numbers["amber_length"].value == pytest.approx(2 * (1339.0 - 637.0), abs=200.0)
    lengths = [result.numbers[f"{name}_length"].value for name in ("green", "amber", "red")]
    assert sum(lengths) == 10_000.0
    # 0.4 mm/yr over 20 m is 2.0 per 100 m; the slope reaches 2.57 at 707 m on either side
    stretches = rows(result.files["limits_csv"])
    assert [float(row["differential"]) < 0 for row in stretches] == [True, False]
    for row, middle in zip(stretches, (103_293.0, 104_707.0)):
        assert float(row["chainage_from"]) <= middle <= float(row["chainage_to"])
    assert result.numbers["over_limit_count"].value == sum(int(row["joints"]) for row in stretches)
    assert result.numbers["over_limit_count"].value == sum(row["over_limit"] == "1" for row in profile)
    # 25.7 urad/yr make 1:1000, 1000 urad, in 38.9 years
    assert result.numbers["years_to_limit"].value == pytest.approx(38.9, rel=0.03)
    stations = rows(result.files["stations_csv"])
    assert [(row["station"], row["chainage"], row["class"]) for row in stations] == [
        ("Juye", "104050.0", "red"),
        ("Heze", "109020.0", "green"),
    ]
    zone = rows(result.files["zones_csv"])[0]
    assert (zone["nearest"], zone["distance"]) == ("mine A", "2000.0")
    assert float(zone["max_differential"]) == result.numbers["max_differential"].value
    sections = rows(result.files["sections_csv"])
    assert {row["chainage"] for row in sections} == {"104000.0", "109000.0"}
    middle = [row for row in sections if row["section"] == "1"]
    assert [float(row["median"]) for row in middle] == pytest.approx([-30.0] * 3, abs=0.2)
    strips = read_vector(result.files["sections"]).geometries()
    assert [strip.Length() for strip in strips] == pytest.approx([300.0, 300.0])
    assert any("(1): far" in text for text in result.warnings)
    assert any("over 20 m, but bins are 100 m long" in text for text in result.warnings)


def test_exports_hold_the_same_tables_and_figures(result) -> None:
    names = {file.name for file in result.folder.iterdir()}
    assert {"profile.xlsx", "profile.pdf", "sections.pdf", "sections.svg", "sections.png"} <= names
    dataset = ogr.Open(str(result.files["xlsx"]))
    assert [dataset.GetLayer(k).GetName() for k in range(dataset.GetLayerCount())] == [
        "profile", "zones", "stations", "limits", "sections"
    ]  # fmt: skip
    sheet = [feature.items() for feature in dataset.GetLayerByName("profile")]
    table = rows(result.files["csv"])
    assert [row["median"] for row in sheet] == [float(row["median"]) for row in table]
    assert list(sheet[0]) == list(table[0])
    dataset = None
    assert result.files["figure_pdf"].read_bytes().startswith(b"%PDF")
    page = result.files["report"].read_text(encoding="utf-8")
    for text in ("Juye", "Cross-sections", "1:1000 in 10 years", "2,000 m mine A", "Red, from -20 mm/yr"):
        assert text in page


def test_same_input_gives_the_same_bytes_and_a_rerun_without_extras_removes_theirs(
    result, full, tmp_path
) -> None:
    def digests(folder: Path) -> dict[str, str]:
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}

    again = replace(full, output=tmp_path / "again")
    other = run_corridor(again)
    assert digests(result.folder) == digests(other.folder)
    (other.folder / "notes.txt").write_text("not Groundline's")
    plain = run_corridor(replace(again, stations=None, sections=(), xlsx=False, pdf=False))
    kept = {path.name for path in plain.files.values()}
    assert not kept & {"profile.xlsx", "profile.pdf", "stations.csv", "sections.png"}
    assert {file.name for file in other.folder.iterdir()} == kept | {"notes.txt"}
    assert json.loads(plain.files["result"].read_text(encoding="utf-8"))[
        "files"
    ].keys() == plain.files.keys() - {"result"}


@pytest.mark.usefixtures("blank_pictures")
def test_reverse_mirrors_everything_and_counts_from_the_other_end(params) -> None:
    forward = rows(run_corridor(params).files["csv"])
    result = run_corridor(replace(params, reverse=True))
    backward = rows(result.files["csv"])
    assert [row["median"] for row in backward] == [row["median"] for row in forward][::-1]
    assert backward[0]["chainage_from"] == "100000.0"
    assert result.numbers["worst_chainage"].value == pytest.approx(106_000.0, abs=50.0)


@pytest.mark.usefixtures("blank_pictures")
def test_official_chainage_is_in_every_table(params) -> None:
    shape = ogr.Geometry(ogr.wkbLineStringM)
    for x, m in (
        (0.0, 20.0),
        (5000.0, 25.5),
        (10_000.0, 30.0),
    ):  # kilometres; 10 % too long, then 10 % too short
        shape.AddPointM(EAST + x, NORTH, m)
    line = VectorInput((bytes(shape.ExportToWkb()),), UTM, name="official")
    result = run_corridor(replace(params, line=line, start_chainage=0.0, use_m=True, sections=(24_400.0,)))
    table = rows(result.files["csv"])
    assert [float(table[k]["chainage_from"]) for k in (0, 40, 60)] == [20_000.0, 24_400.0, 26_400.0]
    zone = rows(result.files["zones_csv"])[0]
    first, last = (float(zone[key]) for key in ("chainage_from", "chainage_to"))
    assert (last - first) / float(zone["length"]) == pytest.approx(
        1.1, abs=0.005
    )  # lengths stay those of the ground
    assert result.numbers["worst_chainage"].value == pytest.approx(24_400.0, abs=60.0)
    assert "The M values of the line were taken as kilometres." in result.warnings
    assert "line's M values" in result.files["report"].read_text(encoding="utf-8")


def test_tracks_stand_side_by_side(params, bowl) -> None:
    weaker = replace(
        bowl, attributes={**bowl.attributes, "velocity": 0.5 * bowl.attributes["velocity"]}, name="half"
    )
    result = run_corridor(replace(params, points=(bowl, weaker)))
    table = rows(result.files["comparison_csv"])
    assert list(table[0])[3:] == ["n bowl", "median bowl", "n half", "median half", "spread"]
    row = table[40]
    assert float(row["spread"]) == pytest.approx(
        float(row["median half"]) - float(row["median bowl"]), abs=1e-4
    )
    # a bin takes the worse class of the two
    assert result.numbers["red_length"].value == result.tables["tracks"][0]["red_m"]


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("noise", [1.0, 3.0])
def test_affected_length_of_two_zones_within_two_bins(noise, params, points_of) -> None:
    """Edges of 5 mm/yr per bin with 8 points per bin: the hardest case that is promised to hold."""
    x = np.random.default_rng(7).uniform(0.0, 10_000.0, 800)
    trough = [np.clip((half - np.abs(x - middle)) * 0.05, 0.0, depth) for middle, half, depth in
              ((2500.0, 1000.0, 40.0), (7000.0, 750.0, 35.0))]  # fmt: skip
    rate = -np.maximum(*trough) + np.random.default_rng(11).normal(0.0, noise, len(x))
    points = points_of(x, 0.0 * x, rate)
    result = run_corridor(replace(params, points=(points,), component="los", start_chainage=0.0, max_gap=0.0))
    # -10 mm/yr is reached 10 / 0.05 = 200 m inside the foot of each trough
    truth = [(2500.0 - 800.0, 2500.0 + 800.0), (7000.0 - 550.0, 7000.0 + 550.0)]
    zones = rows(result.files["zones_csv"])
    assert len(zones) == 2
    for zone, (start, stop) in zip(zones, truth):
        assert float(zone["affected"]) == pytest.approx(stop - start, abs=200.0)
        assert float(zone["chainage_from"]) == pytest.approx(start, abs=200.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amber": -30.0}, "AMBER and RED"),
        ({"red": 10.0}, "sign of THRESHOLD"),
        ({"limit": SettlementLimit(differential=-1.0)}, "DIFFERENTIAL_LIMIT"),
        ({"sections": (99_000.0,)}, "chainages from 100000 to 110000 m"),
        ({"sections": (float("nan"),)}, "CROSS_SECTIONS"),
        ({"section_width": 301.0}, "at most that of the corridor, 300 m"),
        ({"use_m": True}, "no M value"),
        ({"stations": layer((box(0, 0, 1), "a"))}, "STATIONS"),
        ({"stations": layer((point(0, 0), "a")), "station_field": "km"}, "STATION_FIELD"),
        ({"distance_to": layer((point(0, 0), "a"))}, "DISTANCE_TO"),
        ({"distance_to": layer((box(0, 0, 1), "a")), "distance_field": "mine"}, "DISTANCE_FIELD"),
    ],
)
def test_mistakes_are_named_and_nothing_is_written(params, changes, message) -> None:
    with pytest.raises(InputError, match=message):
        run_corridor(replace(params, **changes))
    assert not Path(params.output).exists()


def test_a_missing_spreadsheet_driver_is_told_before_the_work(params, monkeypatch) -> None:
    monkeypatch.setattr(spreadsheet.ogr, "GetDriverByName", lambda name: None)
    with pytest.raises(InputError, match="XLSX driver"):
        replace(params, xlsx=True).validate()
