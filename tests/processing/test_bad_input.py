"""A user's mistake, in the toolbox: one message with the field, the value and what helps; no file is touched."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests import samples
from groundline_tests.samples import TRUTH
from groundline_tests.stacks import Scene, hashes, write_scene

from groundline.core import manifest
from groundline.core.raster import read_geotiff, write_geotiff
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas

pytestmark = pytest.mark.usefixtures("qgis_app")

CORNER = "POINT (-98.9995 19.4995)"
TRACK = "LINESTRING (-98.999 19.49, -98.971 19.49)"
SQUARE = "POLYGON ((-99 19.5, -98.99 19.5, -98.99 19.49, -99 19.49, -99 19.5))"
ELSEWHERE = "POINT (10 50)"


def refused(identifier: str, folder: Path, *words: str, **values: Any) -> None:
    """The run fails with a message that holds all words; every file below the folder is as before."""
    from groundline_tests import toolbox

    before = hashes(folder)
    folders = sorted(path for path in folder.rglob("*") if path.is_dir())
    message = toolbox.complaint(identifier, {"OUTPUT": str(folder / "out"), **values})
    assert message, "the run was expected to fail"
    for word in (*words, "cannot be used. Allowed: "):
        assert word in message
    assert "Traceback" not in message
    assert hashes(folder) == before
    assert sorted(path for path in folder.rglob("*") if path.is_dir()) == folders


class TestImport:
    @pytest.fixture
    def data(self, tmp_path: Path) -> Path:
        return samples.write_gamma(tmp_path / "data")

    def phase(self, data: Path) -> Path:
        return data / "geotiffs" / f"a_{TRUTH.name(0, 1, '-')}_VV_8rlks_eqa_unw.tif"

    def test_truncated_file(self, data: Path) -> None:
        self.phase(data).write_bytes(self.phase(data).read_bytes()[:-60])
        refused("importstack", data.parent, self.phase(data).name, "copy it again", INPUT=str(data))

    def test_wrong_size(self, data: Path) -> None:
        samples.geotiff(self.phase(data), np.ones((5, 8), np.float32))
        refused("importstack", data.parent, self.phase(data).name, "8 x 5", "8 x 6", INPUT=str(data))

    def test_two_coordinate_systems(self, data: Path) -> None:
        samples.geotiff(self.phase(data), TRUTH.phase(0, 1), epsg=32632)
        refused("importstack", data.parent, self.phase(data).name, "EPSG:32632", "EPSG:4326", INPUT=str(data))

    def test_pair_twice(self, data: Path) -> None:
        shutil.copy(self.phase(data), data / "geotiffs" / f"b_{TRUTH.name(0, 1, '-')}_unw.tif")
        refused("importstack", data.parent, TRUTH.name(0, 1), "one file per pair", INPUT=str(data))

    def test_dates_the_wrong_way_round(self, data: Path) -> None:
        self.phase(data).rename(self.phase(data).with_name(f"a_{TRUTH.name(1, 0, '-')}_unw.tif"))
        refused("importstack", data.parent, TRUTH.name(1, 0), "later than the first", INPUT=str(data))

    def test_nothing_but_no_data(self, data: Path) -> None:
        samples.geotiff(self.phase(data), np.full(TRUTH.shape, np.nan, np.float32))
        refused("importstack", data.parent, self.phase(data).name, "remove the pair", INPUT=str(data))

    def test_wavelength_absent_or_in_millimetres(self, data: Path) -> None:
        refused("importstack", data.parent, "WAVELENGTH: 55.5", "in metres", INPUT=str(data), WAVELENGTH=55.5)
        shutil.rmtree(data / "headers")
        refused("importstack", data.parent, "WAVELENGTH", "0.0554658", INPUT=str(data))

    def test_empty_and_missing_folder(self, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        refused("importstack", tmp_path, str(tmp_path / "data"), "is empty", INPUT=str(tmp_path / "data"))
        refused("importstack", tmp_path, "nowhere", "existing folder", INPUT=str(tmp_path / "nowhere"))

    def test_a_file_where_a_folder_belongs(self, data: Path) -> None:
        (data.parent / "file").write_text("x", encoding="utf-8")
        refused("importstack", data.parent, "an existing folder", INPUT=str(self.phase(data)))
        for output in (data.parent / "file", data.parent / "file" / "stack"):
            refused("importstack", data.parent, "OUTPUT", str(output), INPUT=str(data), OUTPUT=str(output))

    @pytest.mark.skipif(sys.platform != "linux", reason="needs a folder in which nobody can write")
    def test_output_that_nobody_can_write(self, data: Path) -> None:
        refused(
            "importstack", data.parent, "OUTPUT", "that you may write to", INPUT=str(data), OUTPUT="/proc/groundline"
        )

    def test_spaces_and_letters_of_every_language_are_no_mistake(self, tmp_path: Path) -> None:
        from groundline_tests import toolbox

        data = samples.write_gamma(tmp_path / "dätä & 数据")
        out = tmp_path / "výsledek 1"
        toolbox.run("importstack", {"INPUT": str(data), "OUTPUT": str(out)})
        toolbox.run("sbas", {"INPUT": str(out), "OUTPUT": str(tmp_path / "пере мещение")})
        assert (tmp_path / "пере мещение" / "points.gpkg").is_file()


class TestOutputFolder:
    """No step overwrites its input or what another step has written."""

    @pytest.fixture
    def scene(self, tmp_path: Path) -> Scene:
        return write_scene(tmp_path / "in", noise=0.1)

    @pytest.mark.parametrize("identifier", ["network", "sbas"])
    def test_the_input_by_any_path(self, scene: Scene, tmp_path: Path, identifier: str) -> None:
        given = str(scene.folder)
        names = [given, f"{given}/", str(scene.folder / ".." / "in")]
        if hasattr(Path, "symlink_to") and sys.platform != "win32":
            (tmp_path / "link").symlink_to(scene.folder, target_is_directory=True)
            names.append(str(tmp_path / "link"))
        for output in names:
            refused(identifier, tmp_path, "OUTPUT", "another folder than INPUT", INPUT=given, OUTPUT=output)

    def test_results_of_another_step(self, scene: Scene, tmp_path: Path) -> None:
        displacement = tmp_path / "displacement"
        run_sbas(SbasParams(scene.folder, displacement, reference=scene.points((0, 0))))
        from groundline_tests import toolbox

        line = toolbox.layer(tmp_path / "track", TRACK)
        points = str(displacement / "points.gpkg")
        words = ("OUTPUT", str(displacement), "results of 'sbas'")
        refused(
            "corridorprofile", tmp_path, *words, POINTS=[points], LINE=line, RADIUS=500, OUTPUT=str(displacement)
        )
        refused("network", tmp_path, *words, INPUT=str(scene.folder), OUTPUT=str(displacement))
        refused("simulate", tmp_path, *words, SIZE="small", OUTPUT=str(displacement))


class TestNetwork:
    @pytest.fixture
    def scene(self, tmp_path: Path) -> Scene:
        return write_scene(tmp_path / "in")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("date1,date2,state,reason\n20200101,20990101,kept,\n", ("20990101", "line 2", "dates of the stack")),
            ("date1,date2,state,reason\n20200113,20200101,kept,\n", ("line 2", "later than the first")),
            ("date1,date2,state,reason\n20200101,20200113,maybe,\n", ("line 2", "maybe", "excluded")),
            ("a,b\n1,2\n", ("line 1", "date1, date2, state, reason")),
            ("", ("edits.csv", "date1,date2,state,reason")),
            ("\x89PNG\r\n\x1a\n\x00", ("edits.csv",)),
        ],
    )
    def test_edits(self, scene: Scene, tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
        (tmp_path / "edits.csv").write_bytes(text.encode("latin-1"))
        refused("network", tmp_path, "EDITS", *words, INPUT=str(scene.folder), EDITS=str(tmp_path / "edits.csv"))

    def test_edits_that_are_not_there(self, scene: Scene, tmp_path: Path) -> None:
        nowhere = str(tmp_path / "nowhere.csv")
        refused("network", tmp_path, "EDITS", nowhere, "Check the path", INPUT=str(scene.folder), EDITS=nowhere)

    def test_parts_without_connection(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "in", pairs=[(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (5, 6), (4, 6)])
        refused("network", tmp_path, "2 parts", "20200218", "ALLOW_SPLIT", INPUT=str(scene.folder))

    def test_a_folder_without_a_stack(self, tmp_path: Path) -> None:
        refused("network", tmp_path, str(tmp_path), "stack.json", INPUT=str(tmp_path))


class TestInversion:
    @pytest.fixture
    def scene(self, tmp_path: Path) -> Scene:
        return write_scene(tmp_path / "in", noise=0.1)

    def fails(self, scene: Scene, *words: str, **values: Any) -> None:
        refused("sbas", scene.folder.parent, *words, INPUT=str(scene.folder), **values)

    @pytest.mark.parametrize(
        ("shapes", "epsg", "words"),
        [
            ((ELSEWHERE,), 4326, ("inside the data", "check the CRS")),
            ((CORNER,), 0, ("coordinate system", "Assign a CRS")),
            ((), 4326, ("points or polygons", "empty")),
            ((TRACK,), 4326, ("linestring", "points or polygons")),
        ],
        ids=["outside", "no system", "empty", "a line"],
    )
    def test_reference_layer(
        self, scene: Scene, shapes: tuple[str, ...], epsg: int, words: tuple[str, ...]
    ) -> None:
        from groundline_tests import toolbox

        layer = toolbox.layer(scene.folder.parent / "ground", *shapes, epsg=epsg)
        self.fails(scene, "REFERENCE", "ground", *words, REFERENCE=layer)

    def test_reference_without_data(self, scene: Scene) -> None:
        from groundline_tests import toolbox

        for path in scene.folder.glob("*_unw.tif"):
            values, grid = read_geotiff(path)
            values[:3, :3] = np.nan
            write_geotiff(path, values, grid)
        layer = toolbox.layer(scene.folder.parent / "ground", CORNER)
        self.fails(scene, "REFERENCE", "ground", "valid pixels", "move it", REFERENCE=layer)

    @pytest.mark.parametrize(
        ("shape", "epsg", "words"),
        [
            (SQUARE, 0, ("coordinate system", "Assign a CRS")),
            (CORNER, 4326, ("point", "polygons")),
            ("POLYGON ((0 0, 1 0, 1 1, 0 0))", 4326, ("at least one pixel",)),
        ],
        ids=["no system", "points", "outside"],
    )
    def test_mask_layer(self, scene: Scene, shape: str, epsg: int, words: tuple[str, ...]) -> None:
        from groundline_tests import toolbox

        self.fails(
            scene, "MASK", "area", *words, MASK=toolbox.layer(scene.folder.parent / "area", shape, epsg=epsg)
        )

    def test_mask_on_another_grid(self, scene: Scene) -> None:
        path = scene.folder.parent / "mask.tif"
        write_geotiff(path, np.ones((10, 10)), replace(scene.stack.grid, width=10, height=10))
        self.fails(scene, "MASK", "mask.tif: 10 x 10", "30 x 20", "Warp", MASK=str(path))

    def test_dates(self, scene: Scene) -> None:
        self.fails(scene, "END", "2020-01-05", "after START", START="2020-03-01", END="2020-01-05")
        self.fails(scene, "START", "yesterday", "2018-01-31", START="yesterday")
        self.fails(scene, "2020-01-01 to 2020-03-25", "widen START", START="2030-01-01")

    def test_coherence_that_is_missing(self, tmp_path: Path) -> None:
        scene = write_scene(tmp_path / "without" / "in", coherence=False)
        self.fails(scene, "WEIGHTS = coherence", "15 of 15 pairs", "import again", WEIGHTS="coherence")
        self.fails(scene, "MIN_COHERENCE", "15 of 15 pairs", "import again", MIN_COHERENCE=0.3)

    def test_pair_without_any_data(self, scene: Scene) -> None:
        path = sorted(scene.folder.glob("*_unw.tif"))[3]
        write_geotiff(path, np.full((20, 30), np.nan), scene.stack.grid)
        self.fails(scene, path.name, "Exclude this pair")

    def test_files_that_changed_after_the_import(self, scene: Scene) -> None:
        path = sorted(scene.folder.glob("*_unw.tif"))[3]
        good = path.read_bytes()
        path.write_bytes(good[:-200])
        self.fails(scene, str(path), "copy it again")
        write_geotiff(path, np.ones((5, 8)), replace(scene.stack.grid, width=8, height=5))
        self.fails(scene, str(path), "8 x 5", "30 x 20", "import the folder again")
        path.unlink()
        self.fails(scene, str(path), "Restore the file")

    def test_data_folder_that_moved(self, scene: Scene) -> None:
        moved = scene.folder.parent / "old place"
        manifest.save(scene.folder, replace(scene.stack, roots={"data": str(moved)}))
        self.fails(scene, "'data'", str(moved), "'roots'")
        refused("network", scene.folder.parent, "'data'", str(moved), INPUT=str(scene.folder))

    @pytest.mark.parametrize(
        ("change", "word"),
        [
            ({"wavelength": 55.5}, "in metres"),
            ({"roots": ["."]}, "Import it again"),
            ({"metadata": {"range_looks": "four"}}, "range_looks"),
            ({"pairs": [{"date1": "20200101"}]}, "Import it again"),
            ({"schema": 9}, "update Groundline"),
        ],
    )
    def test_a_stack_edited_by_hand(self, scene: Scene, change: dict[str, Any], word: str) -> None:
        path = scene.folder / manifest.NAME
        path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **change}), encoding="utf-8")
        self.fails(scene, word)

    def test_full_disk(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        from collections import namedtuple

        usage = namedtuple("usage", "total used free")(2**30, 2**30 - 1000, 1000)
        monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
        self.fails(scene, "OUTPUT", "free space", "another disk")


def test_new_reference_where_a_raster_is_damaged(tmp_path: Path) -> None:
    from groundline_tests import toolbox

    scene = write_scene(tmp_path / "in", noise=0.1)
    folder = tmp_path / "displacement"
    run_sbas(SbasParams(scene.folder, folder, reference=scene.points((0, 0))))
    layer = toolbox.layer(tmp_path / "ground", CORNER)
    for path in (folder / "displacement" / "20200125.tif", folder / "velocity_std.tif"):
        good = path.read_bytes()
        path.write_bytes(good[:-60])
        refused("reference", tmp_path, str(path), "copy it again", INPUT=str(folder), REFERENCE=layer)
        path.write_bytes(good)
    refused("reference", tmp_path, "displacement folder", INPUT=str(scene.folder), REFERENCE=layer)


class TestCorridor:
    @pytest.fixture
    def points(self, tmp_path: Path) -> str:
        from groundline_tests import toolbox

        places = [f"POINT ({-98.999 + 0.0005 * step} 19.49)" for step in range(60)]
        return toolbox.layer(tmp_path / "points", *places, fields={"velocity": -5.0, "incidence": 39.0})

    def fails(self, points: str, *words: str, **values: Any) -> None:
        from groundline_tests import toolbox

        folder = Path(points).parent
        given = {"POINTS": [points], "LINE": toolbox.layer(folder / "track", TRACK), "RADIUS": 500.0, **values}
        refused("corridorprofile", folder, *words, **{k: v for k, v in given.items() if v is not None})

    @pytest.mark.parametrize(
        ("shapes", "epsg", "words"),
        [
            (("LINESTRING (10 50, 11 51)",), 4326, ("crosses the data", "CRS of both layers")),
            (("LINESTRING (-98.99 19.49, -98.99 19.49)",), 4326, ("length 0 m",)),
            ((TRACK,), 0, ("coordinate system", "Assign a CRS")),
            ((), 4326, ("at least one line",)),
            ((SQUARE,), 4326, ("POLYGON", "a layer of lines")),
        ],
        ids=["outside", "zero length", "no system", "empty", "polygon"],
    )
    def test_line(self, points: str, shapes: tuple[str, ...], epsg: int, words: tuple[str, ...]) -> None:
        from groundline_tests import toolbox

        line = toolbox.layer(Path(points).parent / "railway", *shapes, epsg=epsg)
        self.fails(points, "LINE", *words, LINE=line)

    def test_points(self, points: str) -> None:
        from groundline_tests import toolbox

        folder = Path(points).parent
        plain = toolbox.layer(folder / "plain", "POINT (-98.985 19.49)", fields={"speed": 1.0})
        self.fails(points, "FIELD", "'velocity'", "speed", POINTS=[plain])
        lost = toolbox.layer(folder / "lost", "POINT (-98.985 19.49)", epsg=0, fields={"velocity": 1.0})
        self.fails(points, "POINTS", "lost", "Assign a CRS", POINTS=[lost])
        self.fails(points, "POINTS and RASTER", "neither", POINTS=None)

    def test_raster_in_metres(self, points: str) -> None:
        scene = write_scene(Path(points).parent / "in", dates=2, pairs=[(0, 1)])
        path = Path(points).parent / "total.tif"
        write_geotiff(path, np.ones((20, 30)), scene.stack.grid, "displacement", "m")
        self.fails(points, "RASTER", "total.tif in m", "mm/yr", POINTS=None, RASTER=str(path), INCIDENCE=39)

    def test_raster_without_a_unit_is_taken_as_velocity_and_that_is_said(self, points: str) -> None:
        from groundline_tests import toolbox

        folder = Path(points).parent
        scene = write_scene(folder / "in", dates=2, pairs=[(0, 1)])
        write_geotiff(folder / "rate.tif", np.full((20, 30), -5.0), scene.stack.grid)
        log = toolbox.Log()
        values = {"RASTER": str(folder / "rate.tif"), "LINE": toolbox.layer(folder / "track", TRACK), "INCIDENCE": 39}
        toolbox.run("corridorprofile", {**values, "RADIUS": 500, "OUTPUT": str(folder / "out")}, log)
        assert any("rate.tif does not state its unit" in line for line in log.lines)

    def test_numbers(self, points: str) -> None:
        self.fails(points, "BIN", "100,000 bins", BIN=0.001)
        self.fails(points, "BIN", "length of the line", BIN=1e6)
        self.fails(points, "RADIUS", "above 0 m", RADIUS=0)
        self.fails(points, "THRESHOLD", "uplift", THRESHOLD=0)


def test_a_mistake_inside_the_model(tmp_path: Path) -> None:
    """The child's message reaches the log of the model; finished steps stay, the failed one leaves nothing."""
    from groundline_tests import models
    from groundline_tests.toolbox import layer

    samples.write_gamma(tmp_path / "data")
    values = {
        "INPUT": str(tmp_path / "data"), "LINE": layer(tmp_path / "track", "LINESTRING (10 50, 11 51)"),
        "REFERENCE": layer(tmp_path / "ground", ELSEWHERE), "WORKSPACE": str(tmp_path / "work"),
    }  # fmt: skip
    made = models.run("railwaycorridor", values)
    assert not made.ok
    assert "REFERENCE: 'ground'" in made.log and "inside the data" in made.log and "Traceback" not in made.log
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == ["network", "stack"]
