"""Points, numbers and layer definition made from the rasters of a displacement folder."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.dom import minidom

import numpy as np
import pytest
from groundline_tests.stacks import change, write_scene

from groundline.core.blocks import Plan
from groundline.core.errors import Cancelled
from groundline.core.monitor import Monitor
from groundline.core.pointfile import read_points
from groundline.core.raster import Window, read_geotiff, write_geotiff
from groundline.core.stack import POINTS, RADAR, Grid, Item
from groundline.core.stage import STAGE
from groundline.core.timeseries import outputs
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.points import choose
from groundline.core.timeseries.qlr import write_layers
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.timeseries.summary import rates, round_up, summarize_raster

GRID = Grid(4, 3, (0.0, 1.0, 0.0, 3.0, 0.0, -1.0), "EPSG:32650")
ROWS = Plan(tuple(Window(row, 0, 1, 4) for row in range(3)), 0)


def reader_of(folder: Path, coherence: list[list[float]], redundancy: list[list[float]]) -> object:
    write_geotiff(folder / "temporal_coherence.tif", np.array(coherence), GRID)
    write_geotiff(folder / "redundancy.tif", np.array(redundancy), GRID)
    return outputs.displacement_reader(folder, GRID, 0.05, (date(2020, 1, 1),))


class TestChoice:
    coherence = [[0.9, 0.8, 0.7, math.nan], [1.0, 0.9, 0.69, 0.9], [0.95, 0.9, 0.2, 0.8]]
    redundancy = [[5, 5, 5, math.nan], [0, 9, 5, 5], [5, 5, 5, 5]]

    def test_the_threshold_and_redundancy_decide(self, tmp_path: Path) -> None:
        reader = reader_of(tmp_path, self.coherence, self.redundancy)
        chosen = choose(reader, ROWS, 0.7, 100, True, Monitor())
        assert chosen.index.tolist() == [0, 1, 2, 5, 7, 8, 9, 11]
        assert (chosen.below_threshold, chosen.without_redundancy, chosen.dropped) == (2, 1, 0)

    def test_the_best_are_kept_then_the_most_redundant_then_the_first(self, tmp_path: Path) -> None:
        reader = reader_of(tmp_path, self.coherence, self.redundancy)
        chosen = choose(reader, ROWS, 0.7, 3, True, Monitor())
        assert chosen.index.tolist() == [0, 5, 8]  # .95, then .9 with 9 redundant pairs, then the first .9
        assert chosen.dropped == 5
        whole = Plan((Window(0, 0, 3, 4),), 0)
        assert choose(reader, whole, 0.7, 3, True, Monitor()).index.tolist() == [0, 5, 8]

    def test_a_network_without_redundancy_still_gives_points(self, tmp_path: Path) -> None:
        reader = reader_of(tmp_path, self.coherence, [[0] * 4] * 3)
        assert len(choose(reader, ROWS, 0.7, 100, False, Monitor()).index) == 9


class TestPoints:
    def test_they_hold_what_the_rasters_hold(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", noise=0.3)
        result = run_sbas(
            SbasParams(scene.folder, tmp_path / "out", reference=scene.points((0, 0)), max_points=40)
        )
        points = read_points(tmp_path / "out" / "points.gpkg")
        names = [
            "velocity",
            "velocity_std",
            "coherence",
            "incidence",
            "los_east",
            "los_north",
            "los_up",
            "track",
            "pass",
        ]
        assert list(points.attributes)[:9] == names
        coherence, _ = read_geotiff(tmp_path / "out" / "temporal_coherence.tif")
        good = int((coherence >= 0.7).sum())
        assert len(points) == 40
        assert result.numbers["points_dropped"].value == good - 40
        assert any(f"{good - 40:,} were left out" in text for text in result.warnings)
        assert points.attributes["coherence"].min() >= np.sort(coherence.ravel())[-40] - 1e-6
        x0, dx, _, y0, _, dy = scene.stack.grid.transform
        col, row = np.floor((points.x - x0) / dx).astype(int), np.floor((points.y - y0) / dy).astype(int)
        velocity, _ = read_geotiff(tmp_path / "out" / "velocity.tif")
        np.testing.assert_allclose(points.attributes["velocity"], velocity[row, col], rtol=1e-5)
        for index, day in enumerate(scene.stack.dates):
            values, _ = read_geotiff(tmp_path / f"out/displacement/{day:%Y%m%d}.tif")
            np.testing.assert_allclose(points.series[:, index], values[row, col], atol=6e-4)
        theta, heading = math.radians(39.0), math.radians(-12.0)
        np.testing.assert_allclose(points.attributes["incidence"], 39.0, rtol=1e-5)
        np.testing.assert_allclose(
            points.attributes["los_east"], -math.sin(theta) * math.cos(heading), rtol=1e-5
        )
        np.testing.assert_allclose(points.attributes["los_up"], math.cos(theta), rtol=1e-5)
        assert set(points.attributes["track"]) == {"5"}
        assert set(points.attributes["pass"]) == {"ascending"}

    def test_none_at_all_is_explained(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", noise=1.5)
        result = run_sbas(
            SbasParams(
                scene.folder, tmp_path / "out", reference=scene.pixels(0, 6, 0, 6), point_coherence=1.0
            )
        )
        assert result.numbers["point_count"].value == 0
        assert any("Lower POINT_COHERENCE" in text for text in result.warnings)
        assert len(read_points(tmp_path / "out" / "points.gpkg")) == 0
        assert (tmp_path / "out" / "report.html").is_file()


class TestPointsAsInput:
    def test_a_stack_of_points_is_a_raster_of_one_row(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", rows=1, cols=50, dates=5)
        for role, start in (("longitude", 115.0), ("latitude", 35.0)):
            write_geotiff(tmp_path / "in" / f"{role}.tif", start + np.arange(50)[None] / 1000.0, Grid(50, 1))
        geometry = {role: Item("data", f"{role}.tif") for role in ("longitude", "latitude")}
        grid = Grid(50, 1)
        change(scene, replace(scene.stack, frame=RADAR, layout=POINTS, grid=grid, geometry=geometry))
        result = run_sbas(SbasParams(scene.folder, tmp_path / "out"))
        points = read_points(tmp_path / "out" / "points.gpkg")
        assert len(points) == 50
        np.testing.assert_allclose(points.x, 115.0 + np.arange(50) / 1000.0, atol=1e-5)
        assert "4326" in points.crs
        assert "layers" not in result.files
        truth = 1000.0 * (scene.displacement[-1, 0] - scene.displacement[-1, 0, :1])
        np.testing.assert_allclose(points.series[:, -1] - points.series[0, -1], truth, atol=2e-3)


class TestSummary:
    def test_it_does_not_depend_on_the_blocks(self, tmp_path: Path) -> None:
        grid = Grid(50, 41)
        values = np.random.default_rng(3).normal(size=grid.shape)
        values[5:9] = np.nan
        write_geotiff(tmp_path / "a.tif", values, grid)
        reader = outputs.displacement_reader(tmp_path, grid, 0.05, (date(2020, 1, 1),))
        item = Item("here", "a.tif")
        one = summarize_raster(reader, item, grid, Plan((Window(0, 0, 41, 50),), 0))
        parts = Plan(tuple(Window(row, 0, min(7, 41 - row), 50) for row in range(0, 41, 7)), 0)
        many = summarize_raster(reader, item, grid, parts)
        assert (one.count, one.minimum, one.maximum, one.mean) == (
            many.count,
            many.minimum,
            many.maximum,
            many.mean,
        )
        np.testing.assert_array_equal(one.sample, many.sample)
        np.testing.assert_array_equal(one.preview, many.preview)
        assert one.count == 37 * 50
        assert one.mean == pytest.approx(np.nanmean(values.astype(np.float32), dtype=np.float64))

    def test_large_rasters_are_thinned_at_the_same_places(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from groundline.core.timeseries import summary

        monkeypatch.setattr(summary, "SAMPLE", 300)
        monkeypatch.setattr(summary, "PREVIEW", 10)
        grid = Grid(50, 41)
        values = np.arange(41 * 50, dtype=np.float32).reshape(41, 50)
        write_geotiff(tmp_path / "a.tif", values, grid)
        reader = outputs.displacement_reader(tmp_path, grid, 0.05, (date(2020, 1, 1),))
        parts = Plan(tuple(Window(row, 0, min(6, 41 - row), 50) for row in range(0, 41, 6)), 0)
        found = summarize_raster(reader, Item("here", "a.tif"), grid, parts)
        np.testing.assert_array_equal(found.sample, values.ravel()[::7])
        np.testing.assert_array_equal(found.preview, values[::5, ::5])

    def test_ends_of_colour_scales_are_round(self) -> None:
        assert [round_up(v) for v in (0.9, 1.0, 1.2, 27.0, 92.0, 300.0)] == [
            1.0,
            1.0,
            1.5,
            30.0,
            100.0,
            300.0,
        ]
        assert round_up(0.0) == round_up(math.nan) == 1.0

    def test_rates_are_least_squares_slopes(self) -> None:
        years = np.array([0.0, 0.1, 0.5, 0.9])
        series = np.array([[1.0, 2.0, 0.5, 4.0], [0.0, 0.3, 1.5, 2.7]])
        expected = [np.polyfit(years, row, 1)[0] for row in series]
        np.testing.assert_allclose(rates(years, series), expected)


def test_the_layer_definition_is_well_formed_and_relative(tmp_path: Path) -> None:
    days = [date(2020, 1, 1), date(2020, 1, 13), date(2020, 2, 6)]
    path = write_layers(tmp_path / "layers.qlr", 'Track 5 <"A" & B>', GRID, days, 40.0)
    document = minidom.parse(str(path))
    sources = [node.firstChild.data for node in document.getElementsByTagName("datasource")]
    assert sources == [f"./displacement/{day:%Y%m%d}.tif" for day in days]
    group = document.getElementsByTagName("layer-tree-group")[1]
    assert group.getAttribute("name") == 'Track 5 <"A" & B>'
    assert group.getAttribute("expanded") == "0"
    assert {node.getAttribute("checked") for node in document.getElementsByTagName("layer-tree-layer")} == {
        "Qt::Unchecked"
    }
    ends = [node.firstChild.data for node in document.getElementsByTagName("end")]
    assert ends == ["2020-01-12T23:59:59Z", "2020-02-05T23:59:59Z", "2020-02-29T23:59:59Z"]
    values = [float(node.getAttribute("value")) for node in document.getElementsByTagName("item")[:11]]
    assert values == [-40, -32, -24, -16, -8, 0, 8, 16, 24, 32, 40]


class TestStaging:
    def test_nothing_is_seen_before_the_end(self, tmp_path: Path) -> None:
        with outputs.staging(tmp_path / "out") as stage:
            (stage.path / "velocity.tif").write_bytes(b"new")
            assert not (tmp_path / "out" / "velocity.tif").exists()
        assert (tmp_path / "out" / "velocity.tif").read_bytes() == b"new"
        assert [path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")] == []

    def test_an_error_leaves_the_old_files_and_no_new_folder(self, tmp_path: Path) -> None:
        (tmp_path / "old").mkdir()
        (tmp_path / "old" / "velocity.tif").write_bytes(b"old")
        for folder in (tmp_path / "old", tmp_path / "new" / "deep"):
            with pytest.raises(Cancelled), outputs.staging(folder) as stage:
                (stage.path / "velocity.tif").write_bytes(b"new")
                raise Cancelled
        assert (tmp_path / "old" / "velocity.tif").read_bytes() == b"old"
        assert not (tmp_path / "new").exists()

    def test_leftovers_of_a_killed_run_are_swept(self, tmp_path: Path) -> None:
        (tmp_path / "out" / f"{STAGE}abc" / "displacement").mkdir(parents=True)
        with outputs.staging(tmp_path / "out"):
            pass
        assert not (tmp_path / "out" / f"{STAGE}abc").exists()

    def test_statistics_of_replaced_rasters_go(self, tmp_path: Path) -> None:
        (tmp_path / "velocity.tif").write_bytes(b"old")
        (tmp_path / "velocity.tif.aux.xml").write_text("old statistics")
        with outputs.staging(tmp_path) as stage:
            (stage.path / "velocity.tif").write_bytes(b"new")
        assert not (tmp_path / "velocity.tif.aux.xml").exists()
