"""Geocoding in the toolbox: from images to a map, its layers, and mistakes named without traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from groundline_tests.tops_images import make_images


def run(algorithm: str, parameters: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """(outputs, context) of a run."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject

    import processing

    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    feedback = QgsProcessingFeedback()
    return processing.run(f"groundline:{algorithm}", parameters, context=context, feedback=feedback), context


@pytest.fixture(scope="module")
def pairs(qgis_app: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Interferograms of two simulated images."""
    from groundline.core.network.job import NetworkParams, run_network
    from groundline.core.sentinel1.coregistration_job import run_coregister
    from groundline.core.sentinel1.coregistration_params import CoregisterParams
    from groundline.core.sentinel1.geometry_dem import DemSource
    from groundline.core.sentinel1.interferograms_job import run_interferograms
    from groundline.core.sentinel1.interferograms_params import InterferogramParams

    base = tmp_path_factory.mktemp("geocode")
    images = make_images(base / "scene", late=(0.0, 0.0), samples=64)
    slc, network, made = (str(base / name) for name in ("slc", "network", "made"))
    dem = DemSource(images.folder / "dem.tif", "ellipsoid")
    run_coregister(CoregisterParams(str(images.folder / "images"), slc, dem, swaths=("IW2",), esd=False))
    run_network(NetworkParams(slc, network, max_bperp=300.0))
    run_interferograms(InterferogramParams(network, made, looks="4x16"))
    return made


def test_interferograms_come_onto_a_map(provider: Any, pairs: str, tmp_path: Path) -> None:
    from qgis.core import QgsRasterLayer

    outputs, context = run(
        "geocode", {"INPUT": pairs, "CRS": "EPSG:32650", "SPACING": 60, "OUTPUT": str(tmp_path / "map")}
    )
    assert outputs["PIXEL_EAST"] == 60.0 and outputs["CELLS"] > 500 and outputs["RASTERS"] == 10
    assert Path(outputs["HTML"]).is_file()
    (shown,) = context.layersToLoadOnCompletion()
    assert Path(shown).parent.name == "phase"
    assert QgsRasterLayer(shown).crs().authid() == "EPSG:32650"


def test_the_map_goes_on_into_the_filter(provider: Any, pairs: str, tmp_path: Path) -> None:
    made, filtered = str(tmp_path / "map"), str(tmp_path / "filtered")
    run("geocode", {"INPUT": pairs, "SPACING": 60, "OUTPUT": made})
    outputs, _ = run("goldstein", {"INPUT": made, "WINDOW": "16", "OUTPUT": filtered})
    assert outputs["SCATTER_AFTER"] < outputs["SCATTER_BEFORE"]


def test_metres_in_degrees_are_refused_in_words(provider: Any, pairs: str, tmp_path: Path) -> None:
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException, match="degrees"):
        run("geocode", {"INPUT": pairs, "CRS": "EPSG:4326", "SPACING": 20, "OUTPUT": str(tmp_path / "map")})
    assert not (tmp_path / "map").exists()


def test_an_unknown_system_is_refused_not_replaced_by_utm(provider: Any, pairs: str, tmp_path: Path) -> None:
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException, match="EPSG:999999"):
        run("geocode", {"INPUT": pairs, "CRS": "EPSG:999999", "OUTPUT": str(tmp_path / "map")})
    assert not (tmp_path / "map").exists()
