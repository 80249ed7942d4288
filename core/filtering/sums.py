"""Sums over the homogeneous neighbours, the one loop behind averages and coherence."""

from __future__ import annotations

import numpy as np

from .selection import SEGMENT, Selection


def neighbour_sums(planes: np.ndarray, selection: Selection) -> np.ndarray:
    """Sums of each pixel and its homogeneous neighbours, (P, rows, cols) float32; 0 where untested.

    planes : (P, rows, cols) float32, finite. The places of the window are added one after
    the other in row order, so the rounding is the same whatever the block.
    """
    flat = selection.flat
    margin = flat.margin
    padded = np.zeros((len(planes), margin + flat.length + margin), np.float32)
    flat.lay(planes, padded[:, margin:])
    sums = np.zeros((len(planes), flat.length), np.float32)
    longest = min(SEGMENT, flat.length)
    weights = np.empty((flat.window.columns, longest), np.float32)
    product = np.empty(longest, np.float32)
    for start in range(0, flat.length, SEGMENT):
        stop = min(start + SEGMENT, flat.length)
        for row, bits in enumerate(selection.bits):
            chosen = weights[:, : stop - start]
            chosen[...] = np.unpackbits(bits[:, start // 8 : stop // 8], axis=1)
            for column, weight in enumerate(chosen):
                first = start + margin + flat.shift(row, column)
                for plane, total in zip(padded, sums):
                    term = np.multiply(
                        plane[first : first + stop - start], weight, out=product[: stop - start]
                    )
                    total[start:stop] += term
    return flat.lift(sums)
