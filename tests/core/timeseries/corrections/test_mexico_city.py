"""Ramps on Mexico City, where a bowl fills most of the image: the numbers of docs/corrections.md."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from groundline_tests.corrections import BOWL, surfaces_per_pair, velocity

from groundline.core import manifest
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.raster import StackReader
from groundline.core.timeseries.corrections.deramp import run_deramp
from groundline.core.timeseries.corrections.params import DerampParams


@pytest.fixture(scope="module")
def stack(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mexico")
    import_stack(ImportParams(shared_data / "mexico-city", folder / "stack"))
    return folder / "stack"


@pytest.fixture(scope="module")
def before(stack: Path) -> np.ndarray:
    return velocity(stack)


def bowl(values: np.ndarray, before: np.ndarray) -> float:
    return float(np.nanmean(values[before < BOWL]))


def test_the_subsidence_stays(stack: Path, before: np.ndarray, tmp_path: Path) -> None:
    result = run_deramp(DerampParams(stack, tmp_path / "out"))
    after = velocity(tmp_path / "out")
    assert bowl(before, before) == pytest.approx(-216.0, abs=0.5)
    assert abs(bowl(after, before) / bowl(before, before) - 1.0) < 0.01
    assert 60.0 < (result.numbers["moving_share"].value or 0) < 85.0
    assert (result.numbers["std_reduction"].value or 0) > 20.0


def test_it_stays_even_when_the_steady_ramp_goes(stack: Path, before: np.ndarray, tmp_path: Path) -> None:
    run_deramp(DerampParams(stack, tmp_path / "out", degree=2, trend="remove"))
    assert abs(bowl(velocity(tmp_path / "out"), before) / bowl(before, before) - 1.0) < 0.1


def test_surfaces_of_each_pair_over_the_whole_image_eat_it(
    stack: Path, before: np.ndarray, tmp_path: Path
) -> None:
    """What is often done: planes take three quarters of the subsidence, quadratic surfaces turn it positive."""
    for degree, low, high in ((1, -60.0, -50.0), (2, 3.0, 10.0)):
        surfaces_per_pair(stack, tmp_path / f"out{degree}", degree)
        assert low < bowl(velocity(tmp_path / f"out{degree}"), before) < high


def test_triplets_close_as_before(stack: Path, tmp_path: Path) -> None:
    run_deramp(DerampParams(stack, tmp_path / "out", degree=2))
    values = []
    for folder in (stack, tmp_path / "out"):
        kept = manifest.load(folder).kept
        reader = StackReader(folder, manifest.load(folder))
        values.append({(p.date1, p.date2): reader.read(p.items["phase"]).astype(float) for p in kept})
        reader.close()
    old, new = values
    largest = max(np.nanmax(np.abs(phase)) for phase in [*old.values(), *new.values()])
    triplets = [(a, b, c) for a, b in old for bb, c in old if b == bb and (a, c) in old]
    assert len(triplets) > 5
    for a, b, c in triplets:
        change = (new[a, b] + new[b, c] - new[a, c]) - (old[a, b] + old[b, c] - old[a, c])
        assert np.nanmax(np.abs(change)) < 1e-6 * largest
