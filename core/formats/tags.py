"""What interferogram files say of themselves in GDAL metadata."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..raster import open_dataset
from .base import one_wavelength
from .listing import number

WAVELENGTH = "WAVELENGTH_METRES"


def wavelength(paths: Iterable[Path]) -> float | None:
    """Wavelength [m] of the tag WAVELENGTH_METRES (PyRate writes it); None when no file has it."""
    known: dict[Path, float] = {}
    for path in paths:
        value = number(open_dataset(path, field="Interferogram").GetMetadata().get(WAVELENGTH))
        if value is not None:
            known[path] = value
    return one_wavelength(WAVELENGTH, known)
