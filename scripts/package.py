#!/usr/bin/python3
"""Packs the plugin: python3 scripts/package.py groundline.zip

The zip holds one folder, groundline/, with what pyproject.toml's wheel holds, and its bytes depend on
nothing but the files. Whatever QGIS's plugin repository would reject ends the run.
"""

from __future__ import annotations

import ast
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "groundline"
LIMIT = 25 * 10**6  # bytes, of the plugin repository
SUFFIXES = {
    ".py",
    ".txt",
    ".svg",
    ".png",
    ".qml",
    ".model3",
    ".html",
    ".css",
    ".json",
    ".csv",
    ".ui",
    ".qm",
    ".md",
}


def included(root: Path = ROOT) -> list[str]:
    """The top-level names that ship, as pyproject.toml lists them for the wheel."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("only-include = ")]
    names: list[str] = ast.literal_eval(line.partition("=")[2].strip())
    return names


def shipped_files(root: Path = ROOT) -> list[Path]:
    """Every file that ships, relative to the root, in order."""
    found: list[Path] = []
    for name in included(root):
        start = root / name
        files = [start] if start.is_file() else sorted(path for path in start.rglob("*") if path.is_file())
        found += [path.relative_to(root) for path in files if "__pycache__" not in path.parts]
    for path in found:
        if path.suffix not in SUFFIXES and path.name != "LICENSE":
            raise SystemExit(f"{path}: this kind of file does not ship; remove it or extend SUFFIXES")
    return sorted(found, key=lambda path: path.as_posix())


def write_zip(target: Path, root: Path = ROOT) -> None:
    """Write the plugin zip; the same files give the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in shipped_files(root):
            entry = zipfile.ZipInfo(f"{FOLDER}/{path.as_posix()}", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, (root / path).read_bytes())
    size = target.stat().st_size
    if size > LIMIT:
        target.unlink()
        raise SystemExit(f"The zip has {size} bytes; the plugin repository takes {LIMIT}")


if __name__ == "__main__":
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "groundline.zip")
    write_zip(out)
    print(f"{out}: {out.stat().st_size / 1000:.0f} kB, {len(shipped_files())} files")
