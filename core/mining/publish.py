"""What the jobs of the mining room share: resuming, and parameters in result.json."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from ..corridor.fingerprint import earlier_result
from ..errors import InputError
from ..finished import describe_vector
from ..finished import fingerprint as hashed
from ..monitor import Monitor
from ..publishing import RESULT
from ..result import Result
from ..vector import VectorInput
from ..version import VERSION
from .subsidence import SubsidenceSeries


def described(params: Any) -> dict[str, Any]:
    """Parameters as JSON: layers by name and hash, paths as text; the output folder is left out."""
    return {
        entry.name: _plain(getattr(params, entry.name)) for entry in fields(params) if entry.name != "output"
    }


def fingerprint(
    algorithm: str, params: Any, series: SubsidenceSeries, files: Sequence[str | Path] = ()
) -> str:
    """Hash of parameters, of the folder that is read, and of further files (empty names are skipped)."""
    present = [Path(file) for file in files if str(file)]
    for file in present:
        if not file.is_file():
            raise InputError("File", str(file), "an existing file", "Check the path")
    return hashed(algorithm, described(params), series.folder, series.stack, series.items, present)


def finished(folder: Path, key: str, monitor: Monitor) -> Result | None:
    """The result that the folder already holds for this fingerprint."""
    earlier = earlier_result(folder, RESULT, key)
    if earlier is not None:
        monitor.info(f"{folder} already holds this result; nothing was computed.")
    return earlier


def write_result(result: Result, params: Any, key: str, temporary: Path) -> None:
    """result.json with parameters and fingerprint, under its temporary name."""
    result.write({**described(params), "fingerprint": key}, VERSION, temporary.name)


def _plain(value: Any) -> Any:
    if isinstance(value, VectorInput):
        rows = [{key: str(entry) for key, entry in row.items()} for row in value.attributes]
        return {**(describe_vector(value) or {}), "attributes": rows if len(rows) <= 100 else _hash(rows)}
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, (tuple, list)):
        return [_plain(entry) for entry in value]
    if isinstance(value, Path):
        return str(value)
    return value


def _hash(rows: list[dict[str, str]]) -> str:
    return hashlib.sha256(repr(rows).encode()).hexdigest()
