"""What every correction does around its work: keep equal results, plan the blocks, write all or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from ... import atomic, finished
from ...blocks import Compute, Plan, plan
from ...monitor import Monitor
from ...raster import TILE
from ...result import Result
from .. import block, outputs
from . import pairfolder
from .source import Source

SCRATCH = ".scratch"  # rasters in the stage that are no results


class Params(Protocol):
    """Parameters of a correction."""

    @property
    def output(self) -> str | Path:
        """Folder for the results."""

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON."""


def once(
    algorithm: str,
    params: Params,
    source: Source,
    files: Sequence[Path],
    monitor: Monitor,
    work: Callable[[outputs.Stage, str], Result],
) -> Result:
    """Do the work in a stage that appears when it is whole, unless an equal run has finished.

    files : what is read beside the source. work : (stage, fingerprint) -> result.
    """
    mark = finished.fingerprint(
        algorithm, params.describe(), source.folder, source.stack, source.items(), files
    )
    output = Path(params.output).expanduser().absolute()
    kept = finished.kept(output, mark, monitor)
    if kept is not None:
        return kept
    outputs.refuse_locked(
        output, outputs.names(source.stack) if source.is_series else pairfolder.names(source.stack)
    )
    with outputs.staging(output) as stage:
        atomic.check_free_space(stage.folder, disk_needed(source))
        result = work(stage, mark)
    monitor.progress(1.0)
    return result


def blocks(source: Source, compute: Compute, per_pixel: int, writers: int = 1, halo: int = 0) -> Plan:
    """Row blocks of whole portions; `writers` rasters are open at the same time.

    per_pixel : bytes of a block per pixel. halo : rows that a block needs beyond either end.
    """
    grid = source.stack.grid
    fixed = ((writers + 2) * TILE * 4 + 2 * halo * per_pixel) * grid.width
    return plan(grid, per_pixel, Compute(compute.memory), fixed, 0, block.portion_rows(grid.width))


def disk_needed(source: Source) -> int:
    """Bytes on disk at most: scratch, screens, and the corrected rasters."""
    grid, dates = source.stack.grid, len(source.dates)
    rasters = 5 * dates + len(source.observations) + len(outputs.PRODUCTS)
    return rasters * grid.width * grid.height * 4


def clean(stage: outputs.Stage) -> None:
    """Remove the scratch rasters of a stage."""
    folder = stage.path / SCRATCH
    if folder.is_dir():
        shutil.rmtree(folder)
