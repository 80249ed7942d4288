"""From images to filtered interferograms in the toolbox, and mistakes named without traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from groundline_tests.tops_images import Images, make_images


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Images:
    return make_images(tmp_path_factory.mktemp("tops") / "scene", late=(0.0, 0.02), samples=64)


def run(parameters: dict[str, Any], algorithm: str = "coregister") -> tuple[dict[str, Any], Any]:
    """(outputs, feedback) of a run."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    import processing

    feedback = QgsProcessingFeedback()
    return processing.run(
        f"groundline:{algorithm}", parameters, context=QgsProcessingContext(), feedback=feedback
    ), feedback


def wanted(images: Images, output: Path) -> dict[str, Any]:
    return {
        "INPUT": str(images.folder / "images"), "DEM": str(images.folder / "dem.tif"), "HEIGHTS": "ellipsoid",
        "SWATH": "IW2", "OUTPUT": str(output),
    }  # fmt: skip


def test_images_become_a_stack(provider: Any, images: Images, tmp_path: Path) -> None:
    outputs, feedback = run(wanted(images, tmp_path / "out"))
    assert outputs["IMAGES"] == 2 and outputs["BURSTS"] == 2 and outputs["PAIRS_FAILED"] == 0
    assert outputs["LARGEST_SHIFT"] == pytest.approx(0.02, abs=0.001)
    assert Path(outputs["HTML"]).is_file() and (Path(outputs["OUTPUT"]) / "stack.json").is_file()
    assert "annotation" in feedback.textLog()


def test_an_extent_elsewhere_is_refused_in_words(provider: Any, images: Images, tmp_path: Path) -> None:
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException, match="EXTENT"):
        run({**wanted(images, tmp_path / "out"), "EXTENT": "0,1,0,1 [EPSG:4326]"})
    assert not (tmp_path / "out").exists()


def test_images_become_filtered_interferograms(provider: Any, images: Images, tmp_path: Path) -> None:
    slc, pairs, made, filtered = (str(tmp_path / name) for name in ("slc", "pairs", "made", "filtered"))
    run(wanted(images, Path(slc)))
    run({"INPUT": slc, "OUTPUT": pairs, "MAX_BPERP": 300.0}, "network")
    outputs, _ = run({"INPUT": pairs, "LOOKS": "2x4", "OUTPUT": made}, "interferograms")
    assert outputs["PAIRS"] == 1 and outputs["MEAN_COHERENCE"] > 0.7 and Path(outputs["HTML"]).is_file()
    outputs, _ = run({"INPUT": made, "WINDOW": "16", "OUTPUT": filtered}, "goldstein")
    assert outputs["SCATTER_AFTER"] < outputs["SCATTER_BEFORE"]
