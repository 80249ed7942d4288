"""Small folders of GMTSAR and OPERA DISP-S1, written with GDAL's netCDF driver."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal, osr

from .samples import TRANSFORM, TRUTH, UTM_TRANSFORM, Truth, geotiff, text_file

NUMBER, SINGLE, TEXT = (
    gdal.ExtendedDataType.Create(gdal.GDT_Float64),
    gdal.ExtendedDataType.Create(gdal.GDT_Float32),
    gdal.ExtendedDataType.CreateString(),
)


def _attribute(owner: Any, name: str, value: str | list[float]) -> None:
    if isinstance(value, str):
        owner.CreateAttribute(name, [], TEXT).Write(value)
    else:
        owner.CreateAttribute(name, [len(value)], NUMBER).Write(value)


def _create(path: Path, form: str) -> Any:
    path.parent.mkdir(parents=True, exist_ok=True)
    return gdal.GetDriverByName("netCDF").CreateMultiDimensional(str(path), [], [f"FORMAT={form}"])


def grd(
    path: Path, values: NDArray[np.float32], transform: tuple[float, ...] | None, form: str = "NC"
) -> Path:
    """A GMT grid as GMT 6 writes it: rows from south to north, pixel registration; None: range and azimuth."""
    rows, cols = values.shape
    x0, dx, _, y0, _, dy = transform or (0.0, 8.0, 0.0, 4.0 * rows, 0.0, -4.0)
    names = ("lon", "lat") if transform else ("x", "y")
    units = ("degrees_east", "degrees_north") if transform else ("", "")
    dataset = _create(path, form)
    group = dataset.GetRootGroup()
    axes = (
        (names[0], units[0], x0 + dx * (np.arange(cols) + 0.5), [x0, x0 + dx * cols]),
        (names[1], units[1], (y0 + dy * (np.arange(rows) + 0.5))[::-1], [y0 + dy * rows, y0]),
    )
    dimensions = [group.CreateDimension(name, None, None, len(centres)) for name, _, centres, _ in axes]
    for dimension, (name, unit, centres, ends) in zip(dimensions, axes):
        array = group.CreateMDArray(name, [dimension], NUMBER)
        if unit:
            _attribute(array, "units", unit)
        _attribute(array, "long_name", name)
        _attribute(array, "actual_range", ends)
        array.Write(np.ascontiguousarray(centres))
    z = group.CreateMDArray("z", dimensions[::-1], SINGLE)
    z.SetNoDataValueDouble(math.nan)
    z.Write(np.ascontiguousarray(values[::-1], dtype=np.float32))
    _attribute(group, "Conventions", "CF-1.7")
    _attribute(group, "node_offset", [1.0])
    return path


def clock(day: date) -> int:
    """GMTSAR's yyyyddd: 1 January is day 000."""
    return day.year * 1000 + (day - date(day.year, 1, 1)).days


def write_gmtsar(
    folder: Path, geocoded: bool = True, east: float = 0.0, dated: bool = True, truth: Truth = TRUTH
) -> Path:
    """intf_all with unwrap and corr grids and the PRM files of both images, and baseline_table.dat.

    east : added to the longitudes (360 as GMT may write them). dated : names of images hold their dates.
    """
    radius, rate = 6_371_000.0, 64_345_238.0
    theta = math.radians(truth.incidence_deg)
    height = math.sqrt(
        (radius + truth.slant_range * math.cos(theta)) ** 2 + (truth.slant_range * math.sin(theta)) ** 2
    )
    bins = 20_000
    near = truth.slant_range - 0.5 * bins * 299_792_458.0 / (2.0 * rate)
    x0, *rest = TRANSFORM
    transform = (x0 + east, *rest) if geocoded else None
    end = "_ll" if geocoded else ""
    stems = [f"S1_{day:%Y%m%d}_ALL_F2" if dated else f"image{index}" for index, day in enumerate(truth.dates)]
    for first, second in truth.pairs:
        place = folder / "intf_all" / f"{clock(truth.dates[first])}_{clock(truth.dates[second])}"
        grd(place / f"unwrap{end}.grd", truth.phase(first, second), transform)
        grd(place / f"corr{end}.grd", truth.coherence(first, second), transform)
        grd(place / "phasefilt.grd", truth.phase(first, second), None)
        for index in (first, second):
            text_file(
                place / f"{stems[index]}.PRM",
                f"num_rng_bins            = {bins}\nSC_clock_start          = {clock(truth.dates[index])}.4166\n"
                f"radar_wavelength        = {truth.wavelength!r}\nnear_range              = {near!r}\n"
                f"rng_samp_rate           = {rate!r}\nearth_radius            = {radius!r}\n"
                f"SC_height               = {height - radius!r}\n"
                "orbdir                  = A\nlookdir                 = R\n",
            )
    rows = [
        f"{stem} {clock(day)}.4166 {(day - date(2014, 1, 1)).days} 3.2 {-bperp}"  # GMTSAR's own sign
        for stem, day, bperp in zip(stems, truth.dates, truth.bperp)
    ]
    text_file(folder / "baseline_table.dat", "\n".join(rows) + "\n")
    return folder


def opera_name(truth: Truth, first: int, second: int, frame: int = 8882) -> str:
    """A product's file name."""
    a, b = truth.dates[first], truth.dates[second]
    return (
        f"OPERA_L3_DISP-S1_IW_F{frame:05d}_VV_{a:%Y%m%d}T051936Z_{b:%Y%m%d}T051937Z_v1.0_20250101T000000Z.nc"
    )


def write_opera(folder: Path, truth: Truth = TRUTH, chain: bool = False) -> Path:
    """One product per pair (`chain`: as OPERA makes them, each date against one before) and the static layers."""
    pairs = tuple((index, index + 1) for index in range(len(truth.dates) - 1)) if chain else truth.pairs
    for first, second in pairs:
        opera(folder / opera_name(truth, first, second), truth, first, second)
    static = "OPERA_L3_DISP-S1-STATIC_F08882_20140403_S1A_v1.0"
    east, north, up = (np.full(truth.shape, value, np.float32) for value in truth.los())
    _bands(folder / f"{static}_line_of_sight_enu.tif", [east, north, up])
    geotiff(folder / f"{static}_dem.tif", truth.height(), UTM_TRANSFORM, 32632, nodata=None)
    return folder


def opera(
    path: Path, truth: Truth, first: int, second: int, transform: tuple[float, ...] = UTM_TRANSFORM
) -> Path:
    """One product: displacement, temporal coherence, corrections and identification."""
    rows, cols = truth.shape
    x0, dx, _, y0, _, dy = transform
    dataset = _create(path, "NC4")
    root = dataset.GetRootGroup()
    y = root.CreateDimension("y", None, None, rows)
    x = root.CreateDimension("x", None, None, cols)
    for name, dimension, centres in (
        ("y", y, y0 + dy * (np.arange(rows) + 0.5)),
        ("x", x, x0 + dx * (np.arange(cols) + 0.5)),
    ):
        array = root.CreateMDArray(name, [dimension], NUMBER)
        _attribute(array, "standard_name", f"projection_{name}_coordinate")
        _attribute(array, "units", "m")
        array.Write(centres)
    system = osr.SpatialReference()
    system.ImportFromEPSG(32632)
    mapping = root.CreateMDArray("spatial_ref", [], gdal.ExtendedDataType.Create(gdal.GDT_Int32))
    _attribute(mapping, "crs_wkt", system.ExportToWkt())
    _attribute(mapping, "GeoTransform", " ".join(str(value) for value in transform))
    change = truth.displacement(second) - truth.displacement(first)
    change[truth.missing] = np.nan
    for name, values in (("displacement", change), ("temporal_coherence", truth.coherence(first, second))):
        array = root.CreateMDArray(name, [y, x], SINGLE)
        array.SetNoDataValueDouble(math.nan)
        _attribute(array, "grid_mapping", "spatial_ref")
        array.Write(np.ascontiguousarray(values, dtype=np.float32))
    corrections = root.CreateGroup("corrections")
    bperp = corrections.CreateMDArray("perpendicular_baseline", [y, x], SINGLE)
    across = np.linspace(-2.0, 2.0, cols, dtype=np.float32)
    bperp.Write(np.tile(across + np.float32(truth.bperp[second] - truth.bperp[first]), (rows, 1)))
    time = root.CreateDimension("time", None, None, 1)
    for name, day in (("time", truth.dates[second]), ("reference_time", truth.dates[first])):
        array = root.CreateMDArray(name, [time], NUMBER)
        array.SetUnit(f"seconds since {day} 05:19:36.123456")
        array.Write(np.zeros(1))
    facts = root.CreateGroup("identification")
    for name, number in (("radar_wavelength", truth.wavelength), ("track_number", 117.0)):
        facts.CreateMDArray(name, [], NUMBER).Write(np.array(number))
    return path


def _bands(path: Path, bands: list[NDArray[np.float32]]) -> None:
    geotiff(path, bands[0], UTM_TRANSFORM, 32632, nodata=None)
    first = gdal.Open(str(path))
    rows, cols = bands[0].shape
    out = gdal.GetDriverByName("GTiff").Create(str(path) + ".tmp", cols, rows, len(bands), gdal.GDT_Float32)
    out.SetGeoTransform(first.GetGeoTransform())
    out.SetProjection(first.GetProjection())
    for index, band in enumerate(bands):
        out.GetRasterBand(index + 1).WriteArray(band)
    out.FlushCache()
    del out, first
    Path(str(path) + ".tmp").replace(path)
