"""A small simulated scene and its coregistered stack, made once."""

from __future__ import annotations

from pathlib import Path

import pytest
from groundline_tests.tops_images import Images, make_images

from groundline.core.result import Result
from groundline.core.sentinel1.coregistration_job import run_coregister
from groundline.core.sentinel1.coregistration_params import CoregisterParams
from groundline.core.sentinel1.geometry_dem import DemSource


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Images:
    """Three dates of one subswath, 12 days apart from 6 April 2025."""
    return make_images(tmp_path_factory.mktemp("tops") / "scene")


@pytest.fixture(scope="session")
def wanted(images: Images, tmp_path_factory: pytest.TempPathFactory) -> CoregisterParams:
    """What brings them onto the first date."""
    return CoregisterParams(
        input=str(images.folder / "images"),
        output=str(tmp_path_factory.mktemp("slc") / "slc stack"),
        dem=DemSource(images.folder / "dem.tif", "ellipsoid"),
        reference="2025-04-06",
        swaths=("IW2",),
    )


@pytest.fixture(scope="session")
def run(wanted: CoregisterParams) -> Result:
    """Their stack."""
    return run_coregister(wanted)


@pytest.fixture(scope="session")
def slc(run: Result) -> Path:
    """Its folder."""
    return run.folder
