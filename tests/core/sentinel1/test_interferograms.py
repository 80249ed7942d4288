"""Interferograms of coregistered images: looks and coherence by hand, motion against truth, pairs, resuming."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.tops_images import Images, averaged, true_phase

from groundline.core import manifest, raster
from groundline.core.blocks import Compute
from groundline.core.errors import InputError
from groundline.core.filtering.job import load_wrapped
from groundline.core.network.job import NetworkParams, run_network
from groundline.core.sentinel1.interferograms_job import run_interferograms
from groundline.core.sentinel1.interferograms_looks import cells, interferogram
from groundline.core.sentinel1.interferograms_params import InterferogramParams
from groundline.core.stack import WRAPPED

DATES = ("2025-04-06", "2025-04-18", "2025-04-30")


@pytest.fixture(scope="module")
def network(slc: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("network") / "network"
    run_network(NetworkParams(slc, folder, max_bperp=500.0))
    return folder


def test_looks_and_coherence_by_hand() -> None:
    # One cell of two pixels: z = 1 x conj(1j) + 2 x conj(2j) = -5j; powers 5 and 5.
    first, second = np.array([[1.0, 2.0]], np.complex64), np.array([[1j, 2j]], np.complex64)
    mean, coherence = interferogram(first, second, (1, 2), 1)
    assert mean[0, 0] == np.complex64(-2.5j) and coherence[0, 0] == 1.0
    # The second pixel turned by half a cycle: (1 - 4) / 5.
    mean, coherence = interferogram(first, second * np.array([[1.0, -1.0]], np.complex64), (1, 2), 1)
    assert mean[0, 0] == np.complex64(1.5j) and coherence[0, 0] == pytest.approx(0.6)


def test_cells_with_too_few_pixels_are_missing() -> None:
    first = np.ones((2, 6), np.complex64)
    second = first.copy()
    second[:, 0], second[0, 2] = np.nan, np.nan
    second[0, 3] = np.nan
    mean, coherence = interferogram(first, second, (2, 2), 3)
    assert np.isfinite(mean[0]).tolist() == [True, True, True]
    second[1, 3] = np.nan
    mean, coherence = interferogram(first, second, (2, 2), 3)
    assert np.isfinite(mean[0]).tolist() == [True, False, True]
    assert np.array_equal(np.isfinite(mean), np.isfinite(coherence)) and mean[0, 0] == 1.0


def test_coherence_of_noise_is_its_stated_bias() -> None:
    rng = np.random.default_rng(2)
    first, second = (
        (rng.standard_normal((200, 200)) + 1j * rng.standard_normal((200, 200))).astype(np.complex64)
        for _ in range(2)
    )
    _, coherence = interferogram(first, second, (1, 1), 5)
    assert coherence[2:-2, 2:-2].mean() == pytest.approx(np.sqrt(np.pi / 100.0), rel=0.03)


def test_the_motion_comes_out_with_its_sign(images: Images, network: Path, tmp_path: Path) -> None:
    result = run_interferograms(InterferogramParams(str(network), str(tmp_path / "out"), looks="8x16"))
    stack = manifest.load(result.folder)
    assert stack.kind == WRAPPED and [pair.name for pair in stack.pairs] == [
        "20250406_20250418", "20250406_20250430", "20250418_20250430"
    ]  # fmt: skip
    assert stack.metadata["azimuth_looks"] == 8 and stack.metadata["range_looks"] == 16
    reader = raster.StackReader(result.folder, stack)
    slc = Path(manifest.load(network).roots["stack"])
    for pair, (first, second) in zip(stack.pairs, ((0, 1), (0, 2), (1, 2))):
        truth = averaged(np.exp(1j * true_phase(images, slc, DATES[first], DATES[second])))
        phase = reader.read(pair.items["phase"])
        known = np.isfinite(phase)
        left = np.exp(1j * phase[known]) * truth[known].conj()
        assert np.sqrt(np.mean(np.angle(left * np.conj(left.sum())) ** 2)) < 0.1
        assert pair.coherence == pytest.approx(0.9, abs=0.08)
    heights = reader.read(stack.geometry["height"])
    assert heights.shape == stack.grid.shape == phase.shape


@pytest.mark.parametrize("looks", [(2, 8), (3, 4)])
def test_the_geometry_of_a_cell_is_that_of_its_middle(
    slc: Path, network: Path, tmp_path: Path, looks: tuple[int, int]
) -> None:
    """To a twentieth of a pixel: the mean of the pixels' latitudes is that of the middle, where terrain is gentle."""
    params = InterferogramParams(str(network), str(tmp_path / "out"), looks="x".join(map(str, looks)))
    folder = run_interferograms(params).folder
    pixels, found = (raster.read_geotiff(one / "geometry" / "latitude.tif")[0] for one in (slc, folder))
    means = cells(pixels, looks) / np.prod(looks)
    step = np.abs(np.nanmean(np.diff(pixels, axis=0)))
    assert np.nanmedian(np.abs(found - means)) < 0.05 * step


def test_single_looks_point_at_the_images(slc: Path, network: Path, tmp_path: Path) -> None:
    result = run_interferograms(InterferogramParams(str(network), str(tmp_path / "out")))
    stack = manifest.load(result.folder)
    original = manifest.load(slc)
    assert stack.grid.shape == original.grid.shape
    reader, images = raster.StackReader(result.folder, stack), raster.StackReader(slc, original)
    amplitudes = [images.read(a.items["amplitude"]) for a in original.acquisitions[:2]]
    np.testing.assert_allclose(
        reader.read(stack.pairs[0].items["amplitude"]), amplitudes[0] * amplitudes[1], rtol=1e-4
    )
    assert manifest.resolve(result.folder, stack, stack.acquisitions[0].items["slc"]).parent == slc / "slc"
    assert not list((result.folder / "geometry").glob("*.tif")) and result.files["report"].is_file()


def test_blocks_do_not_show(network: Path, tmp_path: Path) -> None:
    params = InterferogramParams(str(network), str(tmp_path / "whole"), looks="2x4")
    whole = run_interferograms(params)
    parts = run_interferograms(
        replace(params, output=str(tmp_path / "parts")), compute=Compute(memory=64 * 2**20, workers=3)
    )
    for path in sorted(whole.folder.glob("*/*.tif")):
        assert path.read_bytes() == (parts.folder / path.relative_to(whole.folder)).read_bytes()


def test_pairs_come_from_a_csv(slc: Path, tmp_path: Path) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text("date1,date2,state,reason\n20250406,20250430,kept,\n20250406,20250418,excluded,noisy\n")
    params = InterferogramParams(str(slc), str(tmp_path / "out"), str(table), looks="8x16")
    result = run_interferograms(params)
    assert [row["pair"] for row in result.tables["pairs"]] == ["20250406_20250430"]
    acquisitions = {a.date.isoformat(): a.bperp or 0.0 for a in manifest.load(slc).acquisitions}
    expected = acquisitions[DATES[2]] - acquisitions[DATES[0]]
    assert result.tables["pairs"][0]["bperp_m"] == pytest.approx(expected, abs=0.01)
    before = (result.folder / "coherence" / "20250406_20250430.tif").stat().st_mtime_ns
    run_interferograms(params)
    assert (result.folder / "coherence" / "20250406_20250430.tif").stat().st_mtime_ns == before


def test_pairs_dropped_after_a_look_at_them_cost_nothing(network: Path, tmp_path: Path) -> None:
    made = run_interferograms(InterferogramParams(str(network), str(tmp_path / "made"), looks="8x16")).folder
    edits = tmp_path / "edits.csv"
    edits.write_text("date1,date2,state,reason\n20250406,20250418,excluded,no fringes to follow\n")
    run_network(NetworkParams(made, tmp_path / "chosen", max_bperp=500.0, edits=edits))
    stack, _ = load_wrapped(tmp_path / "chosen", "goldstein")
    assert [pair.name for pair in stack.pairs] == ["20250406_20250430", "20250418_20250430"]
    for pair in stack.pairs:
        path = manifest.resolve(tmp_path / "chosen", stack, pair.items["phase"])
        assert path == made / "interferograms" / f"{pair.name}.tif"
    assert not list((tmp_path / "chosen").rglob("*.tif"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"looks": "many"}, "LOOKS"),
        ({"looks": "0x4"}, "LOOKS"),
        ({"looks": "1x999"}, "LOOKS"),
        ({"window": 4}, "WINDOW"),
        ({"window": 1}, "WINDOW"),
        ({"pairs": "/nowhere.csv"}, "PAIRS"),
    ],
)
def test_what_cannot_be_used_is_named(network: Path, tmp_path: Path, change: dict, field: str) -> None:
    with pytest.raises(InputError) as caught:
        run_interferograms(replace(InterferogramParams(str(network), str(tmp_path / "out")), **change))
    assert caught.value.field == field and not (tmp_path / "out").exists()


def test_filters_send_images_to_interferograms(slc: Path) -> None:
    with pytest.raises(InputError, match="'network' and 'interferograms' first"):
        load_wrapped(slc, "goldstein")


def test_a_stack_without_pairs_is_told_what_to_do(slc: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="network"):
        run_interferograms(InterferogramParams(str(slc), str(tmp_path / "out")))
    table = tmp_path / "pairs.csv"
    table.write_text("date1,date2,state,reason\n20250406,20260430,kept,\n")
    with pytest.raises(InputError, match="2026-04-30"):
        run_interferograms(InterferogramParams(str(slc), str(tmp_path / "out"), str(table)))
