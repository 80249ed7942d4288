"""Orbit files of ESA (POEORB, RESORB): chosen by their validity, read as an Orbit.

Source: Sentinels POD Service File Format Specification, ESA GMES-GSEG-EOPG-FS-10-0075.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..xmltree import parse_xml
from .annotation_fields import Fields
from .bursts import seconds
from .orbit import Orbit

WHAT = "Orbit file"
PRECISE, RESTITUTED = "POEORB", "RESORB"
NAME = re.compile(
    r"(?P<platform>S1[A-D])_OPER_AUX_(?P<kind>POEORB|RESORB)_OPOD_(?P<made>\d{8}T\d{6})"
    r"_V(?P<start>\d{8}T\d{6})_(?P<stop>\d{8}T\d{6})\.EOF",
    re.IGNORECASE,
)
MARGIN = timedelta(seconds=60)  # around the image: six state vectors of 10 s on either side


@dataclass(frozen=True)
class OrbitFile:
    """An EOF file as its name describes it. kind : POEORB (precise, 5 cm) or RESORB (restituted, 10 cm)."""

    path: Path
    platform: str
    kind: str
    made: datetime
    start: datetime
    stop: datetime


def list_files(folder: Path) -> list[OrbitFile]:
    """The orbit files in a folder and its direct subfolders, by name; refused where there are none."""
    if not folder.is_dir():
        raise InputError("ORBITS", str(folder), "an existing folder", "Choose the folder with the .EOF files")
    found = []
    for path in sorted([*folder.glob("*"), *folder.glob("*/*")]):
        match = NAME.fullmatch(path.name)
        if match:
            made, start, stop = (
                datetime.strptime(match[part].upper(), "%Y%m%dT%H%M%S") for part in ("made", "start", "stop")
            )
            found.append(OrbitFile(path, match["platform"].upper(), match["kind"].upper(), made, start, stop))
    if not found:
        raise InputError(
            "ORBITS",
            str(folder),
            "a folder with orbit files, S1x_OPER_AUX_POEORB_*.EOF or S1x_OPER_AUX_RESORB_*.EOF, not zipped",
            "Choose the folder into which they were downloaded, or none to use the orbits of the images",
        )
    return found


def choose(files: list[OrbitFile], platform: str, start: datetime, stop: datetime) -> OrbitFile | None:
    """The file that covers an image with a margin: precise before restituted, then the one made last; None without."""
    covering = [
        file
        for file in files
        if file.platform == platform and file.start <= start - MARGIN and stop + MARGIN <= file.stop
    ]
    return max(covering, key=lambda file: (file.kind == PRECISE, file.made), default=None)


def read(file: OrbitFile, start: datetime, stop: datetime, epoch: datetime) -> Orbit:
    """The state vectors around an image, times in s from an epoch."""
    root = Fields(parse_xml(file.path, WHAT), str(file.path), WHAT)
    header = "Earth_Explorer_Header/Variable_Header"
    frame, scale = root.text(f"{header}/Ref_Frame"), root.text(f"{header}/Time_Reference")
    if (frame, scale) != ("EARTH_FIXED", "UTC"):
        raise root.wrong("Ref_Frame, Time_Reference", f"{frame}, {scale}", "EARTH_FIXED, UTC")
    times, vectors = [], []
    for entry in root.all("Data_Block/List_of_OSVs/OSV"):
        moment = entry.time("UTC")
        if start - 2 * MARGIN <= moment <= stop + 2 * MARGIN:
            times.append(seconds(moment, epoch))
            vectors.append([entry.number(name) for name in ("X", "Y", "Z", "VX", "VY", "VZ")])
    states = np.array(vectors, np.float64).reshape(-1, 6)
    return Orbit(epoch, np.array(times), states[:, :3], states[:, 3:], file.kind)
