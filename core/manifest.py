"""`stack.json`: reading, writing, and the roots outside which nothing is opened."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from . import atomic
from .errors import InputError
from .stack import Acquisition, Grid, Item, Pair, Stack

SCHEMA = 1
NAME = "stack.json"
NUMERIC = {"incidence_deg", "heading_deg", "slant_range_m", "range_looks", "azimuth_looks", "effective_looks"}


def load(folder: str | os.PathLike[str], field: str = "INPUT") -> Stack:
    """Read and validate the stack of a folder."""
    path = Path(folder) / NAME
    if not Path(folder).is_dir():
        raise InputError(field, str(folder), "an existing folder with a stack", "Check the path")
    if not path.is_file():
        raise InputError(
            field,
            str(folder),
            f"a stack folder (with {NAME})",
            "Run 'Import interferograms' on your files, or 'coregister' on Sentinel-1 images, first",
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            field, str(path), "a file that you may read", f"Check its permissions ({error.strerror})"
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(field, str(path), "valid JSON", f"Import the stack again ({error})") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        found = document.get("schema") if isinstance(document, dict) else None
        raise InputError(
            f"{NAME} schema version", found, f"{SCHEMA}", "Import the stack again, or update Groundline"
        )
    try:
        stack = _stack(document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(field, str(path), "a complete stack description", f"Import it again ({error!r})") from error
    stack.validate()
    return stack


def save(folder: str | os.PathLike[str], stack: Stack, name: str = NAME) -> Path:
    """Validate and write `stack.json`; it is the commit of a step, so call it last.

    `name` : a temporary name, where several files are to appear together.
    """
    stack.validate()
    path = Path(folder) / name
    atomic.write_json(path, {"schema": SCHEMA, **_plain(asdict(stack))})
    return path


def root_of(folder: Path, root: Path) -> str:
    """How a root is written down: relative when inside the stack's folder, else absolute."""
    folder, root = folder.absolute(), root.absolute()
    if root == folder or folder in root.parents:
        return root.relative_to(folder).as_posix()
    return root.as_posix()


def resolve(folder: str | os.PathLike[str], stack: Stack, item: Item) -> Path:
    """Absolute path of an item; refuses to leave its root and names what is missing."""
    if item.root not in stack.roots:
        raise InputError("Root of a raster", item.root, ", ".join(stack.roots) or "a root named in the stack")
    root = Path(os.path.realpath(Path(folder) / stack.roots[item.root]))
    if not root.is_dir():
        raise InputError(
            f"Data folder '{item.root}' of the stack",
            str(root),
            "an existing folder",
            f"Connect the disk, or correct the path under 'roots' in {Path(folder) / NAME}",
        )
    relative = PurePosixPath(item.path)
    path = Path(os.path.realpath(root / relative))
    if relative.is_absolute() or (path != root and root not in path.parents):
        raise InputError("Raster path", item.path, f"a path inside {root}", "Import the stack again")
    if not path.is_file():
        raise InputError(
            "Raster", str(path), "an existing file", "Restore the file, or import the folder again without it"
        )
    return path


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def _stack(document: dict[str, Any]) -> Stack:
    grid = document["grid"]
    return Stack(
        kind=document["kind"],
        grid=Grid(int(grid["width"]), int(grid["height"]), _transform(grid["transform"]), grid["crs"]),
        wavelength=float(document["wavelength"]),
        pairs=tuple(_pair(entry) for entry in document["pairs"]),
        acquisitions=tuple(_acquisition(entry) for entry in document["acquisitions"]),
        geometry=_items(document["geometry"]),
        products=_items(document["products"]),
        roots={str(key): str(value) for key, value in document["roots"].items()},
        frame=document["frame"],
        layout=document["layout"],
        family=document["family"],
        metadata=_metadata(document["metadata"]),
        reference=dict(document["reference"]),
        history=tuple(document["history"]),
    )


def _transform(values: list[float]) -> tuple[float, float, float, float, float, float]:
    a, b, c, d, e, f = (float(value) for value in values)
    return a, b, c, d, e, f


def _metadata(entries: dict[str, Any]) -> dict[str, Any]:
    """What the producer says; what is calculated with must be numbers."""
    for key in NUMERIC & set(entries):
        if entries[key] is not None and not isinstance(entries[key], (int, float)):
            raise ValueError(f"metadata {key} is not a number: {entries[key]}")
    return dict(entries)


def _items(entries: dict[str, Any]) -> dict[str, Item]:
    return {role: _item(entry) for role, entry in entries.items()}


def _item(entry: dict[str, Any]) -> Item:
    row, col = entry.get("origin", (0, 0))
    shape = entry.get("file_shape")
    return Item(
        **{
            **entry,
            "band": int(entry.get("band", 1)),
            "factor": float(entry.get("factor", 1.0)),
            "offset": float(entry.get("offset", 0.0)),
            "missing": tuple(float(value) for value in entry["missing"]),
            "origin": (int(row), int(col)),
            "file_shape": None if shape is None else (int(shape[0]), int(shape[1])),
        }
    )


def _acquisition(entry: dict[str, Any]) -> Acquisition:
    return Acquisition(
        date.fromisoformat(entry["date"]), entry["bperp"], entry["doppler"], _items(entry["items"])
    )


def _pair(entry: dict[str, Any]) -> Pair:
    return Pair(
        date.fromisoformat(entry["date1"]),
        date.fromisoformat(entry["date2"]),
        _items(entry["items"]),
        entry["bperp"],
        entry["coherence"],
        entry["state"],
        entry["reason"],
    )
