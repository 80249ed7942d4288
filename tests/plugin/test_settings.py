"""The settings page stores what the algorithms read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def settings(qgis_app: Any) -> Iterator[Any]:
    from qgis.core import QgsSettings

    from groundline.processing import settings

    yield settings
    QgsSettings().remove("groundline")


def test_defaults(settings: Any) -> None:
    compute = settings.compute()
    assert (compute.memory, compute.workers, compute.scheduler) == (1024 * 2**20, 1, "")


def test_accepted_values_reach_the_algorithms(settings: Any) -> None:
    from groundline.plugin.options import GroundlineOptionsPage

    page = GroundlineOptionsPage()
    page.memory.setValue(2048)
    page.workers.setValue(3)
    page.scheduler.setText(" tcp://cluster:8786 ")
    assert settings.memory_mib() == 1024
    page.apply()
    compute = settings.compute()
    assert (compute.memory, compute.workers, compute.scheduler) == (2048 * 2**20, 3, "tcp://cluster:8786")
    assert GroundlineOptionsPage().memory.value() == 2048


@pytest.mark.parametrize(("stored", "used"), [("plenty", 1024), ("-5", 1024), ("1", 64), ("512", 512)])
def test_a_settings_file_edited_by_hand_cannot_break_a_run(settings: Any, stored: str, used: int) -> None:
    from qgis.core import QgsSettings

    QgsSettings().setValue(settings.MEMORY_KEY, stored)
    assert settings.memory_mib() == used
