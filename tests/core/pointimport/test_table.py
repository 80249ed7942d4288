"""Text tables: separators, decimal commas, missing values, texts, mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.monitor import Monitor
from groundline.core.pointimport import table as tables


def read(tmp_path, text, is_dated=lambda name: name.startswith("D2"), encoding="utf-8"):
    path = tmp_path / "points.csv"
    path.write_text(text, encoding=encoding)
    return tables.read_table(path, is_dated, Monitor())


def test_commas_with_texts_and_missing_values(tmp_path):
    found = read(tmp_path, 'code,x,D20200101\n"a, b",1.5,2\nc,,nan\nd,4,NULL\n')
    assert found.columns["code"].tolist() == ["a, b", "c", "d"]
    np.testing.assert_array_equal(found.columns["x"], [1.5, np.nan, 4.0])
    assert found.dated == ("D20200101",)
    assert found.series.dtype == np.float32
    np.testing.assert_array_equal(found.series[:, 0], [2.0, np.nan, np.nan])


@pytest.mark.parametrize(
    "text",
    [
        "x;y;D20200101\n1,5;2;-3,25\n",
        "x\ty\tD20200101\n1.5\t2\t-3.25\n",
        "x  y   D20200101\n********\n 1.5   2  -3.25\n",
        "\ufeffx,y,D20200101\r\n1.5,2,-3.25\r\n\r\n",
        "# x,y,D20200101\n1.5,2,-3.25\n",
    ],
)
def test_forms_that_mean_the_same(tmp_path, text):
    found = read(tmp_path, text)
    assert {key: values.tolist() for key, values in found.columns.items()} == {"x": [1.5], "y": [2.0]}
    assert found.series.tolist() == [[-3.25]]


def test_portions_do_not_matter(tmp_path, monkeypatch):
    rng = np.random.default_rng(5)
    values = rng.normal(size=(3000, 3)).round(4)
    text = "n,x,D20200101,D20200113\n" + "".join(f"p{n},{a},{b},{c}\n" for n, (a, b, c) in enumerate(values.tolist()))
    whole = read(tmp_path, text)
    monkeypatch.setattr(tables, "_CELLS", 10)
    parts = read(tmp_path, text)
    np.testing.assert_array_equal(parts.columns["x"], values[:, 0])
    np.testing.assert_array_equal(parts.series, whole.series)
    assert parts.columns["n"].tolist() == [f"p{n}" for n in range(3000)]


def test_a_word_among_numbers_is_named_with_its_line(tmp_path):
    rows = "".join("1,2\n" for _ in range(300))
    with pytest.raises(InputError, match="line 302, column y: wet"):
        read(tmp_path, f"x,y\n{rows}1,wet\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names the columns"),
        ("x,y\n", "below the heading"),
        ("x,y,x\n1,2,3\n", "x twice"),
        ("x,y\n1,2,3\n", "3 values"),
    ],
)
def test_files_that_are_no_tables(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        read(tmp_path, text)
