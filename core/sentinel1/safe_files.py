"""The files of a SAFE, in a folder or inside a zip that is read where it lies."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError

WHAT = "Sentinel-1 image"
MANIFEST = "manifest.safe"
LARGEST_TEXT = 64 * 1024 * 1024  # bytes; annotations are 1 MB
PRODUCT = re.compile(r"S1[A-D]_IW_SLC__\w+", re.IGNORECASE)
ENDINGS = re.compile(r"(\.SAFE)?(\.zip)?$", re.IGNORECASE)


@dataclass(frozen=True)
class SafeFiles:
    """A SAFE's own names of its files, such as "annotation/s1a-iw1-...xml".

    root : folder inside the zip, with a trailing slash; empty where the SAFE is a folder.
    """

    path: Path
    zipped: bool
    root: str
    names: tuple[str, ...]

    def read(self, name: str) -> bytes:
        """The bytes of a text file; refused when cut short or absurdly large."""
        try:
            size, data = self._zipped(name) if self.zipped else self._plain(name)
        except (OSError, EOFError, KeyError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
            raise damaged(self.path, f"{name}: {error}") from error
        if size > LARGEST_TEXT:
            raise damaged(self.path, f"{name} has {size} bytes")
        return data

    def gdal_name(self, name: str) -> str:
        """GDAL's name of a file; inside a zip it is read in place."""
        if self.zipped:
            return f"/vsizip/{{{self.path.as_posix()}}}/{self.root}{name}"
        return str(self.path / name)

    def _plain(self, name: str) -> tuple[int, bytes]:
        with (self.path / name).open("rb") as file:
            return (self.path / name).stat().st_size, file.read(LARGEST_TEXT)

    def _zipped(self, name: str) -> tuple[int, bytes]:
        with zipfile.ZipFile(self.path) as archive:
            entry = archive.getinfo(self.root + name)
            with archive.open(entry) as file:
                return entry.file_size, file.read(LARGEST_TEXT)


def open_files(path: Path) -> SafeFiles:
    """The files of a .SAFE folder or of a zip that holds one."""
    if path.is_dir():
        names = [entry.relative_to(path).as_posix() for entry in path.glob("*/*") if entry.is_file()]
        if not (path / MANIFEST).is_file():
            raise damaged(path, f"{MANIFEST} is missing")
        return SafeFiles(path, False, "", tuple(sorted([MANIFEST, *names])))
    if not path.is_file():
        raise InputError(
            WHAT, str(path), "a .SAFE folder or a .zip that holds one", "Choose an existing image"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.namelist() if not entry.endswith("/")]
    except (OSError, zipfile.BadZipFile) as error:
        raise damaged(path, str(error)) from error
    roots = {
        entry[: -len(MANIFEST)] for entry in entries if entry.endswith("/" + MANIFEST) or entry == MANIFEST
    }
    if len(roots) != 1:
        raise InputError(WHAT, str(path), "a zip with one SAFE", f"It holds {len(roots)} files {MANIFEST}")
    root = roots.pop()
    inside = (entry[len(root) :] for entry in entries if entry.startswith(root))
    return SafeFiles(path, True, root, tuple(sorted(inside)))


def find_images(folder: Path) -> list[Path]:
    """The IW SLC images in a folder, by name; where an image is there as folder and as zip, the folder."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir() if folder.is_dir() else []):
        name = ENDINGS.sub("", path.name).upper()
        usable = path.is_dir() or path.suffix.lower() == ".zip"
        if usable and PRODUCT.fullmatch(name) and (name not in found or path.is_dir()):
            found[name] = path
    if not found:
        raise InputError(
            "Folder of images",
            str(folder),
            "a folder with S1x_IW_SLC__*.SAFE folders or zips",
            "Choose the folder into which the images were downloaded",
        )
    return [found[name] for name in sorted(found)]


def damaged(path: Path, why: str) -> InputError:
    """The error that a SAFE is incomplete."""
    return InputError(WHAT, str(path), "a complete image", f"Download it again ({why})")
