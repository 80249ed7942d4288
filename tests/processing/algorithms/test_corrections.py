"""The corrections as the toolbox runs them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from groundline_tests.series import series_folder
from groundline_tests.stacks import write_scene

from groundline.core import manifest
from groundline.core.raster import write_geotiff
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas

pytestmark = pytest.mark.usefixtures("qgis_app")


class TestDeramp:
    def test_a_stack_gives_a_stack_and_loads_nothing(self, tmp_path: Path) -> None:
        from groundline_tests import toolbox

        scene = write_scene(tmp_path / "in", dates=4, noise=0.2)
        square = "POLYGON ((-98.99 19.49, -98.98 19.49, -98.98 19.485, -98.99 19.485, -98.99 19.49))"
        values = {"INPUT": str(scene.folder), "OUTPUT": str(tmp_path / "out"), "DEGREE": 2}
        found = toolbox.run("deramp", {**values, "EXCLUDE": toolbox.layer(tmp_path / "bowl", square)})
        assert found["OUTPUT"] == str(tmp_path / "out")
        assert Path(found["HTML"]).name == "report.html"
        assert found["FIT_PIXELS"] > 60
        assert "VELOCITY" not in found
        assert manifest.load(tmp_path / "out").kind == "unwrapped"

    def test_a_displacement_folder_gives_velocity_and_points(self, tmp_path: Path) -> None:
        from groundline_tests import toolbox

        scene = write_scene(tmp_path / "in", dates=6, noise=0.2)
        run_sbas(SbasParams(scene.folder, tmp_path / "sbas", reference=scene.pixels(0, 4, 0, 4)))
        dem = tmp_path / "dem.tif"
        y, x = np.indices(scene.stack.grid.shape)
        write_geotiff(dem, (100.0 * np.sin(x) * np.cos(y)).astype(np.float32), scene.stack.grid)
        values = {
            "INPUT": str(tmp_path / "sbas"),
            "HEIGHT": "linear",
            "DEM": str(dem),
            "OUTPUT": str(tmp_path / "out"),
        }
        found = toolbox.run("deramp", values)
        assert Path(found["VELOCITY"]).is_file()
        assert Path(found["HTML"]).name == "correction.html"
        assert "points.gpkg" in found["POINTS"]

    def test_a_mistake_is_one_message(self, tmp_path: Path) -> None:
        from groundline_tests import toolbox

        scene = write_scene(tmp_path / "in", dates=4)
        values = {"INPUT": str(scene.folder), "OUTPUT": str(tmp_path / "out"), "DEGREE": 0}
        assert "nothing to fit" in toolbox.complaint("deramp", values)


class TestGacos:
    def test_missing_dates_are_named(self, tmp_path: Path) -> None:
        from groundline_tests import toolbox

        scene = write_scene(tmp_path / "in", dates=4)
        (tmp_path / "delays").mkdir()
        day = scene.stack.dates[0]
        write_geotiff(tmp_path / "delays" / f"{day:%Y%m%d}.ztd.tif", np.full((20, 30), 2.3), scene.stack.grid)
        values = {
            "INPUT": str(scene.folder),
            "DELAYS": str(tmp_path / "delays"),
            "OUTPUT": str(tmp_path / "out"),
        }
        message = toolbox.complaint("gacos", values)
        assert "no file for 3 of 4 dates" in message
        assert "2020-01-13" in message

    def test_delays_are_removed(self, tmp_path: Path) -> None:
        from groundline_tests import toolbox

        scene = write_scene(tmp_path / "in", dates=4)
        (tmp_path / "delays").mkdir()
        for number, day in enumerate(scene.stack.dates):
            plane = 2.3 + 0.01 * number * np.broadcast_to(np.arange(30.0), (20, 30))
            write_geotiff(tmp_path / "delays" / f"{day:%Y%m%d}.ztd.tif", plane, scene.stack.grid)
        values = {
            "INPUT": str(scene.folder),
            "DELAYS": str(tmp_path / "delays"),
            "OUTPUT": str(tmp_path / "out"),
        }
        found = toolbox.run("gacos", values)
        assert found["DATES_MISSING"] == 0
        assert found["REMOVED_STD"] > 50.0


class TestAps:
    def test_empty_widths_take_those_of_the_preset(self, tmp_path: Path) -> None:
        from groundline_tests import toolbox

        scene = write_scene(tmp_path / "in", dates=7, noise=0.2)
        run_sbas(SbasParams(scene.folder, tmp_path / "sbas", reference=scene.pixels(0, 4, 0, 4)))
        values = {
            "INPUT": str(tmp_path / "sbas"),
            "OUTPUT": str(tmp_path / "out"),
            "PRESET": "stamps",
            "DAYS": 50.0,
        }
        found = toolbox.run("aps", values)
        assert found["SEASONAL_TERMS"] == 0
        assert found["PIXELS"] == 600
        step = manifest.load(tmp_path / "out").history[-1]
        assert (step["algorithm"], step["parameters"]["radius"], step["parameters"]["days"]) == (
            "aps",
            100.0,
            50.0,
        )


class TestVelocityChange:
    def test_before_and_after_load_their_difference(self, tmp_path: Path) -> None:
        from groundline_tests import toolbox

        years = 12 * np.arange(20) / 365.25
        series = np.broadcast_to(-20.0 * np.abs(years - years[10])[:, None, None], (20, 8, 10))
        stack = series_folder(tmp_path / "in", series)
        values = {
            "INPUT": str(tmp_path / "in"),
            "OUTPUT": str(tmp_path / "out"),
            "EVENT": str(stack.dates[10]),
        }
        found = toolbox.run("velocitychange", values)
        assert found["DIFFERENCE_MEDIAN"] == pytest.approx(-40.0, abs=0.1)
        assert {Path(found[name]).name for name in ("BEFORE", "AFTER", "DIFFERENCE")} == {
            "velocity_before.tif",
            "velocity_after.tif",
            "difference.tif",
        }
        values["EVENT"] = "2030-01-01"
        assert "0 date(s) after the event" in toolbox.complaint("velocitychange", values)
