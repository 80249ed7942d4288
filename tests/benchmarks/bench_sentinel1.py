"""How long resampling one full TOPS burst takes, beside scipy's cubic spline in the same run, and what it keeps.

    python3 tests/benchmarks/bench_sentinel1.py [--lines 1500] [--samples 20000] [--repeats 3] [--swath IW2] [--terrain]

Ours deramps, interpolates and puts the carrier back; scipy's `map_coordinates` of order 3 interpolates the real and
the imaginary part of the deramped burst and does nothing about the carrier. The signal fills 72 % of the band in both
directions, so that the true values are known from its spectrum. `--terrain` gives every pixel a position of its own.
Times are of the processor, which a busy machine changes least; both work on one thread.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
import tracemalloc

import checkout
import numpy as np
from scipy import ndimage

checkout.register()

from groundline_tests.bursts import burst  # noqa: E402

from groundline.core.sentinel1.carrier import Carrier, reramp  # noqa: E402
from groundline.core.sentinel1.resample import Secondary, resample  # noqa: E402
from groundline.core.sentinel1.resample_kernel import kernel_of  # noqa: E402


def band_limited(lines: int, samples: int, band: float) -> np.ndarray:
    """A spectrum of white noise within a share of the band; complex64."""
    rng = np.random.default_rng(1)
    inside = [np.abs(np.fft.fftfreq(count)) <= 0.5 * band for count in (lines, samples)]
    spectrum = np.zeros((lines, samples), np.complex64)
    spectrum[np.ix_(*inside)] = rng.standard_normal((inside[0].sum(), 2 * inside[1].sum()), np.float32).view(
        np.complex64
    )
    return spectrum


def shifted(spectrum: np.ndarray, down: float, along: float) -> np.ndarray:
    """The signal moved by constant offsets, exactly."""
    rows, columns = (np.fft.fftfreq(count) for count in spectrum.shape)
    turn = np.exp(2j * np.pi * down * rows)[:, None] * np.exp(2j * np.pi * along * columns)
    return np.fft.ifft2(spectrum * turn.astype(np.complex64)).astype(np.complex64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=1500)
    parser.add_argument("--samples", type=int, default=20000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--swath", default="IW2")
    parser.add_argument("--band", type=float, default=0.72)
    parser.add_argument("--terrain", action="store_true")
    arguments = parser.parse_args()
    shape = arguments.lines, arguments.samples

    carrier = Carrier(burst(*shape, swath=arguments.swath), 7590.0)
    spectrum = band_limited(*shape, arguments.band)
    smooth = shifted(spectrum, 0.0, 0.0)
    image = reramp(smooth, carrier)
    rows, columns = np.indices(shape, np.float64, sparse=True)
    down, along = 0.37, 0.29
    lines = rows + down + 0.0 * columns
    samples = columns + along + 0.0 * rows
    if arguments.terrain:  # hills change the range offset by some hundredths of a sample
        samples += 0.05 * np.sin(rows / 40.0) * np.cos(columns / 60.0)
    positions = np.stack([lines, samples]).astype(np.float32)

    def ours() -> np.ndarray:
        return resample(Secondary(image, (0, 0), carrier), lines, samples)

    def spline() -> np.ndarray:
        out = np.empty(shape, np.complex64)
        out.real = ndimage.map_coordinates(smooth.real, positions, order=3, output=np.float32)
        out.imag = ndimage.map_coordinates(smooth.imag, positions, order=3, output=np.float32)
        return out

    seconds: dict[str, list[float]] = {"ours": [], "spline": []}
    results = {}
    for _ in range(arguments.repeats):
        for name, run in (("ours", ours), ("spline", spline)):
            start = time.process_time()
            results[name] = run()
            seconds[name].append(time.process_time() - start)
    kernel = kernel_of(arguments.swath)
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    print(f"{shape[0]} x {shape[1]}, {arguments.swath}: taps {kernel.azimuth.taps} x {kernel.range.taps}")
    for name, taken in seconds.items():
        print(f"{name:8} median {statistics.median(taken):.2f} processor s, least {min(taken):.2f} s")
    ratio = statistics.median(a / b for a, b in zip(seconds["ours"], seconds["spline"]))
    print(f"ours / spline: {ratio:.2f}")
    if not arguments.terrain:
        truth = shifted(spectrum, down, along)
        inner = (slice(20, -20), slice(20, -20))
        power = np.mean(np.abs(truth[inner]) ** 2)
        results["ours"] = results["ours"] * np.conj(_carrier(carrier, lines, samples))
        for name, values in results.items():
            error = np.sqrt(np.mean(np.abs(values[inner] - truth[inner]) ** 2) / power)
            print(f"relative RMS error of {name}: {error:.4f}")
    tracemalloc.start()
    ours()
    print(f"peak memory of ours beyond its inputs: {tracemalloc.get_traced_memory()[1] / 2**20:.0f} MiB")
    print(f"its result alone: {8 * shape[0] * shape[1] / 2**20:.0f} MiB")


def _carrier(carrier: Carrier, lines: np.ndarray, samples: np.ndarray) -> np.ndarray:
    out = np.empty(lines.shape, np.complex64)
    for row, (line, sample) in enumerate(zip(lines, samples)):
        out[row] = np.exp(2j * np.pi * carrier.cycles(line, sample))
    return out


if __name__ == "__main__":
    main()
