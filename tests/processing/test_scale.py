"""The colours of a profile end where those of the velocity do that it was made from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def write_result(folder: Path, text: str) -> str:
    folder.mkdir()
    (folder / "result.json").write_text(text, encoding="utf-8")
    return str(folder / "velocity.tif")


def with_scale(value: object) -> str:
    return json.dumps({"tables": {"scale": {"velocity_mm_yr": value}}})


def test_the_largest_scale_of_the_folders_counts(tmp_path: Path) -> None:
    from groundline.processing import scale

    files = [
        write_result(tmp_path / "a", with_scale(30.0)),
        write_result(tmp_path / "b", with_scale(45.0)),
        str(tmp_path / "elsewhere" / "points.gpkg"),
    ]
    assert scale.of_results(files) == 45.0


@pytest.mark.parametrize("text", ["", "[]", "{}", with_scale(None), with_scale("wide"), with_scale(0)])
def test_another_result_has_no_scale(tmp_path: Path, text: str) -> None:
    from groundline.processing import scale

    assert scale.of_results([write_result(tmp_path / "a", text)]) is None


def test_no_files_have_no_scale() -> None:
    from groundline.processing import scale

    assert scale.of_results([]) is None
