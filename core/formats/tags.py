"""What interferogram files say of themselves in GDAL metadata."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import InputError
from ..raster import open_dataset
from .listing import number

WAVELENGTH = "WAVELENGTH_METRES"


def wavelength(paths: Iterable[Path]) -> float | None:
    """Wavelength [m] of the tag WAVELENGTH_METRES (PyRate writes it); None when no file has it."""
    known: dict[Path, float] = {}
    for path in paths:
        value = number(open_dataset(path, field="Interferogram").GetMetadata().get(WAVELENGTH))
        if value is not None:
            known[path] = value
    if not known:
        return None
    first = next(iter(known))
    for path, value in known.items():
        if abs(value - known[first]) > 1e-4 * known[first]:
            raise InputError(
                WAVELENGTH,
                f"{path.name}: {value}, {first.name}: {known[first]}",
                "one radar wavelength in all files",
                "Import each sensor's pairs apart",
            )
    return known[first]
