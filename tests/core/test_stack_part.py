"""A stack may be a part of larger files: items say where the stack's grid begins in the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from groundline.core import manifest, raster
from groundline.core.errors import InputError
from groundline.core.stack import Grid, Item, Pair, Stack, acquisitions_of

FILE = np.arange(5 * 7, dtype=np.float32).reshape(5, 7)


def part(folder: Path, **item: object) -> Stack:
    """A stack of one pair whose grid is 2 x 3 pixels of a file of 5 x 7."""
    raster.write_geotiff(folder / "phase.tif", FILE, Grid(7, 5))
    pair = Pair(date(2020, 1, 1), date(2020, 1, 13), {"phase": Item("data", "phase.tif", **item)})
    return Stack("unwrapped", Grid(3, 2), 0.0555, (pair,), acquisitions_of((pair,)), roots={"data": "."})


def test_windows_count_from_the_origin_of_the_part(tmp_path: Path) -> None:
    stack = part(tmp_path, origin=(1, 4), file_shape=(5, 7))
    reader = raster.StackReader(tmp_path, stack)
    phase = stack.pairs[0].items["phase"]
    assert np.array_equal(reader.read(phase), FILE[1:3, 4:7])
    assert np.array_equal(reader.read(phase, raster.Window(1, 1, 1, 2)), FILE[2:3, 5:7])


def test_the_part_survives_writing_and_reading_the_manifest(tmp_path: Path) -> None:
    stack = part(tmp_path, origin=(1, 4), file_shape=(5, 7))
    manifest.save(tmp_path, stack)
    assert manifest.load(tmp_path) == stack


def test_a_manifest_without_parts_means_whole_files(tmp_path: Path) -> None:
    stack = replace(part(tmp_path), grid=Grid(7, 5))
    manifest.save(tmp_path, stack)
    path = tmp_path / manifest.NAME
    text = path.read_text(encoding="utf-8")
    start = text.index('"origin"')
    stop = text.index('"file_shape": null') + len('"file_shape": null')
    path.write_text(text[:start].rstrip().rstrip(",") + text[stop:], encoding="utf-8")
    assert manifest.load(tmp_path) == stack


def test_a_file_of_another_size_than_noted_is_refused(tmp_path: Path) -> None:
    stack = part(tmp_path, origin=(1, 4), file_shape=(5, 8))
    reader = raster.StackReader(tmp_path, stack)
    with pytest.raises(InputError, match=r"phase.tif: 7 x 5.*8 x 5 as the stack says"):
        reader.read(stack.pairs[0].items["phase"])
