"""Reads the passes of real Sentinel-1 annotations for the simulator; SAFE folders without pixels will do."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from pathlib import Path as File

import numpy as np

from ..errors import InputError
from ..xmltree import Element, parse_xml
from .tops_pass import Band, BurstTiming, Pass, Path, Polynomial, SubSwath

FIELD = "ANNOTATIONS"
NEEDED = 2


def read_passes(folder: File, names: tuple[str, ...]) -> tuple[Pass, Pass]:
    """The first two passes of a folder with SAFE folders, by time, with the subswaths named."""
    found = sorted(folder.glob("S1*_IW_SLC__*.SAFE"), key=lambda path: path.name[17:32])
    if len(found) < NEEDED:
        raise InputError(
            FIELD, str(folder), f"a folder with {NEEDED} SAFE folders of one track", f"It holds {len(found)}"
        )
    first, second = (_read(path, names) for path in found[:NEEDED])
    for one, other in zip(first.swaths, second.swaths):
        if [burst.burst_id for burst in one.bursts] != [burst.burst_id for burst in other.bursts]:
            raise InputError(FIELD, str(folder), "two images of the same bursts", "Choose dates of one track and slice")
    return first, second


def _read(safe: File, names: tuple[str, ...]) -> Pass:
    """One pass; values that are no numbers or times are damage."""
    try:
        return _pass(safe, names)
    except ValueError as error:
        allowed = "complete annotations of an IW SLC"
        raise InputError(FIELD, str(safe), allowed, f"Download it again ({error})") from error


def _pass(safe: File, names: tuple[str, ...]) -> Pass:
    files = {name: sorted((safe / "annotation").glob(f"s1*-{name.lower()}-slc-*.xml")) for name in names}
    missing = [name for name, paths in files.items() if not paths]
    if missing:
        raise InputError(FIELD, str(safe), f"annotations of {', '.join(missing)}", "Choose other subswaths")
    roots = {name: parse_xml(paths[0], FIELD) for name, paths in files.items()}
    root = next(iter(roots.values()))
    start = _time(_text(root, "adsHeader/startTime"))
    epoch = datetime(start.year, start.month, start.day)
    states = list(_at(root, "generalAnnotation/orbitList").named("orbit"))
    return Pass(
        epoch=epoch,
        platform=_text(root, "adsHeader/missionId"),
        absolute_orbit=int(_text(root, "adsHeader/absoluteOrbitNumber")),
        track=_track(safe),
        direction=_text(root, "generalAnnotation/productInformation/pass").lower(),
        path=Path(
            np.array([_since(epoch, _text(state, "time")) for state in states]),
            np.array([[_number(state, f"position/{axis}") for axis in "xyz"] for state in states]),
            np.array([[_number(state, f"velocity/{axis}") for axis in "xyz"] for state in states]),
        ),
        swaths=tuple(_swath(name, tree, epoch) for name, tree in roots.items()),
    )


def _track(safe: File) -> int:
    """Relative orbit number, from the manifest."""
    for entry in parse_xml(safe / "manifest.safe", FIELD).named("safe:relativeOrbitNumber"):
        return int(entry.text)
    raise InputError(FIELD, str(safe), "a manifest with the relative orbit number", "Download the image again")


def _swath(name: str, root: Element, epoch: datetime) -> SubSwath:
    image, product = "imageAnnotation/imageInformation", "generalAnnotation/productInformation"
    processing = "imageAnnotation/processingInformation/swathProcParamsList/swathProcParams"
    lines, interval = int(_text(root, "swathTiming/linesPerBurst")), _number(root, f"{image}/azimuthTimeInterval")
    rates = _polynomials(root, "generalAnnotation/azimuthFmRateList", "azimuthFmRate", "azimuthFmRatePolynomial", epoch)
    centroids = _polynomials(root, "dopplerCentroid/dcEstimateList", "dcEstimate", "dataDcPolynomial", epoch)
    bursts = []
    for entry in _at(root, "swathTiming/burstList").named("burst"):
        start = _since(epoch, _text(entry, "azimuthTime"))
        middle = start + 0.5 * (lines - 1) * interval
        bursts.append(
            BurstTiming(start, int(_text(entry, "burstId")), _nearest(rates, middle), _nearest(centroids, middle))
        )
    first = np.array(_text(_at(root, "swathTiming/burstList/burst"), "firstValidSample").split(), int)
    valid = np.flatnonzero(first >= 0)
    return SubSwath(
        name=name,
        lines=lines,
        samples=int(_text(root, "swathTiming/samplesPerBurst")),
        interval=interval,
        near_time=_number(root, f"{image}/slantRangeTime"),
        sampling_rate=_number(root, f"{product}/rangeSamplingRate"),
        frequency=_number(root, f"{product}/radarFrequency"),
        steering_rate=math.radians(_number(root, f"{product}/azimuthSteeringRate")),
        range_band=_band(root, f"{processing}/rangeProcessing"),
        azimuth_band=_band(root, f"{processing}/azimuthProcessing"),
        valid_lines=(int(valid[0]), int(valid[-1]) + 1),
        bursts=tuple(bursts),
    )


def _band(root: Element, path: str) -> Band:
    return Band(_number(root, f"{path}/processingBandwidth"), _number(root, f"{path}/windowCoefficient"))


def _polynomials(root: Element, path: str, entry: str, name: str, epoch: datetime) -> list[Polynomial]:
    return [
        Polynomial(
            _since(epoch, _text(item, "azimuthTime")),
            _number(item, "t0"),
            tuple(float(word) for word in _text(item, name).split()),
        )
        for item in _at(root, path).named(entry)
    ]


def _nearest(polynomials: list[Polynomial], time: float) -> Polynomial:
    return min(polynomials, key=lambda polynomial: abs(polynomial.azimuth_time - time))


def _at(root: Element, path: str) -> Element:
    found = root.find(path)
    if found is None:
        raise InputError(FIELD, path, "a complete annotation of an IW SLC", "Download it again")
    return found


def _text(root: Element, path: str) -> str:
    return _at(root, path).text


def _number(root: Element, path: str) -> float:
    return float(_text(root, path))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _since(epoch: datetime, text: str) -> float:
    return (_time(text) - epoch) / timedelta(seconds=1)
