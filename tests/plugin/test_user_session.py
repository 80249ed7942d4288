"""A user's hour in a real QGIS: two algorithms through their dialogs, reruns, the layers by date, unloading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

LINES = ["Profile (vertical velocity)", "Affected zones", "Railway"]
AREA = ["Measurement points", "Velocity (LOS)"]


@pytest.fixture(scope="module")
def report(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    from groundline_tests import chain, real_qgis

    from groundline.core.formats.importing import import_stack
    from groundline.core.formats.params import ImportParams
    from groundline.core.network.job import NetworkParams, run_network

    scene = chain.scene(tmp_path_factory.mktemp("session") / "scene")
    work = scene / "work"
    import_stack(ImportParams(scene / "track040", work / "stack"))
    run_network(NetworkParams(input=work / "stack", output=work / "network"))
    folder = tmp_path_factory.mktemp("real-qgis-session")
    return real_qgis.run(repository, folder, "session_check.py", GROUNDLINE_SCENE=str(scene))


def test_every_run_ends_well_and_in_silence(report: dict[str, Any]) -> None:
    assert report["loaded"]
    assert report["runs"] == [True] * 5
    tags = ("Plugins:", "Processing:", "Python error:")
    assert [
        text for text in report["messages"] if text.startswith(tags) or "groundline" in text.lower()
    ] == []


def test_exactly_velocity_and_points_load_below_the_user_s_line(report: dict[str, Any]) -> None:
    assert report["after_sbas"] == ["Railway", *AREA]


def test_profile_and_zones_load_on_top(report: dict[str, Any]) -> None:
    assert report["after_corridor"] == [*LINES, *AREA]


def test_raster_points_and_profile_have_one_scale_around_zero(report: dict[str, Any]) -> None:
    limit = report["expected_scale"]
    assert set(report["scales"]) == {*AREA, "Profile (vertical velocity)"}
    for ends in report["scales"].values():
        assert ends == pytest.approx([-limit, limit])


def test_legends_are_in_mm_per_year(report: dict[str, Any]) -> None:
    for texts in report["legends"].values():
        assert any("mm/yr" in text for text in texts), texts


def test_the_same_run_again_adds_no_layer(report: dict[str, Any]) -> None:
    assert report["after_same_again"] == [*LINES, *AREA]


def test_another_output_adds_its_own_layers_below_the_lines(report: dict[str, Any]) -> None:
    assert report["after_other"] == [*LINES, *AREA, *AREA]


def test_replacing_an_output_that_is_open_keeps_one_layer_with_its_scale(report: dict[str, Any]) -> None:
    assert report["after_replacement"] == [*LINES, *AREA, *AREA]
    low, high = report["scale_of_other"]
    assert low == -high
    assert any("mm/yr" in text for text in report["legend_of_other"])


def test_dates_come_as_a_folded_unchecked_group(report: dict[str, Any]) -> None:
    dates = report["dates"]
    assert dates["loaded"][0], dates["loaded"][1]
    assert dates["group"] == ["Displacement, track 40 [mm]", False, False]
    assert dates["valid"]


def test_the_temporal_controller_shows_each_date_alone(report: dict[str, Any]) -> None:
    steps = report["dates"]["steps"]
    assert [day.replace("-", "") for day, _ in steps] == report["dates"]["files"]
    assert len(steps) > 30
    assert all(visible == [day] for day, visible in steps)


def test_after_unloading_only_the_user_s_layers_are_left(report: dict[str, Any]) -> None:
    assert report["unloaded"]
    assert not report["provider_left"]
    assert not report["menu_left"]
    assert report["layers_valid"]
    assert report["tree_left"] == [*LINES, *AREA, *AREA, "Displacement, track 40 [mm]"]
    assert report["saved"]
