"""The two filters over whole stacks: noise falls, points stay, blocks do not show, steps chain, mistakes are named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests import pictures
from groundline_tests.recorder import Recorder
from groundline_tests.stacks import hashes, write_scene
from groundline_tests.wrapped import WrappedScene, change, filtered, write_wrapped

from groundline.core import manifest
from groundline.core.blocks import MIB, Compute
from groundline.core.errors import Cancelled, InputError
from groundline.core.filtering import job
from groundline.core.filtering.goldstein import GoldsteinOptions, goldstein
from groundline.core.filtering.goldstein_job import run_goldstein
from groundline.core.filtering.neighbourhood import Neighbourhood
from groundline.core.filtering.options import SelectionOptions
from groundline.core.filtering.params import GoldsteinParams, ShpFilterParams
from groundline.core.filtering.shp_job import run_shpfilter
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.raster import write_geotiff
from groundline.core.stack import EXCLUDED, SLC, Item, Stack

SMALL = GoldsteinOptions(window=16)
WINDOW = SelectionOptions(Neighbourhood(9, 7))


@pytest.fixture(autouse=True)
def drawing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only a test that asks for `figures` draws: pictures are five sixths of the time of so short a run."""
    if "figures" in request.fixturenames:
        yield
        return
    monkeypatch.setattr("groundline.core.filtering.report.panels", lambda *pieces: None)
    with pictures.blank():
        yield


@pytest.fixture
def figures() -> None:
    """The figures of the reports are drawn in this test."""


@pytest.fixture
def scene(tmp_path: Path) -> WrappedScene:
    return write_wrapped(tmp_path / "in")


def shp(scene: WrappedScene, output: Path, **more: Any) -> Any:
    return run_shpfilter(ShpFilterParams(scene.folder, output, **{"selection": WINDOW, **more}))


def rms(phase: np.ndarray, truth: np.ndarray) -> float:
    """Wrapped difference [rad]."""
    return float(np.sqrt(np.nanmean(np.angle(np.exp(1j * (phase - truth))) ** 2)))


class TestShpFilter:
    def test_noise_falls_and_points_stay_bit_for_bit(self, scene: WrappedScene, tmp_path: Path) -> None:
        result = shp(scene, tmp_path / "out")
        assert any("9 dates are few for the test ks" in text for text in result.warnings)
        assert not any("A filter has been" in text for text in result.warnings)
        phase = filtered(tmp_path / "out")
        short = [n for n, pair in enumerate(scene.stack.pairs) if pair.days == 12]
        assert rms(phase[short], scene.truth[short]) < 0.35 * rms(scene.phase[short], scene.truth[short])
        for row, col in scene.points:
            np.testing.assert_array_equal(phase[:, row, col], scene.phase[:, row, col])
        numbers = {key: number.value for key, number in result.numbers.items()}
        assert numbers["scatter_after"] < 0.5 * numbers["scatter_before"]
        assert numbers["residues_after"] < 0.1 * numbers["residues_before"]
        assert numbers["filtered_share"] > 80
        assert numbers["pairs"] == len(scene.stack.pairs)
        # White speckle: every pixel is a sample of its own.
        assert numbers["independent_fraction"] > 0.9

    def test_the_edge_stays_where_a_boxcar_smears_it(self, tmp_path: Path) -> None:
        scene = write_wrapped(tmp_path / "in", dates=14)
        shp(scene, tmp_path / "out")
        middle = scene.stack.grid.width // 2
        short = [n for n, pair in enumerate(scene.stack.pairs) if pair.days == 12]

        def steps(phasors: np.ndarray) -> float:
            """Mean step over the edge [rad]; 1.5 in truth."""
            left, right = (phasors[short][:, :, middle + side].mean(axis=1) for side in (-1, 0))
            return float(np.angle(right / left).mean())

        boxcar = sum(np.roll(np.exp(1j * scene.phase), shift, axis=2) for shift in range(-3, 4))
        assert steps(np.exp(1j * filtered(tmp_path / "out"))) > 1.1
        assert steps(boxcar) < 0.4

    def test_coherence_is_that_of_the_scene(self, scene: WrappedScene, tmp_path: Path) -> None:
        shp(scene, tmp_path / "out")
        biased = filtered(tmp_path / "out", "coherence")
        # The images share speckle, so that alike amplitudes were alike by chance too: somewhat below 0.6.
        assert np.nanmedian(biased) == pytest.approx(0.57, abs=0.07)
        stack = manifest.load(tmp_path / "out")
        assert stack.pairs[0].coherence == pytest.approx(float(np.nanmean(biased[0])), abs=1e-5)
        shp(scene, tmp_path / "unbiased", unbiased=True)
        unbiased = filtered(tmp_path / "unbiased", "coherence")
        assert np.nanmean(unbiased) < np.nanmean(biased)
        np.testing.assert_array_equal(filtered(tmp_path / "unbiased"), filtered(tmp_path / "out"))

    def test_the_stack_that_goes_out(self, scene: WrappedScene, tmp_path: Path, figures: None) -> None:
        result = shp(scene, tmp_path / "out")
        stack = manifest.load(tmp_path / "out")
        assert (stack.kind, stack.grid) == (scene.stack.kind, scene.stack.grid)
        assert stack.history[-1]["algorithm"] == "shpfilter"
        assert stack.history[-1]["parameters"]["neighbourhood"] == {"rows": 9, "columns": 7}
        assert stack.metadata["effective_looks"] == pytest.approx(
            result.numbers["effective_looks"].value, abs=0.01
        )
        assert set(stack.products) == {"shp_count"}
        for pair in stack.pairs:
            assert manifest.resolve(tmp_path / "out", stack, pair.items["phase"]).parent.name == "phase"
        report = result.files["report"].read_text(encoding="utf-8")
        assert "geocoded" in report and "<img" in report and len(report) > 40_000  # a figure, not a dot
        assert not list((tmp_path / "out").rglob(".part-*"))

    def test_radar_geometry_says_nothing_of_geocoding(self, tmp_path: Path) -> None:
        scene = write_wrapped(tmp_path / "in", georeferenced=False)
        assert not any("geocoded" in text for text in shp(scene, tmp_path / "out").warnings)

    @pytest.mark.parametrize("scheduler", [1, 2])
    def test_blocks_do_not_show(
        self, scene: WrappedScene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheduler: int
    ) -> None:
        """Blocks of few rows, one or two at a time, give the same bytes and numbers as one block."""
        options = ShpFilterParams(scene.folder, tmp_path / "one", selection=replace(WINDOW, connected=True))
        one = run_shpfilter(options)
        monkeypatch.setattr(job, "BLOCK_PIXELS", 7 * scene.stack.grid.width)
        monitor = Recorder()
        many = run_shpfilter(replace(options, output=tmp_path / "many"), monitor, Compute(workers=scheduler))
        assert any("7 block(s)" in line for line in monitor.lines)
        assert rasters(tmp_path / "one") == rasters(tmp_path / "many")
        assert one.numbers == many.numbers
        first, second = (json.loads((tmp_path / n / "stack.json").read_text()) for n in ("one", "many"))
        assert first == second

    def test_the_likelihood_ratio_for_few_dates(self, tmp_path: Path) -> None:
        scene = write_wrapped(tmp_path / "in", dates=5)
        with pytest.raises(InputError, match="at least 8 for the test ks.*glr"):
            shp(scene, tmp_path / "out")
        result = shp(scene, tmp_path / "out", selection=replace(WINDOW, test="glr"))
        assert not any("few for the test" in text for text in result.warnings)
        assert result.numbers["residues_after"].value < 0.2 * result.numbers["residues_before"].value


class TestAmplitudeSources:
    def test_magnitudes_of_a_network_with_triangles_give_the_same_phases(
        self, scene: WrappedScene, tmp_path: Path
    ) -> None:
        other = write_wrapped(tmp_path / "magnitudes", amplitudes="magnitudes")
        np.testing.assert_array_equal(scene.phase, other.phase)
        shp(scene, tmp_path / "a")
        result = shp(other, tmp_path / "b")
        assert not any("factor" in text for text in result.warnings)
        same = np.isclose(filtered(tmp_path / "a"), filtered(tmp_path / "b"), atol=1e-3)
        assert same.mean() > 0.99

    def test_a_common_reference_is_said_to_leave_a_factor(self, tmp_path: Path) -> None:
        star = [(0, k) for k in range(1, 9)]
        scene = write_wrapped(tmp_path / "in", amplitudes="magnitudes", pairs=star)
        result = shp(scene, tmp_path / "out")
        assert any("9 images follow" in text and "factor" in text for text in result.warnings)
        first = scene.stack.dates[0]
        known = write_wrapped(tmp_path / "images", pairs=star)
        item = replace(known.stack.acquisitions[0].items["amplitude"], root="images")
        acquisitions = (
            replace(scene.stack.acquisitions[0], items={"amplitude": item}),
            *scene.stack.acquisitions[1:],
        )
        assert acquisitions[0].date == first
        roots = {**scene.stack.roots, "images": str(known.folder)}
        change(scene, replace(scene.stack, acquisitions=acquisitions, roots=roots))
        better = shp(scene, tmp_path / "better")
        assert not any("factor" in text for text in better.warnings)
        assert better.numbers["shp_median"].value > result.numbers["shp_median"].value
        shp(known, tmp_path / "all")
        same = np.isclose(filtered(tmp_path / "better"), filtered(tmp_path / "all"), atol=1e-3)
        assert same.mean() > 0.99

    def test_a_stack_of_complex_images_beside(self, scene: WrappedScene, tmp_path: Path) -> None:
        """The amplitudes may come from another stack; they go along, so that the next filter has them too."""
        bare = replace(scene.stack, acquisitions=tuple(replace(a, items={}) for a in scene.stack.acquisitions))
        folder = tmp_path / "bare"
        folder.mkdir()
        manifest.save(folder, replace(bare, roots={"data": str(scene.folder)}))
        images = tuple(
            replace(a, items={"slc": a.items["amplitude"]}) for a in scene.stack.acquisitions
        )  # real numbers are their own magnitude
        slc = tmp_path / "slc"
        slc.mkdir()
        manifest.save(
            slc, replace(scene.stack, kind=SLC, pairs=(), acquisitions=images, roots={"data": str(scene.folder)})
        )
        shp(scene, tmp_path / "a")
        run_shpfilter(ShpFilterParams(folder, tmp_path / "b", amplitudes=slc, selection=WINDOW))
        np.testing.assert_array_equal(filtered(tmp_path / "a"), filtered(tmp_path / "b"))
        run_shpfilter(ShpFilterParams(tmp_path / "b", tmp_path / "c", selection=WINDOW))
        assert filtered(tmp_path / "c").shape == scene.phase.shape


class TestGoldstein:
    def test_the_job_is_the_kernel_on_every_pair(self, scene: WrappedScene, tmp_path: Path) -> None:
        result = run_goldstein(GoldsteinParams(scene.folder, tmp_path / "out", SMALL))
        out = filtered(tmp_path / "out")
        for written, phase in zip(out, scene.phase):
            np.testing.assert_array_equal(written, goldstein(phase, SMALL))
        assert result.numbers["residues_after"].value < 0.7 * result.numbers["residues_before"].value
        stack = manifest.load(tmp_path / "out")
        assert stack.history[-1]["algorithm"] == "goldstein"
        assert [a.items for a in stack.acquisitions] == [a.items for a in scene.stack.acquisitions]

    def test_magnitudes_weigh_unless_told_otherwise(self, tmp_path: Path) -> None:
        scene = write_wrapped(tmp_path / "in", amplitudes="magnitudes", dates=3)
        for weights in ("auto", "amplitude", "phase"):
            run_goldstein(GoldsteinParams(scene.folder, tmp_path / weights, SMALL, weights))
        auto, amplitude, phase = (filtered(tmp_path / name) for name in ("auto", "amplitude", "phase"))
        np.testing.assert_array_equal(auto, amplitude)
        assert rms(amplitude, scene.truth) < rms(phase, scene.truth)
        run_goldstein(GoldsteinParams(tmp_path / "auto", tmp_path / "twice", SMALL))
        run_goldstein(GoldsteinParams(tmp_path / "auto", tmp_path / "alike", SMALL, "phase"))
        np.testing.assert_array_equal(filtered(tmp_path / "twice"), filtered(tmp_path / "alike"))

    def test_blocks_do_not_show(
        self, scene: WrappedScene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shp(scene, tmp_path / "coherent")
        params = GoldsteinParams(tmp_path / "coherent", tmp_path / "one", replace(SMALL, alpha=None))
        one = run_goldstein(params)
        monkeypatch.setattr(job, "BLOCK_PIXELS", 5 * scene.stack.grid.width)
        many = run_goldstein(replace(params, output=tmp_path / "many"))
        assert rasters(tmp_path / "one") == rasters(tmp_path / "many")
        assert one.numbers == many.numbers


class TestBoth:
    def test_they_accept_each_other(self, scene: WrappedScene, tmp_path: Path) -> None:
        shp(scene, tmp_path / "a")
        run_goldstein(GoldsteinParams(tmp_path / "a", tmp_path / "b", replace(SMALL, alpha=None)))
        again = run_shpfilter(ShpFilterParams(tmp_path / "b", tmp_path / "c", selection=WINDOW))
        assert any("A filter has been at these interferograms" in text for text in again.warnings)
        stack = manifest.load(tmp_path / "c")
        assert [step["algorithm"] for step in stack.history] == ["shpfilter", "goldstein", "shpfilter"]
        assert rms(filtered(tmp_path / "b"), scene.truth) < rms(filtered(tmp_path / "a"), scene.truth)

    @pytest.mark.parametrize("run", ["shp", "goldstein"])
    def test_an_equal_run_is_kept_and_another_replaces_it(
        self, scene: WrappedScene, tmp_path: Path, run: str
    ) -> None:
        out = tmp_path / "out"
        runs: dict[str, Any] = {
            "shp": lambda more, m: run_shpfilter(
                ShpFilterParams(scene.folder, out, selection=WINDOW, minimum=20 + more), m
            ),
            "goldstein": lambda more, m: run_goldstein(
                GoldsteinParams(scene.folder, out, replace(SMALL, alpha=0.5 + 0.1 * more)), m
            ),
        }
        first = runs[run](0, None)
        before = hashes(out)
        monitor = Recorder()
        again = runs[run](0, monitor)
        assert any("kept as they are" in line for line in monitor.lines)
        assert hashes(out) == before
        assert again.numbers == first.numbers and set(again.files) >= {"report"}
        runs[run](1, None)
        assert rasters(out) != {name: value for name, value in before.items() if name.endswith(".tif")}

    def test_a_rerun_without_a_pair_leaves_none_of_it(self, scene: WrappedScene, tmp_path: Path) -> None:
        run_goldstein(GoldsteinParams(scene.folder, tmp_path / "out", SMALL))
        pairs = (replace(scene.stack.pairs[0], state=EXCLUDED, reason="snow"), *scene.stack.pairs[1:])
        change(scene, replace(scene.stack, pairs=pairs))
        result = run_goldstein(GoldsteinParams(scene.folder, tmp_path / "out", SMALL))
        assert any("1 excluded" in text for text in result.warnings)
        names = {path.stem for path in (tmp_path / "out" / "phase").iterdir()}
        assert names == {pair.name for pair in pairs[1:]}

    def test_cancelled_it_leaves_nothing(self, scene: WrappedScene, tmp_path: Path) -> None:
        for moment in (1, 3):
            with pytest.raises(Cancelled):
                run_shpfilter(ShpFilterParams(scene.folder, tmp_path / "out", selection=WINDOW), Recorder(moment))
            assert not (tmp_path / "out").exists()

    def test_the_budget_is_kept_or_refused(self, tmp_path: Path) -> None:
        scene = write_wrapped(tmp_path / "in", rows=20, cols=60)
        wide = replace(scene.stack.grid, width=60_000)
        change(scene, replace(scene.stack, grid=wide))
        with pytest.raises(InputError, match="Memory budget.*for one row of 60000 pixels"):
            run_goldstein(GoldsteinParams(scene.folder, tmp_path / "out", SMALL), None, Compute(64 * MIB))

    def test_missing_values_stay_missing(self, scene: WrappedScene, tmp_path: Path) -> None:
        pair = scene.stack.pairs[0]
        holes = scene.phase[0].copy()
        holes[5:20, 10:30] = np.nan
        write_geotiff(scene.folder / "phase" / f"{pair.name}.tif", holes, scene.stack.grid)
        image = scene.stack.acquisitions[3].date
        amplitude = np.ones(scene.stack.grid.shape)
        amplitude[30:35] = 0.0
        amplitude[35:40] = np.nan
        write_geotiff(scene.folder / "amplitude" / f"{image:%Y%m%d}.tif", amplitude, scene.stack.grid)
        result = shp(scene, tmp_path / "s")
        run_goldstein(GoldsteinParams(tmp_path / "s", tmp_path / "g", SMALL))
        for name in ("s", "g"):
            np.testing.assert_array_equal(np.isnan(filtered(tmp_path / name)[0]), np.isnan(holes))
        # A pixel without an amplitude on some date is tested against nobody and stays as it is.
        np.testing.assert_array_equal(filtered(tmp_path / "s")[:, 30:40], scene.phase[:, 30:40])
        assert result.numbers["pixels_untested"].value == 10 * scene.stack.grid.width
        assert any("21 % of the pixels with phase have no amplitude" in text for text in result.warnings)


def test_houston(tmp_path: Path, shared_data: Path) -> None:
    """A piece of the real stack, from files without header; amplitudes follow from a single image's."""
    import_stack(
        ImportParams(
            shared_data / "houston", tmp_path / "whole", "generic", wavelength=0.0554658, kind="wrapped",
            pattern="{date1}_{date2}.int", amplitude_pattern="{date}.amp", raw_columns=600,
        )
    )  # fmt: skip
    whole = manifest.load(tmp_path / "whole")

    def cut(items: dict[str, Item]) -> dict[str, Item]:
        return {
            role: replace(item, origin=(250, 330), file_shape=(600, 600))
            for role, item in items.items()
        }

    piece = replace(
        whole,
        grid=replace(whole.grid, width=100, height=90),
        pairs=tuple(replace(pair, items=cut(pair.items)) for pair in whole.pairs),
        acquisitions=tuple(replace(a, items=cut(a.items)) for a in whole.acquisitions),
    )
    (tmp_path / "piece").mkdir()
    manifest.save(tmp_path / "piece", piece)
    result = run_shpfilter(ShpFilterParams(tmp_path / "piece", tmp_path / "out"))
    numbers = {key: number.value for key, number in result.numbers.items()}
    assert numbers["residues_after"] < 0.1 * numbers["residues_before"]
    assert numbers["filtered_share"] > 80
    assert 0.4 < numbers["independent_fraction"] < 0.8
    assert not result.warnings


class TestMistakes:
    def refused(self, tmp_path: Path, *words: str, **values: Any) -> None:
        run = run_goldstein if "options" in values or "weights" in values else run_shpfilter
        make = GoldsteinParams if run is run_goldstein else ShpFilterParams
        before = hashes(tmp_path)
        with pytest.raises(InputError) as caught:
            run(make(output=tmp_path / "out", **values))
        for word in words:
            assert word in str(caught.value)
        assert hashes(tmp_path) == before and not (tmp_path / "out").exists()

    def test_an_unwrapped_stack(self, tmp_path: Path) -> None:
        folder = write_scene(tmp_path / "in").folder
        words = ("unwrapped", "a stack of wrapped interferograms", "KIND wrapped", "'sbas'")
        self.refused(tmp_path, *words, input=folder)
        self.refused(tmp_path, *words, input=folder, options=SMALL)

    def test_no_amplitudes(self, tmp_path: Path) -> None:
        scene = write_wrapped(tmp_path / "in", amplitudes="none")
        words = ("AMPLITUDES", "0 of 9 dates", "2020-01-01 has none", "AMPLITUDE_PATTERN")
        self.refused(tmp_path, *words, input=scene.folder)
        self.refused(tmp_path, "WEIGHTS", "no amplitude", input=scene.folder, options=SMALL, weights="amplitude")
        strength = replace(SMALL, alpha=None)
        self.refused(tmp_path, "STRENGTH", "no coherence", "shpfilter", input=scene.folder, options=strength)

    def test_amplitudes_of_another_grid_or_other_dates(self, scene: WrappedScene, tmp_path: Path) -> None:
        other = write_wrapped(tmp_path / "other", rows=50)
        words = ("AMPLITUDES", "60 x 50 pixels", "60 x 48 pixels, as the interferograms")
        self.refused(tmp_path, *words, input=scene.folder, amplitudes=other.folder)
        moved = replace(scene.stack.grid, transform=(-99.1, 0.0002, 0.0, 19.5, 0.0, -0.0002))
        self.amplitudes(tmp_path / "moved", scene, replace(scene.stack, grid=moved))
        self.refused(
            tmp_path, "AMPLITUDES", "corner", input=scene.folder, amplitudes=tmp_path / "moved"
        )
        fewer = replace(scene.stack, acquisitions=scene.stack.acquisitions[:-2], pairs=())
        self.amplitudes(tmp_path / "fewer", scene, fewer)
        day = scene.stack.dates[-1].isoformat()
        self.refused(tmp_path, "AMPLITUDES", day, input=scene.folder, amplitudes=tmp_path / "fewer")
        self.refused(tmp_path, "AMPLITUDES", "nowhere", input=scene.folder, amplitudes=tmp_path / "nowhere")

    def amplitudes(self, folder: Path, scene: WrappedScene, stack: Stack) -> None:
        folder.mkdir()
        manifest.save(folder, replace(stack, roots={"data": str(scene.folder)}))

    def test_windows_and_levels(self, scene: WrappedScene, tmp_path: Path) -> None:
        for selection, word in (
            (SelectionOptions(Neighbourhood(18, 13)), "18"),
            (SelectionOptions(Neighbourhood(61, 13)), "61"),
            (SelectionOptions(alpha=0.0), "between 0 and 1"),
            (SelectionOptions(alpha=1.0), "between 0 and 1"),
            (SelectionOptions(test="t"), "ks or glr"),
        ):
            self.refused(tmp_path, word, input=scene.folder, selection=selection)
        self.refused(tmp_path, "MIN_COUNT", "62 pixels", input=scene.folder, selection=WINDOW, minimum=70)
        self.refused(tmp_path, "WINDOW", "48 pixels", input=scene.folder, options=GoldsteinOptions(window=64))

    def test_amplitudes_that_are_zero_everywhere(self, scene: WrappedScene, tmp_path: Path) -> None:
        day = scene.stack.dates[2]
        write_geotiff(
            scene.folder / "amplitude" / f"{day:%Y%m%d}.tif", np.zeros(scene.stack.grid.shape), scene.stack.grid
        )
        self.refused(tmp_path, "at least one pixel", input=scene.folder, selection=WINDOW)

    def test_a_raster_that_has_gone(self, scene: WrappedScene, tmp_path: Path) -> None:
        pair = scene.stack.pairs[4]
        gone = replace(pair, items={**pair.items, "phase": Item("data", "phase/gone.tif")})
        pairs = (*scene.stack.pairs[:4], gone, *scene.stack.pairs[5:])
        change(scene, replace(scene.stack, pairs=pairs))
        self.refused(tmp_path, "gone.tif", "an existing file", input=scene.folder, options=SMALL)


def rasters(folder: Path) -> dict[str, str]:
    return {name: value for name, value in hashes(folder).items() if name.endswith(".tif")}
