"""Small folders as each producer writes them, made from one truth in our conventions.

`TRUTH` holds displacement toward the satellite, coherence, baselines and geometry. Every writer
turns it into the producer's own signs, units, names and no-data value, so that an import of any
of the folders must give back the same numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal, osr

WAVELENGTH = 299_792_458.0 / 5.405000454334350e9
TRANSFORM = (11.0, 0.001, 0.0, 45.0, 0.0, -0.001)
UTM_TRANSFORM = (600_000.0, 80.0, 0.0, 4_980_000.0, 0.0, -80.0)


@dataclass(frozen=True)
class Truth:
    """A scene of 6 x 8 pixels and four images; pixel (0, 0) has no phase in any pair."""

    dates: tuple[date, ...] = (date(2020, 1, 4), date(2020, 1, 16), date(2020, 1, 28), date(2020, 2, 9))
    shape: tuple[int, int] = (6, 8)
    bperp: tuple[float, ...] = (0.0, 40.0, -25.0, 90.0)  # m, our sign
    incidence_deg: float = 35.0
    heading_deg: float = -12.0
    slant_range: float = 850_000.0
    wavelength: float = WAVELENGTH
    missing: tuple[int, int] = (0, 0)
    pairs: tuple[tuple[int, int], ...] = field(default=tuple(combinations(range(4), 2)))

    def displacement(self, index: int) -> NDArray[np.float64]:
        """Toward the satellite [m]: a bowl that sinks by 30 mm in 36 days, and a date's own offset."""
        rows, cols = np.indices(self.shape)
        bowl = np.exp(-((rows - 2.5) ** 2 + (cols - 3.5) ** 2) / 6.0)
        days = (self.dates[index] - self.dates[0]).days
        return -0.030 * bowl * days / 36.0 + 0.002 * math.sin(index)

    def phase(self, first: int, second: int) -> NDArray[np.float32]:
        """Unwrapped phase [rad] of earlier x conj(later), NaN where missing."""
        change = self.displacement(second) - self.displacement(first)
        out = (-4.0 * math.pi / self.wavelength * change).astype(np.float32)
        out[self.missing] = np.nan
        return out

    def coherence(self, first: int, second: int) -> NDArray[np.float32]:
        """Between 0.4 and 0.9, a multiple of 1/255 so that bytes hold it exactly; NaN where missing."""
        cols = np.indices(self.shape)[1]
        steps = np.round(255.0 * (0.9 - 0.05 * (second - first) - 0.04 * cols))
        out = (steps / 255.0).astype(np.float32)
        out[self.missing] = np.nan
        return out

    def height(self) -> NDArray[np.float32]:
        """Metres."""
        return np.arange(1, self.shape[0] * self.shape[1] + 1, dtype=np.float32).reshape(self.shape)

    def places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitude and latitude of the pixels' centres [deg]."""
        rows, cols = np.indices(self.shape)
        return TRANSFORM[0] + TRANSFORM[1] * (cols + 0.5), TRANSFORM[3] + TRANSFORM[5] * (rows + 0.5)

    def los(self) -> tuple[float, float, float]:
        """(east, north, up) from the ground to a right-looking satellite."""
        theta, heading = math.radians(self.incidence_deg), math.radians(self.heading_deg)
        return -math.sin(theta) * math.cos(heading), math.sin(theta) * math.sin(heading), math.cos(theta)

    def name(self, first: int, second: int, between: str = "_", form: str = "%Y%m%d") -> str:
        """The two dates as a producer writes them."""
        return f"{self.dates[first].strftime(form)}{between}{self.dates[second].strftime(form)}"


TRUTH = Truth()


def geotiff(
    path: Path,
    array: NDArray[Any],
    transform: tuple[float, ...] = TRANSFORM,
    epsg: int = 4326,
    nodata: float | None = 0.0,
    tags: dict[str, str] | None = None,
) -> Path:
    """Write an array; NaN becomes the nodata value (which is declared), or stays when that is None."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kinds = {"f4": gdal.GDT_Float32, "u1": gdal.GDT_Byte, "c8": gdal.GDT_CFloat32, "i2": gdal.GDT_Int16}
    values = np.array(array)
    if nodata is not None and values.dtype.kind == "f":
        values = np.where(np.isnan(values), np.float32(nodata), values).astype(values.dtype)
    dataset = gdal.GetDriverByName("GTiff").Create(
        str(path), values.shape[1], values.shape[0], 1, kinds[values.dtype.str[1:]]
    )
    dataset.SetGeoTransform(transform)
    if epsg:
        reference = osr.SpatialReference()
        reference.ImportFromEPSG(epsg)
        dataset.SetProjection(reference.ExportToWkt())
    if tags:
        dataset.SetMetadata(tags)
    band = dataset.GetRasterBand(1)
    if nodata is not None:
        band.SetNoDataValue(nodata)
    band.WriteArray(values)
    dataset.FlushCache()
    return path


def filled(array: NDArray[Any]) -> NDArray[Any]:
    """NaN as 0, the way most producers write no data."""
    return np.nan_to_num(array, nan=0.0)


def write_gamma(folder: Path, truth: Truth = TRUTH) -> Path:
    """GeoTIFFs, image and baseline parameter files, in the three folders that GAMMA users keep."""
    orbit, earth = 7_071_000.0, 6_371_000.0
    distance = truth.slant_range
    look = math.acos((orbit**2 + distance**2 - earth**2) / (2 * orbit * distance))
    for first, second in truth.pairs:
        name = truth.name(first, second, "-")
        geotiff(folder / "geotiffs" / f"a_{name}_VV_8rlks_eqa_unw.tif", truth.phase(first, second))
        geotiff(folder / "geotiffs" / f"a_{name}_VV_8rlks_flat_eqa_cc.tif", truth.coherence(first, second))
        gamma = -(truth.bperp[second] - truth.bperp[first])
        lines = (
            f"initial_baseline(TCN):  0.1 {gamma * math.cos(look):.7f} {-gamma * math.sin(look):.7f} m m m\n"
            "initial_baseline_rate:  0.0 0.0 0.0 m/s m/s m/s\n"
            "precision_baseline(TCN): 0.0 0.0 0.0 m m m\n"
            "precision_baseline_rate: 0.0 0.0 0.0 m/s m/s m/s\n"
        )
        text_file(folder / "geometry" / f"{name}_VV_8rlks_base.par", lines)
    geotiff(folder / "geotiffs" / "a_dem.tif", truth.height(), nodata=None)
    for day in truth.dates:
        text_file(
            folder / "headers" / f"r{day:%Y%m%d}_VV_slc.par",
            "Gamma Interferometric SAR Processor (ISP) - Image Parameter File\n\n"
            "title: s1a-iw2-slc-vv-20200104t004006-20200104t004031-020027-0221ec-004.tiff\n"
            "sensor:    S1A IW IW2 VV\n"
            f"date:      {day:%Y %m %d}\n"
            f"radar_frequency:  {299_792_458.0 / truth.wavelength:.10e}  Hz\n"
            f"incidence_angle:  {truth.incidence_deg}  degrees\n"
            f"heading:          {truth.heading_deg}  degrees\n"
            f"near_range_slc:   {distance - 4e4}  m\n"
            f"center_range_slc: {distance}  m\n"
            "range_looks:      8\nazimuth_looks:    2\n"
            f"sar_to_earth_center:       {orbit} m\n"
            f"earth_radius_below_sensor: {earth} m\n",
        )
    return folder


def write_roipac(folder: Path, truth: Truth = TRUTH) -> Path:
    """Two-band .unw and .cor files, amplitude first, with .rsc headers; yymmdd dates."""
    rows, cols = truth.shape
    ones = np.ones(truth.shape, np.float32)
    for first, second in truth.pairs:
        name = truth.name(first, second, "-", "%y%m%d")
        header = (
            f"WIDTH {cols}\nFILE_LENGTH {rows}\nX_FIRST {TRANSFORM[0]}\nX_STEP {TRANSFORM[1]}\n"
            f"Y_FIRST {TRANSFORM[3]}\nY_STEP {TRANSFORM[5]}\nWAVELENGTH {truth.wavelength}\nDATE12 {name}\n"
            f"HEADING_DEG {truth.heading_deg}\nPLATFORM Envisat\n"
            f"P_BASELINE_TOP_HDR {truth.bperp[second] - truth.bperp[first] - 2.0}\n"
            f"P_BASELINE_BOTTOM_HDR {truth.bperp[second] - truth.bperp[first] + 2.0}\n"
        )
        for suffix, array in (("unw", truth.phase(first, second)), ("cor", truth.coherence(first, second))):
            both = np.stack([ones, filled(array)], axis=1).astype("<f4")  # lines of amplitude, then value
            path = folder / f"geo_{name}.{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            both.tofile(path)
            text_file(path.with_name(path.name + ".rsc"), header)
    return folder


def hyp3_name(truth: Truth, first: int, second: int, gamma: bool) -> str:
    """Product name of INSAR_GAMMA or of an ISCE2 burst."""
    a, b = truth.dates[first], truth.dates[second]
    if gamma:
        return f"S1AA_{a:%Y%m%d}T051936_{b:%Y%m%d}T051935_VVP012_INT80_G_ueF_F8BF"
    return f"S1_213524_IW2_{a:%Y%m%d}_{b:%Y%m%d}_VV_INT80_8E81"


def write_hyp3(folder: Path, gamma: bool = True, truth: Truth = TRUTH) -> Path:
    """One folder per product, UTM, look vectors and DEM in each."""
    for first, second in truth.pairs:
        name = hyp3_name(truth, first, second, gamma)
        place = folder / name
        bperp = truth.bperp[second] - truth.bperp[first]
        geotiff(place / f"{name}_unw_phase.tif", truth.phase(first, second), UTM_TRANSFORM, 32632)
        geotiff(place / f"{name}_corr.tif", truth.coherence(first, second), UTM_TRANSFORM, 32632)
        geotiff(place / f"{name}_dem.tif", truth.height(), UTM_TRANSFORM, 32632, nodata=None)
        full = np.ones(truth.shape, np.float32)
        east, north, _ = truth.los()
        geotiff(
            place / f"{name}_lv_theta.tif",
            full * (math.pi / 2 - math.radians(truth.incidence_deg)),
            UTM_TRANSFORM,
            32632,
        )
        geotiff(place / f"{name}_lv_phi.tif", full * math.atan2(north, east), UTM_TRANSFORM, 32632)
        granule = "S1A_IW_SLC__1SDV_20200104T051936_20200104T052003_030659_038384_1B5E"
        text_file(
            place / f"{name}.txt",
            f"Reference Granule: {granule if gamma else 'S1_213524_IW2_20200104T051936_VV_8E81-BURST'}\n"
            "Reference Pass Direction: ASCENDING\nReference Orbit Number: 30659\n"
            f"Baseline: {-bperp if gamma else bperp}\nUTC time: 19176.0\nHeading: {truth.heading_deg}\n"
            f"Slant range near: {truth.slant_range - 4e4}\nSlant range center: {truth.slant_range}\n"
            "Range looks: 20\nAzimuth looks: 4\nUnwrapping type: mcf\n",
        )
    return folder


def write_licsar(folder: Path, truth: Truth = TRUTH) -> Path:
    """A frame's GEOC folder: byte coherence, E N U, heights, metadata.txt, baselines."""
    frame = "117A_04914_131313"
    place = folder / "GEOC"
    for first, second in truth.pairs:
        name = truth.name(first, second)
        geotiff(place / name / f"{name}.geo.unw.tif", truth.phase(first, second))
        bytes_ = np.round(filled(truth.coherence(first, second)) * 255.0).astype(np.uint8)
        geotiff(place / name / f"{name}.geo.cc.tif", bytes_, nodata=None)
    for tag, value in zip("ENU", truth.los()):
        geotiff(place / f"{frame}.geo.{tag}.tif", np.full(truth.shape, value, np.float32), nodata=None)
    geotiff(place / f"{frame}.geo.hgt.tif", truth.height(), nodata=None)
    text_file(
        place / "metadata.txt",
        f"master={truth.dates[1]:%Y%m%d}\ncenter_time=05:19:48.123\nheading={truth.heading_deg}\n"
        f"avg_incidence_angle={truth.incidence_deg}\nazimuth_resolution=14.068391\n"
        f"range_resolution=2.329562\ncentre_range_m={truth.slant_range}\navg_height=100.0\n",
    )
    rows = [
        f"{truth.dates[1]:%Y%m%d} {day:%Y%m%d} {-(bperp - truth.bperp[1]):.4f} {(day - truth.dates[1]).days}.0"
        for day, bperp in zip(truth.dates, truth.bperp)
        if day != truth.dates[1]
    ]
    text_file(place / "baselines", "\n".join(rows) + "\n")
    return folder


def write_mintpy(folder: Path, truth: Truth = TRUTH, dropped: tuple[int, ...] = ()) -> Path:
    """ifgramStack.h5 and geometryGeo.h5 with the attributes of MintPy's data structure page."""
    import h5py

    folder.mkdir(parents=True, exist_ok=True)
    rows, cols = truth.shape
    attributes = {
        "WIDTH": cols, "LENGTH": rows, "X_FIRST": TRANSFORM[0], "X_STEP": TRANSFORM[1], "Y_FIRST": TRANSFORM[3],
        "Y_STEP": TRANSFORM[5], "X_UNIT": "degrees", "EPSG": 4326, "WAVELENGTH": truth.wavelength,
        "HEADING": truth.heading_deg, "PLATFORM": "Sen", "PROCESSOR": "isce", "ORBIT_DIRECTION": "ASCENDING",
        "RLOOKS": 20, "ALOOKS": 4,
    }  # fmt: skip
    dates = [[f"{truth.dates[a]:%Y%m%d}", f"{truth.dates[b]:%Y%m%d}"] for a, b in truth.pairs]
    with h5py.File(folder / "ifgramStack.h5", "w") as file:
        file["unwrapPhase"] = np.stack([filled(truth.phase(a, b)) for a, b in truth.pairs])
        file["coherence"] = np.stack([truth.coherence(a, b) for a, b in truth.pairs])
        file["date"] = np.array(dates, dtype="S8")
        file["bperp"] = np.array([truth.bperp[b] - truth.bperp[a] for a, b in truth.pairs], np.float32)
        file["dropIfgram"] = np.array([index not in dropped for index in range(len(truth.pairs))])
        for key, value in attributes.items():
            file.attrs[key] = str(value)
    east, north, _ = truth.los()
    with h5py.File(folder / "geometryGeo.h5", "w") as file:
        full = np.ones(truth.shape, np.float32)
        file["height"] = truth.height()
        file["incidenceAngle"] = full * np.float32(truth.incidence_deg)
        file["azimuthAngle"] = full * np.float32(math.degrees(math.atan2(north, east)) - 90.0)
        file["slantRangeDistance"] = full * np.float32(truth.slant_range)
        for key, value in {**attributes, "FILE_TYPE": "geometry"}.items():
            file.attrs[key] = str(value)
    return folder


def write_generic(folder: Path, truth: Truth = TRUTH) -> Path:
    """Line-of-sight displacement in mm, toward the satellite positive, -9999 for no data."""
    for first, second in truth.pairs:
        name = truth.name(first, second, "-to-")
        los = (truth.displacement(second) - truth.displacement(first)).astype(np.float32) * 1000.0
        los[truth.missing] = -9999.0
        coherence = truth.coherence(first, second)
        coherence[truth.missing] = -9999.0
        geotiff(folder / f"los_{name}.tif", los, nodata=None)
        geotiff(folder / f"gamma_{name}.tif", coherence, nodata=None)
    geotiff(folder / "heights.tif", truth.height(), nodata=None)
    return folder


def text_file(path: Path, text: str) -> None:
    """Write a text file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
