"""Reports stand alone: one file, escaped, with numbers that people can read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from groundline.core.figures.base import new_figure, style, symmetric, to_png
from groundline.core.report import Report, format_column, format_number
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
        (-0.000001, "0"),
        (45678.9, "45,679"),
    ],
)
def test_numbers_for_people(value: float, text: str) -> None:
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((-39.0, -26.84, -10.1), ["-39.00", "-26.84", "-10.10"]),
        ((-30.39, -0.725, 105.2), ["-30.4", "-0.7", "105.2"]),
        ((98.3, 98.4), ["98.3", "98.4"]),
        ((0.0, 1234.5), ["0", "1,234"]),
        ((0.002, 123.4), ["0.002", "123.4"]),
        ((3, 12), ["3", "12"]),
        ((), []),
    ],
)
def test_a_column_has_the_same_decimals_unless_that_hides_a_value(values: tuple, texts: list[str]) -> None:
    assert format_column(values) == texts


def test_titles_stand_over_their_numbers_and_empty_columns_are_left_out(tmp_path: Path) -> None:
    report = Report("r")
    report.table(
        ("Pair", "Bperp [m]", "Reason", "File"), [("a", 1.5, "", "x/" + "y" * 40), ("b", None, "", "2025-04-06")]
    )
    text = report.write(tmp_path / "r.html").read_text(encoding="utf-8")
    assert '<tr><th>Pair</th><th class="n">Bperp [m]</th><th>File</th></tr>' in text
    assert '<td class="n">1.5</td><td>x/<wbr>yyy' in text
    assert '<td>b</td><td class="n">–</td><td class="d">2025-04-06</td>' in text


def test_numbers_of_a_result_keep_their_own_decimals(tmp_path: Path) -> None:
    result = Result("test", tmp_path)
    result.number("length", 99527.187, "m", "Length")
    result.number("rate", 0.25, "mm/yr", "Rate")
    report = Report("r")
    report.numbers(result)
    text = report.write(tmp_path / "r.html").read_text(encoding="utf-8")
    assert '<td class="n">99,527</td>' in text and '<td class="n">0.25</td>' in text


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


def test_rows_of_a_table_bring_their_titles_and_the_method_a_paragraph_each(tmp_path: Path) -> None:
    short, long = Report("Same", ""), Report("Same", "")
    short.records([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}])
    short.records([])
    short.method(["One.", "Two."])
    long.table(["a", "b"], [(1, "x"), (2, "y")])
    long.heading("How this was computed")
    long.paragraph("One.")
    long.paragraph("Two.")
    assert short.write(tmp_path / "a.html").read_text() == long.write(tmp_path / "b.html").read_text()
