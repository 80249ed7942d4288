"""Files that appear whole or not at all.

Everything is written under a temporary name in the destination's own folder and renamed
onto the final name, so that a cancelled or failed run leaves earlier results untouched.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from .errors import InputError

MAX_PATH = 260  # Windows without long-path support; GDAL and OGR open through the ANSI limit
_MARK = ".part-"
_TEMPORARY = re.compile(r"\.part-(?:run-)?[0-9a-f]+[/\\]?")
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)  # Windows has no EDQUOT


def partial_name(path: Path) -> Path:
    """A fresh temporary sibling of `path` that keeps its suffix, so that GDAL finds the driver."""
    return path.with_name(f"{path.stem}{_MARK}{secrets.token_hex(4)}{path.suffix}")


@contextmanager
def output_folder(path: Path, field: str = "OUTPUT") -> Iterator[Path]:
    """The prepared folder; on an error it is removed again if this run made it and nothing is in it."""
    target = path.expanduser().absolute()
    missing = [folder for folder in (target, *target.parents) if not folder.exists()]
    folder = prepare_folder(path, field)
    try:
        yield folder
    except BaseException:
        for made in missing:
            if made.is_dir() and not any(made.iterdir()):
                made.rmdir()
        raise


@contextmanager
def replacing_all(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Yield a temporary path for each; they replace `paths`, in order, when the block ends well."""
    with ExitStack() as pending:
        temporary = [pending.enter_context(replacing(path)) for path in reversed(paths)]
        yield temporary[::-1]


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path; on success it replaces `path`, on any error it is removed."""
    check_path_length(path)
    temporary = partial_name(path)
    try:
        yield temporary
        move(temporary, path)
    except OSError as error:
        if error.errno in _FULL:
            raise disk_full(path) from error
        raise
    finally:
        remove_with_sidecars(temporary)


def move(temporary: Path, path: Path) -> None:
    """Rename a finished file onto its final name; names the file when another program holds it open."""
    try:
        os.replace(temporary, path)
    except PermissionError as error:
        raise InputError(
            "Output file",
            str(path),
            "a file that no other program holds open",
            "Remove the layer from the project, or choose another output folder, and run again",
        ) from error
    # Statistics of the file that stood here before would describe the wrong pixels.
    remove_file(path.with_name(path.name + ".aux.xml"))


def remove_file(path: Path) -> None:
    """Delete a file if it is there."""
    if path.exists() or path.is_symlink():
        path.unlink()


def remove_with_sidecars(path: Path) -> None:
    """Delete a file and what GDAL or SQLite may have left beside it."""
    for name in (path.name, path.name + ".aux.xml", path.name + "-journal", path.name + "-wal", path.name + "-shm"):
        remove_file(path.with_name(name))


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically, with the same line ends on every system."""
    with replacing(path) as temporary:
        with open(temporary, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)


def write_bytes(path: Path, data: bytes) -> None:
    """Write bytes atomically."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def write_json(path: Path, document: Any) -> None:
    """Write JSON atomically, keys in the order given, NaN refused (JSON has none)."""
    write_text(path, json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def check_path_length(path: Path) -> None:
    """Refuse a path that Windows could not open."""
    length = len(str(path))
    if os.name == "nt" and length >= MAX_PATH:
        raise InputError(
            "Path", str(path), f"fewer than {MAX_PATH} characters (this has {length})", "Choose a shorter folder"
        )


def prepare_folder(folder: Path, field: str = "OUTPUT") -> Path:
    """Create the output folder if needed and prove that files can be written there.

    Returns the absolute path. Removes partial files that an aborted run left behind.
    """
    folder = folder.expanduser().absolute()
    check_path_length(folder / "displacement" / ("x" * 40))
    if folder.exists() and not folder.is_dir():
        raise InputError(field, str(folder), "a folder", "A file has this name: choose another folder")
    created = _first_missing(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f"{_MARK}{secrets.token_hex(4)}"
        probe.write_bytes(b"groundline")
        probe.unlink()
    except OSError as error:
        if created is not None and created.is_dir():
            shutil.rmtree(created, ignore_errors=True)
        if error.errno in _FULL:
            raise disk_full(folder) from error
        raise InputError(
            field, str(folder), "a folder that you may write to", f"Choose another folder ({error.strerror})"
        ) from error
    for leftover in folder.rglob(f"*{_MARK}*"):
        if leftover.is_file():
            leftover.unlink()
    return folder


def check_free_space(folder: Path, needed: int, field: str = "OUTPUT") -> None:
    """Refuse to start when `needed` bytes do not fit into the folder's file system."""
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise InputError(
            field,
            str(folder),
            f"{needed / 2**20:.0f} MiB of free space (there are {free / 2**20:.0f} MiB)",
            "Free some space or choose a folder on another disk",
        )


def disk_full(path: Path) -> InputError:
    """The error for a disk that filled up while writing `path`, which may be a temporary name."""
    return InputError(
        "OUTPUT",
        _TEMPORARY.sub("", str(path)),
        "enough free disk space",
        "The disk is full: free some space and run again",
    )


def _first_missing(folder: Path) -> Path | None:
    missing = None
    while not folder.exists():
        missing = folder
        folder = folder.parent
    return missing
