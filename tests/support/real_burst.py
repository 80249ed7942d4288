"""The real TOPS pixels of the shared data: part of a burst of IW3, its carrier, and its Doppler against time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
from osgeo import gdal

from groundline.core.sentinel1.annotation import read_swath
from groundline.core.sentinel1.carrier import Carrier, carrier_of

FOLDER = "s1-tops-burst"
ANNOTATION = "s1a-iw3-slc-vv-20220918t074921-20220918t074946-045056-056232-006.xml"
PIXELS = "s1a-iw3-slc-vv_subset_hight9800_10400_width11000_11000.tiff"
FIRST_LINE, FIRST_SAMPLE = 9799, 10999  # of the pixels in the measurement file, from 0
LAND = 260  # lines from the top that are land; below is water, where azimuth ambiguities of the land shine through
BLOCK = 20  # lines whose Doppler is measured together, 0.04 s


def real_burst(data: Path) -> tuple[np.ndarray, tuple[int, int], Carrier]:
    """Pixels (lines, samples) as complex64, the burst's line and sample of the first one, and the burst's carrier."""
    folder = data / FOLDER
    name = folder / ANNOTATION
    swath = read_swath(name.read_bytes(), name.name, datetime(2022, 9, 18), 147, "")
    burst = swath.bursts[FIRST_LINE // swath.bursts[0].lines]
    dataset = gdal.Open(str(folder / PIXELS))
    pixels = dataset.ReadAsArray().astype(np.complex64)
    return pixels, (FIRST_LINE - burst.line_offset, FIRST_SAMPLE), carrier_of(burst, swath.orbit)


def doppler_against_time(image: np.ndarray, interval: float) -> tuple[np.ndarray, np.ndarray]:
    """(times from the middle [s], Doppler centroid [Hz]) of blocks of lines, from the phase between lines.

    The sampling rate wraps the centroid; it is unwrapped along time.
    """
    product = image[1:] * image[:-1].conj()
    count = len(product) // BLOCK
    lag = product[: count * BLOCK].reshape(count, BLOCK, -1).sum(axis=(1, 2))
    times = (np.arange(count) - 0.5 * (count - 1)) * BLOCK * interval
    return times, np.unwrap(np.angle(lag)) / (2.0 * np.pi * interval)
