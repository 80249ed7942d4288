"""Changes to SAFE folders of the simulator: other names, fewer bursts, slices, and damage."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from osgeo import gdal

from . import samples_sentinel1 as sample

BURST = re.compile(r"<burst>.*?</burst>\s*", re.DOTALL)


def copy_images(source: Path, target: Path, dates: Sequence[int] = (0, 1, 2)) -> list[Path]:
    """SAFE folders of some of the dates, copied into a new folder."""
    return [
        Path(shutil.copytree(safe, target / safe.name))
        for index, safe in enumerate(sorted(source.glob("*.SAFE")))
        if index in dates
    ]


def edit(safe: Path, name: str, change: Callable[[str], str]) -> None:
    """Change the text of the files that a pattern names; it must change."""
    for path in safe.glob(name):
        text = path.read_text(encoding="utf-8")
        assert change(text) != text
        path.write_text(change(text), encoding="utf-8")


def annotation(safe: Path, change: Callable[[str], str]) -> None:
    """Change the annotation."""
    edit(safe, "annotation/*.xml", change)


def manifest(safe: Path, change: Callable[[str], str]) -> None:
    """Change the manifest."""
    edit(safe, "manifest.safe", change)


def pixels(safe: Path, change: Callable[[np.ndarray], np.ndarray]) -> None:
    """Change the pixels of all subswaths."""
    for path in safe.glob("measurement/*.tiff"):
        dataset = gdal.Open(str(path))
        values = dataset.ReadAsArray()
        del dataset
        sample.write_complex(path, change(values))


def keep_bursts(safe: Path, kept: Sequence[int]) -> None:
    """Leave only some of the bursts."""
    lines = 0

    def fewer(text: str) -> str:
        nonlocal lines
        lines = int(re.findall(r"<linesPerBurst>(\d+)<", text)[0])
        bursts = BURST.findall(text)
        for index, burst in enumerate(bursts):
            if index not in kept:
                text = text.replace(burst, "")
        size = f"<numberOfLines>{lines * len(kept)}<"
        return text.replace(f"<numberOfLines>{lines * len(bursts)}<", size)

    annotation(safe, fewer)
    pixels(
        safe, lambda values: np.concatenate([values[lines * index : lines * (index + 1)] for index in kept])
    )


def state_later(safe: Path, microseconds: int) -> None:
    """Let the annotation state later times for the bursts, so that targets appear that much later than it says."""

    def later(match: re.Match[str]) -> str:
        time = datetime.fromisoformat(match[2]) + timedelta(microseconds=microseconds)
        return match[1] + time.isoformat(timespec="microseconds")

    annotation(safe, lambda text: re.sub(r"(<burst>\s*<azimuthTime>)([^<]+)", later, text))


def blank(safe: Path, columns: slice) -> None:
    """Pixels without data."""

    def emptied(values: np.ndarray) -> np.ndarray:
        values[:, columns] = 0.0
        return values

    pixels(safe, emptied)


def slices(safe: Path, first: Sequence[int], second: Sequence[int]) -> tuple[Path, Path]:
    """Two slices of an image in its place, each with some of the bursts."""
    other = safe.with_name(safe.name[:-9] + "BEEF.SAFE")
    shutil.copytree(safe, other)
    for one, kept in ((safe, first), (other, second)):
        if len(kept) < 2:
            keep_bursts(one, kept)
    return safe, other


def rename(safe: Path, platform: str, polarisation: str) -> Path:
    """The same image as another satellite and polarisation would deliver it."""
    manifest(safe, lambda text: text.replace("<number>A<", f"<number>{platform}<"))
    annotation(
        safe,
        lambda text: text.replace("<polarisation>VV<", f"<polarisation>{polarisation}<").replace(
            "<missionId>S1A<", f"<missionId>S1{platform}<"
        ),
    )
    for path in [*safe.glob("annotation/*"), *safe.glob("measurement/*")]:
        path.rename(
            path.with_name(
                path.name.replace("s1a-", f"s1{platform.lower()}-").replace(
                    "-vv-", f"-{polarisation.lower()}-"
                )
            )
        )
    return safe.rename(safe.with_name(safe.name.replace("S1A_", f"S1{platform}_")))
