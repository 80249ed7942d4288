"""Reports stand alone: one file, escaped, with numbers that people can read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from groundline.core.figures.base import new_figure, style, symmetric, to_png
from groundline.core.report import Report, format_number
from groundline.core.result import Result


def test_page_has_no_outside_links_and_escapes_text(tmp_path: Path) -> None:
    report = Report("A <b> & c")
    report.paragraph("1 < 2")
    report.table(("Name", "Value"), [("x", 1.5), ("y", None)])
    figure = new_figure()
    style(figure.add_subplot(), "t", "x [m]", "y [mm]")
    report.figure(figure, "A figure")
    text = report.write(tmp_path / "r.html").read_text(encoding="utf-8")
    assert "A &lt;b&gt; &amp; c" in text and "1 &lt; 2" in text
    assert "http" not in text
    assert "data:image/png;base64," in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (12, "12"),
        (312702, "312,702"),
        (0.5, "0.5"),
        (123.44, "123.4"),
        (12.345, "12.35"),
        (-0.00123, "-0.00123"),
        (45678.9, "45,679"),
    ],
)
def test_numbers_for_people(value: float, text: str) -> None:
    assert format_number(value) == text


def test_same_figure_same_bytes() -> None:
    def make() -> bytes:
        figure = new_figure(3, 2)
        figure.add_subplot().plot([1, 2, 3])
        return to_png(figure)

    assert make() == make()


def test_colour_scale_is_centred_on_zero() -> None:
    norm = symmetric(np.array([-300.0, 5.0, np.nan]), 100)
    assert (norm.vmin, norm.vmax) == (-300.0, 300.0)


def test_result_holds_every_number_with_its_unit(tmp_path: Path) -> None:
    result = Result("sbas", tmp_path)
    result.number("pairs", 30, "", "Pairs used")
    result.number("rms", float("nan"), "rad", "Residual RMS")
    result.files["velocity"] = tmp_path / "velocity.tif"
    document = json.loads(result.write({"WEIGHTS": "none"}, "0.1.0").read_text(encoding="utf-8"))
    assert document["numbers"]["pairs"] == {"value": 30, "unit": "", "description": "Pairs used"}
    assert document["numbers"]["rms"]["value"] is None
    assert document["files"]["velocity"] == "velocity.tif"
