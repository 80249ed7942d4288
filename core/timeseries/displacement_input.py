"""A finished displacement folder as the input of a further step."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .. import manifest
from ..errors import InputError
from ..raster import StackReader, Window
from ..stack import DISPLACEMENT, Item, Stack
from . import outputs


def load(folder: Path) -> Stack:
    """The stack of a displacement folder; refuses any other kind."""
    stack = manifest.load(folder)
    if stack.kind != DISPLACEMENT:
        raise InputError(
            "INPUT",
            f"a stack of kind {stack.kind}",
            "a displacement folder, as 'sbas' writes it",
            "Run 'sbas' first",
        )
    return stack


def items(stack: Stack) -> list[Item]:
    """Every raster of the folder."""
    return [item for a in stack.acquisitions for item in a.items.values()] + list(stack.products.values())


def settings(stack: Stack) -> dict[str, Any]:
    """Parameters of the inversion that made the folder; its limits for points hold here too."""
    for step in reversed(stack.history):
        if step.get("algorithm") == "sbas":
            return dict(step.get("parameters", {}))
    return {}


def has_redundancy(reader: StackReader, windows: Iterable[Window]) -> bool:
    """Whether any pixel has more interferograms than unknowns."""
    return any(bool((reader.read(outputs.stored("redundancy"), window) > 0).any()) for window in windows)
