"""Subsidence from displacement folders: sign, angle, area of pixels, refusals."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.mine import metric_grid, wkt, write_subsidence
from groundline_tests.stacks import write_scene

from groundline.core import crs as coordinates
from groundline.core.blocks import Compute
from groundline.core.errors import InputError
from groundline.core.mining.subsidence import open_series, row_areas
from groundline.core.stack import Grid
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas

DAYS = [date(2015, 6, 15), date(2016, 6, 14), date(2017, 8, 15)]


@pytest.fixture
def truth() -> np.ndarray:
    """S (3, 5, 4) [m]: 0, then a plane of up to 0.1, then twice that; one pixel unknown."""
    plane = np.arange(20.0).reshape(5, 4) / 190.0
    out = np.stack([0 * plane, plane, 2 * plane])
    out[:, 2, 1] = np.nan
    return out


def test_subsidence_is_vertical_metres_positive_down(tmp_path, truth) -> None:
    series = open_series(write_subsidence(tmp_path / "d", truth, DAYS))
    np.testing.assert_allclose(series.read(), truth, atol=1e-8)
    assert series.dates == tuple(DAYS)
    assert series.years[1] == pytest.approx(365 / 365.25)


def test_each_pixel_has_its_own_incidence(tmp_path, truth) -> None:
    angle = np.linspace(30.0, 45.0, 20).reshape(5, 4)
    series = open_series(write_subsidence(tmp_path / "d", truth, DAYS, incidence=angle))
    np.testing.assert_allclose(series.read(), truth, atol=1e-7)


def test_blocks_cover_the_grid_whatever_their_size(tmp_path) -> None:
    rng = np.random.default_rng(2)
    s = rng.uniform(0.0, 0.2, (3, 400, 300))
    series = open_series(write_subsidence(tmp_path / "d", s, DAYS))
    parts = list(series.blocks(Compute(memory=6 * 10**6)))
    assert len(parts) > 1
    np.testing.assert_array_equal(np.concatenate([values for _, values in parts], axis=1), series.read())


def test_single_pixels_and_chosen_dates(tmp_path, truth) -> None:
    series = open_series(write_subsidence(tmp_path / "d", truth, DAYS))
    found = series.at(np.array([4, 0, 4, 9]), np.array([3, 1, 0, 0]))
    np.testing.assert_allclose(found[2], [2 * 19 / 190, 2 / 190, 2 * 16 / 190, np.nan], atol=1e-8)
    np.testing.assert_allclose(series.read(numbers=[2])[0], truth[2], atol=1e-8)


def test_sinking_in_a_folder_of_sbas_is_positive(tmp_path) -> None:
    scene = write_scene(tmp_path / "stack")
    run_sbas(SbasParams(str(scene.folder), str(tmp_path / "out"), weights="none"))
    series = open_series(tmp_path / "out")
    truth = -(scene.displacement[-1] - scene.displacement[0]) / math.cos(math.radians(39.0))
    offset = series.read()[-1] - truth
    assert np.ptp(offset) < 1e-5  # but for the reference
    assert truth.max() > 0.02


def test_origin_before_the_first_date_counts_the_time_from_there(tmp_path, truth) -> None:
    folder = write_subsidence(tmp_path / "d", truth, DAYS, metadata={"origin_date": "2014-06-15"})
    series = open_series(folder)
    assert series.origin == date(2014, 6, 15)
    assert series.years[0] == pytest.approx(365 / 365.25)
    late = write_subsidence(tmp_path / "late", truth, DAYS, metadata={"origin_date": "2016-01-01"})
    with pytest.raises(InputError, match="not after the first date"):
        open_series(late)


def test_area_of_metric_pixels_is_width_times_height() -> None:
    grid = Grid(3, 2, (500_000.0, 9.022, 0.0, 3_280_000.0, 0.0, -7.368), wkt(32649))
    np.testing.assert_allclose(row_areas(grid), 9.022 * 7.368)
    assert pytest.approx(66.47, abs=0.005) == 9.022 * 7.368


def test_area_of_pixels_in_degrees_shrinks_with_the_cosine_of_latitude() -> None:
    step = 0.01
    grid = Grid(4, 6001, (110.0, step, 0.0, 60.0 + step / 2, 0.0, -step), wkt(4326))
    areas = row_areas(grid)
    # WGS 84: M N cos(lat) dlat dlon; at the equator a^2 (1 - e2), at 60 N by the radii of curvature
    a, e2 = 6378137.0, 0.00669437999014
    for row, lat in ((0, 60.0), (3000, 30.0), (6000, 0.0)):
        sine = math.sin(math.radians(lat))
        m = a * (1 - e2) / (1 - e2 * sine**2) ** 1.5
        n = a / math.sqrt(1 - e2 * sine**2)
        assert areas[row] == pytest.approx(
            m * n * math.cos(math.radians(lat)) * math.radians(step) ** 2, rel=1e-8
        )
    assert areas[0] / areas[6000] == pytest.approx(0.5, rel=0.015)


def test_web_mercator_is_measured_on_the_ground() -> None:
    x, y = coordinates.transform(np.array([111.7]), np.array([29.6]), coordinates.WGS84, "EPSG:3857")
    mercator = Grid(3, 3, (float(x[0]), 10.0, 0.0, float(y[0]), 0.0, -10.0), wkt(3857))
    # scale 1/cos(latitude) in both directions (1 - e2 sin2 apart, below 0.6 %)
    assert row_areas(mercator)[0] == pytest.approx(100.0 * math.cos(math.radians(29.6)) ** 2, rel=0.006)
    assert row_areas(metric_grid(3, 3))[0] == 100.0


def test_other_folders_are_refused_with_the_reason(tmp_path, truth) -> None:
    scene = write_scene(tmp_path / "stack")
    with pytest.raises(InputError, match="sbas"):
        open_series(scene.folder)
    with pytest.raises(InputError, match="INPUT"):
        open_series(tmp_path / "nowhere")
    one = write_subsidence(tmp_path / "one", truth[:1], DAYS[:1])
    with pytest.raises(InputError, match="at least 2 dates"):
        open_series(one)
    blind = write_subsidence(tmp_path / "blind", truth, DAYS)
    forget(blind, "incidence_deg")
    with pytest.raises(InputError, match="Incidence angle"):
        open_series(blind)


def forget(folder: Path, key: str) -> None:
    path = folder / "stack.json"
    document = json.loads(path.read_text())
    del document["metadata"][key]
    path.write_text(json.dumps(document))
