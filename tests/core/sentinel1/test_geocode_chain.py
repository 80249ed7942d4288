"""Geocoding between the other steps: filters keep what it needs, and what comes off the map's end is usable."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.tops_images import Images, true_phase
from osgeo import ogr

from groundline.core import crs as coordinates
from groundline.core import ellipsoid, los, manifest, raster
from groundline.core.corridor.job import run_corridor
from groundline.core.corridor.params import CorridorParams
from groundline.core.filtering.goldstein import GoldsteinOptions
from groundline.core.filtering.goldstein_job import run_goldstein
from groundline.core.filtering.neighbourhood import Neighbourhood
from groundline.core.filtering.options import SelectionOptions
from groundline.core.filtering.params import GoldsteinParams, ShpFilterParams
from groundline.core.filtering.shp_job import run_shpfilter
from groundline.core.geocoding.job import run_geocode
from groundline.core.geocoding.params import GeocodeParams
from groundline.core.network.job import NetworkParams, run_network
from groundline.core.raster import StackReader
from groundline.core.rateraster import open_rates, with_incidence
from groundline.core.sentinel1.geometry import geo2rdr
from groundline.core.sentinel1.interferograms_job import run_interferograms
from groundline.core.sentinel1.interferograms_params import InterferogramParams
from groundline.core.sentinel1.radarframe import frame_of
from groundline.core.stack import MAP, UNWRAPPED, Item
from groundline.core.timeseries.corrections.deramp import run_deramp
from groundline.core.timeseries.corrections.params import DerampParams
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.reference_record import recall
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.vector import VectorInput

SPACING = 60.0


@pytest.fixture(scope="module")
def wrapped(slc: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("wrapped")
    run_network(NetworkParams(slc, base / "network", max_bperp=500.0))
    params = InterferogramParams(str(base / "network"), str(base / "wrapped"), looks="4x4")
    return run_interferograms(params).folder


@pytest.fixture(scope="module")
def unwrapped(images: Images, slc: Path, wrapped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The true phase of every pair on the pixels of the wrapped stack, as an unwrapped stack."""
    folder = tmp_path_factory.mktemp("unwrapped") / "unwrapped"
    folder.mkdir()
    stack = manifest.load(wrapped)
    pairs = []
    for pair in stack.pairs:
        phase = true_phase(images, wrapped, pair.date1.isoformat(), pair.date2.isoformat())
        raster.write_geotiff(folder / f"{pair.name}.tif", phase, stack.grid)
        pairs.append(replace(pair, items={"phase": Item("here", f"{pair.name}.tif")}))
    roots = {name: (wrapped / root).resolve().as_posix() for name, root in stack.roots.items()}
    manifest.save(folder, replace(stack, kind=UNWRAPPED, pairs=tuple(pairs), roots={**roots, "here": "."}))
    return folder


def test_filtered_interferograms_come_onto_the_map(wrapped: Path, tmp_path: Path) -> None:
    options = GoldsteinOptions(alpha=0.0, window=16)
    run_goldstein(GoldsteinParams(str(wrapped), str(tmp_path / "filtered"), options))
    params = GeocodeParams(str(tmp_path / "filtered"), str(tmp_path / "map"), spacing=SPACING)
    before = run_geocode(replace(params, input=str(wrapped), output=str(tmp_path / "plain"))).folder
    after = run_geocode(params).folder
    first, second = (
        StackReader(folder, manifest.load(folder)).read(manifest.load(folder).pairs[1].items["phase"])
        for folder in (before, after)
    )
    both = np.isfinite(first) & np.isfinite(second)
    # Alpha 0 changes no phase; what is left is that phases of a filter have no magnitude to weigh them.
    assert both.sum() > 1000 and np.sqrt(np.mean(np.angle(np.exp(1j * (first - second)[both])) ** 2)) < 0.1


def test_the_filter_over_homogeneous_pixels_works_on_the_map_and_warns(wrapped: Path, tmp_path: Path) -> None:
    made = run_geocode(GeocodeParams(str(wrapped), str(tmp_path / "map"), spacing=SPACING)).folder
    selection = SelectionOptions(Neighbourhood(rows=5, columns=5), test="glr")
    result = run_shpfilter(ShpFilterParams(str(made), str(tmp_path / "filtered"), selection=selection, minimum=4))
    assert any("Filter before 'geocode'" in text for text in result.warnings)
    before, after = (
        StackReader(folder, manifest.load(folder)).read(manifest.load(folder).pairs[1].items["phase"])
        for folder in (made, result.folder)
    )
    assert np.array_equal(np.isfinite(before), np.isfinite(after))
    assert result.numbers["scatter_after"].value < 0.7 * result.numbers["scatter_before"].value


def test_displacements_come_onto_the_map(unwrapped: Path, tmp_path: Path) -> None:
    run_sbas(SbasParams(str(unwrapped), str(tmp_path / "displacement"), weights="none"))
    radar = manifest.load(tmp_path / "displacement")
    assert frame_of(radar) is not None and radar.dem is not None
    result = run_geocode(
        GeocodeParams(str(tmp_path / "displacement"), str(tmp_path / "map"), spacing=SPACING)
    )
    stack = manifest.load(result.folder)
    assert (
        stack.frame == MAP
        and set(radar.products) == set(stack.products)
        and (result.folder / "layers.qlr").is_file()
    )
    scale = result.tables["scale"]
    assert (
        "displacement/20250430.tif" in result.files["layers"].read_text() and scale["displacement_mm"] > 1.0
    )
    assert "Velocity" in result.files["report"].read_text() and result.files["velocity"].is_file()
    reader, source = StackReader(result.folder, stack), StackReader(tmp_path / "displacement", radar)
    last, first = (
        reader.read(stack.acquisitions[-1].items["displacement"]),
        source.read(radar.acquisitions[-1].items["displacement"]),
    )
    assert np.nanmin(last) == pytest.approx(np.nanmin(first), rel=0.1)
    rates = with_incidence(open_rates(result.folder / "velocity.tif"), None)  # as corridorprofile reads it
    window = raster.whole(rates.grid)
    known = np.isfinite(rates.rate(window))
    assert known.sum() > 1000 and np.isfinite(rates.incidence(window)[known]).all()
    assert not rates.unit_assumed


def test_the_inversion_works_on_the_map(unwrapped: Path, tmp_path: Path) -> None:
    made = run_geocode(GeocodeParams(str(unwrapped), str(tmp_path / "map"), spacing=SPACING)).folder
    result = run_sbas(SbasParams(str(made), str(tmp_path / "displacement"), weights="none"))
    stack = manifest.load(result.folder)
    assert stack.frame == MAP
    reader = StackReader(result.folder, stack)
    days = (date(2025, 4, 30) - date(2025, 4, 6)).days
    moved = reader.read(stack.acquisitions[-1].items["displacement"])
    velocity = reader.read(stack.products["velocity"])
    known = np.isfinite(moved) & np.isfinite(velocity)
    assert known.sum() > 1000 and np.corrcoef(moved[known], velocity[known])[0, 1] > 0.9 and days == 24
    east, north, up = los.unit_vector(stack, reader, raster.whole(stack.grid))
    np.testing.assert_allclose((east**2 + north**2 + up**2)[known], 1.0, atol=1e-5)


def test_the_reference_lies_on_the_map_where_it_lay_in_the_radar(unwrapped: Path, tmp_path: Path) -> None:
    # Later corrections set the reference again by these pixels; rows and columns of the radar would be other ground.
    run_sbas(SbasParams(str(unwrapped), str(tmp_path / "displacement"), weights="none"))
    radar = manifest.load(tmp_path / "displacement")
    rows, columns = np.arange(300, 320), (8, 9, 10, 11)
    entry = {"name": "stable", "x": None, "y": None, "pixels": 80, "weight": 1.0}
    entry["spans"] = [[int(row), columns[0], len(columns)] for row in rows]
    beside = {**entry, "name": "beside", "spans": [[10, 8, 4]]}
    radar = replace(radar, reference={"automatic": False, "statistic": "median", "areas": [entry, beside]})
    manifest.save(tmp_path / "displacement", radar)
    whole = run_geocode(
        GeocodeParams(str(tmp_path / "displacement"), str(tmp_path / "whole"), spacing=SPACING)
    )
    assert [area.name for area in recall(manifest.load(whole.folder))[0]] == ["stable", "beside"]
    x, y = (manifest.load(whole.folder).reference["areas"][0][axis] for axis in "xy")
    box = (x - 3000.0, y - 3000.0, x + 3000.0, y + 3000.0)
    params = GeocodeParams(str(tmp_path / "displacement"), str(tmp_path / "map"), spacing=SPACING, extent=box)
    made = run_geocode(params).folder
    stack = manifest.load(made)
    (area,), weights, statistic = recall(stack)  # the other one is not on this map
    assert (area.name, weights.tolist(), statistic) == ("stable", [1.0], "median")
    easting, northing = coordinates.pixel_centres(stack.grid, area.rows, area.cols)
    lon, lat = coordinates.transform(easting, northing, stack.grid.crs, coordinates.WGS84)
    frame = frame_of(radar)
    assert frame is not None
    reader = StackReader(made, stack)
    height = reader.read(stack.geometry["height"])[area.rows, area.cols]
    times, ranges = geo2rdr(frame.orbit, ellipsoid.ecef(lon, lat, height), frame.span)
    away = 0.5 * SPACING / np.array([4 * 13.9, 4 * 3.0]) + 0.5  # half a cell of the map, and half a pixel
    assert frame.rows(times).min() > rows[0] - away[0] and frame.rows(times).max() < rows[-1] + away[0]
    found = frame.columns(ranges)
    assert found.min() > columns[0] - away[1] and found.max() < columns[-1] + away[1]
    run_deramp(DerampParams(str(made), str(tmp_path / "deramped"), degree=0, height="linear"))
    assert manifest.load(tmp_path / "deramped").reference["areas"][0]["pixels"] == len(area.rows)


def test_a_profile_along_a_line_on_the_map(unwrapped: Path, tmp_path: Path) -> None:
    run_sbas(SbasParams(str(unwrapped), str(tmp_path / "displacement"), weights="none"))
    params = GeocodeParams(str(tmp_path / "displacement"), str(tmp_path / "map"), spacing=SPACING)
    made = run_geocode(params).folder
    stack = manifest.load(made)
    reader = StackReader(made, stack)
    velocity, incidence = reader.read(stack.products["velocity"]), reader.read(stack.geometry["incidence"])
    known = np.isfinite(velocity)
    row = int(np.argmax(known.sum(axis=1)))
    columns = np.flatnonzero(known[row])
    ends = coordinates.pixel_centres(stack.grid, np.array([row, row]), columns[[0, -1]])
    text = ", ".join(f"{x} {y}" for x, y in zip(*ends))
    line = VectorInput(
        (bytes(ogr.CreateGeometryFromWkt(f"LINESTRING ({text})").ExportToWkb()),), stack.grid.crs
    )
    found = run_corridor(
        CorridorParams(
            line, tmp_path / "profile", raster=made / "velocity.tif", radius=0.5 * SPACING, bin=SPACING
        )
    )
    with found.files["csv"].open(newline="") as file:
        bins = [float(entry["mean"]) for entry in csv.DictReader(file) if entry["mean"]]
    vertical = 1e3 * (velocity / np.cos(incidence))[row, columns]
    assert np.mean(bins) == pytest.approx(vertical.mean(), rel=0.1)
