"""The analysis as a job: points with further fields, rasters of a displacement folder, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests.stacks import FIRST, hashes, write_scene

from groundline.core.blocks import MIB, Compute, Plan
from groundline.core.errors import Cancelled, InputError
from groundline.core.monitor import Monitor
from groundline.core.pointfile import PointSet, read_points, write_points
from groundline.core.pointsource import PointFile
from groundline.core.raster import Window, read_geotiff
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.timeseries.seasonal import run
from groundline.core.timeseries.seasonal.layers import FIELDS, LAYERS
from groundline.core.timeseries.seasonal.params import SeasonalParams
from groundline.core.timeseries.seasonal.run import run_seasonal


@pytest.fixture
def points(setting: Any) -> PointSet:
    """Three hundred points: flat, sinking, breathing with 5 mm."""
    kind = np.arange(300) % 3
    motion = np.stack(
        [0.0 * setting.t, -8.0 * setting.t, 5.0 * np.cos(2 * np.pi * (setting.times - 0.25))], axis=1
    )
    series = (motion[:, kind] + setting.noise(300, 1.0)).T.astype(np.float32)
    series[7, 10:] = np.nan
    place = np.arange(300.0)
    attributes = {"velocity": np.zeros(300), "trend": np.full(300, 99.0)}
    return PointSet(4e5 + 20.0 * place, 3.9e6 + place, "EPSG:32650", attributes, setting.dates, series, "ground")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A displacement folder of 40 dates over a year and a half, with an annual term that grows to the east."""
    base = tmp_path_factory.mktemp("series")
    scene = write_scene(base / "in", rows=12, cols=16, dates=40, pairs=[(i, i + 1) for i in range(39)])
    run_sbas(SbasParams(scene.folder, base / "out", reference=scene.points((0, 0))))
    return base / "out"


def test_points_keep_their_fields_and_gain_ours(points: PointSet, tmp_path: Path) -> None:
    source = write_points(tmp_path / "ground.gpkg", points)
    result = run_seasonal(SeasonalParams(tmp_path / "out", points=PointFile(str(source), name="ground")))
    found = read_points(result.files["seasonal"])
    assert set(found.attributes) == {"velocity", *FIELDS}
    assert found.dates == points.dates
    np.testing.assert_allclose(found.series, points.series, atol=6e-4, equal_nan=True)
    assert found.attributes["class"][[0, 1, 2, 7]].tolist() == ["stable", "linear", "seasonal", ""]
    assert found.attributes["trend"][1] == pytest.approx(-8.0, abs=0.5)
    assert found.attributes["amplitude"][2] == pytest.approx(5.0, abs=0.5)
    assert found.attributes["peak_day"][2] == pytest.approx(0.25 * 365.25, abs=5.0)
    numbers = {key: number.value for key, number in result.numbers.items()}
    assert numbers["analysed"] == 299 and numbers["unclassified"] == 1
    assert 95 <= numbers["seasonal_count"] <= 102
    assert any("trend" in warning and "replaced" in warning for warning in result.warnings)
    assert "p_trend" in result.files["report"].read_text(encoding="utf-8")


def test_rasters_of_a_displacement_folder_whatever_the_blocks(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run_seasonal(SeasonalParams(tmp_path / "one", input=folder, correlated=False, min_velocity=0.0))
    assert {path.name for path in (tmp_path / "one").glob("*.tif")} == {f"{role}.tif" for role in LAYERS}
    amplitude, grid = read_geotiff(result.files["amplitude"])
    np.testing.assert_allclose(amplitude[3], 4.0 * np.arange(16) / 16, atol=0.02)  # mm, as the scene has it
    kind, _ = read_geotiff(result.files["class"])
    assert np.isfinite(kind).all() and kind[6, 8] == 2  # seasonal, whatever its trend
    trend, _ = read_geotiff(result.files["trend"])
    velocity, _ = read_geotiff(folder / "velocity.tif")
    assert abs(trend - velocity).max() < 10.0
    assert grid.shape == (12, 16)
    blocks = tuple(Window(row, 0, min(5, 12 - row), 16) for row in (0, 5, 10))
    monkeypatch.setattr(run, "plan", lambda *_: Plan(blocks, MIB))
    run_seasonal(SeasonalParams(tmp_path / "many", input=folder, correlated=False, min_velocity=0.0))
    one, many = hashes(tmp_path / "one"), hashes(tmp_path / "many")
    assert one.pop("result.json") and many.pop("result.json")
    assert one == many


def test_cancelled_runs_leave_nothing(points: PointSet, folder: Path, tmp_path: Path) -> None:
    class Stop(Monitor):
        def __init__(self) -> None:
            self.left = 2

        def cancelled(self) -> bool:
            self.left -= 1
            return self.left < 0

    for params in (
        SeasonalParams(tmp_path / "new" / "out", points=points),
        SeasonalParams(tmp_path / "new" / "out", input=folder),
    ):
        with pytest.raises(Cancelled):
            run_seasonal(params, Stop(), Compute())
        assert not sorted(tmp_path.rglob("*"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"significance": 0.0}, "SIGNIFICANCE"),
        ({"min_velocity": -1.0}, "MIN_VELOCITY"),
        ({"min_segment": 2}, "MIN_SEGMENT"),
        ({"input": "somewhere"}, "INPUT and POINTS: 'both'"),
        ({"points": None}, "INPUT and POINTS: 'neither'"),
    ],
)
def test_wrong_values(points: PointSet, tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        SeasonalParams(**{"output": tmp_path / "out", "points": points, **changes}).validate()


def test_points_without_series_and_with_too_short_ones(points: PointSet, tmp_path: Path) -> None:
    bare = PointSet(points.x, points.y, points.crs, points.attributes, name="bare")
    with pytest.raises(InputError, match="bare: no column of a date among velocity, trend"):
        run_seasonal(SeasonalParams(tmp_path / "out", points=bare))
    days = tuple(FIRST + timedelta(12 * n) for n in range(5))
    short = PointSet(points.x, points.y, points.crs, {}, days, points.series[:, :5], "short")
    with pytest.raises(InputError, match="5 dates"):
        run_seasonal(SeasonalParams(tmp_path / "out", points=short))
    assert not (tmp_path / "out").exists()
