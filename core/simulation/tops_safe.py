"""Writes a simulated image as a SAFE folder: manifest, annotation and measurement of each subswath.

Files have the names, and the XML the elements, of an IW SLC of ESA's processor (product specification
S1-RS-MDA-52-7441); what concerns neither geometry nor focusing is left out.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from .. import atomic, raster
from ..errors import InputError
from .tops_pass import Float64, Pass, Polynomial, SubSwath

POLARISATION = "vv"
IPF = "003.91"
DIGITAL_NUMBERS = 60.0  # in the file, of amplitude 1
DATA_TAKE = 0x07421F
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'

# Makes burst `number` of a subswath: complex64 (lines, samples).
Imager = Callable[[str, int], NDArray[np.complex64]]


def span(this: Pass) -> tuple[datetime, datetime]:
    """First and last zero-Doppler time of an image."""
    starts = [moment(this, swath.bursts[0].start) for swath in this.swaths]
    stops = [moment(this, swath.bursts[-1].start + (swath.lines - 1) * swath.interval) for swath in this.swaths]
    return min(starts), max(stops)


def safe_name(this: Pass) -> str:
    """Name of the SAFE folder."""
    start, stop = span(this)
    head = f"{this.platform}_IW_SLC__1SSV_{start:%Y%m%dT%H%M%S}_{stop:%Y%m%dT%H%M%S}"
    body = f"{head}_{this.absolute_orbit:06d}_{DATA_TAKE:06X}"
    return f"{body}_{zlib.crc32(body.encode()) & 0xFFFF:04X}.SAFE"


def file_stem(this: Pass, swath: SubSwath) -> str:
    """Name of a subswath's files without ending."""
    start = moment(this, swath.bursts[0].start)
    stop = moment(this, swath.bursts[-1].start + (swath.lines - 1) * swath.interval)
    return (
        f"{this.platform.lower()}-{swath.name.lower()}-slc-{POLARISATION}-{start:%Y%m%dt%H%M%S}-{stop:%Y%m%dt%H%M%S}"
        f"-{this.absolute_orbit:06d}-{DATA_TAKE:06x}-{int(swath.name[2]) + 3:03d}"
    )


def write_safe(folder: Path, this: Pass, imager: Imager) -> Path:
    """Write the image into its SAFE folder inside `folder`; return that. Pixels that are there already stay."""
    target = folder / safe_name(this)
    for name in ("annotation", "measurement"):
        (target / name).mkdir(parents=True, exist_ok=True)
    for swath in this.swaths:
        stem = file_stem(this, swath)
        pixels = target / "measurement" / f"{stem}.tiff"
        if not pixels.exists():  # it appears when it is whole
            _measurement(pixels, swath, imager)
        atomic.write_text(target / "annotation" / f"{stem}.xml", _annotation(this, swath))
    atomic.write_text(target / "manifest.safe", _manifest(this))
    return target


def moment(this: Pass, seconds: float) -> datetime:
    """UTC of a time of a pass, to the microsecond."""
    return this.epoch + timedelta(microseconds=round(seconds * 1e6))


def _measurement(path: Path, swath: SubSwath, imager: Imager) -> None:
    """CInt16 GeoTIFF, one burst below the other."""
    height = swath.lines * len(swath.bursts)
    with atomic.replacing(path) as temporary:
        driver = gdal.GetDriverByName("GTiff")
        dataset, message = raster.call(driver.Create, str(temporary), swath.samples, height, 1, gdal.GDT_CInt16)
        if dataset is None:
            raise InputError("Output raster", str(path), "a writable file", f"Choose another folder ({message})")
        try:
            for number in range(len(swath.bursts)):
                values = np.rint(DIGITAL_NUMBERS * imager(swath.name, number)).astype(np.complex64)
                _, message = raster.call(dataset.GetRasterBand(1).WriteArray, values, 0, number * swath.lines)
                if message:
                    raise atomic.disk_full(path)
            _, message = raster.call(dataset.FlushCache)
            if message:
                raise atomic.disk_full(path)
        finally:
            del dataset


def _tag(name: str, /, *content: str, **attributes: object) -> str:
    """An XML element. No text of ours holds a character that XML would take for its own."""
    words = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{words}>{''.join(content)}</{name}>\n"


def _numbers(values: Sequence[float] | Float64) -> str:
    return " ".join(f"{value:.15e}" for value in values)


def _time(this: Pass, seconds: float) -> str:
    return moment(this, seconds).isoformat(timespec="microseconds")


def _annotation(this: Pass, swath: SubSwath) -> str:
    start, stop = swath.bursts[0].start, swath.bursts[-1].start + (swath.lines - 1) * swath.interval
    header = _tag(
        "adsHeader",
        _tag("missionId", this.platform),
        _tag("productType", "SLC"),
        _tag("polarisation", POLARISATION.upper()),
        _tag("mode", "IW"),
        _tag("swath", swath.name),
        _tag("startTime", _time(this, start)),
        _tag("stopTime", _time(this, stop)),
        _tag("absoluteOrbitNumber", str(this.absolute_orbit)),
        _tag("missionDataTakeId", str(DATA_TAKE)),
        _tag("imageNumber", f"{int(swath.name[2]) + 3:03d}"),
    )
    parts = _general(this, swath), _image(this, swath), _doppler(this, swath), _timing(this, swath)
    return XML + _tag("product", header, *parts)


def _general(this: Pass, swath: SubSwath) -> str:
    product = _tag(
        "productInformation",
        _tag("pass", this.direction.capitalize()),
        _tag("projection", "Slant Range"),
        _tag("rangeSamplingRate", f"{swath.sampling_rate:.15e}"),
        _tag("radarFrequency", f"{swath.frequency:.15e}"),
        _tag("azimuthSteeringRate", f"{math.degrees(swath.steering_rate):.15e}"),
    )
    states = [
        _tag("orbit", _tag("time", _time(this, time)), _tag("frame", "Earth Fixed"), _vector("position", position),
             _vector("velocity", velocity))
        for time, position, velocity in zip(this.path.times, this.path.positions, this.path.velocities)
    ]  # fmt: skip
    rates = [_polynomial(this, "azimuthFmRate", "azimuthFmRatePolynomial", burst.fm_rate) for burst in swath.bursts]
    return _tag(
        "generalAnnotation",
        product,
        _tag("orbitList", *states, count=len(states)),
        _tag("azimuthFmRateList", *rates, count=len(rates)),
    )


def _vector(name: str, values: Float64) -> str:
    return _tag(name, *(_tag(axis, f"{value:.15e}") for axis, value in zip("xyz", values)))


def _polynomial(this: Pass, entry: str, name: str, polynomial: Polynomial) -> str:
    return _tag(
        entry,
        _tag("azimuthTime", _time(this, polynomial.azimuth_time)),
        _tag("t0", f"{polynomial.t0:.15e}"),
        _tag(name, _numbers(polynomial.coefficients), count=len(polynomial.coefficients)),
    )


def _image(this: Pass, swath: SubSwath) -> str:
    start, stop = swath.bursts[0].start, swath.bursts[-1].start + (swath.lines - 1) * swath.interval
    information = _tag(
        "imageInformation",
        _tag("productFirstLineUtcTime", _time(this, start)),
        _tag("productLastLineUtcTime", _time(this, stop)),
        _tag("slantRangeTime", f"{swath.near_time:.15e}"),
        _tag("pixelValue", "Complex"),
        _tag("outputPixels", "16 bit Signed Integer"),
        _tag("rangePixelSpacing", f"{swath.spacing:.6e}"),
        _tag("azimuthTimeInterval", f"{swath.interval:.15e}"),
        _tag("azimuthFrequency", f"{1.0 / swath.interval:.15e}"),
        _tag("numberOfSamples", str(swath.samples)),
        _tag("numberOfLines", str(swath.lines * len(swath.bursts))),
    )
    bands = [
        _tag(
            name,
            _tag("windowType", "Hamming"),
            _tag("windowCoefficient", f"{band.window:.15e}"),
            _tag("processingBandwidth", f"{band.width:.15e}"),
        )
        for name, band in (("rangeProcessing", swath.range_band), ("azimuthProcessing", swath.azimuth_band))
    ]
    processing = _tag(
        "processingInformation",
        _tag("dcMethod", "Data Analysis"),
        _tag("swathProcParamsList", _tag("swathProcParams", _tag("swath", swath.name), *bands), count=1),
    )
    return _tag("imageAnnotation", information, processing)


def _doppler(this: Pass, swath: SubSwath) -> str:
    estimates = [_polynomial(this, "dcEstimate", "dataDcPolynomial", burst.doppler) for burst in swath.bursts]
    return _tag("dopplerCentroid", _tag("dcEstimateList", *estimates, count=len(estimates)))


def _timing(this: Pass, swath: SubSwath) -> str:
    first, stop = swath.valid_lines
    before, after = first, swath.lines - stop
    valid = stop - first
    starts = " ".join(["-1"] * before + ["0"] * valid + ["-1"] * after)
    ends = " ".join(["-1"] * before + [str(swath.samples - 1)] * valid + ["-1"] * after)
    bursts = [
        _tag(
            "burst",
            _tag("azimuthTime", _time(this, burst.start)),
            _tag("sensingTime", _time(this, burst.start)),
            _tag("firstValidSample", starts, count=swath.lines),
            _tag("lastValidSample", ends, count=swath.lines),
            _tag("burstId", str(burst.burst_id)),
        )
        for burst in swath.bursts
    ]
    return _tag(
        "swathTiming",
        _tag("linesPerBurst", str(swath.lines)),
        _tag("samplesPerBurst", str(swath.samples)),
        _tag("burstList", *bursts, count=len(bursts)),
    )


def _manifest(this: Pass) -> str:
    start, stop = (time.isoformat(timespec="microseconds") for time in span(this))
    objects = [
        _tag("processing", _tag("software", name="Sentinel-1 IPF", version=IPF), name="SLC Processing"),
        _tag("platform", _tag("familyName", "SENTINEL-1"), _tag("number", this.platform[2:])),
        _tag(
            "orbitReference",
            _tag("orbitNumber", str(this.absolute_orbit), type="start"),
            _tag("relativeOrbitNumber", str(this.track), type="start"),
            _tag("orbitProperties", _tag("pass", this.direction.upper())),
        ),
        _tag("acquisitionPeriod", _tag("startTime", start), _tag("stopTime", stop)),
    ]
    section = _tag("metadataSection", *(_tag("metadataObject", _tag("xmlData", item)) for item in objects))
    return XML + _tag("XFDU", section)
