"""Enhanced spectral diversity: the azimuth misregistration of two images from the overlaps of their bursts.

Methods, section 2; Prats-Iraola et al. (2012), IEEE TGRS 50(8), 3179-3188. The ground in an overlap is seen twice, at
the end of a burst (top) and at the start of the next (bottom), whose Doppler differ by df, 4 to 5 kHz. Where targets
appear dy lines late in the secondary image, the interferograms of the two differ by

    arg (m_top s_top*) conj(m_bottom s_bottom*) = 2 pi df dy / f_az,

f_az the lines per second; what the two looks share (motion, atmosphere, terrain) drops out. The phase wraps at
|dy| = f_az / (2 df), 0.050 to 0.062 line. df grows with range, so that a shift beyond leaves a slope over range; where
it is seen, the shift is reported as ambiguous rather than wrong.

The interferograms are averaged over cells before the difference, which brings its noise from that of a product of
single looks (2.3 rad at coherence 0.6) near to the Cramer-Rao bound (1.3 rad per pixel).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .interferograms_looks import cells

Float64 = NDArray[np.float64]
Complex64 = NDArray[np.complex64]
Complex128 = NDArray[np.complex128]

LOOKS = (4, 16)  # lines and samples of a cell: 56 m x 37 m on slant range
LEAST_COHERENCE = 0.3  # of a cell in both looks; cells of noise alone reach 0.13 on average
LEAST_PIXELS = 1000  # coherent ones of a pair; 0.0008 line at coherence 0.6
MOST_COHERENCE = 0.99  # beyond it the estimate is not known well enough to weigh by
WIDER = 3  # the search beyond the ambiguity reaches so many times as far
STEPS = 400  # of the search per ambiguity interval
REFINEMENTS = 20
SURE = 8.0  # difference of the log-likelihoods from which a shift beyond the ambiguity is believed
# Standard deviations of noise that the sum of the phases must exceed: in a large overlap of water many cells look
# coherent by chance.
AGREEMENT = 5.0
HISTOGRAM = np.linspace(0.0, 1.0, 21)


@dataclass(frozen=True, eq=False)
class Looks:
    """The two views of one overlap in two images, complex64 (lines, samples) of one shape on the reference's grid.

    Values that are 0 or NaN are missing. The secondary's are resampled and flattened.
    """

    reference_top: Complex64
    secondary_top: Complex64
    reference_bottom: Complex64
    secondary_bottom: Complex64


@dataclass(frozen=True, eq=False)
class OverlapPhases:
    """What an overlap tells, by columns of cells.

    name : for the report. phasors : complex128 (columns,), sum over lines of exp(j phase) / variance [1/rad2].
    difference : Doppler difference of the columns [Hz]. pixels : of the overlap with data. coherent : of them, in
    coherent cells. histogram : number of cells by coherence, of `HISTOGRAM`'s bins. power : sum of 1 / variance^2 over
    the cells, for what noise would make of the sum.
    """

    name: str
    phasors: Complex128
    difference: Float64
    pixels: int
    coherent: int
    histogram: NDArray[np.int64]
    power: float


@dataclass(frozen=True)
class Step:
    """Phase that an overlap keeps after the shift [rad], and its standard deviation from coherence alone [rad].

    A constant step at every border is an error of an image's bursts, not a shift; it is reported and not absorbed.
    """

    name: str
    phase: float
    deviation: float


@dataclass(frozen=True, eq=False)
class Shift:
    """Azimuth misregistration of a pair.

    lines : by which targets appear late in the secondary; NaN when the overlaps have too few coherent pixels.
    deviation : its standard deviation [lines], from coherence, enlarged where the columns scatter more.
    ambiguity : [lines], +- where the phase wraps. margin : log-likelihood by which the shift leads over any beyond the
    ambiguity; within +-8 the overlaps cannot tell and the smaller shift is taken. other : the shift beyond, when it
    is clearly better [lines]; NaN otherwise. reason : why the shift must not be used; empty when it may.
    steps : per overlap with coherent pixels.
    """

    lines: float
    deviation: float
    ambiguity: float
    pixels: int
    coherent: int
    margin: float
    other: float
    reason: str
    steps: tuple[Step, ...]
    histogram: NDArray[np.int64]

    @property
    def usable(self) -> bool:
        """Whether the shift may correct an image."""
        return not self.reason

    @property
    def ambiguous(self) -> bool:
        """Whether the true shift lies beyond the ambiguity."""
        return math.isfinite(self.other)


def overlap_phases(
    name: str, looks: Looks, difference: Float64, cell: tuple[int, int] = LOOKS, independent: float = 1.0
) -> OverlapPhases:
    """The double difference of an overlap.

    difference : Doppler of the top burst less that of the bottom one at each sample [Hz], float64 (samples,).
    cell : lines and samples averaged first. independent : share of the pixels that is independent, the processed
    bands over the sampling rates; it only scales the standard deviations.
    """
    shape = looks.reference_top.shape
    if any(image.shape != shape for image in vars(looks).values()) or difference.shape != shape[1:]:
        raise ValueError("the views of an overlap and its Doppler differences differ in shape")
    count = cell[0] * cell[1] * independent
    known = np.ones(shape, bool)
    for image in vars(looks).values():
        known &= np.isfinite(image) & (image != 0.0)
    whole = np.asarray(cells(known, cell) == cell[0] * cell[1], bool)
    top, top_coherence = _interferogram(looks.reference_top, looks.secondary_top, known, cell, count)
    bottom, bottom_coherence = _interferogram(
        looks.reference_bottom, looks.secondary_bottom, known, cell, count
    )
    coherence = np.minimum(top_coherence, bottom_coherence)
    good = whole & (coherence >= LEAST_COHERENCE)
    weight = np.zeros(good.shape)
    weight[good] = 1.0 / (_variance(top_coherence[good], count) + _variance(bottom_coherence[good], count))
    phase = np.angle(top * np.conj(bottom))
    return OverlapPhases(
        name=name,
        phasors=np.sum(weight * np.exp(1j * phase), axis=0),
        difference=cells(difference[None, :], (1, cell[1]))[0] / cell[1],
        pixels=int(known.sum()),
        coherent=int(good.sum()) * cell[0] * cell[1],
        histogram=np.histogram(coherence[whole], HISTOGRAM)[0].astype(np.int64),
        power=float(np.sum(weight**2)),
    )


def joined(parts: Sequence[OverlapPhases]) -> OverlapPhases:
    """One overlap from its parts along range."""
    return OverlapPhases(
        parts[0].name,
        np.concatenate([part.phasors for part in parts]),
        np.concatenate([part.difference for part in parts]),
        sum(part.pixels for part in parts),
        sum(part.coherent for part in parts),
        np.asarray(sum(part.histogram for part in parts), np.int64),
        sum(part.power for part in parts),
    )


def estimate_shift(overlaps: Sequence[OverlapPhases], line_rate: float, least: int = LEAST_PIXELS) -> Shift:
    """The one shift that explains the overlaps of a pair, of all swaths together.

    line_rate : f_az, lines per second. least : coherent pixels below which there is no estimate.

    dy maximises the log-likelihood sum_cells cos(phase - 2 pi df dy / f_az) / variance within the ambiguity of the
    largest df, which turns the weighted sum's argument to 0; a wider search tells whether the true shift lies beyond.
    """
    pixels, coherent = (sum(getattr(one, name) for one in overlaps) for name in ("pixels", "coherent"))
    histogram = sum((one.histogram for one in overlaps), np.zeros(HISTOGRAM.size - 1, np.int64))
    if not overlaps or coherent < max(least, 1):
        counts = f"{coherent} of {pixels} pixels in the overlaps are coherent, {least} are needed"
        why = counts if overlaps else "no two bursts overlap"
        return Shift(np.nan, np.nan, np.nan, pixels, coherent, np.nan, np.nan, why, (), histogram)
    phasors = np.concatenate([one.phasors for one in overlaps])
    slopes = 2.0 * math.pi / line_rate * np.concatenate([one.difference for one in overlaps])
    ambiguity = math.pi / float(slopes.max())
    inside = _search(phasors, slopes, 0.0, ambiguity)
    reach = 0.5 * (WIDER - 1) * ambiguity
    beyond = max(
        (_search(phasors, slopes, side * (ambiguity + reach), reach) for side in (-1.0, 1.0)),
        key=lambda shift: _likelihood(phasors, slopes, shift),
    )
    scatter = _scatter(phasors, slopes, inside)
    lead = _likelihood(phasors, slopes, inside) - _likelihood(phasors, slopes, beyond)
    margin = lead / max(1.0, min(scatter, _scatter(phasors, slopes, beyond)))
    other, why = math.nan, ""
    noise = math.sqrt(0.5 * sum(one.power for one in overlaps))
    if max(_likelihood(phasors, slopes, shift) for shift in (inside, beyond)) < AGREEMENT * noise:
        why = f"the phases of the {coherent} coherent pixels do not agree, as over water"
    elif margin < -SURE:
        other = beyond
        why = f"ambiguous: {other:+.3f} line, beyond +-{ambiguity:.3f}, explains the phases better"
    information = float(np.sum(np.abs(phasors) * slopes**2))
    deviation = math.sqrt(max(1.0, scatter) / information)
    steps = tuple(_step(one, line_rate, inside) for one in overlaps if one.coherent)
    return Shift(inside, deviation, ambiguity, pixels, coherent, margin, other, why, steps, histogram)


def _interferogram(
    reference: Complex64, secondary: Complex64, known: NDArray[np.bool_], cell: tuple[int, int], count: float
) -> tuple[Complex128, Float64]:
    """Interferogram of the cells, and its coherence less the bias that few looks give."""
    first, second = np.where(known, reference, 0.0), np.where(known, secondary, 0.0)
    product = cells(first * np.conj(second), cell)
    power = cells(np.abs(first) ** 2, cell) * cells(np.abs(second) ** 2, cell)
    with np.errstate(divide="ignore", invalid="ignore"):
        square = np.where(power > 0.0, np.abs(product) ** 2 / power, 0.0)
    unbiased = (count * square - 1.0) / max(count - 1.0, 1.0)
    return product, np.sqrt(np.clip(unbiased, 0.0, MOST_COHERENCE**2))


def _variance(coherence: Float64, count: float) -> Float64:
    """Cramer-Rao variance of an interferogram's phase [rad2] at so many looks (Rodriguez & Martin 1992)."""
    return np.asarray((1.0 - coherence**2) / (2.0 * count * coherence**2))


def _likelihood(phasors: Complex128, slopes: Float64, shift: float) -> float:
    return float(np.sum((phasors * np.exp(-1j * slopes * shift)).real))


def _search(phasors: Complex128, slopes: Float64, middle: float, reach: float) -> float:
    """The shift of the largest likelihood within middle +- reach: the best of a fine grid, refined by Newton."""
    grid = middle + np.linspace(-reach, reach, STEPS + 1)
    shift = max((float(shift) for shift in grid), key=lambda shift: _likelihood(phasors, slopes, shift))
    for _ in range(REFINEMENTS):
        turned = phasors * np.exp(-1j * slopes * shift)
        curvature = float(np.sum(slopes**2 * turned.real))
        if curvature <= 0.0:
            break
        step = float(np.sum(slopes * turned.imag)) / curvature
        shift = min(max(shift + step, middle - reach), middle + reach)
        if abs(step) < 1e-12:
            break
    return shift


def _scatter(phasors: Complex128, slopes: Float64, shift: float) -> float:
    """Mean square of the columns' phases around the shift over what coherence predicts; 1 when noise alone."""
    used = np.abs(phasors) > 0.0
    turned = phasors[used] * np.exp(-1j * slopes[used] * shift)
    if turned.size < 2:
        return 1.0
    return float(np.sum(np.angle(turned) ** 2 * np.abs(turned)) / (turned.size - 1))


def _step(overlap: OverlapPhases, line_rate: float, shift: float) -> Step:
    total = np.sum(overlap.phasors * np.exp(-2j * math.pi / line_rate * overlap.difference * shift))
    weight = float(np.sum(np.abs(overlap.phasors)))
    return Step(overlap.name, float(np.angle(total)), 1.0 / math.sqrt(weight))
