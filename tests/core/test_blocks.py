"""Blocks fit the budget, cover every row once, come back in order, and stop when asked."""

from __future__ import annotations

import threading

import pytest

from groundline.core.blocks import MIB, Compute, map_blocks, plan
from groundline.core.errors import Cancelled, InputError
from groundline.core.monitor import Monitor
from groundline.core.raster import Window
from groundline.core.stack import Grid


@pytest.mark.parametrize("height", [1, 127, 128, 129, 1000])
@pytest.mark.parametrize("per_pixel", [1, 4000, 40000])
def test_every_row_is_covered_once(height: int, per_pixel: int) -> None:
    blocks = plan(Grid(500, height), per_pixel, Compute(memory=256 * MIB)).blocks
    rows = [row for window in blocks for row in range(window.row, window.row + window.height)]
    assert rows == list(range(height))
    assert {window.width for window in blocks} == {500}


def test_plan_stays_within_the_budget_and_says_what_it_needs() -> None:
    compute = Compute(memory=512 * MIB, workers=2)
    made = plan(Grid(4000, 4000), 1500, compute, fixed=100 * MIB, disk=5 * MIB)
    assert made.memory <= compute.memory
    assert "MiB of memory, at most 5 MiB on disk" in made.describe()


def test_budget_too_small_for_one_row_names_what_is_needed() -> None:
    with pytest.raises(InputError, match="at least 382 MiB for one row of 4000 pixels"):
        plan(Grid(4000, 10), 100_000, Compute(memory=64 * MIB))


@pytest.mark.parametrize("compute", [Compute(memory=MIB), Compute(workers=0)])
def test_unusable_settings_are_refused(compute: Compute) -> None:
    with pytest.raises(InputError):
        compute.validate()


def _row(window: Window) -> int:
    return window.row


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_row_order(workers: int) -> None:
    windows = tuple(Window(row, 0, 1, 5) for row in range(20))
    got = [value for _, value in map_blocks(_row, windows, Compute(workers=workers), Monitor())]
    assert got == list(range(20))


def test_no_more_blocks_under_way_than_workers() -> None:
    lock, running, most = threading.Lock(), [0], [0]

    def work(window: Window) -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        threading.Event().wait(0.005)
        with lock:
            running[0] -= 1
        return window.row

    windows = tuple(Window(row, 0, 1, 5) for row in range(12))
    list(map_blocks(work, windows, Compute(workers=2), Monitor()))
    assert most[0] == 2


class CancelAfter(Monitor):
    def __init__(self, steps: int) -> None:
        self.left = steps

    def progress(self, fraction: float) -> None:
        self.left -= 1

    def cancelled(self) -> bool:
        return self.left <= 0


def test_cancel_stops_before_the_next_block() -> None:
    seen: list[int] = []
    windows = tuple(Window(row, 0, 1, 5) for row in range(10))
    with pytest.raises(Cancelled):
        for window, _ in map_blocks(_row, windows, Compute(), CancelAfter(3)):
            seen.append(window.row)
    assert seen == [0, 1, 2]


def test_scheduler_without_dask_or_cluster_is_explained() -> None:
    windows = (Window(0, 0, 1, 1),)
    with pytest.raises(Exception, match="scheduler|Scheduler"):
        list(map_blocks(_row, windows, Compute(scheduler="tcp://127.0.0.1:1"), Monitor()))
