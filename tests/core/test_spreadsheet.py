"""Tables as XLSX: sheets, kinds of columns, empty cells, same bytes, missing driver."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
from osgeo import ogr

from groundline.core import spreadsheet
from groundline.core.errors import InputError

SHEETS = {
    "profile": {"track": (str, ["a", "b"]), "n": (int, [3, None]), "median": (float, [-1.25, float("nan")])},
    "days": {"day": (date, [date(2019, 1, 5)])},
}


def test_sheets_and_kinds_are_read_back(tmp_path: Path) -> None:
    path = spreadsheet.write_xlsx(tmp_path / "table.xlsx", SHEETS)
    dataset = ogr.Open(str(path))
    assert [dataset.GetLayer(k).GetName() for k in range(dataset.GetLayerCount())] == ["profile", "days"]
    rows = [feature.items() for feature in dataset.GetLayerByName("profile")]
    assert rows == [{"track": "a", "n": 3, "median": -1.25}, {"track": "b", "n": None, "median": None}]
    assert next(iter(dataset.GetLayerByName("days")))["day"] == "2019/01/05"
    dataset = None


def test_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    first = spreadsheet.write_xlsx(tmp_path / "a.xlsx", SHEETS).read_bytes()
    assert spreadsheet.write_xlsx(tmp_path / "b.xlsx", SHEETS).read_bytes() == first
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_nothing_is_left_when_a_table_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        spreadsheet.write_xlsx(tmp_path / "a.xlsx", {"bad": {"n": (int, ["many"])}})
    assert list(tmp_path.iterdir()) == []


def test_a_gdal_without_the_driver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    spreadsheet.check_driver("XLSX")
    monkeypatch.setattr(spreadsheet.ogr, "GetDriverByName", lambda name: None)
    with pytest.raises(InputError, match=r"XLSX driver.*CSV"):
        spreadsheet.check_driver("XLSX")
