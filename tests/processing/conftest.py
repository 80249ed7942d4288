"""What tests of the toolbox share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def project(qgis_app: Any) -> Iterator[Any]:
    """The QGIS project, empty before and after the test."""
    from qgis.core import QgsProject

    QgsProject.instance().clear()
    yield QgsProject.instance()
    QgsProject.instance().clear()
