"""GACOS delays: the two file forms, the match of dates, and the difference that is removed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.recorder import Recorder
from groundline_tests.stacks import Scene, add_screens, hashes, write_scene

from groundline.core import manifest
from groundline.core.errors import Cancelled, InputError
from groundline.core.raster import StackReader, read_geotiff, write_geotiff
from groundline.core.stack import Grid
from groundline.core.timeseries.corrections import ztd
from groundline.core.timeseries.corrections.gacos import run_gacos
from groundline.core.timeseries.corrections.params import GacosParams
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas

COS = np.cos(np.radians(39.0))  # of the scene's incidence


def write_ztd(path: Path, values: np.ndarray, grid: Grid) -> None:
    """As GACOS sends it: little-endian float32 and a header with the upper left corner."""
    values.astype("<f4").tofile(path)
    x, dx, _, y, _, dy = grid.transform
    entries = {"WIDTH": grid.width, "FILE_LENGTH": grid.height, "XMIN": 0, "XMAX": grid.width - 1, "YMIN": 0}
    entries |= {
        "YMAX": grid.height - 1,
        "X_FIRST": x,
        "Y_FIRST": y,
        "X_STEP": dx,
        "Y_STEP": dy,
        "X_UNIT": "degres",
    }
    path.with_name(path.name + ".rsc").write_text(
        "".join(f"{key:14} {value}\n" for key, value in entries.items())
    )


def delays(scene: Scene) -> np.ndarray:
    """Smooth zenith delays per date (N, rows, cols) [m] as float32."""
    rng = np.random.default_rng(8)
    y, x = (axis / 10.0 for axis in np.indices(scene.stack.grid.shape))
    size = rng.normal(0.0, 0.03, (len(scene.stack.dates), 3))
    return np.array([2.3 + a * x + b * y + c * np.sin(x * y) for a, b, c in size]).astype(np.float32)


def delayed(folder: Path, **keywords: object) -> tuple[Scene, np.ndarray]:
    """A scene whose interferograms hold the delays: a longer path looks like motion away."""
    scene = write_scene(folder, **{"dates": 5, **keywords})  # type: ignore[arg-type]
    zenith = delays(scene)
    add_screens(scene, -zenith.astype(float) / COS)
    (folder / "gacos").mkdir()
    for day, values in zip(scene.stack.dates, zenith):
        write_ztd(folder / "gacos" / f"{day:%Y%m%d}.ztd", values, scene.stack.grid)
    return scene, zenith


def corrected(folder: Path) -> np.ndarray:
    stack = manifest.load(folder)
    reader = StackReader(folder, stack)
    values = reader.read_many([pair.items["phase"] for pair in stack.kept])
    reader.close()
    return values


class TestCorrection:
    @pytest.mark.parametrize("form", ["ztd", "tif"])
    def test_injected_delays_go_to_float_precision(self, tmp_path: Path, form: str) -> None:
        plain = write_scene(tmp_path / "plain", dates=5)
        scene, zenith = delayed(tmp_path / "in")
        folder = scene.folder / "gacos"
        if form == "tif":
            for day, values in zip(scene.stack.dates, zenith):
                (folder / f"{day:%Y%m%d}.ztd").unlink()
                write_geotiff(folder / f"{day:%Y%m%d}.ztd.tif", values, scene.stack.grid)
        result = run_gacos(GacosParams(scene.folder, tmp_path / "out", folder))
        # One float32 step of a 2.3 m delay is 2.4e-7 m, 7e-5 rad of phase on the slant path.
        np.testing.assert_allclose(corrected(tmp_path / "out"), plain.phase, atol=2.5e-4)
        assert result.numbers["pixels_lost"].value == 0
        for number, day in enumerate(scene.stack.dates):
            screen, _ = read_geotiff(tmp_path / "out" / f"removed/{day:%Y%m%d}.tif")
            expected = -1000.0 * (zenith[number].astype(float) - zenith[0]) / COS
            np.testing.assert_allclose(screen, expected, atol=1e-3)

    def test_a_coarser_grid_is_interpolated(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=3)
        x0, dx, _, y0, _, dy = scene.stack.grid.transform
        coarse = Grid(24, 18, (x0 - 5 * dx, 2.5 * dx, 0.0, y0 - 5 * dy, 0.0, 2.5 * dy), scene.stack.grid.crs)
        (tmp_path / "gacos").mkdir()
        for number, day in enumerate(scene.stack.dates):
            plane = 2.0 + 0.01 * number * np.arange(24)[None, :] * np.ones((18, 1))
            write_ztd(tmp_path / "gacos" / f"{day:%Y%m%d}.ztd", plane, coarse)
        run_gacos(GacosParams(scene.folder, tmp_path / "out", tmp_path / "gacos"))
        screen, _ = read_geotiff(tmp_path / "out" / f"removed/{scene.stack.dates[2]:%Y%m%d}.tif")
        place = (np.arange(30) + 0.5 + 5) / 2.5 - 0.5  # of our pixel centres in theirs
        np.testing.assert_allclose(screen[7], -1000 * 0.02 * place / COS, atol=2e-3)

    def test_pixels_outside_the_delays_are_lost_and_counted(self, tmp_path: Path) -> None:
        scene, zenith = delayed(tmp_path / "in")
        half = scene.stack.grid
        part = Grid(20, half.height, half.transform, half.crs)
        for day, values in zip(scene.stack.dates, zenith):
            write_ztd(scene.folder / "gacos" / f"{day:%Y%m%d}.ztd", values[:, :20], part)
        result = run_gacos(GacosParams(scene.folder, tmp_path / "out", scene.folder / "gacos"))
        assert 150 <= (result.numbers["pixels_lost"].value or 0) <= 200
        assert any("pixels have no value" in text for text in result.warnings)

    def test_a_displacement_folder_too(self, tmp_path: Path) -> None:
        plain = write_scene(tmp_path / "plain", dates=5)
        scene, _ = delayed(tmp_path / "in")
        for one, name in ((plain, "clean"), (scene, "sbas")):
            run_sbas(SbasParams(one.folder, tmp_path / name, reference=one.pixels(2, 3, 2, 3)))
        run_gacos(GacosParams(tmp_path / "sbas", tmp_path / "out", scene.folder / "gacos"))
        for day in scene.stack.dates:
            clean, ours = (
                read_geotiff(tmp_path / f"{n}/displacement/{day:%Y%m%d}.tif")[0] for n in ("clean", "out")
            )
            np.testing.assert_allclose(ours, clean, atol=3e-3)
        velocity = [read_geotiff(tmp_path / name / "velocity.tif")[0] for name in ("clean", "out")]
        np.testing.assert_allclose(velocity[1], velocity[0], atol=0.05)


    def test_the_same_delay_everywhere_changes_nothing(self, tmp_path: Path) -> None:
        """Noise leaves the median of the reference free to move a little: that is not put on all the others."""
        scene = write_scene(tmp_path / "in", dates=5, noise=0.3)
        run_sbas(SbasParams(scene.folder, tmp_path / "sbas", reference=scene.pixels(1, 4, 1, 4)))
        (tmp_path / "gacos").mkdir()
        for number, day in enumerate(scene.stack.dates):
            even = np.full(scene.stack.grid.shape, 2.3 + 0.01 * number, np.float32)
            write_ztd(tmp_path / "gacos" / f"{day:%Y%m%d}.ztd", even, scene.stack.grid)
        run_gacos(GacosParams(tmp_path / "sbas", tmp_path / "out", tmp_path / "gacos"))
        for name in ("velocity.tif", f"displacement/{scene.stack.dates[-1]:%Y%m%d}.tif"):
            before, after = (read_geotiff(tmp_path / folder / name)[0] for folder in ("sbas", "out"))
            np.testing.assert_allclose(after, before, atol=1e-3)


class TestDates:
    def test_missing_ones_are_named_and_refused(self, tmp_path: Path) -> None:
        scene, _ = delayed(tmp_path / "in")
        for day in scene.stack.dates[1:3]:
            (scene.folder / "gacos" / f"{day:%Y%m%d}.ztd").unlink()
        with pytest.raises(InputError, match="no file for 2 of 5 dates: 2020-01-13, 2020-01-25.*MISSING"):
            run_gacos(GacosParams(scene.folder, tmp_path / "out", scene.folder / "gacos"))
        assert not (tmp_path / "out").exists()

    def test_or_their_interferograms_are_left_out(self, tmp_path: Path) -> None:
        scene, _ = delayed(tmp_path / "in")
        day = scene.stack.dates[2]
        (scene.folder / "gacos" / f"{day:%Y%m%d}.ztd").unlink()
        result = run_gacos(GacosParams(scene.folder, tmp_path / "out", scene.folder / "gacos", "exclude"))
        stack = manifest.load(tmp_path / "out")
        assert day not in stack.dates
        assert len(stack.pairs) == sum(day not in (p.date1, p.date2) for p in scene.stack.pairs)
        assert any(day.isoformat() in text for text in result.warnings)
        assert result.numbers["dates_missing"].value == 1

    def test_none_that_match(self, tmp_path: Path) -> None:
        scene, zenith = delayed(tmp_path / "in")
        (tmp_path / "gacos").mkdir()
        write_ztd(tmp_path / "gacos" / "20190606.ztd", zenith[0], scene.stack.grid)
        with pytest.raises(InputError, match="files of 2019-06-06.*2020-01-01"):
            run_gacos(GacosParams(scene.folder, tmp_path / "out", tmp_path / "gacos"))

    def test_a_folder_without_such_files_shows_what_is_in_it(self, tmp_path: Path) -> None:
        (tmp_path / "delays.txt").write_text("nothing here")
        with pytest.raises(InputError, match=r"delays.txt.*YYYYMMDD.ztd.tif.*Unpack"):
            ztd.find(tmp_path)

    def test_the_geotiff_is_taken_where_there_are_both(self, tmp_path: Path) -> None:
        for name in (
            "20200101.ztd",
            "20200101.ztd.tif",
            "20200101.ztd.rsc",
            "sub/20200113.ztd",
            "x20200125.ztd",
        ):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("")
        found = ztd.find(tmp_path)
        assert {day: path.name for day, path in found.items()} == {
            date(2020, 1, 1): "20200101.ztd.tif",
            date(2020, 1, 13): "20200113.ztd",
        }


class TestBadFiles:
    def sample(self, folder: Path, value: float = 2.3) -> Path:
        write_ztd(
            folder / "20200101.ztd", np.full((4, 5), value), Grid(5, 4, (10.0, 0.1, 0.0, 50.0, 0.0, -0.1))
        )
        return folder / "20200101.ztd"

    def test_zero_is_missing(self, tmp_path: Path) -> None:
        path = self.sample(tmp_path)
        values = np.fromfile(path, "<f4")
        values[3] = 0.0
        values.tofile(path)
        dataset = ztd.read(path)
        assert np.isnan(dataset.GetRasterBand(1).ReadAsArray()).sum() == 1
        del dataset

    def test_cut_short(self, tmp_path: Path) -> None:
        path = self.sample(tmp_path)
        path.write_bytes(path.read_bytes()[:-4])
        with pytest.raises(InputError, match="76 bytes.*80 bytes .5 x 4"):
            ztd.read(path)

    def test_without_its_header_or_with_a_poor_one(self, tmp_path: Path) -> None:
        path = self.sample(tmp_path)
        header = path.with_name(path.name + ".rsc")
        header.write_text("WIDTH 5\nFILE_LENGTH 4\nX_FIRST 1\n")
        with pytest.raises(InputError, match="no Y_FIRST, X_STEP, Y_STEP"):
            ztd.read(path)
        header.unlink()
        with pytest.raises(InputError, match=r"20200101.ztd.rsc beside it"):
            ztd.read(path)

    @pytest.mark.parametrize("value", [0.02, 2300.0])
    def test_other_units_are_noticed(self, tmp_path: Path, value: float) -> None:
        with pytest.raises(InputError, match="median.*in metres"):
            ztd.read(self.sample(tmp_path, value))

    def test_elsewhere(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", dates=3)
        (tmp_path / "gacos").mkdir()
        apart = Grid(5, 4, (10.0, 0.1, 0.0, 50.0, 0.0, -0.1), scene.stack.grid.crs)
        for day in scene.stack.dates:
            write_ztd(tmp_path / "gacos" / f"{day:%Y%m%d}.ztd", np.full((4, 5), 2.3), apart)
        with pytest.raises(InputError, match=r"DELAYS.*covers the stack"):
            run_gacos(GacosParams(scene.folder, tmp_path / "out", tmp_path / "gacos"))
        assert not (tmp_path / "out").exists()


def test_a_cancelled_run_leaves_the_earlier_results(tmp_path: Path) -> None:
    scene, _ = delayed(tmp_path / "in", rows=8, cols=10, dates=3)
    run_gacos(GacosParams(scene.folder, tmp_path / "out", scene.folder / "gacos"))
    before = hashes(tmp_path / "out")
    wanted = GacosParams(scene.folder, tmp_path / "out", scene.folder / "gacos", "exclude")
    count = Recorder()
    run_gacos(GacosParams(scene.folder, tmp_path / "count", scene.folder / "gacos", "exclude"), count)
    assert count.fractions == sorted(count.fractions)
    for stop_at in range(0, count.calls - 1, 3):
        with pytest.raises(Cancelled):
            run_gacos(wanted, Recorder(stop_at))
        assert hashes(tmp_path / "out") == before
