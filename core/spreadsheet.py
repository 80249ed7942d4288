"""Tables as one spreadsheet (XLSX), through GDAL."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from osgeo import ogr

from . import atomic
from .errors import InputError
from .raster import call

Columns = Mapping[str, tuple[type, Sequence[Any]]]
_KINDS = {int: ogr.OFTInteger64, float: ogr.OFTReal, str: ogr.OFTString, date: ogr.OFTDate}
_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip archive can hold
_MOST_ROWS = 1_048_575  # of a sheet, below its header


def check_driver(field: str) -> None:
    """Raise InputError where GDAL was built without its XLSX driver."""
    if ogr.GetDriverByName("XLSX") is None:
        raise InputError(
            field,
            "XLSX",
            "a GDAL with the XLSX driver, which this one lacks",
            "Use the CSV tables, which every spreadsheet opens",
        )


def write_xlsx(path: Path, sheets: Mapping[str, Columns]) -> Path:
    """Write tables as sheets, atomically; the same tables give the same bytes.

    sheets : title -> name -> (int, float, str or date, values); None and NaN become empty cells.
    """
    with atomic.replacing(path) as temporary:
        dataset, message = call(ogr.GetDriverByName("XLSX").CreateDataSource, str(temporary))
        if dataset is None:
            raise InputError(
                "Output table", str(path), "a writable file", f"Choose another folder ({message})"
            )
        try:
            for title, columns in sheets.items():
                _fill(dataset, path, title, columns)
        finally:  # GDAL writes the file when it is closed
            _, message = call(getattr(dataset, "Close", None) or dataset.Destroy)  # Close is of GDAL 3.8
        if message:
            raise atomic.disk_full(path)
        _forget_time(temporary)
    return path


def _forget_time(path: Path) -> None:
    """Give all parts of the file, which is a zip archive, one date: GDAL 3.10 writes that of the day."""
    with zipfile.ZipFile(path) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name, _NO_DATE), content, zipfile.ZIP_DEFLATED)


def _fill(dataset: ogr.DataSource, path: Path, title: str, columns: Columns) -> None:
    layer, message = call(dataset.CreateLayer, title)
    if layer is None:
        raise InputError("Output table", str(path), f"a sheet called {title}", message)
    for name, (kind, _) in columns.items():
        layer.CreateField(ogr.FieldDefn(name, _KINDS[kind]))
    kinds = [kind for kind, _ in columns.values()]
    rows = list(zip(*(values for _, values in columns.values())))
    if len(rows) > _MOST_ROWS:
        raise InputError("XLSX", f"{len(rows)} rows", f"at most {_MOST_ROWS} rows", "Use the CSV tables")
    for row in rows:
        feature = ogr.Feature(layer.GetLayerDefn())
        for index, (kind, value) in enumerate(zip(kinds, row)):
            if value is None or (kind is float and math.isnan(value)):
                continue
            feature.SetField(index, value.isoformat() if kind is date else kind(value))
        status, message = call(layer.CreateFeature, feature)
        if status or message:
            raise atomic.disk_full(path)
