"""Whether a folder already holds the result of the same parameters and inputs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from .. import manifest
from ..pointfile import PointSet
from ..pointsource import PointFile
from ..result import Number, Result
from ..vector import VectorInput
from ..version import VERSION
from .params import CorridorParams

_BLOCK = 2**20


def fingerprint(params: CorridorParams) -> str:
    """Digest of version, parameters and the content of the inputs; the output folder does not count."""
    digest = hashlib.sha256(VERSION.encode())
    for entry in fields(params):
        if entry.name != "output":
            digest.update(entry.name.encode())
            _add(digest, getattr(params, entry.name))
    if str(params.raster):
        _add_file(digest, Path(params.raster))
        _add_file(digest, Path(params.raster).absolute().parent / manifest.NAME)
        if params.heat_map:
            _add_stamps(digest, Path(params.raster).absolute().parent / "displacement")
    return digest.hexdigest()


def earlier_result(folder: Path, name: str, key: str) -> Result | None:
    """The result that a folder holds, when it has this fingerprint and all its files are there."""
    path = folder / name
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # not ours, or damaged: it will be replaced
        return None
    if not isinstance(document, dict) or document.get("parameters", {}).get("fingerprint") != key:
        return None
    files = {role: folder / relative for role, relative in document["files"].items()}
    if not all(file.is_file() for file in files.values()):
        return None
    numbers = {key: Number(n["value"], n["unit"], n["description"]) for key, n in document["numbers"].items()}
    result = Result(document["algorithm"], folder, numbers, files, document["warnings"], document["tables"])
    result.files["result"] = path
    return result


def _add(digest: Any, value: Any) -> None:
    if isinstance(value, tuple):
        digest.update(str(len(value)).encode())
        for entry in value:
            _add(digest, entry)
    elif isinstance(value, PointSet):
        _add(digest, (value.crs, value.name, value.x, value.y, *value.attributes, *value.attributes.values()))
        _add(digest, (value.dates, value.series))
    elif isinstance(value, PointFile):
        _add(digest, (value.layer, value.name, value.crs))
        _add_file(digest, Path(value.path))
    elif isinstance(value, VectorInput):
        _add(digest, (value.wkb, value.crs, repr(value.attributes), value.name))
    elif isinstance(value, np.ndarray):
        digest.update(
            repr(value.tolist()).encode() if value.dtype == object else np.ascontiguousarray(value).tobytes()
        )
    else:
        digest.update(value if isinstance(value, bytes) else repr(value).encode())


def _add_stamps(digest: Any, folder: Path) -> None:
    """Names, sizes and times of the rasters of a folder: reading them all would take as long as the run."""
    for path in sorted(folder.glob("*.tif")):
        status = path.stat()
        digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns}".encode())


def _add_file(digest: Any, path: Path) -> None:
    if not path.is_file():
        return
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(_BLOCK), b""):
            digest.update(block)
