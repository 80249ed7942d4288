"""The files of a run appear together: each under a temporary name until all are done, result.json last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from . import atomic
from .result import Result

RESULT = "result.json"


@contextmanager
def publishing(result: Result, names: Mapping[str, str]) -> Iterator[dict[str, Path]]:
    """Temporary paths by role, `result` among them; all files appear when the block ends well, result.json last.

    names : role -> file name in the result's folder; they are added to `result.files`. A folder made for a run that
    fails is removed again.
    """
    folder = result.folder
    result.files.update({role: folder / name for role, name in names.items()})
    every = {**result.files, "result": folder / RESULT}
    with atomic.output_folder(folder), atomic.replacing_all(list(every.values())) as temporary:
        yield dict(zip(every, temporary))
    result.files["result"] = folder / RESULT
