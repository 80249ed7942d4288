"""Whether a folder may receive the results of an algorithm: never an input, never the results of another step."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .errors import InputError

_RESULT, _STACK = "result.json", "stack.json"


def check_output(
    output: str | os.PathLike[str], algorithm: str, given: str | os.PathLike[str] = "", field: str = "OUTPUT"
) -> None:
    """Refuse an output folder that is the input, by whatever path, or that holds what another algorithm wrote.

    A folder with earlier results of `algorithm` itself is fine: a rerun resumes or replaces them.
    """
    if not str(output):
        raise InputError(field, "nothing", "a folder for the results", "Choose a folder")
    folder = Path(output).expanduser()
    if str(given) and _same(folder, Path(given).expanduser()):
        raise InputError(
            field, str(output), "another folder than INPUT", "INPUT would be overwritten: choose a new folder"
        )
    owner = _owner(folder)
    if owner and owner != algorithm:
        raise InputError(
            field,
            str(output),
            f"a new folder, or one with earlier results of '{algorithm}'",
            f"It holds the results of '{owner}', which would be overwritten: choose another folder",
        )


def _same(first: Path, second: Path) -> bool:
    return os.path.normcase(os.path.realpath(first)) == os.path.normcase(os.path.realpath(second))


def _owner(folder: Path) -> str:
    """The algorithm whose results a folder holds; empty when there are none or nobody signed them."""
    owner = _read(folder / _RESULT).get("algorithm")
    if not owner:
        history = _read(folder / _STACK).get("history")
        last = history[-1] if isinstance(history, list) and history else {}
        owner = last.get("algorithm") if isinstance(last, dict) else None
    return owner if isinstance(owner, str) else ""


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; empty where there is no readable one."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
