"""A loaded plugin, apart from the provider of the other tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def window(qgis_app: Any) -> Any:
    """A QGIS window without our plugin."""
    from groundline_tests.window import Interface

    return Interface()


@pytest.fixture
def without_provider(qgis_app: Any) -> Iterator[None]:
    """QGIS without the provider that the session added; it is added again afterwards."""
    from groundline_tests import qgis_session

    qgis_session.remove_provider()
    yield
    qgis_session.add_provider()


@pytest.fixture
def plugin(window: Any, without_provider: None) -> Iterator[Any]:
    """The plugin, loaded as QGIS loads it; unloaded afterwards unless the test did."""
    from qgis.core import QgsApplication

    import groundline

    loaded = groundline.classFactory(window)
    loaded.initGui()
    yield loaded
    if QgsApplication.processingRegistry().providerById("groundline") is not None:
        loaded.unload()
