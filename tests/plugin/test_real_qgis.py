"""The packed plugin in a real QGIS window: it loads silently, everything opens, and unloading leaves nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def report(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    from groundline_tests import real_qgis

    return real_qgis.run(repository, tmp_path_factory.mktemp("real-qgis"), "desktop_check.py")


def test_it_loads_without_a_message(report: dict[str, Any]) -> None:
    assert report["loaded"]
    # QGIS has messages of its own (its news page without a network, deprecations in its Python code).
    tags = ("Plugins:", "Processing:", "Python error:")
    ours = [text for text in report["messages"] if text.startswith(tags) or "groundline" in text.lower()]
    assert ours == []
    assert report["bar"] == 0


def test_it_adds_its_provider_and_menu(report: dict[str, Any], provider: Any) -> None:
    assert {"provider groundline", "menu Groundline"} <= set(report["added"])
    assert report["algorithms"] == sorted(algorithm.name() for algorithm in provider.algorithms())


def test_every_entry_of_the_menu_opens_one_window(report: dict[str, Any]) -> None:
    assert {f"groundline-{name}" for name in report["algorithms"]} <= set(report["actions"])
    assert {name: len(windows) for name, windows in report["opened"]} == {
        name: 1 for name in report["actions"] if name != "Settings…"
    }


def test_unloading_leaves_nothing(report: dict[str, Any]) -> None:
    assert report["unloaded"]
    assert report["left"] == []
