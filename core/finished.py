"""Keeping what an earlier run with the same parameters and inputs has finished."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import manifest
from .monitor import Monitor
from .result import Number, Result
from .stack import Item, Stack
from .vector import VectorInput
from .version import VERSION

RESULT = "result.json"
FINGERPRINT = "fingerprint"
SIZES = "sizes"


def fingerprint(
    algorithm: str,
    parameters: dict[str, Any],
    folder: Path,
    stack: Stack,
    items: Iterable[Item],
    files: Iterable[Path],
) -> str:
    """A hash of the parameters, of `stack.json`, and of size and time of every raster and file used."""
    digest = hashlib.sha256(json.dumps([algorithm, VERSION, parameters], sort_keys=True).encode())
    digest.update((folder / manifest.NAME).read_bytes())
    paths = sorted({str(manifest.resolve(folder, stack, item)) for item in items}) + [
        str(path) for path in files
    ]
    for path in paths:
        state = Path(path).stat()
        digest.update(f"{path}|{state.st_size}|{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def describe_vector(layer: VectorInput | None) -> dict[str, Any] | None:
    """A layer as a parameter in JSON: name, number of features, and a hash of geometry and CRS."""
    if layer is None:
        return None
    digest = hashlib.sha256(layer.crs.encode())
    for blob in layer.wkb:
        digest.update(blob)
    return {"layer": layer.name, "features": len(layer.wkb), "sha256": digest.hexdigest()}


def seal(result: Result, mark: str, stage: Path) -> None:
    """Put the fingerprint and the sizes of all files into the result, for `earlier`."""
    files = sorted(path for path in stage.rglob("*") if path.is_file())
    result.tables[FINGERPRINT] = mark
    result.tables[SIZES] = {path.relative_to(stage).as_posix(): path.stat().st_size for path in files}


def kept(
    folder: Path, mark: str, monitor: Monitor, needs_stack: bool = True, read: str = "inputs"
) -> Result | None:
    """What `earlier` finds, told to the log as the end of the run. read : what the log calls the inputs."""
    found = earlier(folder, mark, needs_stack)
    if found is not None:
        monitor.info(
            f"These parameters and {read} have been computed already: the results are kept as they are."
        )
        monitor.step(1.0)
    return found


def earlier(folder: Path, mark: str, needs_stack: bool = True) -> Result | None:
    """The result of a finished run with this fingerprint whose files are all still there."""
    path = folder / RESULT
    if not path.is_file() or (needs_stack and not (folder / manifest.NAME).is_file()):
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        tables = document["tables"]
        sizes = tables[SIZES]
        if tables[FINGERPRINT] != mark:
            return None
        numbers = {
            key: Number(n["value"], n["unit"], n["description"]) for key, n in document["numbers"].items()
        }
        files = {role: folder / name for role, name in document["files"].items()}
        warnings = list(document["warnings"])
        algorithm = document["algorithm"]
    except (ValueError, KeyError, TypeError):
        return None
    for name, size in sizes.items():
        if not (folder / name).is_file() or (folder / name).stat().st_size != size:
            return None
    files["result"] = path
    return Result(algorithm, folder, numbers, files, warnings, tables)
