"""The annotation of one subswath and polarisation of a Sentinel-1 IW SLC, as a Swath with its Bursts.

Source: Sentinel-1 Product Specification, ESA S1-RS-MDA-52-7441 (product annotation data set).
"""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np

from ..errors import InputError
from ..xmltree import parse_bytes
from .annotation_fields import Fields
from .annotation_ids import relative_burst_id
from .bursts import POLARISATIONS, SWATHS, Band, Burst, RangePolynomial, Swath, seconds
from .orbit import ANNOTATION, Orbit

WHAT = "Sentinel-1 annotation"
FROM_DATA = "Data Analysis"  # how the processor found the Doppler centroid that it focused with


def read_swath(data: bytes, source: str, epoch: datetime, track: int, measurement: str) -> Swath:
    """The swath that an annotation file describes.

    data : the XML. source : its name, for messages. epoch : origin of all times. track : relative orbit number.
    measurement : GDAL's name of the file with the pixels, empty without one.
    """
    root = Fields(parse_bytes(data, source, WHAT), source, WHAT)
    name, polarisation = root.text("adsHeader/swath"), root.text("adsHeader/polarisation")
    kind = f"{root.text('adsHeader/mode')} {root.text('adsHeader/productType')}"
    if kind != "IW SLC" or name not in SWATHS or polarisation not in POLARISATIONS:
        raise InputError(
            WHAT,
            f"{source}: {kind} {name} {polarisation}",
            "an image of type IW SLC",
            "Download the SLC product of the interferometric wide swath mode",
        )
    shape = (
        root.integer("imageAnnotation/imageInformation/numberOfLines"),
        root.integer("imageAnnotation/imageInformation/numberOfSamples"),
    )
    bursts = _bursts(root, name, polarisation, epoch, track, measurement)
    if shape != (sum(burst.lines for burst in bursts), bursts[0].samples):
        raise root.wrong(
            "imageInformation/numberOfLines, numberOfSamples",
            f"{shape[0]} x {shape[1]}",
            f"the size of {len(bursts)} bursts of {bursts[0].lines} x {bursts[0].samples}",
        )
    return Swath(name, polarisation, bursts, _orbit(root, epoch), shape, source, measurement)


def _bursts(
    root: Fields, name: str, polarisation: str, epoch: datetime, track: int, measurement: str
) -> tuple[Burst, ...]:
    product = "generalAnnotation/productInformation"
    image = "imageAnnotation/imageInformation"
    lines, samples = root.integer("swathTiming/linesPerBurst"), root.integer("swathTiming/samplesPerBurst")
    interval = root.number(f"{image}/azimuthTimeInterval")
    entries = root.all("swathTiming/burstList/burst")
    if not entries or lines < 2 or samples < 2 or interval <= 0.0:
        raise root.wrong(
            "swathTiming", f"{len(entries)} bursts of {lines} x {samples}", "bursts with lines and samples"
        )
    rates, centroids = fm_rates(root, epoch), doppler_centroids(root, epoch)
    range_band, azimuth_band = _band(root, "rangeProcessing"), _band(root, "azimuthProcessing")
    found = []
    for index, entry in enumerate(entries):
        start = seconds(entry.time("azimuthTime"), epoch)
        middle = start + 0.5 * (lines - 1) * interval
        valid_lines, valid_samples = _valid(entry, lines, samples)
        found.append(
            Burst(
                swath=name,
                polarisation=polarisation,
                index=index,
                burst_id=_burst_id(entry, name, track),
                track=track,
                epoch=epoch,
                azimuth_time=start,
                azimuth_interval=interval,
                slant_range_time=root.number(f"{image}/slantRangeTime"),
                range_sampling_rate=root.number(f"{product}/rangeSamplingRate"),
                radar_frequency=root.number(f"{product}/radarFrequency"),
                steering_rate=math.radians(root.number(f"{product}/azimuthSteeringRate")),
                lines=lines,
                samples=samples,
                valid_lines=valid_lines,
                valid_samples=valid_samples,
                fm_rate=nearest(rates, middle),
                doppler=nearest(centroids, middle),
                range_band=range_band,
                azimuth_band=azimuth_band,
                line_offset=index * lines,
                measurement=measurement,
            )
        )
    return tuple(found)


def fm_rates(root: Fields, epoch: datetime) -> tuple[RangePolynomial, ...]:
    """The azimuth FM rates [Hz/s]: one entry with all coefficients, or c0, c1, c2 apart (processors before 2.43)."""
    return _polynomials(
        root.all("generalAnnotation/azimuthFmRateList/azimuthFmRate"), "azimuthFmRatePolynomial", epoch, root
    )


def doppler_centroids(root: Fields, epoch: datetime) -> tuple[RangePolynomial, ...]:
    """The Doppler centroids [Hz] that the processor focused with: from the data, or from the geometry if so stated."""
    method = root.text("imageAnnotation/processingInformation/dcMethod")
    name = "dataDcPolynomial" if method == FROM_DATA else "geometryDcPolynomial"
    return _polynomials(root.all("dopplerCentroid/dcEstimateList/dcEstimate"), name, epoch, root)


def nearest(polynomials: tuple[RangePolynomial, ...], time: float) -> RangePolynomial:
    """The polynomial whose azimuth time is nearest; of two equally near, the earlier."""
    return min(polynomials, key=lambda polynomial: abs(polynomial.azimuth_time - time))


def _polynomials(
    entries: list[Fields], name: str, epoch: datetime, root: Fields
) -> tuple[RangePolynomial, ...]:
    if not entries:
        raise root.wrong(name, "nothing", "at least one polynomial")
    return tuple(
        RangePolynomial(
            seconds(entry.time("azimuthTime"), epoch),
            entry.number("t0"),
            entry.numbers(name)
            if entry.has(name)
            else tuple(entry.number(term) for term in ("c0", "c1", "c2")),
        )
        for entry in entries
    )


def _burst_id(entry: Fields, swath: str, track: int) -> int:
    """From the annotation (processors since 3.40), else computed from the time since the ascending node."""
    if entry.has("burstId"):
        return entry.integer("burstId")
    return relative_burst_id(swath, track, entry.number("azimuthAnxTime"))


def _valid(entry: Fields, lines: int, samples: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The half-open line and sample ranges that are valid throughout; (0, 0) in a burst without data."""
    first = np.array(entry.numbers("firstValidSample"), np.int64)
    last = np.array(entry.numbers("lastValidSample"), np.int64)
    if first.size != lines or last.size != lines:
        raise entry.wrong(
            "firstValidSample, lastValidSample", f"{first.size}, {last.size} entries", f"{lines} entries"
        )
    rows = np.flatnonzero((first >= 0) & (last >= first))
    if not rows.size:
        return (0, 0), (0, 0)
    left, right = int(first[rows].max()), int(last[rows].min()) + 1
    if rows.size != rows[-1] - rows[0] + 1 or right <= left or right > samples:
        raise entry.wrong(
            "firstValidSample, lastValidSample", f"{left} to {right - 1}", "one rectangle of valid pixels"
        )
    return (int(rows[0]), int(rows[-1]) + 1), (left, right)


def _band(root: Fields, name: str) -> Band:
    path = "imageAnnotation/processingInformation/swathProcParamsList/swathProcParams"
    entries = root.all(path)
    if not entries:
        raise root.wrong(path, "nothing", "the parameters of the processing")
    return Band(
        entries[0].number(f"{name}/processingBandwidth"), entries[0].number(f"{name}/windowCoefficient")
    )


def _orbit(root: Fields, epoch: datetime) -> Orbit:
    entries = root.all("generalAnnotation/orbitList/orbit")
    return Orbit(
        epoch,
        np.array([seconds(entry.time("time"), epoch) for entry in entries]),
        np.array([[entry.number(f"position/{axis}") for axis in "xyz"] for entry in entries]).reshape(-1, 3),
        np.array([[entry.number(f"velocity/{axis}") for axis in "xyz"] for entry in entries]).reshape(-1, 3),
        ANNOTATION,
    )
