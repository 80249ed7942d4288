"""Pictures of interferograms: means of phasors, about square on the ground, north about up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundline.core import manifest, raster
from groundline.core.network.job import NetworkParams, run_network
from groundline.core.sentinel1.interferograms_job import run_interferograms
from groundline.core.sentinel1.interferograms_params import InterferogramParams
from groundline.core.sentinel1.interferograms_pictures import View, picture, view_of
from groundline.core.stack import Stack


@pytest.fixture(scope="module")
def made(slc: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[raster.StackReader, Stack]:
    folder = tmp_path_factory.mktemp("made")
    run_network(NetworkParams(slc, folder / "network", max_bperp=500.0))
    result = run_interferograms(InterferogramParams(str(folder / "network"), str(folder / "out"), looks="1x2"))
    stack = manifest.load(result.folder)
    return raster.StackReader(result.folder, stack), stack


def test_pixels_are_about_square_and_north_is_up(made: tuple[raster.StackReader, Stack]) -> None:
    reader, stack = made
    view = view_of(reader, stack)
    # A line is 13.9 m long; a sample 2.33 m of slant range, 3.6 m on flat ground at 40 degrees, twice that here.
    assert view.columns * 7.2 == pytest.approx(view.rows * 13.9, rel=0.15)
    shown = [view.turned(reader.read(stack.geometry[role])) for role in ("latitude", "longitude")]
    latitude, longitude = (np.where(np.isfinite(layer), layer, np.nan) for layer in shown)
    assert np.nanmean(latitude[:50]) > np.nanmean(latitude[-50:])
    assert np.nanmean(longitude[:, :5]) < np.nanmean(longitude[:, -5:])


def test_a_map_is_shown_as_it_is(made: tuple[raster.StackReader, Stack]) -> None:
    reader, stack = made
    view = view_of(reader, replace(stack, geometry={}))
    assert view.rows == view.columns > 1 and not view.upside_down and not view.mirrored


def test_a_descending_look_is_turned_too() -> None:
    values = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    assert View(1, 1, upside_down=False, mirrored=True).turned(values).tolist() == [[2, 1, 0], [5, 4, 3]]
    assert View(1, 1, upside_down=True, mirrored=False).turned(values).tolist() == [[3, 4, 5], [0, 1, 2]]


@pytest.mark.parametrize(("rows", "first", "taken"), [(12, 0, 12), (300, 142, 16)])
def test_a_picture_is_the_mean_phasor_of_its_pixels(
    made: tuple[raster.StackReader, Stack], rows: int, first: int, taken: int
) -> None:
    """Of 300 rows those in the middle."""
    reader, stack = made
    pair = stack.pairs[1]
    found = picture(reader, pair, View(rows, 7))
    phase, coherence = (reader.read(pair.items[role]) for role in ("phase", "coherence"))
    phasors = np.where(np.isfinite(phase), np.exp(1j * phase), 0.0)
    down, across = phase.shape[0] // rows, phase.shape[1] // 7

    def cell(i: int, j: int) -> tuple[slice, slice]:
        return slice(rows * i + first, rows * i + first + taken), slice(7 * j, 7 * (j + 1))

    sums = np.array([[phasors[cell(i, j)].sum() for j in range(across)] for i in range(down)])
    expected = np.angle(sums * np.conj(sums.sum()))
    assert found.phase is not None and found.coherence is not None
    assert found.phase.shape == found.coherence.shape == (down, across)
    filled = sums != 0.0
    assert np.array_equal(np.isfinite(found.phase), filled) and filled.mean() > 0.8
    assert np.abs(np.angle(np.exp(1j * (found.phase - expected)[filled]))).max() < 1e-4
    at = down // 2, across // 2
    assert found.coherence[at] == pytest.approx(np.nanmean(coherence[cell(*at)]), abs=1e-5)


def test_cells_without_any_value_are_missing(made: tuple[raster.StackReader, Stack]) -> None:
    reader, stack = made
    blank = Nothing(reader.folder, stack)
    found = picture(blank, stack.pairs[0], View(500, 8))
    assert found.phase is not None and found.coherence is not None
    assert np.isnan(found.phase[0]).all() and np.isfinite(found.phase[-1]).all()
    assert np.isnan(found.coherence[0]).all()


class Nothing(raster.StackReader):
    """A stack whose first 600 rows are missing."""

    def read(self, item: object, window: raster.Window | None = None) -> raster.Float32:  # type: ignore[override]
        values = super().read(item, window)  # type: ignore[arg-type]
        values[: max(0, 600 - (window.row if window else 0))] = np.nan
        return values
