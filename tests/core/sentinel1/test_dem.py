"""Heights of the ground: any CRS, tiles, geoid or ellipsoid, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from groundline.core import crs
from groundline.core.errors import InputError
from groundline.core.raster import write_geotiff
from groundline.core.sentinel1 import geometry_geoid as geoid
from groundline.core.sentinel1.geometry_dem import DemSource, load_dem
from groundline.core.sentinel1.geometry_grid import LonLatGrid
from groundline.core.stack import Grid

AREA = (10.02, 45.02, 10.08, 45.08)
WGS84 = crs.parse("EPSG:4326").ExportToWkt()


def plane(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Heights [m] that any linear interpolation keeps."""
    return 100.0 + 2000.0 * (lon - 10.0) - 1000.0 * (lat - 45.0)


def degrees(
    path: Path, west: float = 10.0, width: int = 101, step: float = 1e-3, north: float = 45.1
) -> Path:
    grid = Grid(width, 101, (west, step, 0.0, north, 0.0, -step), WGS84)
    lon, lat = crs.pixel_centres(grid, *np.mgrid[0:101, 0:width])
    write_geotiff(path, plane(lon, lat), grid)
    return path


def test_posts_in_degrees_are_taken_as_they_are(tmp_path: Path) -> None:
    dem = load_dem(DemSource(degrees(tmp_path / "a.tif"), "ellipsoid"), AREA)
    lon, lat = dem.grid.posts()
    np.testing.assert_allclose(dem.grid.values, plane(lon, lat), atol=1e-4)
    assert lon[0, 0] < 10.02 - 2e-3 and lon[0, -1] > 10.08 + 2e-3
    assert lat[0, 0] > 45.08 + 2e-3 and lat[-1, 0] < 45.02 - 2e-3
    places = np.array([10.0312, 10.07]), np.array([45.0333, 45.0711])
    np.testing.assert_allclose(dem.grid.sample(*places), plane(*places), atol=1e-3)
    assert (dem.low, dem.high) == (dem.grid.values.min(), dem.grid.values.max())


def test_a_dem_in_metres_gives_the_same_heights(tmp_path: Path) -> None:
    utm = crs.utm(10.05, 45.05)
    x, y = crs.transform(np.array([10.0]), np.array([45.1]), crs.WGS84, utm)
    grid = Grid(300, 400, (x[0] - 500.0, 30.0, 0.0, y[0] + 500.0, 0.0, -30.0), crs.parse(utm).ExportToWkt())
    lon, lat = crs.transform(*crs.pixel_centres(grid, *np.mgrid[0:400, 0:300]), utm, crs.WGS84)
    write_geotiff(tmp_path / "utm.tif", plane(lon, lat), grid)
    dem = load_dem(DemSource(tmp_path / "utm.tif", "ellipsoid"), AREA)
    places = np.array([10.03, 10.05]), np.array([45.04, 45.06])
    np.testing.assert_allclose(dem.grid.sample(*places), plane(*places), atol=0.02)


def test_a_very_fine_dem_is_averaged(tmp_path: Path) -> None:
    grid = Grid(1000, 1000, (10.0, 1e-5, 0.0, 45.01, 0.0, -1e-5), WGS84)  # 1.1 m by 0.8 m
    lon, lat = crs.pixel_centres(grid, *np.mgrid[0:1000, 0:1000])
    checker = 5.0 * (-1.0) ** np.add.outer(np.arange(1000), np.arange(1000))
    write_geotiff(tmp_path / "fine.tif", plane(lon, lat) + checker, grid)
    dem = load_dem(DemSource(tmp_path / "fine.tif", "ellipsoid"), (10.002, 45.002, 10.008, 45.008))
    assert (dem.grid.east_step, dem.grid.south_step) == pytest.approx((6e-5, 6e-5))
    np.testing.assert_allclose(dem.grid.values, plane(*dem.grid.posts()), atol=0.05)


def test_a_folder_of_tiles_is_one_dem(tmp_path: Path) -> None:
    degrees(tmp_path / "west.tif", west=10.0, width=50)
    degrees(tmp_path / "east.tif", west=10.05, width=50)
    (tmp_path / "readme.txt").write_text("tiles", encoding="utf-8")
    dem = load_dem(DemSource(tmp_path, "ellipsoid"), AREA)
    np.testing.assert_allclose(dem.grid.values, plane(*dem.grid.posts()), atol=1e-4)


def test_heights_above_the_geoid_are_moved_by_its_grid(tmp_path: Path) -> None:
    if geoid.find_grid(geoid.EGM96) is None:
        pytest.fail("this machine's PROJ has no egm96_15.gtx")
    path = degrees(tmp_path / "a.tif")
    moved = load_dem(DemSource(path, "egm96"), AREA)
    # NGA's EGM96 calculator: 41.0 m at 45.05 N 10.05 E (Po plain).
    undulation = moved.grid.sample(10.05, 45.05) - plane(np.array(10.05), np.array(45.05))
    assert 38.0 < float(undulation) < 45.0
    assert "egm96_15" in moved.note


# EGM96 at the origin, and its lowest and highest places (Lemoine et al. 1998, NASA/TP-1998-206861).
@pytest.mark.parametrize(
    ("lon", "lat", "metres"), [(0.0, 0.0, 17.16), (78.75, 4.75, -106.99), (147.25, -8.25, 85.39)]
)
def test_the_geoid_has_its_known_heights(lon: float, lat: float, metres: float) -> None:
    path = geoid.find_grid(geoid.EGM96)
    assert path is not None
    grid = geoid.read_grid(path)
    assert float(grid.sample(lon, lat)) == pytest.approx(metres, abs=0.1)
    assert float(grid.sample(lon + 360.0, lat)) == pytest.approx(float(grid.sample(lon, lat)))


@pytest.mark.parametrize("latitudes", [(44.9, 45.2), (-90.0, -89.5), (89.6, 90.0), (10.0, 10.0)])
def test_a_band_of_the_geoid_is_that_of_the_whole(latitudes: tuple[float, float]) -> None:
    path = geoid.find_grid(geoid.EGM96)
    assert path is not None
    whole, band = geoid.read_grid(path), geoid.read_grid(path, latitudes)
    assert band.values.shape[0] <= 6
    lon, lat = np.linspace(-180.0, 180.0, 50), np.linspace(*latitudes, 7)[:, None]
    np.testing.assert_allclose(band.sample(lon, lat), whole.sample(lon, lat), atol=1e-6)
    assert np.isfinite(band.sample(lon, lat)).any()


def test_the_geoid_is_closed_at_the_date_line() -> None:
    path = geoid.find_grid(geoid.EGM96)
    assert path is not None
    sides = geoid.read_grid(path).sample(
        np.array([179.875, 179.9999, -179.9999, -179.875]), np.full(4, -16.0)
    )
    assert np.isfinite(sides).all() and np.abs(np.diff(sides)).max() < 0.5


def test_one_undulation_says_what_it_leaves(tmp_path: Path) -> None:
    dem = load_dem(DemSource(degrees(tmp_path / "a.tif"), "egm2008", 40.0), AREA)
    assert float(dem.grid.sample(10.05, 45.05)) == pytest.approx(
        float(plane(np.array(10.05), np.array(45.05))) + 40.0
    )
    # Half diagonal of 4.7 x 6.7 km = 4.1 km, 0.1 m per km; 0.41 m cos(39) / 2.33 m = 0.14 pixels.
    assert "0.4 m at the corners" in dem.note and "0.14 pixels in the place" in dem.note


def test_geoid_heights_without_a_grid_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geoid, "FILES", {"egm96": ("absent.tif",), "egm2008": ("absent.tif",)})
    source = DemSource(degrees(tmp_path / "a.tif"), "egm2008")
    with pytest.raises(InputError, match="state one undulation"):
        source.validate()
    DemSource(source.path, "egm2008", 12.0).validate()


def test_grids_are_found_in_the_folders_of_proj(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geoid.osr, "GetPROJSearchPaths", lambda: [str(tmp_path / "absent"), str(tmp_path)])
    assert geoid.find_grid("egm2008") is None
    (tmp_path / "egm08_25.gtx").write_bytes(b"")
    assert geoid.find_grid("egm2008") == tmp_path / "egm08_25.gtx"


def test_a_dem_that_does_not_cover_is_refused_with_the_area(tmp_path: Path) -> None:
    source = DemSource(degrees(tmp_path / "a.tif"), "ellipsoid")
    wide = (10.02, 45.02, 10.20, 45.08)
    with pytest.raises(
        InputError, match=r"covers the area of the images \(10\.020 to 10\.200 E, 45\.020 to 45\.080 N"
    ):
        load_dem(source, wide)
    dem = load_dem(source, wide, required=AREA)
    assert np.isnan(dem.grid.sample(10.15, 45.05)) and np.isfinite(dem.grid.sample(10.05, 45.05))


def test_a_dem_on_the_date_line_may_count_either_way(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    write_geotiff(path, np.full((101, 101), 120.0), Grid(101, 101, (-180.05, 1e-3, 0.0, 45.1, 0.0, -1e-3), WGS84))
    dem = load_dem(DemSource(path, "ellipsoid"), (179.97, 45.02, 180.03, 45.08))
    assert np.isfinite(dem.grid.sample(np.array([179.98, -179.98, 180.02]), 45.05)).all()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"heights": "sea"}, "ellipsoid, egm96, egm2008"),
        ({"undulation": 500.0}, "-120 to 120"),
        ({"undulation": float("nan")}, "-120 to 120"),
        ({"heights": "ellipsoid", "undulation": 3.0}, "count from the ellipsoid"),
        ({"path": Path("absent.tif")}, "existing raster"),
    ],
)
def test_what_is_refused_beforehand(change: dict[str, object], word: str, tmp_path: Path) -> None:
    arguments = {"path": degrees(tmp_path / "a.tif"), "heights": "egm2008", "undulation": 1.0, **change}
    with pytest.raises(InputError, match=word):
        DemSource(**arguments).validate()


def test_a_raster_without_crs_or_without_heights_is_refused(tmp_path: Path) -> None:
    values = np.full((5, 5), np.nan, np.float32)
    write_geotiff(tmp_path / "a.tif", values, Grid(5, 5, (10.0, 0.02, 0.0, 45.1, 0.0, -0.02)))
    with pytest.raises(InputError, match="coordinate system"):
        load_dem(DemSource(tmp_path / "a.tif", "ellipsoid"), AREA)
    write_geotiff(tmp_path / "b.tif", values, Grid(5, 5, (10.0, 0.02, 0.0, 45.1, 0.0, -0.02), WGS84))
    with pytest.raises(InputError, match="heights in the area"):
        load_dem(DemSource(tmp_path / "b.tif", "ellipsoid"), AREA)


@pytest.mark.parametrize("mark", [-32768.0, -9999.0, 65535.0])
def test_marks_of_voids_that_the_file_does_not_name_are_refused(mark: float, tmp_path: Path) -> None:
    values = np.full((101, 101), 120.0)
    values[50, 50] = mark
    write_geotiff(tmp_path / "a.tif", values, Grid(101, 101, (10.0, 1e-3, 0.0, 45.1, 0.0, -1e-3), WGS84))
    with pytest.raises(InputError, match="nodata"):
        load_dem(DemSource(tmp_path / "a.tif", "ellipsoid"), AREA)


def test_samples_beside_voids_and_outside_are_missing() -> None:
    grid = LonLatGrid(np.array([[1.0, 2.0, np.nan], [3.0, 4.0, 5.0]]), 10.0, 50.0, 1.0, 1.0)
    found = grid.sample(np.array([10.5, 370.5, 11.5, 9.9]), np.array([49.5, 49.5, 49.5, 49.5]))
    np.testing.assert_array_equal(found, [2.5, 2.5, np.nan, np.nan])
