"""Points that are pixels count by area where pixels are coarse for the bins."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr

from groundline.core import manifest
from groundline.core.corridor.job import run_corridor
from groundline.core.corridor.params import CorridorParams
from groundline.core.corridor.pixels import cuts_for, grid_of_points, offsets
from groundline.core.crs import pixel_centres
from groundline.core.pointfile import PointSet, write_points
from groundline.core.pointsource import PointFile
from groundline.core.stack import DISPLACEMENT, Acquisition, Grid, Stack
from groundline.core.vector import VectorInput

GRID = Grid(40, 5, (500_000.0, 150.0, 0.0, 3_900_750.0, 0.0, -150.0), "EPSG:32650")
LINE = "LINESTRING(500000 3900375, 506000 3900375)"  # along the middle row of pixels


@pytest.fixture
def points(tmp_path: Path) -> Path:
    """Every pixel as a point that sinks by 1 mm/yr more per column, in a displacement folder."""
    rows, cols = (axis.ravel() for axis in np.indices(GRID.shape))
    x, y = pixel_centres(GRID, rows, cols)
    attributes = {"velocity": -cols.astype(np.float64), "incidence": np.zeros(len(x))}
    path = tmp_path / "displacement" / "points.gpkg"
    path.parent.mkdir()
    write_points(path, PointSet(x, y, GRID.crs, attributes, (), np.empty((len(x), 0), np.float32), "points"))
    return path


def profile(path: Path, output: Path) -> dict[str, float]:
    line = VectorInput((bytes(ogr.CreateGeometryFromWkt(LINE).ExportToWkb()),), GRID.crs, name="line")
    params = CorridorParams(line=line, output=output, points=(PointFile(str(path)),), radius=70.0, bin=100.0)
    return {key: number.value for key, number in run_corridor(params).numbers.items()}  # type: ignore[misc]


def test_a_part_is_at_most_a_quarter_of_a_bin_and_parts_are_centred() -> None:
    assert cuts_for(GRID, 1000.0, 3000.0) == 1
    assert cuts_for(GRID, 100.0, 3000.0) == 6
    assert cuts_for(GRID, 1.0, 3000.0) == 16
    np.testing.assert_allclose(offsets(2), [-0.25, 0.25])


def test_points_of_a_displacement_folder_leave_no_bin_empty(points: Path, tmp_path: Path) -> None:
    # 100 m bins on 150 m pixels: one bin in three holds no pixel centre.
    alone = profile(points, tmp_path / "centres")
    assert alone["length_without_data"] == pytest.approx(2000.0)
    dates = (Acquisition(date(2020, 1, 1)),)
    manifest.save(points.parent, Stack(DISPLACEMENT, GRID, 0.0555, acquisitions=dates))
    assert grid_of_points(str(points)) == GRID
    areas = profile(points, tmp_path / "areas")
    assert areas["length_without_data"] == 0.0
    assert areas["point_count"] == alone["point_count"] == 40
    # The columns from the tenth on sink by 10 mm/yr or more: 30 pixels of 150 m.
    assert areas["affected_length"] == pytest.approx(4500.0, abs=100.0)


def test_the_density_is_that_of_the_pixels_up_to_their_edge(points: Path, tmp_path: Path) -> None:
    dates = (Acquisition(date(2020, 1, 1)),)
    manifest.save(points.parent, Stack(DISPLACEMENT, GRID, 0.0555, acquisitions=dates))
    profile(points, tmp_path / "out")
    with open(tmp_path / "out" / "profile.csv", encoding="utf-8", newline="") as stream:
        density = [float(row["density"]) for row in csv.DictReader(stream)]
    # One pixel is 0.0225 km2, in the first and the last bin too.
    np.testing.assert_allclose(density, 1.0 / 0.0225, rtol=0.2)
