"""Cancelled at every progress callback: no partial file, earlier results intact, and a rerun gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests import samples
from groundline_tests.stacks import hashes, write_scene
from groundline_tests.wrapped import write_wrapped

from groundline.core.pointfile import PointSet, write_points
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas

pytestmark = pytest.mark.usefixtures("qgis_app")

Case = tuple[dict[str, Any], dict[str, Any]]  # values of an earlier run, and of the run that is cancelled


def for_import(folder: Path) -> Case:
    data = str(samples.write_gamma(folder / "data"))
    return {"INPUT": data}, {"INPUT": data, "INCIDENCE": 30.0}


def for_network(folder: Path) -> Case:
    stack = str(write_scene(folder / "in", dates=4).folder)
    return {"INPUT": stack}, {"INPUT": stack, "MAX_DAYS": 40}


def for_shpfilter(folder: Path) -> Case:
    stack = str(write_wrapped(folder / "in", rows=20, cols=24, pairs=[(0, 1), (1, 2), (0, 2)]).folder)
    values = {"INPUT": stack, "ROWS": 5, "COLUMNS": 5, "TEST": "glr"}
    return values, {**values, "MIN_COUNT": 4}


def for_goldstein(folder: Path) -> Case:
    stack = str(write_wrapped(folder / "in", rows=20, cols=24, pairs=[(0, 1), (1, 2), (0, 2)]).folder)
    values = {"INPUT": stack, "WINDOW": "16"}
    return values, {**values, "ALPHA": 0.9}


def for_sbas(folder: Path) -> Case:
    stack = str(write_scene(folder / "in", rows=12, cols=16, dates=4, noise=0.1).folder)
    return {"INPUT": stack}, {"INPUT": stack, "WEIGHTS": "coherence"}


def for_reference(folder: Path) -> Case:
    from groundline_tests import toolbox

    scene = write_scene(folder / "in", rows=12, cols=16, dates=4, noise=0.1)
    run_sbas(SbasParams(scene.folder, folder / "displacement", reference=scene.points((0, 0))))
    shapes = ("POINT (-98.9995 19.4995)", "POINT (-98.9985 19.4985)")
    layers = [toolbox.layer(folder / f"ground{index}", shape) for index, shape in enumerate(shapes)]
    first, second = ({"INPUT": str(folder / "displacement"), "REFERENCE": layer} for layer in layers)
    return first, second


def for_corridor(folder: Path) -> Case:
    from groundline_tests import toolbox

    places = [f"POINT ({-98.999 + 0.0005 * step} 19.49)" for step in range(60)]
    points = toolbox.layer(folder / "points", *places, fields={"velocity": -15.0, "incidence": 39.0})
    line = toolbox.layer(folder / "track", "LINESTRING (-98.999 19.49, -98.971 19.49)")
    first = {"POINTS": [points], "LINE": line, "RADIUS": 500.0}
    return first, {**first, "BIN": 200.0}


def dated_points(folder: Path) -> str:
    """Nine points beside the marked place, with 14 dates."""
    rng = np.random.default_rng(4)
    days = tuple(date(2018, 1, 1) + timedelta(12 * n) for n in range(14))
    series = rng.normal(0.0, 2.0, (9, 14)).astype(np.float32)
    attributes = {"velocity": np.arange(9.0), "incidence": np.full(9, 39.0)}
    place = np.arange(9.0)
    points = PointSet(4e5 + 10.0 * place, 3.9e6 + place, "EPSG:32650", attributes, days, series)
    return str(write_points(folder / "points.gpkg", points))


def for_seasonal(folder: Path) -> Case:
    points = {"POINTS": dated_points(folder)}
    return points, {**points, "MIN_AMPLITUDE": 2.0}


def for_pointseries(folder: Path) -> Case:
    from groundline_tests import toolbox

    wells = folder / "wells.csv"
    lines = [f"{date(2017, 1, 1) + timedelta(20 * n)},{n % 7}" for n in range(40)]
    wells.write_text("date,level\n" + "\n".join(lines) + "\n", encoding="utf-8")
    marks = toolbox.layer(folder / "marks", "POINT (400040 3900004)", epsg=32650)
    first = {"POINTS": dated_points(folder), "LOCATIONS": marks}
    return first, {**first, "DRIVERS": [str(wells)], "MAX_LAG": 60, "DRAWS": 100}


def for_polygonstatistics(folder: Path) -> Case:
    from groundline_tests import toolbox

    ring = "400000 3899990, 400060 3899990, 400060 3900020, 400000 3899990"
    site = toolbox.layer(folder / "site", f"POLYGON (({ring}))", epsg=32650)
    first = {"POINTS": dated_points(folder), "POLYGONS": site}
    return first, {**first, "LENGTH": 20.0}


def for_proposereference(folder: Path) -> Case:
    scene = write_scene(folder / "in", rows=12, cols=16, dates=4, noise=0.1)
    run_sbas(SbasParams(scene.folder, folder / "displacement", reference=scene.points((0, 0))))
    first = {"INPUT": str(folder / "displacement"), "MAX_VELOCITY": 1000.0, "MIN_COHERENCE": 0.0}
    return first, {**first, "COUNT": 1}


CASES = {
    "importstack": for_import,
    "network": for_network,
    "shpfilter": for_shpfilter,
    "goldstein": for_goldstein,
    "sbas": for_sbas,
    "reference": for_reference,
    "corridorprofile": for_corridor,
    "seasonal": for_seasonal,
    "pointseries": for_pointseries,
    "polygonstatistics": for_polygonstatistics,
    "proposereference": for_proposereference,
}


def settled(folder: Path) -> dict[str, str]:
    """Hashes of a folder in which nothing half-written may lie."""
    found = hashes(folder)
    assert not [name for name in found if ".part-" in name]
    assert not list(folder.rglob(".part-*"))
    return found


@pytest.mark.parametrize("identifier", CASES)
def test_every_moment(tmp_path: Path, identifier: str) -> None:
    from groundline_tests.toolbox import Log, run

    build: Callable[[Path], Case] = CASES[identifier]
    earlier, wanted = build(tmp_path)
    counter = Log()
    run(identifier, {**wanted, "OUTPUT": str(tmp_path / "undisturbed")}, counter)
    assert counter.calls > 3
    out = tmp_path / "out"
    run(identifier, {**earlier, "OUTPUT": str(out)})
    before = hashes(tmp_path)
    stopped = 0
    for moment in range(1, counter.calls + 1):
        log = Log(moment)
        results = run(identifier, {**wanted, "OUTPUT": str(out)}, log)
        now = settled(tmp_path)
        if results:
            # Asked to stop when everything had been written; the next moments come after this one.
            assert now != before
            break
        assert now == before, f"stopped at callback {moment}"
        assert "Cancelled. Inputs and earlier results are untouched." in log.lines
        stopped += 1
    assert stopped > 2
    run(identifier, {**wanted, "OUTPUT": str(out)})
    assert comparable(out) == comparable(tmp_path / "undisturbed")


@pytest.mark.parametrize("identifier", CASES)
def test_the_first_run_leaves_no_folder(tmp_path: Path, identifier: str) -> None:
    from groundline_tests.toolbox import Log, run

    _, wanted = CASES[identifier](tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert run(identifier, {**wanted, "OUTPUT": str(tmp_path / "new" / "out")}, Log(2)) == {}
    assert sorted(tmp_path.rglob("*")) == before


def test_inside_the_model(tmp_path: Path) -> None:
    """Finished steps are whole and are kept; the step that was stopped leaves nothing; the next run completes."""
    from groundline_tests import chain, models
    from groundline_tests.toolbox import Log

    scene = chain.scene(tmp_path / "scene")

    def run(workspace: Path, log: Log) -> bool:
        return models.run("railwaycorridor", {**chain.inputs(scene), "WORKSPACE": str(workspace)}, log).ok

    counter = Log()
    assert run(tmp_path / "undisturbed", counter)
    expected = chain.hashes(tmp_path / "undisturbed", ".tif", ".gpkg", ".qlr", ".csv")
    workspace = tmp_path / "work"
    for moment in range(2, counter.calls, max(1, counter.calls // 6)):
        run(workspace, Log(moment))
        found = settled(tmp_path / "work") if workspace.exists() else {}
        for name, digest in chain.hashes(workspace, ".tif", ".gpkg", ".qlr", ".csv").items() if found else ():
            assert expected[name] == digest, f"{name} after callback {moment}"
        for step in {name.split("/")[0] for name in found}:
            assert f"{step}/result.json" in found, f"{step} is incomplete after callback {moment}"
    assert run(workspace, Log())
    assert chain.hashes(workspace, ".tif", ".gpkg", ".qlr", ".csv") == expected


def comparable(folder: Path) -> dict[str, str]:
    """What must not depend on what happened before: everything but texts that name the folder itself."""
    return {name: value for name, value in hashes(folder).items() if not name.endswith((".json", ".html"))}
