"""What Groundline runs on: versions, the linear-algebra library, optional accelerators, settings."""

from __future__ import annotations

import importlib.util
import platform
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import numpy as np
from osgeo import gdal
from qgis.core import Qgis

from ..core.version import VERSION
from ..processing import settings
from ..processing.requirements import missing_message

# Fragments of the path of a loaded library; the reference BLAS comes last because its name is in the others.
_LIBRARIES = (
    ("openblas", "OpenBLAS"),
    ("mkl_", "Intel MKL"),
    ("blis", "BLIS"),
    ("atlas", "ATLAS"),
    ("accelerate", "Apple Accelerate"),
    ("libblas", "reference BLAS"),
)
_MAPS = Path("/proc/self/maps")


class Entry(NamedTuple):
    """One line of the environment page; `warning` is empty when all is well."""

    name: str
    value: str
    warning: str = ""


def entries() -> list[Entry]:
    """Everything worth knowing when a run is slow or fails."""
    blas = blas_name(_MAPS.read_text(encoding="utf-8", errors="replace") if _MAPS.exists() else "")
    return [
        Entry("Groundline", VERSION),
        Entry("QGIS", Qgis.QGIS_VERSION),
        Entry("Python", platform.python_version()),
        Entry("GDAL", gdal.VersionInfo("RELEASE_NAME")),
        Entry("numpy", np.__version__),
        _package("scipy"),
        _package("matplotlib"),
        Entry("BLAS in use", blas, _blas_warning(blas)),
        _accelerator("numba", "numba", "faster resampling and L1"),
        _accelerator("whirlwind", "whirlwind-insar", "faster unwrapping"),
        _accelerator("distributed", "distributed", "work on a Dask cluster"),
        Entry("Memory budget", f"{settings.memory_mib()} MiB"),
        Entry("Workers", str(settings.workers())),
        Entry("Dask scheduler", settings.scheduler() or "none, threads are used"),
    ]


def as_text(lines: list[Entry]) -> str:
    """The page as plain text, for a bug report."""
    width = max(len(entry.name) for entry in lines)
    rows = [f"{entry.name:<{width}}  {entry.value}" for entry in lines]
    rows += [f"Warning: {entry.warning}" for entry in lines if entry.warning]
    return "\n".join(rows)


def blas_name(maps: str) -> str:
    """Name of the BLAS among the libraries that this process has loaded.

    `maps` is the text of /proc/self/maps; elsewhere it is empty and numpy's build says what it holds.
    """
    for fragment, name in _LIBRARIES:
        if fragment in maps.lower():
            return name
    return _built_with()


def _built_with() -> str:
    """The BLAS that numpy was built with, where numpy can tell (1.26 and later)."""
    config = getattr(np.__config__, "CONFIG", {})
    name = str(config.get("Build Dependencies", {}).get("blas", {}).get("name", "")).lower()
    for fragment, title in _LIBRARIES:
        if fragment.rstrip("_") in name:
            return title
    return name or "unknown"


def _blas_warning(name: str) -> str:
    if name != "reference BLAS":
        return ""
    return (
        "numpy uses the reference BLAS, which makes inversions up to 18 times slower. "
        "Install OpenBLAS: 'sudo apt install libopenblas0-pthread', then restart QGIS."
    )


def _package(name: str) -> Entry:
    if importlib.util.find_spec(name) is None:
        return Entry(name, "not installed", missing_message([name]))
    return Entry(name, metadata.version(name))


def _accelerator(module: str, distribution: str, use: str) -> Entry:
    if importlib.util.find_spec(module) is None:
        return Entry(distribution, f"not installed (optional: {use})")
    return Entry(distribution, f"{metadata.version(distribution)} ({use})")
