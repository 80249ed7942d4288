"""The user's settings for computing, as the options page writes them."""

from __future__ import annotations

from qgis.core import QgsSettings

from ..core.blocks import MIB, Compute

MEMORY_KEY = "groundline/memory_mib"
WORKERS_KEY = "groundline/workers"
SCHEDULER_KEY = "groundline/scheduler"

DEFAULT_MEMORY_MIB = 1024
MINIMUM_MEMORY_MIB = 64
DEFAULT_WORKERS = 1


def memory_mib() -> int:
    """Memory that a run may use for its blocks, GDAL's cache included [MiB]."""
    return max(_integer(MEMORY_KEY, DEFAULT_MEMORY_MIB), MINIMUM_MEMORY_MIB)


def workers() -> int:
    """Number of blocks that are in work at the same time."""
    return max(_integer(WORKERS_KEY, DEFAULT_WORKERS), 1)


def scheduler() -> str:
    """Address of a Dask scheduler, empty for threads of this process."""
    return str(QgsSettings().value(SCHEDULER_KEY, "") or "").strip()


def compute() -> Compute:
    """The settings together, as core takes them."""
    return Compute(memory=memory_mib() * MIB, workers=workers(), scheduler=scheduler())


def _integer(key: str, default: int) -> int:
    """A whole number from the settings; text that is none (a hand-edited file) means the default."""
    text = str(QgsSettings().value(key, default)).strip()
    return int(text) if text.isdigit() else default
