"""Row blocks from a memory budget, and their map over an executor."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from .errors import DependencyError, InputError
from .monitor import Monitor
from .raster import TILE, Window
from .stack import Grid

MIB = 2**20
T = TypeVar("T")


@dataclass(frozen=True)
class Compute:
    """How a run may use the machine.

    memory : budget in bytes for blocks, writers and GDAL's cache together (default 1 GiB).
    workers : blocks in work at the same time (threads). Numpy's BLAS has threads of its own,
        so one worker is the default; more help where reading is slow.
    scheduler : address of a Dask scheduler, e.g. tcp://host:8786; empty for threads.
    """

    memory: int = 1024 * MIB
    workers: int = 1
    scheduler: str = ""

    def validate(self) -> None:
        if self.memory < 64 * MIB:
            raise InputError(
                "Memory budget", f"{self.memory // MIB} MiB", "at least 64 MiB", "Raise it in the settings"
            )
        if not 1 <= self.workers <= max(64, os.cpu_count() or 1):
            raise InputError("Workers", self.workers, "1 to 64", "Change it in the settings")


@dataclass(frozen=True)
class Plan:
    """Row blocks and what they need: `memory` in bytes at the peak, `disk` in bytes at most."""

    blocks: tuple[Window, ...]
    memory: int
    disk: int = 0

    def describe(self) -> str:
        """One line for the log."""
        disk = f", at most {self.disk / MIB:.0f} MiB on disk" if self.disk else ""
        return f"{len(self.blocks)} block(s), about {self.memory / MIB:.0f} MiB of memory{disk}"


def plan(
    grid: Grid, bytes_per_pixel: int, compute: Compute, fixed: int = 0, disk: int = 0, multiple: int = 1
) -> Plan:
    """Cut a grid into full-width row blocks that fit the memory budget.

    bytes_per_pixel : peak working memory of one block per pixel, inputs and outputs together.
    fixed : bytes needed whatever the block size (writers' buffers, lookup tables).
    multiple : rows that must not be parted; every block begins at a multiple of it.
    """
    row = max(1, bytes_per_pixel * grid.width * compute.workers)
    rows = (compute.memory - fixed) // row
    least = min(multiple, grid.height)
    if rows < least:
        lines = "one row" if least == 1 else f"{least} rows"
        raise InputError(
            "Memory budget",
            f"{compute.memory // MIB} MiB",
            f"at least {(row * least + fixed) // MIB + 1} MiB for {lines} of {grid.width} pixels",
            "Raise the budget in the settings, or work on a smaller extent",
        )
    rows = int(min(rows, grid.height))
    if rows > TILE and rows < grid.height:
        rows = rows // TILE * TILE  # whole tile rows are read and written once
    if rows < grid.height:
        rows = rows // multiple * multiple
    windows = tuple(
        Window(start, 0, min(rows, grid.height - start), grid.width) for start in range(0, grid.height, rows)
    )
    return Plan(windows, fixed + rows * row, disk)


def check_memory(need: int, compute: Compute, purpose: str, remedy: str) -> None:
    """Refuse work whose bytes do not fit into the budget. purpose : what they are for, begins with for or to."""
    if need > compute.memory:
        raise InputError(
            "Memory budget",
            f"{compute.memory // MIB} MiB",
            f"at least {need // MIB + 1} MiB {purpose}",
            remedy,
        )


@contextmanager
def executor(compute: Compute) -> Iterator[Executor]:
    """Threads, or a Dask cluster when a scheduler address is given."""
    if not compute.scheduler:
        with ThreadPoolExecutor(compute.workers) as pool:
            yield pool
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise DependencyError(
            "distributed",
            "a Dask scheduler",
            "Install it, or leave the scheduler address empty to use threads",
        ) from error
    try:
        client = Client(compute.scheduler, timeout="10s")
    except (OSError, ValueError) as error:
        raise InputError(
            "Scheduler", compute.scheduler, "the address of a running Dask scheduler", str(error)
        ) from error
    with client:
        yield client.get_executor()


def map_blocks(
    function: Callable[[Window], T], windows: tuple[Window, ...], compute: Compute, monitor: Monitor
) -> Iterator[tuple[Window, T]]:
    """Yield (window, result) in row order; at most workers + 1 blocks are under way.

    Progress is reported and cancellation honoured before and after each block.
    """
    monitor.step(0.0)
    with executor(compute) as pool:
        waiting: deque[tuple[Window, Future[Any]]] = deque()
        todo = iter(windows)
        done = 0
        try:
            for window in todo:
                waiting.append((window, pool.submit(function, window)))
                if len(waiting) >= compute.workers:
                    yield _next(waiting)
                    done += 1
                    monitor.step(done / len(windows))
            while waiting:
                yield _next(waiting)
                done += 1
                monitor.step(done / len(windows))
        finally:
            for _, future in waiting:
                future.cancel()


def _next(waiting: deque[tuple[Window, Future[Any]]]) -> tuple[Window, Any]:
    window, future = waiting.popleft()
    return window, future.result()
