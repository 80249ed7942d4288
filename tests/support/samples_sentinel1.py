"""Tiny Sentinel-1 SAFE folders with known content: 2 bursts of 12 x 20 pixels, a circular orbit."""

from __future__ import annotations

import math
import shutil
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from osgeo import gdal

START = datetime(2025, 4, 6, 2, 20, 10)
LINES, SAMPLES, BURSTS = 12, 20, 2
VALID_LINES, VALID_SAMPLES = (2, 11), (3, 18)
CYCLE = 2.75
NAME = "S1A_IW_SLC__1SDV_20250406T022008_20250406T022035_058630_07421F_93A7.SAFE"
NEW_FM = '<azimuthFmRatePolynomial count="3">-2.3e+03 4.5e+05 -7.9e+07</azimuthFmRatePolynomial>'
OLD_FM = "<c0>-2.3e+03</c0><c1>4.5e+05</c1><c2>-7.9e+07</c2>"


def circular(times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions and velocities of a polar circular orbit seen from the rotating Earth; t in s."""
    radius, rate, spin = 7_070_000.0, 2.0 * math.pi / 5_924.6, 7.292115e-5
    lat, lon = rate * times, -spin * times
    position = radius * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    along = np.stack([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)], axis=-1)
    around = np.stack([-np.cos(lat) * np.sin(lon), np.cos(lat) * np.cos(lon), np.zeros_like(lat)], axis=-1)
    return position, radius * (rate * along - spin * around)


def annotation(
    swath: str = "IW1", polarisation: str = "VV", start: datetime = START, fm: str = NEW_FM
) -> str:
    """The annotation's XML with the elements that the reader uses."""
    first = " ".join(["-1"] * 2 + ["3"] * 9 + ["-1"])
    last = " ".join(["-1"] * 2 + ["17"] * 9 + ["-1"])
    bursts = "".join(
        f"<burst><azimuthTime>{(start + timedelta(seconds=CYCLE * k)).isoformat()}</azimuthTime>"
        f"<azimuthAnxTime>{836.0 + CYCLE * k}</azimuthAnxTime>"
        f'<firstValidSample count="12">{first}</firstValidSample>'
        f'<lastValidSample count="12">{last}</lastValidSample></burst>'
        for k in range(BURSTS)
    )
    times = np.arange(-60.0, 61.0, 10.0)
    positions, velocities = circular(times + 900.0)
    vectors = "".join(
        f"<orbit><time>{(START + timedelta(seconds=float(t))).isoformat()}</time>"
        f"<position><x>{p[0]}</x><y>{p[1]}</y><z>{p[2]}</z></position>"
        f"<velocity><x>{v[0]}</x><y>{v[1]}</y><z>{v[2]}</z></velocity></orbit>"
        for t, p, v in zip(times, positions, velocities)
    )
    centroids = "".join(
        f"<dcEstimate><azimuthTime>{(start + timedelta(seconds=t)).isoformat()}</azimuthTime><t0>5.35e-03</t0>"
        f'<geometryDcPolynomial count="1">{7 + t}</geometryDcPolynomial>'
        f'<dataDcPolynomial count="2">{10 + t} 100</dataDcPolynomial></dcEstimate>'
        for t in (0.0, CYCLE)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<product><adsHeader><missionId>S1A</missionId><productType>SLC</productType><polarisation>{polarisation}</polarisation>
<mode>IW</mode><swath>{swath}</swath></adsHeader>
<generalAnnotation><productInformation><rangeSamplingRate>6.4e+07</rangeSamplingRate>
<radarFrequency>5.405e+09</radarFrequency><azimuthSteeringRate>1.59</azimuthSteeringRate></productInformation>
<orbitList count="13">{vectors}</orbitList>
<azimuthFmRateList count="1"><azimuthFmRate><azimuthTime>{start.isoformat()}</azimuthTime><t0>5.34e-03</t0>{fm}
</azimuthFmRate></azimuthFmRateList></generalAnnotation>
<imageAnnotation><imageInformation><slantRangeTime>5.34e-03</slantRangeTime>
<azimuthTimeInterval>2.0555563e-03</azimuthTimeInterval><numberOfSamples>{SAMPLES}</numberOfSamples>
<numberOfLines>{LINES * BURSTS}</numberOfLines></imageInformation>
<processingInformation><dcMethod>Data Analysis</dcMethod><swathProcParamsList count="1"><swathProcParams>
<rangeProcessing><windowCoefficient>0.75</windowCoefficient><processingBandwidth>5.65e+07</processingBandwidth>
</rangeProcessing><azimuthProcessing><windowCoefficient>0.7</windowCoefficient>
<processingBandwidth>327</processingBandwidth></azimuthProcessing></swathProcParams></swathProcParamsList>
</processingInformation></imageAnnotation>
<dopplerCentroid><dcEstimateList count="2">{centroids}</dcEstimateList></dopplerCentroid>
<swathTiming><linesPerBurst>{LINES}</linesPerBurst><samplesPerBurst>{SAMPLES}</samplesPerBurst>
<burstList count="{BURSTS}">{bursts}</burstList></swathTiming></product>"""


def manifest(ipf: str = "003.91", start: datetime = START, platform: str = "A") -> str:
    """manifest.safe with the elements that the reader uses."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xfdu:XFDU xmlns:xfdu="urn:ccsds:schema:xfdu:1" xmlns:safe="http://www.esa.int/safe/sentinel-1.0"
 xmlns:s1="http://www.esa.int/safe/sentinel-1.0/sentinel-1"><metadataSection>
<safe:processing><safe:facility><safe:software name="Sentinel-1 IPF" version="{ipf}"/></safe:facility></safe:processing>
<safe:acquisitionPeriod><safe:startTime>{start.isoformat()}</safe:startTime>
<safe:stopTime>{(start + timedelta(seconds=6)).isoformat()}</safe:stopTime></safe:acquisitionPeriod>
<safe:platform><safe:familyName>SENTINEL-1</safe:familyName><safe:number>{platform}</safe:number></safe:platform>
<safe:orbitReference><safe:orbitNumber type="start">58630</safe:orbitNumber>
<safe:relativeOrbitNumber type="start">108</safe:relativeOrbitNumber><s1:pass>ASCENDING</s1:pass></safe:orbitReference>
</metadataSection></xfdu:XFDU>"""


def pixels() -> np.ndarray:
    """The measurement file: line + 1j sample, counted from 1."""
    line, sample = np.mgrid[1 : LINES * BURSTS + 1, 1 : SAMPLES + 1]
    return line + 1j * sample


def write_safe(
    folder: Path,
    swaths: tuple[str, ...] = ("IW1",),
    ipf: str = "003.91",
    start: datetime = START,
    platform: str = "A",
    polarisation: str = "VV",
) -> Path:
    """A SAFE folder with measurement files."""
    safe = folder / NAME
    (safe / "annotation").mkdir(parents=True)
    (safe / "measurement").mkdir()
    (safe / "manifest.safe").write_text(manifest(ipf, start, platform), encoding="utf-8")
    for swath in swaths:
        stem = f"s1{platform}-{swath}-slc-{polarisation}-20250406t022010-20250406t022016-058630-07421f-004".lower()
        (safe / "annotation" / f"{stem}.xml").write_text(
            annotation(swath, polarisation, start), encoding="utf-8"
        )
        write_complex(safe / "measurement" / f"{stem}.tiff", pixels())
    return safe


def write_complex(path: Path, values: np.ndarray, kind: int = gdal.GDT_CInt16) -> None:
    """A measurement file."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), values.shape[1], values.shape[0], 1, kind)
    dataset.GetRasterBand(1).WriteArray(values)
    del dataset


def zip_safe(safe: Path) -> Path:
    """The same SAFE in a zip beside it, without the folder."""
    path = safe.with_name(safe.name + ".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in sorted(safe.rglob("*")):
            archive.write(entry, entry.relative_to(safe.parent))
    shutil.rmtree(safe)
    return path
