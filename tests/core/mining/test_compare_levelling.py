"""Levelling beside models: the table, the pixels around a point, and zero at the first date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.mining.compare_levelling import benchmarks, load, modelled, read_table
from groundline.core.pointfile import PointSet

UTM = "EPSG:32649"
DATES = (date(2016, 1, 1), date(2016, 6, 1), date(2017, 1, 1))


def grid() -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[0:10, 0:10]
    return 500_000.0 + 10.0 * x.ravel(), 3_000_000.0 + 10.0 * y.ravel()


def points(*places: tuple[float, float]) -> PointSet:
    xy = np.array(places) + np.array([500_000.0, 3_000_000.0])
    series = np.tile(np.array([3.0, -7.0, -27.0], np.float32), (len(places), 1))
    names = {"name": np.array([f"CP{n}" for n in range(1, len(places) + 1)], dtype=object)}
    return PointSet(xy[:, 0], xy[:, 1], UTM, names, DATES, series)


def test_heights_become_subsidence_since_the_first_levelling() -> None:
    x, y = grid()
    marks, notes = benchmarks(points((44.0, 37.0)), DATES[0], DATES[-1], x, y, UTM, 10.0)
    assert marks is not None and not notes
    assert marks.subsidence[:, 0] == pytest.approx([0.0, 0.010, 0.030])  # 3 -> -7 -> -27 mm


def test_a_point_between_pixels_takes_the_plane_through_them() -> None:
    x, y = grid()
    marks, _ = benchmarks(points((44.0, 37.0), (20.0, 20.0)), DATES[0], DATES[-1], x, y, UTM, 10.0)
    slope = 1e-3 * (x - 500_000.0) - 2e-3 * (y - 3_000_000.0)
    vertical = np.stack([slope + 5.0, 2 * slope, 3 * slope])
    found = modelled(vertical, marks)
    assert found[0] == pytest.approx([0.0, 0.0])
    assert found[2, 0] == pytest.approx(2 * (0.044 - 0.074) - 5.0)
    assert found[2, 1] == pytest.approx(2 * (0.020 - 0.040) - 5.0)


def test_points_far_from_every_pixel_are_named_and_left_out() -> None:
    x, y = grid()
    marks, notes = benchmarks(points((44.0, 37.0), (500.0, 37.0)), DATES[0], DATES[-1], x, y, UTM, 10.0)
    assert marks is not None and marks.names == ("CP1",)
    assert any("CP2" in note for note in notes)


def test_levelling_outside_the_record_is_not_compared() -> None:
    x, y = grid()
    marks, notes = benchmarks(points((44.0, 37.0)), date(2016, 5, 1), date(2016, 7, 1), x, y, UTM, 10.0)
    assert marks is None
    assert "not compared" in notes[0]


def test_the_table_has_a_line_per_point_and_date(tmp_path: Path) -> None:
    file = tmp_path / "levelling.csv"
    file.write_text(
        "name,longitude,latitude,date,vertical_mm\nA,111.0,29.0,2016-01-01,0\nA,111.0,29.0,2016-06-01,-5.5\n"
        "B,111.1,29.1,2016-06-01,1\n",
        encoding="utf-8",
    )
    found = read_table(file)
    assert found.dates == DATES[:2]
    assert found.attributes["name"].tolist() == ["A", "B"]
    assert found.series[0].tolist() == [0.0, -5.5]
    assert np.isnan(found.series[1, 0])


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("name,longitude,latitude,date\nA,1,2,2016-01-01\n", "vertical_mm"),
        ("name,longitude,latitude,date,vertical_mm\nA,1,2,2016-01-01,deep\n", "line 2"),
        ("name,longitude,latitude,date,vertical_mm\nA,1,2,2016-01-01,0\n", "1 date"),
    ],
)
def test_mistakes_in_the_table_are_explained(tmp_path: Path, text: str, part: str) -> None:
    file = tmp_path / "levelling.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=part):
        read_table(file)


def test_date_columns_of_layers_in_memory_are_a_series() -> None:
    whole = points((44.0, 37.0))
    columns = {f"D{day:%Y%m%d}": whole.series[:, n].astype(float) for n, day in enumerate(DATES)}
    found = load(PointSet(whole.x, whole.y, UTM, {**whole.attributes, **columns}), "")
    assert found is not None and found.dates == DATES
    assert found.series.tolist() == whole.series.tolist()
    with pytest.raises(InputError, match="LEVELLING"):
        load(PointSet(whole.x, whole.y, UTM, whole.attributes), "")
