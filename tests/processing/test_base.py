"""What every algorithm gets from its base: checks, messages without traceback, cancelling, numbers, help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def log(qgis_app: Any) -> Any:
    from qgis.core import QgsProcessingFeedback

    class Recorder(QgsProcessingFeedback):
        def __init__(self) -> None:
            super().__init__(False)
            self.lines: list[str] = []
            self.warnings: list[str] = []
            self.errors: list[str] = []
            self.cancel_at: str | None = None

        def pushInfo(self, text: str) -> None:
            self.lines.append(text)
            if text == self.cancel_at:
                self.cancel()

        def pushWarning(self, text: str) -> None:
            self.warnings.append(text)

        def reportError(self, text: str, fatalError: bool = False) -> None:
            self.errors.append(text)

    return Recorder()


@pytest.fixture
def probe(qgis_app: Any) -> Any:
    from groundline_tests.probe import ProbeAlgorithm

    return ProbeAlgorithm().create()


def run(algorithm: Any, log: Any, **values: Any) -> tuple[dict[str, Any], bool]:
    from qgis.core import QgsProcessingContext

    return algorithm.run(values, QgsProcessingContext(), log)


def test_numbers_of_the_result_are_outputs_and_in_the_log(probe: Any, log: Any, tmp_path: Path) -> None:
    outputs, ok = run(probe, log, COUNT=2, OUTPUT=str(tmp_path / "out"))
    assert ok
    assert outputs == {"OUTPUT": str(tmp_path / "out"), "COUNTED": 2, "MISSED": None}
    assert "Numbers counted: 2" in log.lines
    assert "Numbers missed: not determined" in log.lines
    assert log.warnings == ["Counting is not science."]
    assert (tmp_path / "out" / "result.json").is_file()


def test_an_input_error_is_a_message_in_the_dialog(probe: Any, tmp_path: Path) -> None:
    from qgis.core import QgsProcessingContext

    values = {"COUNT": 6, "OUTPUT": str(tmp_path)}
    ok, message = probe.checkParameterValues(values, QgsProcessingContext())
    assert not ok
    assert message == "COUNT: 6 cannot be used. Allowed: at most 5. Lower it."


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"COUNT": 6}, "COUNT: 6 cannot be used. Allowed: at most 5. Lower it."),
        ({"MODE": "input"}, "File: 'a.tif' cannot be used. Allowed: a readable raster. Check it."),
        ({"MODE": "cancelled"}, "Cancelled. Inputs and earlier results are untouched."),
        ({"MODE": "full"}, "The disk is full"),
    ],
)
def test_a_users_mistake_ends_the_run_without_traceback(
    probe: Any, log: Any, tmp_path: Path, values: dict[str, Any], expected: str
) -> None:
    _, ok = run(probe, log, **values, OUTPUT=str(tmp_path))
    assert not ok
    said = "\n".join(log.errors)
    assert expected in said
    assert "Traceback" not in said


def test_a_cancelled_run_returns_quietly(probe: Any, log: Any, tmp_path: Path) -> None:
    log.cancel_at = "step 1"
    outputs, _ = run(probe, log, COUNT=3, OUTPUT=str(tmp_path / "out"))
    assert outputs == {}
    assert log.lines[-1] == "Cancelled. Inputs and earlier results are untouched."
    assert log.errors == []
    assert not (tmp_path / "out").exists()


def test_a_temporary_output_folder_is_warned_about(probe: Any, log: Any) -> None:
    _, ok = run(probe, log, OUTPUT="TEMPORARY_OUTPUT")
    assert ok
    assert any("temporary folder" in text for text in log.warnings)


def test_a_missing_package_is_named_with_its_remedy(probe: Any, log: Any, tmp_path: Path) -> None:
    type(probe).REQUIRES = ("numpy", "no_such_package")
    try:
        ok, message = probe.canExecute()
        assert not ok
        assert "no_such_package" in message
        assert "numpy" not in message
        assert "install" in message
        _, ran = run(probe, log, OUTPUT=str(tmp_path))
        assert not ran
        assert message in "\n".join(log.errors)
    finally:
        del type(probe).REQUIRES


def test_help_is_shown_for_the_algorithm_and_for_each_parameter(probe: Any) -> None:
    text = probe.shortHelpString()
    assert "\n" not in text
    assert "<p>Counts to a number &amp; says so.</p><p>Second paragraph.</p>" in text
    assert "<b>Count</b>: How far to count." in text
    assert "<h3>Outputs</h3><p><b>Numbers counted</b></p>" in text
    assert probe.parameterDefinition("MODE").help() == "What happens on the way."


def test_choices_are_words(probe: Any) -> None:
    mode = probe.parameterDefinition("MODE")
    assert mode.usesStaticStrings()
    assert mode.defaultValue() == "work"
