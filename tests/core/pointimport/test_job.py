"""The import of points: real files, forms of producers, units, sign, line of sight, selection, mistakes."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from osgeo import ogr, osr

from groundline.core.errors import InputError
from groundline.core.pointfile import read_points
from groundline.core.pointimport.job import run_importpoints
from groundline.core.pointimport.params import ImportPointsParams

PLAIN = "lon,lat,velocity,coherence,2020-01-01,2020-01-13\n10,45,-3.5,0.9,0,-1\n11,46,2,0.4,0,\n12,,1,0.5,0,1\n"


def imported(tmp_path, text, name="points.csv", **changes):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    result = run_importpoints(ImportPointsParams(path, tmp_path / "out", **changes))
    return result, read_points(result.files["points"])


class TestRealData:
    def test_boissano_with_its_99_dates_and_its_system(self, shared_data, tmp_path):
        source = next((shared_data / "boissano-ps").glob("*.shp"))
        result = run_importpoints(ImportPointsParams(source, tmp_path / "out", incidence=34.0, heading=-12.0))
        points = read_points(result.files["points"])
        assert len(points) == result.numbers["point_count"].value == 1372
        assert len(points.dates) == 99
        assert points.dates[0] == date(2003, 3, 17)
        assert result.tables["source"]["crs"] == "EPSG:3003"
        reference = osr.SpatialReference(points.crs)
        assert reference.GetAuthorityCode(None) == "3003"
        raw = ogr.Open(str(source))
        feature = raw.GetLayer(0).GetFeature(7)
        assert points.x[7] == pytest.approx(feature.GetGeometryRef().GetX(), abs=1e-6)
        assert points.attributes["velocity"][7] == feature["VEL"]
        assert points.attributes["velocity_std"][7] == feature["V_STDEV"]
        assert points.attributes["coherence"][7] == feature["COHERENCE"]
        assert points.attributes["CODE"][7] == feature["CODE"]
        assert points.series[7, 5] == pytest.approx(feature["D20030715"])
        assert points.attributes["los_up"][7] == pytest.approx(math.cos(math.radians(34.0)))

    @pytest.mark.parametrize(("track", "count"), [("T167", 1365), ("T65", 770), ("T87", 1341)])
    def test_anatolian_tracks_with_their_lines_of_sight(self, shared_data, tmp_path, track, count):
        source = shared_data / "naf-tracks" / f"Rate_map_{track}.txt"
        result = run_importpoints(
            ImportPointsParams(source, tmp_path / "out", velocity_field="data", crs="EPSG:4326", track=track)
        )
        points = read_points(result.files["points"])
        assert len(points) == count
        assert points.dates == ()
        first = source.read_text(encoding="utf-8").splitlines()[2].split()
        assert points.attributes["velocity"][0] == float(first[5])
        assert points.attributes["velocity_std"][0] == float(first[6])
        assert points.attributes["los_east"][0] == float(first[8])
        assert (points.x[0], points.y[0]) == (float(first[3]), float(first[4]))
        assert set(points.attributes["track"]) == {track}
        assert any("velocities only" in text for text in result.warnings)


class TestForms:
    def test_a_plain_table(self, tmp_path):
        result, points = imported(tmp_path, PLAIN)
        assert points.attributes["velocity"].tolist() == [-3.5, 2.0]
        np.testing.assert_array_equal(points.series, [[0, -1], [0, np.nan]])
        assert result.numbers["without_value"].value == 1
        assert osr.SpatialReference(points.crs).GetAuthorityCode(None) == "4326"
        document = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
        assert document["tables"]["source"]["attributes"]["velocity"] == "velocity"
        assert document["numbers"]["point_count"]["value"] == 2

    def test_units_and_sign(self, tmp_path):
        _, points = imported(tmp_path, PLAIN.replace("velocity,", "velocity,std,").replace(",0.9", ",0.5,0.9"
            ).replace(",0.4", ",0.5,0.4").replace("1,0.5,0", "1,1,0.5,0"), unit="cm", sign="away")
        assert points.attributes["velocity"].tolist() == [35.0, -20.0]
        assert points.attributes["velocity_std"].tolist() == [5.0, 5.0]
        assert points.series[0].tolist() == [0.0, 10.0]

    def test_dates_in_any_order_come_sorted(self, tmp_path):
        _, points = imported(tmp_path, "lon,lat,vel,D20200113,D20200101\n10,45,1,7,0\n")
        assert points.dates == (date(2020, 1, 1), date(2020, 1, 13))
        assert points.series.tolist() == [[0.0, 7.0]]

    def test_velocity_is_fitted_where_the_file_has_none(self, tmp_path):
        """1 mm a day, one date missing: 365.25 mm/yr; a single value has no slope and is left out."""
        result, points = imported(
            tmp_path, "lon,lat,20200101,20200102,20200104\n10,45,0,1,3\n11,45,0,,3\n12,45,0,,\n"
        )
        np.testing.assert_allclose(points.attributes["velocity"], [365.25, 365.25])
        assert "slope" in result.tables["source"]["attributes"]["velocity"]

    def test_egms_level_2(self, tmp_path):
        head = "pid,mp_type,latitude,longitude,easting,northing,height,temporal_coherence,incidence_angle,"
        head += "track_angle,los_east,los_north,los_up,mean_velocity,mean_velocity_std,20180105,20180111\n"
        row = "10Qa,0,52.1,7.1,4100000.5,3200000.5,30.1,0.8,38.1,-10.5,-0.6,-0.1,0.79,-2.5,0.2,0.0,-0.3\n"
        result, points = imported(tmp_path, head + row, "EGMS_L2b_088_0297_IW2_VV_2018_2022_1.csv")
        assert result.tables["source"] == {
            **result.tables["source"], "family": "EGMS level 2", "crs": "EPSG:3035", "last_date": "2018-01-11"
        }
        assert (points.x[0], points.y[0]) == (4100000.5, 3200000.5)
        expected = {"velocity": -2.5, "velocity_std": 0.2, "coherence": 0.8, "incidence": 38.1, "los_up": 0.79,
                    "track": "88", "pass": "ascending", "pid": "10Qa"}
        assert {key: points.attributes[key][0] for key in expected} == expected

    @pytest.mark.parametrize(("letter", "vector"), [("U", (0.0, 0.0, 1.0)), ("E", (1.0, 0.0, 0.0))])
    def test_egms_level_3_looks_up_or_east(self, tmp_path, letter, vector):
        text = "pid,easting,northing,height,rmse,mean_velocity,mean_velocity_std,20180105,20180111\n"
        text += "10Qa,4100050,3200050,30.1,0.9,-2.5,0.2,0.0,-0.3\n"
        result, points = imported(tmp_path, text, f"EGMS_L3_E41N32_100km_{letter}_2018_2022_1.csv")
        assert tuple(points.attributes[f"los_{part}"][0] for part in ("east", "north", "up")) == vector
        assert result.tables["source"]["family"].startswith("EGMS level 3")

    def test_stamps_export(self, tmp_path):
        days = [date(2016, 1, 7).toordinal() + 365, date(2016, 1, 19).toordinal() + 365]
        text = "export_res_1,export_res_2,export_res_3,export_res_4,export_res_5\n"
        text += f"10.5,45.5,NaN,{days[0]},{days[1]}\n10.1,45.1,-3.2,0,-0.7\n10.2,45.2,1.1,0,0.4\n"
        result, points = imported(tmp_path, text)
        assert result.tables["source"]["family"] == "StaMPS"
        assert points.dates == (date(2016, 1, 7), date(2016, 1, 19))
        assert points.x.tolist() == [10.1, 10.2]
        assert points.attributes["velocity"].tolist() == [-3.2, 1.1]
        np.testing.assert_allclose(points.series, [[0, -0.7], [0, 0.4]], rtol=1e-6)
        assert any("10.50000" in text for text in result.warnings)

    def test_vectors_from_satellite_to_ground_are_turned(self, tmp_path):
        result, points = imported(tmp_path, "lon,lat,vel,elos,nlos,ulos\n10,45,1,0.6,0.0,-0.8\n")
        assert points.attributes["los_east"][0] == -0.6
        assert points.attributes["los_up"][0] == 0.8
        assert points.attributes["incidence"][0] == pytest.approx(36.869898)
        assert any("turned" in text for text in result.warnings)

    def test_columns_that_the_file_format_reserves_are_renamed(self, tmp_path):
        _, points = imported(tmp_path, "fid,lon,lat,vel\n7,10,45,1\n")
        assert points.attributes["source_fid"].tolist() == [7.0]


class TestSelection:
    def test_the_most_coherent_points_are_kept_in_order(self, tmp_path):
        text = "lon,lat,vel,coh\n" + "".join(f"{n},45,{n},{c}\n" for n, c in enumerate((0.5, 0.9, 0.1, 0.8)))
        result, points = imported(tmp_path, text, max_points=2)
        assert points.attributes["velocity"].tolist() == [1.0, 3.0]
        assert result.numbers["dropped"].value == 2

    def test_least_coherence_and_extent(self, tmp_path):
        text = "lon,lat,vel,coh\n" + "".join(f"{n},45,{n},{c}\n" for n, c in enumerate((0.5, 0.9, 0.1, 0.8)))
        result, points = imported(
            tmp_path, text, min_coherence=0.5, extent=(0.5, 44, 9, 46), extent_crs="EPSG:4326"
        )
        assert points.attributes["velocity"].tolist() == [1.0, 3.0]
        assert (result.numbers["outside"].value, result.numbers["incoherent"].value) == (1, 1)


@pytest.mark.parametrize(
    ("text", "changes", "words"),
    [
        ("lon,lat,v,T05012018,T17012018\n1,2,3,4,5\n", {}, "T05012018, T17012018"),
        ("lon,lat,name\n1,2,a\n", {}, "lon, lat, name.*DYYYYMMDD"),
        ("a,b,velocity\n1,2,3\n", {}, "a, b, velocity.*X_FIELD"),
        ("x,y,velocity\n1,2,3\n", {}, "CRS.*choose it"),
        (PLAIN, {"velocity_field": "speed"}, "speed.*lon, lat, velocity"),
        (PLAIN, {"unit": "inch"}, "UNIT"),
        (PLAIN, {"sign": "up"}, "SIGN"),
        (PLAIN, {"x_field": "lon"}, "both or none"),
        (PLAIN, {"heading": 10.0}, "INCIDENCE"),
        (PLAIN, {"date_pattern": "D%Y"}, "DATE_PATTERN"),
        (PLAIN, {"min_coherence": 0.95}, "none of 3 points"),
        (PLAIN.replace("coherence", "c"), {"min_coherence": 0.5}, "MIN_COHERENCE"),
    ],
)
def test_mistakes_are_explained_and_nothing_is_written(tmp_path, text, changes, words):
    with pytest.raises(InputError, match=words):
        imported(tmp_path, text, **changes)
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="existing file"):
        run_importpoints(ImportPointsParams(tmp_path / "no.csv", tmp_path / "out"))


def test_the_same_input_gives_the_same_bytes(tmp_path):
    result, _ = imported(tmp_path, PLAIN)
    first = {role: path.read_bytes() for role, path in result.files.items()}
    again = run_importpoints(replace(ImportPointsParams(tmp_path / "points.csv", tmp_path / "out")))
    assert {role: path.read_bytes() for role, path in again.files.items()} == first
