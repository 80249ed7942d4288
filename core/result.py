"""What a run gives back: the folder, the files worth showing, and every number with its unit."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import atomic


@dataclass(frozen=True)
class Number:
    """One result number; `value` None means that it could not be determined."""

    value: float | int | None
    unit: str
    description: str


@dataclass
class Result:
    """Outcome of one algorithm.

    `numbers` maps a lower-case key to its Number; the Processing output of the same number
    has the key in upper case. `files` maps a short role ("velocity", "report") to a path.
    """

    algorithm: str
    folder: Path
    numbers: dict[str, Number] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    tables: dict[str, Any] = field(default_factory=dict)

    def number(self, key: str, value: float | int | None, unit: str, description: str) -> None:
        """Add a number; NaN and infinity become None because JSON has neither."""
        if isinstance(value, float) and not math.isfinite(value):
            value = None
        self.numbers[key] = Number(value, unit, description)

    def write(self, parameters: dict[str, Any], version: str, name: str = "result.json") -> Path:
        """Write the numbers, tables, warnings and parameters as JSON into the folder."""
        path = self.folder / name
        atomic.write_json(
            path,
            {
                "algorithm": self.algorithm,
                "version": version,
                "parameters": parameters,
                "numbers": {
                    key: {"value": n.value, "unit": n.unit, "description": n.description}
                    for key, n in self.numbers.items()
                },
                "tables": self.tables,
                "files": {role: _relative(file, self.folder) for role, file in self.files.items()},
                "warnings": self.warnings,
            },
        )
        self.files["result"] = path
        return path


def _relative(path: Path, folder: Path) -> str:
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return path.as_posix()
