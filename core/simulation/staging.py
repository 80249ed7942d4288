"""A scene is made in a hidden folder inside its output folder and takes its place when it is whole."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..version import VERSION

RESULT = "result.json"
_STAGE = ".unfinished-"


def key(facts: dict[str, Any]) -> str:
    """A short hash of everything that decides the bytes of a scene."""
    return hashlib.sha256(json.dumps([VERSION, facts]).encode()).hexdigest()[:12]


def stage(output: Path, mark: str) -> Path:
    """The hidden folder of an unfinished scene."""
    return output / f"{_STAGE}{mark}"


def begin(output: Path, folder: Path) -> None:
    """Make `folder` (the stage, or the output itself), and remove the stages of other scenes."""
    for leftover in output.glob(f"{_STAGE}*"):
        if leftover != folder:
            shutil.rmtree(leftover)
    folder.mkdir(exist_ok=True)


def fingerprint(folder: Path) -> str:
    """Of the finished scene in a folder; empty when there is none."""
    path = folder / RESULT
    if not path.is_file():
        return ""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # damaged: it will be replaced
        return ""
    parameters = document.get("parameters") if isinstance(document, dict) else None
    return str(parameters.get("fingerprint", "")) if isinstance(parameters, dict) else ""


def publish(made: Path, output: Path) -> None:
    """Put the finished scene in the place of an earlier one, `result.json` last.

    The earlier files are moved aside first: where one of them is held open, all go back.
    """
    names = sorted((entry.name for entry in made.iterdir()), key=lambda name: (name == RESULT, name))
    aside = output / f"{_STAGE}replaced"
    aside.mkdir(exist_ok=True)
    moved: list[str] = []
    try:
        for name in reversed(names):
            if (output / name).exists():
                (output / name).replace(aside / name)
                moved.append(name)
    except OSError as error:
        for name in moved:
            (aside / name).replace(output / name)
        raise InputError(
            "OUTPUT",
            str(output),
            "a folder whose files no other program holds open",
            f"Remove the scene's layers from the project, or choose another folder ({error.strerror})",
        ) from error
    for name in names:
        (made / name).replace(output / name)
    made.rmdir()
    shutil.rmtree(aside, ignore_errors=True)
