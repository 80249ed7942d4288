"""The window around a pixel, and how an image is laid flat so that a shift is one number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError

LARGEST = 99


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
        """Raise InputError for a window without a centre or without neighbours."""
        for name, value in (("Window rows", self.rows), ("Window columns", self.columns)):
            if not 1 <= value <= LARGEST or value % 2 == 0:
                raise InputError(
                    name,
                    value,
                    f"an odd number from 1 to {LARGEST}",
                    "The window has the pixel in its middle",
                )
        if self.rows * self.columns == 1:
            raise InputError("Window", "1 x 1", "more than one pixel", "The default is 19 x 13")

    def validate_for(self, rows: int, columns: int) -> None:
        """Raise InputError for an image (rows, columns) smaller than the window."""
        if self.rows > rows or self.columns > columns:
            raise InputError(
                "Window",
                f"{self.rows} x {self.columns}",
                f"at most the image, {rows} x {columns} (rows x columns)",
                "Choose a smaller window or a larger extent",
            )


@dataclass(frozen=True)
class FlatImage:
    """An image laid flat, each row followed by half a window of padding.

    A neighbour in the window is then `shift` places away, and a neighbour beyond the left or
    right edge lies in the padding of this row or of the one above: padding that is nobody's
    neighbour clips the windows. The length is a multiple of 8, for bits packed along the image.
    """

    rows: int
    columns: int
    window: Neighbourhood

    @property
    def width(self) -> int:
        return self.columns + self.window.columns // 2

    @property
    def length(self) -> int:
        return -(-self.rows * self.width // 8) * 8

    @property
    def margin(self) -> int:
        """The largest shift."""
        return self.shift(self.window.rows - 1, self.window.columns - 1)

    def shift(self, row: int, column: int) -> int:
        """Places from a pixel to the one at (row, column) of its window."""
        return (row - self.window.rows // 2) * self.width + column - self.window.columns // 2

    def lay(self, image: np.ndarray, flat: np.ndarray) -> None:
        """Copy (..., rows, cols) into the first places of (..., length or more)."""
        self._square(flat)[...] = image

    def lift(self, flat: np.ndarray) -> np.ndarray:
        """The image (..., rows, cols) of (..., length or more), a copy."""
        return self._square(flat).copy()

    def _square(self, flat: np.ndarray) -> np.ndarray:
        inside = flat[..., : self.rows * self.width]
        return inside.reshape(*flat.shape[:-1], self.rows, self.width)[..., : self.columns]
