"""The provider in qgis_process: found, listed, described, nothing printed before the JSON."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="module")
def environment(qgis_app: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    from groundline_tests import qgis_process

    if qgis_process.executable() is None:
        pytest.skip("qgis_process is not installed")
    return qgis_process.prepare(tmp_path_factory.mktemp("qgis-process"))


def test_all_algorithms_are_listed(environment: dict[str, str], provider: Any) -> None:
    from groundline_tests import qgis_process

    listed = qgis_process.call(["list"], environment)["providers"]["groundline"]
    assert listed["name"] == "Groundline"
    assert set(listed["algorithms"]) == {algorithm.id() for algorithm in provider.algorithms()}


def test_each_can_be_described(environment: dict[str, str], provider: Any) -> None:
    from groundline_tests import qgis_process

    for algorithm in provider.algorithms():
        answer = qgis_process.call(["help", algorithm.id()], environment)
        assert set(answer["parameters"]) == {
            definition.name() for definition in algorithm.parameterDefinitions()
        }
        assert set(answer["outputs"]) == {definition.name() for definition in algorithm.outputDefinitions()}
