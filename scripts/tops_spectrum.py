#!/usr/bin/python3
"""Draws the azimuth spectrum of a real TOPS burst against time, as it comes and deramped; prints its slopes.

python3 scripts/tops_spectrum.py ../shared/data docs/images/tops_spectrum.png
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[1]
WINDOW = 64  # lines of a short spectrum, 0.13 s


def main(data: Path, picture: Path) -> None:
    """Measure and draw."""
    sys.path[:] = [
        entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")
    ]
    sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))
    import checkout

    checkout.register()
    from groundline_tests.real_burst import LAND, doppler_against_time, real_burst

    from groundline.core.sentinel1.carrier import deramp

    image, origin, carrier = real_burst(data)
    interval = carrier.burst.azimuth_interval
    first = float(carrier.eta(origin[0]))
    figure = Figure(figsize=(9.0, 6.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, 2, width_ratios=(2, 1), sharex="col")
    rate = float(carrier.rates(origin[1] + image.shape[1] / 2)[0])
    print(f"rate of the carrier: {rate:.1f} Hz/s")
    for row, (title, pixels) in enumerate((("as it comes", image), ("deramped", deramp(image, carrier, origin)))):
        slope, centre = np.polyfit(*doppler_against_time(pixels[:LAND], interval), 1)
        print(f"{title}: slope {slope:.1f} Hz/s, centre {centre:.1f} Hz")
        starts = np.arange(0, LAND - WINDOW, 4)
        taper = np.hanning(WINDOW)[:, None]
        spectra = np.array([_power(pixels[start : start + WINDOW] * taper) for start in starts])
        frequency = np.fft.fftshift(np.fft.fftfreq(WINDOW, interval))
        times = first + (starts + WINDOW / 2) * interval
        left, right = axes[row]
        left.pcolormesh(times, frequency, 10 * np.log10(spectra / spectra.max()).T, vmin=-15, vmax=0)
        left.set_ylabel("Azimuth frequency [Hz]")
        left.set_title(f"Real burst {title}: slope {slope:.0f} Hz/s")
        whole = _power(pixels[:LAND])
        right.plot(10 * np.log10(whole / whole.max()), np.fft.fftshift(np.fft.fftfreq(LAND, interval)), linewidth=0.8)
        right.axhline(0.0, color="0.6", linewidth=0.6)
        right.set_title(f"Spectrum of {LAND} lines")
    axes[1, 0].set_xlabel("Azimuth time from the burst's middle [s]")
    axes[1, 1].set_xlabel("Power [dB]")
    figure.savefig(picture, dpi=110)


def _power(lines: np.ndarray) -> np.ndarray:
    """Mean power spectrum along lines, frequency 0 in the middle."""
    spectrum = np.fft.fftshift(np.fft.fft(lines, axis=0), axes=0)
    return np.mean(np.abs(spectrum) ** 2, axis=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the real data")
    parser.add_argument("picture", type=Path, help="PNG to write")
    given = parser.parse_args()
    main(given.data, given.picture)
