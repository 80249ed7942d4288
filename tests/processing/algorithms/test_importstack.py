"""`importstack` in the toolbox: same bytes as core, nothing loaded, messages without traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from groundline_tests import samples
from groundline_tests.samples import TRUTH


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return samples.write_gamma(tmp_path / "data")


def run(parameters: dict[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    """(outputs, context, feedback) of a run."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    import processing

    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    outputs = processing.run("groundline:importstack", parameters, context=context, feedback=feedback)
    return outputs, context, feedback


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_outputs_are_declared_numbers_and_files_and_no_layer_loads(
    provider: Any, data: Path, tmp_path: Path
) -> None:
    outputs, context, feedback = run({"INPUT": str(data), "OUTPUT": str(tmp_path / "stack")})
    assert names(tmp_path / "stack") == ["import.html", "result.json", "stack.json"]
    assert (outputs["PAIRS"], outputs["DATES"], outputs["COLUMNS"], outputs["ROWS"]) == (6, 4, 8, 6)
    assert outputs["INCIDENCE"] == pytest.approx(35.0)
    assert outputs["HTML"] == str(tmp_path / "stack" / "import.html")
    assert not context.layersToLoadOnCompletion()
    assert "auto found GAMMA: 6 file(s)" in feedback.textLog()


def test_the_same_bytes_as_a_call_of_core(provider: Any, data: Path, tmp_path: Path) -> None:
    from groundline.core.formats.importing import import_stack
    from groundline.core.formats.params import ImportParams

    run({"INPUT": str(data), "OUTPUT": str(tmp_path / "stack")})
    qgis = {name: (tmp_path / "stack" / name).read_bytes() for name in names(tmp_path / "stack")}
    import_stack(ImportParams(str(data), str(tmp_path / "stack")))
    assert {name: (tmp_path / "stack" / name).read_bytes() for name in names(tmp_path / "stack")} == qgis


def test_an_extent_in_another_coordinate_system(provider: Any, data: Path, tmp_path: Path) -> None:
    # UTM 32N of about 11.0022-11.0057 E, 44.9953-44.9989 N: columns 2 to 5, rows 1 to 4
    extent = "657812.0,658088.0,4984390.0,4984770.0 [EPSG:32632]"
    run({"INPUT": str(data), "OUTPUT": str(tmp_path / "stack"), "EXTENT": extent})
    stack = json.loads((tmp_path / "stack" / "stack.json").read_text(encoding="utf-8"))
    assert (stack["grid"]["width"], stack["grid"]["height"]) == (4, 4)
    assert stack["pairs"][0]["items"]["phase"]["origin"] == [1, 2]
    assert stack["pairs"][0]["items"]["phase"]["file_shape"] == [6, 8]


def test_generic_takes_what_the_user_states(provider: Any, tmp_path: Path) -> None:
    samples.write_generic(tmp_path / "data")
    outputs, _, _ = run(
        {
            "INPUT": str(tmp_path / "data"),
            "FORMAT": "generic",
            "PATTERN": "los_{date1}-to-{date2}.tif",
            "COHERENCE_PATTERN": "gamma_{date1}-to-{date2}.tif",
            "HEIGHT_PATTERN": "heights.tif",
            "WAVELENGTH": TRUTH.wavelength,
            "INCIDENCE": 35.0,
            "SIGN": "toward",
            "UNIT": "mm",
            "NODATA": "-9999",
            "OUTPUT": str(tmp_path / "stack"),
        }
    )
    assert outputs["PAIRS_WITHOUT_COHERENCE"] == 0
    stack = json.loads((tmp_path / "stack" / "stack.json").read_text(encoding="utf-8"))
    assert stack["pairs"][0]["items"]["phase"]["factor"] == pytest.approx(
        -0.001 * 4 * 3.141592653589793 / TRUTH.wavelength
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"FORMAT": "roipac"}, "INPUT"),
        ({"WAVELENGTH": 0.236}, "WAVELENGTH: '0.236 m' cannot be used"),
        ({"EXTENT": "12,13,45,46 [EPSG:4326]"}, "EXTENT"),
    ],
)
def test_a_mistake_is_one_message_and_writes_nothing(
    provider: Any, data: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException, match=message):
        run({"INPUT": str(data), "OUTPUT": str(tmp_path / "stack"), **changes})
    assert not (tmp_path / "stack").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"INPUT": "/no/such/folder"}, "an existing folder"),
        ({"INCIDENCE": 90.0}, "INCIDENCE"),
        ({"FORMAT": "generic", "PATTERN": "*.tif"}, "{date1}"),
        ({"NODATA": "none"}, "NODATA"),
    ],
)
def test_the_dialog_refuses_what_core_refuses(
    provider: Any, data: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    from qgis.core import QgsProcessingContext

    algorithm = provider.algorithm("importstack").create()
    values = {"INPUT": str(data), "OUTPUT": str(tmp_path / "stack"), **changes}
    ok, text = algorithm.checkParameterValues(values, QgsProcessingContext())
    assert not ok
    assert message in text
