"""Reference areas: their value, how several are combined, and the change of reference without a new inversion."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.recorder import Recorder
from groundline_tests.stacks import Scene, hashes, write_scene

from groundline.core import manifest
from groundline.core.errors import Cancelled, InputError
from groundline.core.pointfile import read_points
from groundline.core.raster import read_geotiff, write_geotiff
from groundline.core.timeseries.automatic_reference import best_chip
from groundline.core.timeseries.params import ReferenceParams, SbasParams
from groundline.core.timeseries.reference_area import areas_of, combine, summarize, weigh
from groundline.core.timeseries.rereference import change_reference
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.vector import VectorInput


def stored(folder: Path, scene: Scene) -> np.ndarray:
    return np.array([read_geotiff(folder / f"displacement/{day:%Y%m%d}.tif")[0] for day in scene.stack.dates])


class TestValueOfAnArea:
    def test_it_is_the_median_of_the_valid_pixels(self) -> None:
        value, count, variance = summarize(np.array([1.0, np.nan, 2.0, 3.0, 100.0, 4.0], np.float32))
        assert (value, count) == (3.0, 5)
        assert variance == pytest.approx(1.4826**2)  # deviations 2 1 0 97 1: their median is 1

    def test_few_pixels_have_no_spread_and_no_pixels_no_value(self) -> None:
        value, count, variance = summarize(np.array([1.0, 3.0], np.float32))
        assert (value, count) == (2.0, 2)
        assert np.isnan(variance)
        assert summarize(np.array([np.nan], np.float32))[1] == 0

    def test_the_mean_on_request(self) -> None:
        assert summarize(np.array([1.0, 2.0, 6.0], np.float32), "mean")[0] == 3.0


class TestSeveralAreas:
    def test_weights_are_pixels_over_variance(self) -> None:
        spread = np.array([[1.0, 1.0], [4.0, 4.0]])
        variance, weights = weigh(spread, np.array([[10, 10], [10, 10]]))
        np.testing.assert_allclose(variance, [1.0, 4.0])
        np.testing.assert_allclose(weights, [0.8, 0.2])

    def test_points_share_the_mean_variance_so_they_count_alike(self) -> None:
        _, weights = weigh(np.full((3, 4), np.nan), np.ones((3, 4), int))
        np.testing.assert_allclose(weights, 1 / 3)

    def test_no_area_takes_all_weight(self) -> None:
        _, weights = weigh(np.array([[0.0], [1.0]]), np.array([[5], [5]]))
        assert np.isfinite(weights).all()
        assert weights.sum() == pytest.approx(1.0)

    def test_an_area_without_a_value_sits_out(self) -> None:
        values = np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan]])
        np.testing.assert_allclose(combine(values, np.array([0.5, 0.5])), [2.0, 5.0, np.nan])


class TestPixelsOfAFeature:
    def test_a_polygon_takes_exactly_the_pixels_whose_centre_it_holds(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=3)
        (area,) = areas_of(scene.pixels(5, 7, 6, 7), scene.stack)
        assert sorted(set(area.rows)) == list(range(5, 12))
        assert sorted(set(area.cols)) == list(range(6, 13))
        assert area.name == "ground"

    def test_names_come_from_the_layer(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=3)
        shapes = (scene.outline(0, 3, 0, 3), scene.outline(10, 3, 10, 3))
        layer = VectorInput(shapes, scene.stack.grid.crs, ({"name": "Church"}, {"name": None}), "stable")
        assert [area.name for area in areas_of(layer, scene.stack)] == ["Church", "stable 2"]

    def test_an_empty_layer_is_refused(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=3)
        with pytest.raises(InputError, match="at least one of: points"):
            areas_of(VectorInput((), scene.stack.grid.crs, name="nothing"), scene.stack)


class TestWithoutAReference:
    def test_the_best_complete_chip_is_the_first_of_equals(self) -> None:
        complete = np.ones((20, 20), bool)
        quality = np.zeros((20, 20), np.float32)
        quality[2:9, 3:10] = quality[11:18, 11:18] = 1.0
        assert best_chip(complete, quality) == (2, 3)
        complete[4, 5] = False
        assert best_chip(complete, quality) == (11, 11)
        assert best_chip(np.zeros((20, 20), bool), quality) is None

    def test_the_choice_is_said_and_kept(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4)
        result = run_sbas(SbasParams(scene.folder, tmp_path / "out"))
        assert "No reference was given" in " ".join(result.warnings)
        assert manifest.load(tmp_path / "out").reference["automatic"] is True
        assert result.numbers["reference_pixels"].value == 49

    def test_without_coherence_the_scene_median_is_zero(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4, coherence=False)
        result = run_sbas(SbasParams(scene.folder, tmp_path / "out"))
        assert "median motion" in " ".join(result.warnings)
        np.testing.assert_allclose(np.median(stored(tmp_path / "out", scene), axis=(1, 2)), 0.0, atol=0.02)


class TestChange:
    def test_it_equals_a_new_inversion_for_single_pixels(self, tmp_path: Path) -> None:
        """Complete data, unweighted least squares: exact although the noise does not close."""
        scene = write_scene(tmp_path / "in", noise=0.4)
        new = scene.points((15, 4), (3, 25))
        run_sbas(SbasParams(scene.folder, tmp_path / "first", reference=scene.points((0, 0))))
        change_reference(ReferenceParams(tmp_path / "first", tmp_path / "changed", new))
        run_sbas(SbasParams(scene.folder, tmp_path / "again", reference=new))
        np.testing.assert_allclose(
            stored(tmp_path / "changed", scene), stored(tmp_path / "again", scene), atol=2e-4
        )
        for role in ("velocity", "velocity_std", "redundancy"):
            changed, _ = read_geotiff(tmp_path / "changed" / f"{role}.tif")
            again, _ = read_geotiff(tmp_path / "again" / f"{role}.tif")
            if role != "velocity_std":  # that one knows the residuals of the first reference only
                np.testing.assert_allclose(changed, again, atol=2e-3)
        changed_points, again_points = (
            read_points(tmp_path / n / "points.gpkg") for n in ("changed", "again")
        )
        assert changed_points.dates == again_points.dates == scene.stack.dates

    def test_it_equals_a_new_inversion_of_height_errors_too(self, tmp_path: Path) -> None:
        y, x = np.mgrid[0:20, 0:30]
        scene = write_scene(tmp_path / "in", dates=10, noise=0.1, height=0.5 * x + 0.2 * y)
        new = scene.points((15, 4))
        run_sbas(SbasParams(scene.folder, tmp_path / "first", dem_error=True, reference=scene.points((0, 0))))
        change_reference(ReferenceParams(tmp_path / "first", tmp_path / "changed", new))
        run_sbas(SbasParams(scene.folder, tmp_path / "again", dem_error=True, reference=new))
        for name in ("height_error.tif", "velocity.tif"):
            changed, _ = read_geotiff(tmp_path / "changed" / name)
            again, _ = read_geotiff(tmp_path / "again" / name)
            np.testing.assert_allclose(changed, again, atol=5e-3)

    def test_areas_differ_from_a_new_inversion_by_less_than_the_noise(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", noise=0.4)
        new = scene.pixels(12, 5, 2, 5)
        run_sbas(SbasParams(scene.folder, tmp_path / "first", reference=scene.points((0, 0))))
        change_reference(ReferenceParams(tmp_path / "first", tmp_path / "changed", new))
        run_sbas(SbasParams(scene.folder, tmp_path / "again", reference=new))
        difference = stored(tmp_path / "changed", scene) - stored(tmp_path / "again", scene)
        assert np.abs(difference).max() < 1.0  # mm; the noise of a pixel is about 1.8 mm per interferogram

    def test_double_differences_do_not_change(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", noise=0.4)
        run_sbas(SbasParams(scene.folder, tmp_path / "first", reference=scene.points((0, 0))))
        change_reference(ReferenceParams(tmp_path / "first", tmp_path / "changed", scene.pixels(12, 5, 2, 5)))
        first, changed = stored(tmp_path / "first", scene), stored(tmp_path / "changed", scene)
        double = (first - first[:1]) - (first - first[:1])[:, 7:8, 9:10]
        again = (changed - changed[:1]) - (changed - changed[:1])[:, 7:8, 9:10]
        np.testing.assert_allclose(double, again, atol=1e-4)

    def test_everything_follows_and_quality_stays(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", noise=0.3)
        run_sbas(SbasParams(scene.folder, tmp_path / "first", reference=scene.points((0, 0)), max_points=50))
        new = scene.points((10, 15))  # the middle of the bowl
        result = change_reference(ReferenceParams(tmp_path / "first", tmp_path / "changed", new))
        assert set(hashes(tmp_path / "first")) == set(hashes(tmp_path / "changed"))
        for role in (
            "velocity_std",
            "velocity_std_images",
            "temporal_coherence",
            "redundancy",
            "residual_rms",
            "gaps",
            "parts",
            "beyond_limit",
        ):
            name = f"{role}.tif"
            assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "changed" / name).read_bytes()
        assert "standard deviations" in " ".join(result.warnings)
        velocity, _ = read_geotiff(tmp_path / "changed" / "velocity.tif")
        assert abs(velocity[10, 15]) < 1e-4
        before, _ = read_geotiff(tmp_path / "first" / "velocity.tif")
        assert result.numbers["velocity_change"].value == pytest.approx(-before[10, 15], abs=1e-3)
        assert len(read_points(tmp_path / "changed" / "points.gpkg")) == 50
        stack = manifest.load(tmp_path / "changed")
        assert [step["algorithm"] for step in stack.history] == ["sbas", "reference"]
        document = json.loads((tmp_path / "changed" / "result.json").read_text())
        assert document["algorithm"] == "reference"

    def test_a_moving_area_is_seen_and_its_effect_is_told(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in")
        run_sbas(SbasParams(scene.folder, tmp_path / "first", reference=scene.points((0, 0))))
        layer = scene.points((0, 0), (0, 29), (10, 15))  # the third one is the middle of the bowl
        result = change_reference(ReferenceParams(tmp_path / "first", tmp_path / "changed", layer))
        table = result.tables["reference"]
        before, _ = read_geotiff(tmp_path / "first" / "velocity.tif")
        own = np.array([before[0, 0], before[0, 29], before[10, 15]], float)
        mean = own.mean()
        for row, velocity in zip(table, own):
            assert row["velocity_mm_yr"] == pytest.approx(velocity - mean, abs=1e-3)
        rest = own[:2].mean()
        assert table[2]["change_if_left_out_mm_yr"] == pytest.approx(mean - rest, abs=1e-3)
        assert abs(table[2]["change_if_left_out_mm_yr"]) > 40

    def test_an_area_without_results_is_refused(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4)
        for pair, phase in zip(scene.stack.pairs, scene.phase):
            phase[10:14, 10:14] = np.nan
            write_geotiff(scene.folder / pair.items["phase"].path, phase, scene.stack.grid)
        run_sbas(SbasParams(scene.folder, tmp_path / "first", reference=scene.points((0, 0))))
        with pytest.raises(InputError, match=r"REFERENCE: 'pond'.*displacement values"):
            change_reference(
                ReferenceParams(tmp_path / "first", tmp_path / "changed", scene.pixels(11, 2, 11, 2, "pond"))
            )
        assert not (tmp_path / "changed").exists()

    def test_interferograms_are_refused(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4)
        with pytest.raises(InputError, match="kind unwrapped.*displacement folder"):
            change_reference(ReferenceParams(scene.folder, tmp_path / "out", scene.points((0, 0))))

    def test_cancelling_and_resuming(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", rows=10, cols=12, dates=4)
        run_sbas(SbasParams(scene.folder, tmp_path / "first", reference=scene.points((0, 0))))
        params = ReferenceParams(tmp_path / "first", tmp_path / "changed", scene.points((5, 5)))
        count = Recorder()
        change_reference(ReferenceParams(tmp_path / "first", tmp_path / "count", scene.points((5, 5))), count)
        for stop_at in range(count.calls - 1):
            with pytest.raises(Cancelled):
                change_reference(params, Recorder(stop_at))
            assert not (tmp_path / "changed").exists()
        change_reference(params)
        again = Recorder()
        change_reference(params, again)
        assert again.calls == 1
