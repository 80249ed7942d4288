"""The reference in stack.json: written, read again, and small whatever its size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from groundline_tests.stacks import write_scene

from groundline.core.timeseries.reference_area import Area, Reference
from groundline.core.timeseries.reference_record import MOST_SPANS, describe, recall


def reference(*areas: Area) -> Reference:
    count = len(areas)
    zero = np.zeros((count, 1))
    weights = np.full(count, 1.0 / count)
    return Reference(areas, zero, zero.astype(int), np.ones(count), weights, np.zeros(1))


def test_pixels_weights_and_statistic_come_back(tmp_path: Path) -> None:
    stack = write_scene(tmp_path / "in", dates=3).stack
    ragged = Area("ragged", np.array([2, 2, 2, 3, 3]), np.array([4, 5, 9, 1, 2]))
    lone = Area("lone", np.array([7]), np.array([0]))
    record = describe(reference(ragged, lone), stack, "mean")
    assert record["areas"][0]["spans"] == [[2, 4, 2], [2, 9, 1], [3, 1, 2]]
    areas, weights, statistic = recall(replace(stack, reference=record))
    np.testing.assert_array_equal(areas[0].rows, ragged.rows)
    np.testing.assert_array_equal(areas[0].cols, ragged.cols)
    assert (areas[1].name, statistic, weights.tolist()) == ("lone", "mean", [0.5, 0.5])


def test_a_reference_of_the_whole_image_stays_small(tmp_path: Path) -> None:
    stack = write_scene(tmp_path / "in", dates=3).stack
    rows, cols = np.nonzero(np.indices((300, 300)).sum(axis=0) % 2)
    entry = describe(reference(Area("all", rows, cols)), stack, "median")["areas"][0]
    assert entry["pixels"] == 45_000
    assert MOST_SPANS // 2 < len(entry["spans"]) <= MOST_SPANS


def test_a_folder_of_an_earlier_version_has_none(tmp_path: Path) -> None:
    stack = write_scene(tmp_path / "in", dates=3).stack
    old = {"statistic": "median", "areas": [{"name": "a", "x": 0.0, "y": 0.0, "pixels": 4, "weight": 1.0}]}
    assert recall(replace(stack, reference=old))[0] == ()
