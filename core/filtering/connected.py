"""Chosen neighbours that hang together with their centre."""

from __future__ import annotations

import numpy as np

CHUNK = 2048  # bytes of 8 pixels: both windows of bits stay in the processor's cache


def keep_connected(bits: np.ndarray) -> None:
    """Clear, in place, the neighbours outside the 8-connected part of the window's centre.

    bits : (window rows, window columns, bytes) uint8; bit planes of the neighbours of eight
    pixels a byte, as in `Selection`. All pixels grow from their centres at the same time.
    """
    for start in range(0, bits.shape[2], CHUNK):
        part = bits[:, :, start : start + CHUNK]
        part[...] = _grown(np.ascontiguousarray(part))


def _grown(allowed: np.ndarray) -> np.ndarray:
    rows, columns, _ = allowed.shape
    middle = rows // 2
    reached = np.zeros_like(allowed)
    reached[middle, columns // 2] = allowed[middle, columns // 2]
    outward = sorted(range(rows), key=lambda row: abs(row - middle))
    growing = True
    while growing:
        growing = False
        for row in outward:
            near = np.bitwise_or.reduce(reached[max(row - 1, 0) : row + 2], axis=0)
            wide = near.copy()
            wide[1:] |= near[:-1]
            wide[:-1] |= near[1:]
            wide &= allowed[row]
            if not np.array_equal(wide, reached[row]):
                reached[row] = wide
                growing = True
    return reached
