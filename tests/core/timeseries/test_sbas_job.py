"""The inversion job as a citizen: same bytes, resume, cancel, bad input, full disk."""

from __future__ import annotations

import resource
import signal
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.recorder import Recorder
from groundline_tests.stacks import Scene, change, hashes, write_scene

from groundline.core import manifest
from groundline.core.blocks import MIB, Compute
from groundline.core.errors import Cancelled, InputError
from groundline.core.raster import write_geotiff
from groundline.core.stack import WRAPPED
from groundline.core.timeseries import block, outputs
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.timeseries.selection import bridges, describe_split


def params(scene: Scene, output: Path, **keywords: object) -> SbasParams:
    return SbasParams(scene.folder, output, **{"reference": scene.points((0, 0)), **keywords})  # type: ignore[arg-type]


def rasters(folder: Path) -> dict[str, str]:
    return {name: value for name, value in hashes(folder).items() if name.endswith((".tif", ".gpkg", ".qlr"))}


class TestSameBytes:
    def test_block_size_workers_and_executor_do_not_matter(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scene = write_scene(tmp_path / "in", rows=150, cols=64, dates=5, noise=0.3, missing=0.1)
        monkeypatch.setattr(block, "PORTION", 256)  # 4 rows, so that blocks can be small
        reference = scene.pixels(0, 5, 0, 5)
        run_sbas(params(scene, tmp_path / "one", weights="coherence", reference=reference))
        expected = rasters(tmp_path / "one")
        monkeypatch.setattr(outputs, "writer_memory", lambda grid, dates: 64 * MIB - 200_000)
        monkeypatch.setattr("groundline.core.timeseries.sbas.memory", lambda network, options: (0, 0))
        log = Recorder()
        run_sbas(
            params(scene, tmp_path / "small", weights="coherence", reference=reference),
            log,
            Compute(64 * MIB),
        )
        assert "1 block(s)" not in " ".join(log.lines)
        assert rasters(tmp_path / "small") == expected
        three = Compute(64 * MIB, workers=3)
        run_sbas(params(scene, tmp_path / "three", weights="coherence", reference=reference), None, three)
        assert rasters(tmp_path / "three") == expected

    def test_a_block_travels_to_another_process(self, tmp_path: Path) -> None:
        from functools import partial
        from pickle import dumps, loads

        from groundline.core.raster import whole
        from groundline.core.timeseries.matrix import Network
        from groundline.core.timeseries.options import Options

        scene = write_scene(tmp_path / "in", dates=3)
        index = np.array([(0, 1), (0, 2), (1, 2)])
        task = block.Task(
            str(scene.folder),
            scene.stack,
            Network(scene.stack.dates, index),
            Options(),
            np.zeros(3),
            None,
            0.0,
            4,
        )
        here = block.solve(task, whole(scene.stack.grid))
        there = loads(dumps(partial(block.solve, task)))(whole(scene.stack.grid))
        np.testing.assert_array_equal(here.displacement, there.displacement)
        np.testing.assert_array_equal(here.layers["velocity"], there.layers["velocity"])


class TestResume:
    def test_an_equal_run_keeps_the_finished_folder(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in")
        first = run_sbas(params(scene, tmp_path / "out"))
        times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
        log = Recorder()
        second = run_sbas(params(scene, tmp_path / "out"), log)
        assert "kept as they are" in " ".join(log.lines)
        assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == times
        assert second.numbers == first.numbers
        assert second.files == first.files

    @pytest.mark.parametrize("what", ["parameter", "input", "output"])
    def test_anything_else_runs_again(self, tmp_path: Path, what: str) -> None:
        scene = write_scene(tmp_path / "in")
        run_sbas(params(scene, tmp_path / "out"))
        extra = {}
        if what == "parameter":
            extra = {"max_points": 10}
        elif what == "input":
            write_geotiff(
                scene.folder / scene.stack.pairs[0].items["phase"].path,
                scene.phase[0] * 1.01,
                scene.stack.grid,
            )
        else:
            (tmp_path / "out" / "velocity.tif").unlink()
        log = Recorder()
        run_sbas(params(scene, tmp_path / "out", **extra), log)
        assert "kept as they are" not in " ".join(log.lines)
        assert (tmp_path / "out" / "velocity.tif").is_file()

    def test_rasters_of_an_earlier_run_that_do_not_belong_are_removed(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=8)
        run_sbas(params(scene, tmp_path / "out", dem_error=True))
        (tmp_path / "out" / "notes.txt").write_text("the user's own")
        run_sbas(params(scene, tmp_path / "out", end=scene.stack.dates[4].isoformat()))
        names = set(hashes(tmp_path / "out"))
        assert len([name for name in names if name.startswith("displacement/")]) == 5
        assert "height_error.tif" not in names
        assert "notes.txt" in names


def test_cancelling_at_every_callback_leaves_the_earlier_results(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "in", rows=10, cols=12, dates=4)
    run_sbas(params(scene, tmp_path / "out"))
    before = hashes(tmp_path / "out")
    count = Recorder()
    run_sbas(params(scene, tmp_path / "count", point_coherence=0.5), count)
    assert count.fractions == sorted(count.fractions)
    assert count.fractions[-1] == 1.0
    for stop_at in range(count.calls - 1):  # after the last one everything is in place
        with pytest.raises(Cancelled):
            run_sbas(params(scene, tmp_path / "out", point_coherence=0.5), Recorder(stop_at))
        assert hashes(tmp_path / "out") == before
        with pytest.raises(Cancelled):
            run_sbas(params(scene, tmp_path / "new", point_coherence=0.5), Recorder(stop_at))
        assert not (tmp_path / "new").exists()
    run_sbas(params(scene, tmp_path / "out", point_coherence=0.5))
    assert rasters(tmp_path / "out") == rasters(tmp_path / "count")


class TestBadInput:
    @pytest.mark.parametrize(
        ("keywords", "message"),
        [
            ({"weights": "variance"}, "WEIGHTS: 'variance'.*none or coherence"),
            ({"loss": "l3"}, "LOSS"),
            ({"gaps": "zero"}, "GAPS"),
            ({"min_coherence": 1.5}, "MIN_COHERENCE: 1.5.*0 to 1"),
            ({"min_pairs": -1}, "MIN_PAIRS"),
            ({"max_points": 0}, "MAX_POINTS"),
            ({"start": "31.1.2020"}, "START: '31.1.2020'.*2018-01-31"),
            ({"start": "2020-03-01", "end": "2020-02-01"}, "END.*after START"),
            ({"start": "2031-01-01"}, "widen START and END"),
        ],
    )
    def test_parameters_are_named_with_what_is_allowed(
        self, tmp_path: Path, keywords: dict[str, object], message: str
    ) -> None:
        scene = write_scene(tmp_path / "in", dates=4)
        with pytest.raises(InputError, match=message):
            run_sbas(params(scene, tmp_path / "out", **keywords))
        assert not (tmp_path / "out").exists()

    def test_a_reference_outside_or_without_values_is_named(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4)
        with pytest.raises(InputError, match=r"REFERENCE: 'depot'.*inside the data"):
            run_sbas(params(scene, tmp_path / "out", reference=scene.pixels(100, 5, 100, 5, "depot")))
        for pair, phase in zip(scene.stack.pairs, scene.phase):
            phase[3:8, 3:8] = np.nan
            write_geotiff(scene.folder / pair.items["phase"].path, phase, scene.stack.grid)
        with pytest.raises(InputError, match=r"REFERENCE: 'lake'.*valid pixels"):
            run_sbas(params(scene, tmp_path / "out", reference=scene.pixels(4, 2, 4, 2, "lake")))
        assert not (tmp_path / "out").exists()

    def test_an_interferogram_without_a_value_is_named(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4)
        path = scene.folder / scene.stack.pairs[2].items["phase"].path
        write_geotiff(path, np.full(scene.stack.grid.shape, np.nan), scene.stack.grid)
        for reference in (scene.points((0, 0)), None):
            with pytest.raises(
                InputError, match=f"{scene.stack.pairs[2].name}.*{path.name}.*Exclude this pair"
            ):
                run_sbas(params(scene, tmp_path / "out", reference=reference))
        assert not (tmp_path / "out").exists()

    def test_missing_coherence_names_the_pairs(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4)
        pairs = list(scene.stack.pairs)
        pairs[1] = replace(pairs[1], items={"phase": pairs[1].items["phase"]})
        change(scene, replace(scene.stack, pairs=tuple(pairs)))
        for keywords in ({"weights": "coherence"}, {"min_coherence": 0.3}):
            with pytest.raises(InputError, match=f"1 of 6 pairs without coherence .{pairs[1].name}"):
                run_sbas(params(scene, tmp_path / "out", **keywords))

    def test_another_kind_of_stack_is_refused(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4)
        change(scene, replace(scene.stack, kind=WRAPPED))
        with pytest.raises(InputError, match="kind wrapped.*unwrapped.*importstack"):
            run_sbas(params(scene, tmp_path / "out"))

    def test_a_height_error_needs_baselines(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4)
        bare = replace(
            scene.stack,
            pairs=tuple(replace(p, bperp=None) for p in scene.stack.pairs),
            acquisitions=tuple(replace(a, bperp=None) for a in scene.stack.acquisitions),
        )
        change(scene, bare)
        with pytest.raises(InputError, match="(?i)baseline"):
            run_sbas(params(scene, tmp_path / "out", dem_error=True))

    def test_a_mask_on_another_grid_is_refused(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4)
        write_geotiff(tmp_path / "mask.tif", np.ones((5, 5)), replace(scene.stack.grid, width=5, height=5))
        with pytest.raises(InputError, match="MASK.*5 x 5.*30 x 20"):
            run_sbas(params(scene, tmp_path / "out", mask=tmp_path / "mask.tif"))

    def test_too_few_interferograms_everywhere_is_explained(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4)
        with pytest.raises(InputError, match="no pixel with enough.*Lower MIN_PAIRS"):
            run_sbas(params(scene, tmp_path / "out", min_pairs=50))
        assert not (tmp_path / "out").exists()

    def test_a_file_in_the_way_of_the_folder_is_named(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4)
        (tmp_path / "out").write_text("here already")
        with pytest.raises(InputError, match="OUTPUT.*out.*a folder"):
            run_sbas(params(scene, tmp_path / "out"))

    def test_a_truncated_file_is_named(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", rows=200, cols=200, dates=4)
        path = scene.folder / scene.stack.pairs[3].items["phase"].path
        path.write_bytes(path.read_bytes()[:20_000])
        with pytest.raises(InputError, match=path.name):
            run_sbas(params(scene, tmp_path / "out"))
        assert not (tmp_path / "out").exists()

    def test_a_full_disk_leaves_the_earlier_results(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", rows=100, cols=100, dates=4, noise=0.1)
        run_sbas(params(scene, tmp_path / "out"))
        before = hashes(tmp_path / "out")
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (15_000, hard))
        try:
            with pytest.raises(InputError, match="disk is full"):
                run_sbas(params(scene, tmp_path / "out", point_coherence=0.1))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, handler)
        assert hashes(tmp_path / "out") == before


class TestPairsWithoutReference:
    def test_they_are_left_out_and_named(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=5)
        scene.phase[2, :4, :4] = np.nan
        write_geotiff(
            scene.folder / scene.stack.pairs[2].items["phase"].path, scene.phase[2], scene.stack.grid
        )
        result = run_sbas(params(scene, tmp_path / "out", reference=scene.pixels(0, 3, 0, 3)))
        assert any(scene.stack.pairs[2].name in text and "left out" in text for text in result.warnings)
        stack = manifest.load(tmp_path / "out")
        assert [pair.reason for pair in stack.pairs if pair.state == "excluded"] == [
            "no valid pixel in the reference area"
        ]

    def test_unless_the_network_needs_them(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4, pairs=[(0, 1), (1, 2), (2, 3)])
        scene.phase[1, :4, :4] = np.nan
        write_geotiff(
            scene.folder / scene.stack.pairs[1].items["phase"].path, scene.phase[1], scene.stack.grid
        )
        with pytest.raises(InputError, match=f"REFERENCE.*{scene.stack.pairs[1].name}.*connect all dates"):
            run_sbas(params(scene, tmp_path / "out", reference=scene.pixels(0, 3, 0, 3)))


class TestPairsThatNothingTests:
    def test_a_pair_that_joins_two_parts_alone_is_named(self, tmp_path: Path) -> None:
        links = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (3, 5), (4, 5)]
        scene = write_scene(tmp_path / "in", dates=6, pairs=links)
        assert bridges(scene.stack) == [scene.stack.pairs[3].name]
        result = run_sbas(params(scene, tmp_path / "out"))
        assert any(scene.stack.pairs[3].name in text and "alone" in text for text in result.warnings)

    def test_a_tree_has_no_redundancy(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=4, pairs=[(0, 1), (1, 2), (1, 3)])
        result = run_sbas(params(scene, tmp_path / "out"))
        assert any("No interferogram is redundant" in text for text in result.warnings)

    def test_a_redundant_network_has_none(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=5)
        assert bridges(scene.stack) == []


def test_the_network_parts_are_told_by_date() -> None:
    text = describe_split([[date(2020, 1, 1), date(2020, 2, 1)], [date(2021, 1, 1)]])
    assert "2 parts" in text
    assert "2020-01-01 to 2020-02-01 (2 dates)" in text
