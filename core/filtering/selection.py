"""Statistically homogeneous pixels (SHP) around every pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Neighbourhood:
    """Window around a pixel: rows (azimuth) and columns (range), both odd."""

    rows: int = 19
    columns: int = 13

    @property
    def halo(self) -> int:
        """Rows that a block needs above and below: half the window."""
        return self.rows // 2

    def validate(self) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class SelectionOptions:
    """How neighbours are chosen.

    alpha : level of the test, 0 to 1.
    test : "ks" (from 8 dates) or "glr", the likelihood ratio of speckle (from 2 dates).
    connected : keep only what hangs together (8 neighbours) with the centre, inside the window.
    looks : looks of the amplitudes, for "glr" (1 = single look).
    """

    neighbourhood: Neighbourhood = Neighbourhood()
    alpha: float = 0.05
    test: str = "ks"
    connected: bool = False
    looks: float = 1.0

    def validate(self) -> None:
        """Raise InputError for options that no stack can be filtered with."""
        raise NotImplementedError

    def validate_for(self, dates: int, rows: int, columns: int) -> None:
        """Raise InputError for a stack with too few dates, or an image smaller than the window."""
        raise NotImplementedError


@dataclass(frozen=True)
class Selection:
    """The chosen neighbours of every pixel.

    count : (rows, cols) uint16, homogeneous neighbours without the pixel itself.
    tested : (rows, cols) bool, False where an amplitude is missing on some date; such a pixel
        has no neighbours and is nobody's neighbour.
    """

    neighbourhood: Neighbourhood
    count: np.ndarray
    tested: np.ndarray

    def mask(self, row: int, column: int) -> np.ndarray:
        """Chosen pixels in the window of one pixel, (window rows, window columns) bool, with itself."""
        raise NotImplementedError


def bytes_per_pixel(dates: int, neighbourhood: Neighbourhood) -> int:
    """Memory that `select` needs at its peak for one pixel, amplitudes and result included."""
    raise NotImplementedError


def select(amplitudes: np.ndarray, options: SelectionOptions) -> Selection:
    """Homogeneous neighbours of every pixel.

    amplitudes : (M, rows, cols) float32, calibrated, missing as NaN (or not above 0), in any order of dates.
    A block needs `neighbourhood.halo` rows more above and below (fewer at the image's edge, where
    windows are clipped); its own rows are then what the whole image would have given.
    """
    raise NotImplementedError
