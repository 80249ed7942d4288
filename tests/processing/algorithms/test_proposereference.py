"""Proposed areas from the toolbox go into `reference` and `sbas` unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from groundline_tests.stacks import write_scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("scene")
    write_scene(base / "in", rows=24, cols=36, dates=6, noise=0.05)
    return base


def test_the_areas_are_a_reference(project: Any, scene: Path, tmp_path: Path) -> None:
    from groundline_tests import toolbox

    toolbox.run("sbas", {"INPUT": str(scene / "in"), "OUTPUT": str(scene / "first")})
    wanted = {"INPUT": str(scene / "first"), "COUNT": 2, "MAX_VELOCITY": 5.0}
    proposed = toolbox.run("proposereference", {**wanted, "OUTPUT": str(tmp_path / "proposed")})
    assert proposed["AREA_COUNT"] == 2
    areas = proposed["REFERENCE"]
    changed = toolbox.run(
        "reference", {"INPUT": str(scene / "first"), "REFERENCE": areas, "OUTPUT": str(tmp_path / "changed")}
    )
    assert changed["VELOCITY_CHANGE"] == pytest.approx(proposed["VELOCITY_CHANGE"], abs=1e-9)
    assert changed["REFERENCE_AREAS"] == 2
    again = toolbox.run(
        "sbas", {"INPUT": str(scene / "in"), "REFERENCE": areas, "OUTPUT": str(tmp_path / "again")}
    )
    assert again["REFERENCE_AREAS"] == 2
    assert again["VELOCITY_MEDIAN"] == pytest.approx(changed["VELOCITY_MEDIAN"], abs=0.5)


def test_mistakes_are_messages(project: Any, scene: Path, tmp_path: Path) -> None:
    from groundline_tests import toolbox

    for values, words in (
        ({"INPUT": str(scene / "in")}, "a displacement folder"),
        ({"INPUT": str(tmp_path / "nowhere")}, "existing folder"),
        ({"INPUT": str(scene / "in"), "SIZE": 0.0}, "SIZE"),
    ):
        message = toolbox.complaint("proposereference", {**values, "OUTPUT": str(tmp_path / "out")})
        assert words in message, message
        assert "Traceback" not in message
    assert not (tmp_path / "out").exists()
