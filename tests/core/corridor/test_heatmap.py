"""Displacement per bin and date, from the series of points and from the rasters of a displacement folder."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from groundline.core import manifest, raster
from groundline.core.blocks import Compute
from groundline.core.corridor.dated import of_raster
from groundline.core.corridor.heatmap import heat_map
from groundline.core.corridor.job import run_corridor
from groundline.core.corridor.params import CorridorParams
from groundline.core.pointfile import PointSet, write_points
from groundline.core.pointsource import PointFile
from groundline.core.stack import DISPLACEMENT, Acquisition, Grid, Item, Stack

EAST, NORTH, UTM = 400_000.0, 3_900_000.0, "EPSG:32650"
DAYS = (date(2019, 1, 5), date(2019, 1, 17), date(2019, 3, 1))


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_means_by_hand() -> None:
    columns = [np.array([1.0, 3.0, 10.0]), np.array([np.nan, -4.0, np.nan])]
    heat = heat_map(DAYS[:2], columns, np.array([0, 0, 2]), 3, np.array([1.0, 2.0, 1.0]))
    np.testing.assert_allclose(heat.mean, [[3.5, -8.0], [np.nan, np.nan], [10.0, np.nan]])
    np.testing.assert_array_equal(heat.count, [[2, 1], [0, 0], [1, 0]])


def test_fast_equals_plain() -> None:
    generator = np.random.default_rng(2)
    series = generator.normal(size=(500, 7)).astype(np.float32)
    series[generator.uniform(size=series.shape) < 0.2] = np.nan
    bins, scale = generator.integers(0, 12, 500), generator.uniform(1.0, 1.5, 500)
    days = tuple(date(2020, 1, 1 + k) for k in range(7))
    heat = heat_map(days, iter(series.T), bins, 12, scale)
    plain = [
        [np.nanmean(series[bins == b, d].astype(float) * scale[bins == b]) for d in range(7)]
        for b in range(12)
    ]
    np.testing.assert_allclose(heat.mean, plain, rtol=1e-12)


@pytest.fixture
def with_series(points_of) -> PointSet:
    """A point every 10 m; at 300 to 500 m it sinks by 20 and then 40 mm in the line of sight, incidence 60 degrees."""
    x = np.arange(5.0, 1000.0, 10.0)
    sinks = (x > 300.0) & (x < 500.0)
    series = np.where(sinks[:, None], [0.0, -20.0, -40.0], 0.0).astype(np.float32)
    points = points_of(
        x, 0.0 * x, np.where(sinks, -30.0, 0.0), incidence=np.full(len(x), 60.0), name="ascending"
    )
    return replace(points, dates=DAYS, series=series)


def test_points_with_series_give_a_map_in_the_vertical(with_series, line_of, tmp_path) -> None:
    params = CorridorParams(
        line_of([(0, 0), (1000, 0)]), tmp_path / "out", points=(with_series,), radius=50.0
    )
    result = run_corridor(params)
    table = rows(result.files["heatmap_csv"])
    assert [row["D20190301"] for row in table] == ["0.0"] * 3 + ["-80.0"] * 2 + ["0.0"] * 5
    assert [row["D20190117"] for row in table[2:4]] == ["0.0", "-40.0"]
    assert result.numbers["date_count"].value == 3
    assert result.files["heatmap_figure"].is_file()
    off = run_corridor(replace(params, heat_map=False))
    assert "heatmap_csv" not in off.files
    assert not (tmp_path / "out" / "heatmap.csv").exists()  # what the earlier run made is gone


@pytest.mark.usefixtures("blank_pictures")
def test_changed_series_are_noticed(with_series, line_of, tmp_path) -> None:
    params = CorridorParams(
        line_of([(0, 0), (1000, 0)]), tmp_path / "out", points=(with_series,), radius=50.0
    )
    run_corridor(params)
    moved = replace(with_series, series=with_series.series - 1.0)
    table = rows(run_corridor(replace(params, points=(moved,))).files["heatmap_csv"])
    assert table[0]["D20190105"] == "-2.0"


@pytest.mark.usefixtures("blank_pictures")
def test_file_and_memory_agree_and_tracks_keep_their_own_dates(with_series, line_of, tmp_path) -> None:
    path = write_points(tmp_path / "points.gpkg", with_series)
    other = replace(with_series, dates=DAYS[1:], series=with_series.series[:, 1:], name="descending")
    none = replace(with_series, dates=(), series=np.empty((0, 0), np.float32), name="no series")
    points = (PointFile(str(path), name="ascending"), other, none)
    result = run_corridor(
        CorridorParams(line_of([(0, 0), (1000, 0)]), tmp_path / "out", points=points, radius=50.0)
    )
    table = rows(result.files["heatmap_csv"])
    assert [row["track"] for row in table] == ["ascending"] * 10 + ["descending"] * 10
    assert (table[0]["D20190105"], table[10]["D20190105"]) == ("0.0", "")
    assert table[3]["D20190301"] == table[13]["D20190301"] == "-80.0"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A displacement folder with pixels of 20 m; its column number is its displacement in mm, times the date's."""
    grid = Grid(60, 10, (EAST - 100.0, 20.0, 0.0, NORTH + 100.0, 0.0, -20.0), UTM)
    values = np.tile(np.arange(60.0), (10, 1))
    path = tmp_path / "displacement_folder"
    (path / "displacement").mkdir(parents=True)
    raster.write_geotiff(path / "velocity.tif", -values, grid, "velocity", "mm/yr")
    entries = []
    for number, day in enumerate(DAYS):
        shown = values * number
        shown[:, 30] = np.nan
        name = f"displacement/{day:%Y%m%d}.tif"
        raster.write_geotiff(path / name, shown, grid, "displacement", "mm")
        entries.append(Acquisition(day, items={"displacement": Item("here", name, factor=0.001)}))
    stack = Stack(DISPLACEMENT, grid, 0.0555, acquisitions=tuple(entries), roots={"here": "."})
    manifest.save(path, stack)
    return path


@pytest.mark.usefixtures("blank_pictures")
def test_rasters_of_a_displacement_folder_give_a_map(folder, line_of, tmp_path) -> None:
    result = run_corridor(
        CorridorParams(
            line_of([(0, 0), (1000, 0)]),
            tmp_path / "out",
            raster=folder / "velocity.tif",
            radius=30.0,
            component="los",
        )
    )
    table = rows(result.files["heatmap_csv"])
    # the first bin, 0 to 100 m, holds columns 5 to 9
    assert [float(table[0][f"D{day:%Y%m%d}"]) for day in DAYS] == [0.0, 7.0, 14.0]
    # 500 to 600 m: columns 30 to 34, of which 30 has no displacement
    assert float(table[5]["D20190117"]) == 32.5


def test_raster_series_do_not_depend_on_the_blocks(folder) -> None:
    stack = manifest.load(folder)
    items = {entry.date: entry.items["displacement"] for entry in stack.acquisitions}
    index = np.sort(np.random.default_rng(1).choice(600, 200, replace=False))
    whole = np.stack(list(of_raster(folder, stack, items, index, Compute())))
    small = np.stack(list(of_raster(folder, stack, items, index, Compute(memory=8 * 60 * 3))))
    np.testing.assert_array_equal(whole, small)
    values, _ = raster.read_geotiff(folder / "displacement" / "20190301.tif")
    np.testing.assert_allclose(whole[2], values.ravel()[index], rtol=1e-6)


@pytest.mark.usefixtures("blank_pictures")
def test_a_velocity_raster_alone_has_no_map(folder, line_of, tmp_path) -> None:
    (folder / "stack.json").unlink()
    result = run_corridor(
        CorridorParams(
            line_of([(0, 0), (1000, 0)]),
            tmp_path / "out",
            raster=folder / "velocity.tif",
            radius=30.0,
            component="los",
        )
    )
    assert "heatmap_csv" not in result.files
    assert result.numbers["date_count"].value == 0
