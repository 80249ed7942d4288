"""Parameters of `interferograms`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..outputfolder import check_output

ALGORITHM = "interferograms"
LOOKS = re.compile(r"\s*(\d{1,3})\s*[xX]\s*(\d{1,3})\s*")
LARGEST_WINDOW = 51


@dataclass(frozen=True)
class InterferogramParams:
    """Which interferograms.

    input : folder of a stack of images, of coregister or of network. output : folder of the stack of interferograms.
    pairs : CSV of network, whose kept pairs are made; empty: the kept pairs of the input. looks : rows x columns that
    are averaged, such as "2x8". window : rows and columns, after averaging, over which coherence is estimated.
    """

    input: str
    output: str
    pairs: str = ""
    looks: str = "1x1"
    window: int = 5

    def validate(self) -> None:
        """Raise InputError for what cannot be used."""
        check_output(self.output, ALGORITHM, self.input)
        found = LOOKS.fullmatch(self.looks)
        if found is None or min(int(found[1]), int(found[2])) < 1:
            raise InputError("LOOKS", self.looks, "rows x columns, such as 1x1 or 2x8")
        if not (1 <= self.window <= LARGEST_WINDOW and self.window % 2 == 1):
            raise InputError("WINDOW", self.window, f"an odd number, 1 to {LARGEST_WINDOW}")
        if self.window == 1 and self.averaged == (1, 1):
            raise InputError("WINDOW", 1, "3 or more where LOOKS is 1x1: a single sample has coherence 1")
        if self.pairs and not Path(self.pairs).expanduser().is_file():
            raise InputError("PAIRS", self.pairs, "an existing CSV, as network writes it, or nothing")

    @property
    def averaged(self) -> tuple[int, int]:
        """Rows and columns that are averaged."""
        found = LOOKS.fullmatch(self.looks)
        return (int(found[1]), int(found[2])) if found else (1, 1)

    def plain(self) -> dict[str, Any]:
        """As JSON has it, without OUTPUT."""
        return {
            "input": Path(self.input).expanduser().absolute().as_posix(),
            "pairs": Path(self.pairs).expanduser().absolute().as_posix() if self.pairs else "",
            "looks": "x".join(str(count) for count in self.averaged),
            "window": self.window,
        }
