"""The CSV of edits: what it says, and what is said about a wrong one."""

from __future__ import annotations

from datetime import date

import pytest

from groundline.core.errors import InputError
from groundline.core.network.edits import Row, check_known, edits_text, read_edits

A, B, C = date(2018, 1, 6), date(2018, 1, 30), date(2018, 2, 11)


@pytest.fixture
def write(tmp_path):
    def put(text: str, encoding: str = "utf-8"):
        path = tmp_path / "edits.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return put


def test_rows_about_pairs_and_images(write):
    edits = read_edits(
        write("date1,date2,state,reason\n20180106,20180130,excluded,noisy\n20180211,,excluded,snow\n")
    )
    assert edits.pairs == {(A, B): Row(A, B, "excluded", "noisy", 2)}
    assert edits.images == {C: Row(C, None, "excluded", "snow", 3)}


@pytest.mark.parametrize(
    "text",
    [
        "date1;date2;state;reason\n2018-01-06;2018-01-30;KEPT;\n",
        "\ufeffdate1,date2,state,reason\r\n20180106,20180130,kept\r\n\r\n",
        "State,Reason,Date1,Date2\nkept,,20180106,20180130\n",
    ],
    ids=["semicolons, ISO dates", "byte order mark, short row, empty line", "other column order"],
)
def test_what_spreadsheets_write_is_understood(write, text):
    assert read_edits(write(text)).pairs[A, B].state == "kept"


def test_text_is_read_back_as_it_was_written(write):
    rows = [Row(C, None, "excluded", 'wet, "very"'), Row(A, B, "kept", "")]
    edits = read_edits(write(edits_text(rows)))
    assert edits.images[C].reason == 'wet, "very"'
    assert edits.pairs[A, B].state == "kept"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("20180106,20180132,kept,", "20180132"),
        ("20180130,20180106,kept,", "later than the first"),
        ("20180106,20180130,maybe,", "kept, excluded, proposed"),
        ("20180106,,proposed,", "kept, excluded"),
        ("20180106,20180130,kept,a,b", "quotes"),
        ("20180106", "four cells"),
        ("20180106,20180130,,", "empty state"),
    ],
)
def test_a_malformed_line_is_named_by_number(write, line, said):
    path = write(f"date1,date2,state,reason\n20180106,20180211,kept,\n{line}\n")
    with pytest.raises(InputError) as error:
        read_edits(path)
    assert "line 3" in str(error.value)
    assert said in str(error.value)


def test_the_same_pair_twice_names_both_lines(write):
    path = write("date1,date2,state,reason\n20180106,20180130,kept,\n2018-01-06,2018-01-30,excluded,\n")
    with pytest.raises(InputError, match=r"line 3.*line 2"):
        read_edits(path)


def test_a_file_without_the_header_is_refused(write):
    with pytest.raises(InputError, match="header"):
        read_edits(write("20180106,20180130,kept,\n"))
    with pytest.raises(InputError, match="header"):
        read_edits(write(""))


def test_a_missing_or_binary_file_is_refused(write, tmp_path):
    with pytest.raises(InputError, match="readable"):
        read_edits(tmp_path / "none.csv")
    with pytest.raises(InputError, match="UTF-8"):
        read_edits(write("date1,date2,state,reason\nä\n", "latin-1"))


def test_every_unknown_date_is_named(write):
    edits = read_edits(write("date1,date2,state,reason\n20180106,20180131,kept,\n20190101,,excluded,\n"))
    with pytest.raises(InputError) as error:
        check_known(edits, [A, B], None)
    assert "20180131 (line 2)" in str(error.value)
    assert "20190101 (line 3)" in str(error.value)


def test_a_pair_without_interferogram_is_named(write):
    edits = read_edits(write("date1,date2,state,reason\n20180106,20180211,kept,\n"))
    with pytest.raises(InputError, match="20180106_20180211"):
        check_known(edits, [A, B, C], [(A, B), (B, C)])
    check_known(edits, [A, B, C], None)  # every pair of an image stack can be made
