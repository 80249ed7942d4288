"""Results of several files that appear all at once.

A run writes into a hidden folder inside the output folder and moves the finished files to their names at the
end, `stack.json` last. Cancelled or failed runs leave the earlier results as they were.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from . import atomic, manifest
from .errors import InputError
from .result import Result

STAGE = ".part-run-"
_COMMIT_LAST = ("result.json", manifest.NAME)


@dataclass(frozen=True)
class Stage:
    """Where a run writes (`path`) and where its files will be (`folder`)."""

    path: Path
    folder: Path

    def final(self, path: Path) -> Path:
        """The later name of a file of the stage."""
        return self.folder / path.relative_to(self.path)

    def published(self, result: Result) -> Result:
        """The result with its folder and files where they will be."""
        files = {role: self.final(path) for role, path in result.files.items()}
        return replace(result, folder=self.folder, files=files)


def nothing(folder: Path) -> Iterable[Path]:
    """No file of an earlier run has to go."""
    return ()


@contextmanager
def staging(
    output: Path,
    folders: tuple[str, ...] = (),
    earlier: Callable[[Path], Iterable[Path]] = nothing,
    field: str = "OUTPUT",
    resume: str = "",
) -> Iterator[Stage]:
    """A hidden folder to write into; its files replace those of `output` when the block ends well.

    folders : made inside it. earlier : the rasters that runs of this kind leave in a folder; those that the new
    run does not have are removed. On an error or a cancellation everything of this run is removed, the output
    folder too if the run made it. resume : a mark of the run; its finished files then stay hidden in the folder after
    an error or a cancellation, and the next run with the same mark finds them in the stage.
    """
    missing = _first_missing(output.expanduser().absolute())
    folder = atomic.prepare_folder(output, field)
    stage = Stage(folder / f"{STAGE}{resume or secrets.token_hex(3)}", folder)
    for left in folder.glob(f"{STAGE}*"):
        if left != stage.path:
            shutil.rmtree(left, ignore_errors=True)
    atomic.check_path_length(stage.path / "displacement" / ("x" * 28))
    try:
        for made in (stage.path, *(stage.path / name for name in folders)):
            atomic.prepare_folder(made, field)  # without what a run that was killed left half written
        yield stage
        _commit(stage, earlier)
    except BaseException:
        if resume:
            raise
        shutil.rmtree(stage.path, ignore_errors=True)
        if missing is not None and not any(folder.iterdir()):
            shutil.rmtree(missing, ignore_errors=True)
        raise
    shutil.rmtree(stage.path, ignore_errors=True)


def refuse_locked(folder: Path, names: Iterable[str]) -> None:
    """Refuse to start when a file to be replaced is held open, as Windows does with shown layers."""
    for name in names:
        path = folder / name
        if not path.is_file():
            continue
        try:
            path.rename(path)  # needs the same right as replacing, and changes nothing
        except PermissionError as error:
            raise InputError(
                "OUTPUT",
                str(path),
                "a folder whose files no other program holds open",
                f"Remove the layer '{path.stem}' from the project, or choose another output folder",
            ) from error


def _commit(stage: Stage, earlier: Callable[[Path], Iterable[Path]]) -> None:
    files = sorted(
        path.relative_to(stage.path).as_posix() for path in stage.path.rglob("*") if path.is_file()
    )
    for name in _COMMIT_LAST:
        atomic.remove_file(stage.folder / name)
    for path in list(earlier(stage.folder)):
        if path.relative_to(stage.folder).as_posix() not in files:
            atomic.remove_with_sidecars(path)
    ordered = [name for name in files if name not in _COMMIT_LAST]
    for name in [*ordered, *(name for name in _COMMIT_LAST if name in files)]:
        target = stage.folder / name
        target.parent.mkdir(exist_ok=True)
        atomic.move(stage.path / name, target)


def _first_missing(folder: Path) -> Path | None:
    missing = None
    while not folder.exists():
        missing, folder = folder, folder.parent
    return missing
