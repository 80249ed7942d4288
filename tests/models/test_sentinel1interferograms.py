"""The shipped model `sentinel1interferograms`: found, described, run, right, resumed, opened as a copy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

MODEL = "sentinel1interferograms"
PARAMETERS = (
    "INPUT", "DEM", "HEIGHTS", "UNDULATION", "ORBITS", "SWATH", "POLARISATION", "EXTENT", "REFERENCE_DATE",
    "MAX_DAYS", "MAX_BPERP", "EDITS", "LOOKS", "ALPHA", "CRS", "SPACING", "WORKSPACE",
)  # fmt: skip
FILES = (".tif", ".json", ".html", ".csv", ".qlr")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two dates 12 days apart, two fringes between them."""
    from groundline_tests.tops_images import make_images

    return make_images(tmp_path_factory.mktemp("tops") / "scene", late=(0.0, 0.02), samples=160)


@pytest.fixture(scope="module")
def finished(qgis_app: Any, images: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which the model ran once."""
    workspace = tmp_path_factory.mktemp("work") / "space"
    made = run_model(images, workspace)
    assert made.ok, made.log
    return workspace


def run_model(images: Any, workspace: Path, log: Any = None, **changes: Any) -> Any:
    """Run the provider's model, whatever becomes of it; a change to None leaves a parameter out."""
    from groundline_tests import models, tops_chain

    given = {**tops_chain.inputs(images), "WORKSPACE": str(workspace), **changes}
    return models.run(MODEL, {name: value for name, value in given.items() if value is not None}, log)


def stamps(folder: Path, *steps: str) -> dict[str, int]:
    """When the rasters of steps were written."""
    return {str(path): path.stat().st_mtime_ns for step in steps for path in (folder / step).rglob("*.tif")}


def test_parameters_and_their_help(provider: Any) -> None:
    from groundline_tests import models

    title = "Sentinel-1: images to filtered, geocoded interferograms"
    model = models.check_described(provider, MODEL, title, PARAMETERS, steps=5)
    assert "shpfilter" in model.shortHelpString()


def test_defaults_are_those_of_the_steps(provider: Any) -> None:
    """QGIS hands a parameter that a run leaves out to the step as nothing, and the step takes its own default."""
    model = provider.algorithm(MODEL)
    alike = {
        "coregister": ("HEIGHTS", "UNDULATION", "ORBITS", "SWATH", "POLARISATION", "EXTENT", "REFERENCE_DATE"),
        "network": ("MAX_DAYS", "MAX_BPERP", "EDITS"),
        "goldstein": ("ALPHA",),
        "geocode": ("CRS", "SPACING", "EXTENT"),
    }
    for step, names in alike.items():
        algorithm = provider.algorithm(step)
        for name in names:
            own, taken = (one.parameterDefinition(name) for one in (model, algorithm))
            assert (own.defaultValue(), own.type()) == (taken.defaultValue(), taken.type()), name


def test_a_freshly_added_provider_has_the_model_whole(qgis_app: Any) -> None:
    from groundline_tests import models

    models.check_freshly_added(MODEL)


def test_one_run_leaves_every_step_with_its_report(finished: Path) -> None:
    from groundline_tests import tops_chain

    for step in tops_chain.STEPS:
        folder = finished / step
        assert (folder / "result.json").is_file() and (folder / "stack.json").is_file(), step
        assert list(folder.glob("*.html")), step


def test_the_fringes_on_the_map_are_those_of_the_ground(images: Any, finished: Path) -> None:
    from groundline_tests import tops_chain

    left = tops_chain.errors(images, finished / "geocoded")  # of two fringes
    assert left.size > 5000
    assert np.sqrt(np.mean(left**2)) < 0.1


def test_a_second_run_keeps_finished_steps_and_changes_no_byte(qgis_app: Any, images: Any, finished: Path) -> None:
    from groundline_tests import chain, tops_chain

    before, written = chain.hashes(finished, *FILES), stamps(finished, *tops_chain.STEPS)
    made = run_model(images, finished)
    assert made.ok and made.loaded == [str(finished / "geocoded" / "phase" / f"{tops_chain.PAIR}.tif")]
    assert chain.hashes(finished, *FILES) == before
    assert stamps(finished, *tops_chain.STEPS) == written


def test_a_stopped_run_goes_on_and_another_filter_runs_only_what_depends_on_it(
    qgis_app: Any, images: Any, finished: Path, tmp_path: Path
) -> None:
    from groundline_tests import chain, toolbox, tops_chain

    run_model(images, tmp_path, toolbox.Log(words="mean coherence"))
    assert not any((tmp_path / step / "stack.json").exists() for step in ("interferograms", "filtered", "geocoded"))
    kept = stamps(tmp_path, "coregistered")
    assert run_model(images, tmp_path).ok
    assert stamps(tmp_path, "coregistered") == kept
    assert chain.hashes(tmp_path, ".tif") == chain.hashes(finished, ".tif")

    kept = stamps(tmp_path, "coregistered", "interferograms")
    assert run_model(images, tmp_path, ALPHA=0.0).ok
    assert stamps(tmp_path, "coregistered", "interferograms") == kept
    unfiltered, filtered = (tops_chain.errors(images, folder / "geocoded") for folder in (tmp_path, finished))
    assert unfiltered.std() > 1.1 * filtered.std()


def test_pairs_dropped_by_hand_stay_out(qgis_app: Any, images: Any, finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished / "coregistered", tmp_path / "coregistered")
    edits = tmp_path / "edits.csv"
    edits.write_text("date1,date2,state,reason\n20250406,20250418,excluded,snow\n", encoding="utf-8")
    made = run_model(images, tmp_path, EDITS=str(edits))
    assert not made.ok and not (tmp_path / "interferograms").exists()
    assert "Traceback" not in made.log
    edits.write_text((finished / "network" / "network.csv").read_text(encoding="utf-8"), encoding="utf-8")
    assert run_model(images, tmp_path, EDITS=str(edits)).ok
    names = [path.relative_to(tmp_path).as_posix() for path in (tmp_path / "geocoded" / "phase").glob("*.tif")]
    assert names == ["geocoded/phase/20250406_20250418.tif"]


def test_looks_that_a_run_leaves_out_are_the_models(
    qgis_app: Any, images: Any, finished: Path, tmp_path: Path
) -> None:
    shutil.copytree(finished / "coregistered", tmp_path / "coregistered")
    run_model(images, tmp_path, LOOKS=None)  # the image is then too narrow for the filter
    made = json.loads((tmp_path / "interferograms" / "stack.json").read_text(encoding="utf-8"))
    assert (made["metadata"]["azimuth_looks"], made["metadata"]["range_looks"]) == (2, 8)


def test_the_map_ends_at_the_extent_in_the_system_asked_for(
    qgis_app: Any, images: Any, finished: Path, tmp_path: Path
) -> None:
    from groundline_tests import tops_chain

    from groundline.core import crs, manifest

    grid = manifest.load(finished / "geocoded").grid
    x, y = crs.pixel_centres(grid, np.array([grid.height // 2]), np.array([grid.width // 2]))
    area = f"{x[0] - 1500},{x[0] + 1500},{y[0] - 3000},{y[0] + 3000} [EPSG:32652]"
    made = run_model(images, tmp_path, EXTENT=area, CRS="EPSG:32651", SPACING=100.0)
    assert made.ok, made.log
    mapped = manifest.load(tmp_path / "geocoded").grid
    assert crs.same(mapped.crs, "EPSG:32651") and crs.pixel_size(mapped) == (100.0, 100.0)
    assert 30 <= mapped.width <= 45 and 60 <= mapped.height <= 75
    assert np.sqrt(np.mean(tops_chain.errors(images, tmp_path / "geocoded") ** 2)) < 0.1


def test_a_wrong_folder_is_said_without_a_traceback(qgis_app: Any, images: Any, tmp_path: Path) -> None:
    made = run_model(images, tmp_path / "space", INPUT=str(tmp_path / "nowhere"))
    assert not made.ok and "nowhere" in made.log and "Traceback" not in made.log
    assert not (tmp_path / "space").exists()


def test_the_menu_opens_a_copy_in_the_designer(qgis_app: Any) -> None:
    from groundline_tests import models

    models.check_copy_in_designer(MODEL, steps=5)


def test_same_bytes_from_the_single_steps(qgis_app: Any, images: Any, finished: Path, tmp_path: Path) -> None:
    from groundline_tests import chain, toolbox, tops_chain

    for identifier, values in tops_chain.single_steps(images, tmp_path):
        toolbox.run(identifier, values)
    assert chain.hashes(tmp_path, ".tif") == chain.hashes(finished, ".tif")
