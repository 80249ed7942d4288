"""Reading values out of an XML tree with a clear word about what is missing or is no number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from ..errors import InputError
from ..xmltree import Element


@dataclass(frozen=True)
class Fields:
    """An element whose descendants are read by path ("a/b/c"). source : file, for messages."""

    element: Element
    source: str
    what: str

    def all(self, path: str) -> list[Fields]:
        """The elements of the last name of a path, below the first element of the rest."""
        parent, _, name = path.rpartition("/")
        holder = self.element.find(parent) if parent else self.element
        children = holder.children if holder else []
        return [Fields(child, self.source, self.what) for child in children if child.name == name]

    def has(self, path: str) -> bool:
        """Whether an element is there."""
        return self.element.find(path) is not None

    def text(self, path: str) -> str:
        """The text of an element; refused when absent or empty."""
        found = self.element.find(path)
        if found is None or not found.text:
            raise self.wrong(path, "nothing", "an entry")
        return found.text

    def number(self, path: str) -> float:
        """A finite number."""
        return self.numbers(path)[0]

    def integer(self, path: str) -> int:
        """A whole number."""
        value = self.number(path)
        if value != int(value):
            raise self.wrong(path, value, "a whole number")
        return int(value)

    def numbers(self, path: str) -> tuple[float, ...]:
        """Finite numbers separated by blanks."""
        text = self.text(path)
        try:
            values = tuple(float(word) for word in text.split())
        except ValueError:
            raise self.wrong(path, text[:60], "numbers") from None
        if not all(math.isfinite(value) for value in values):
            raise self.wrong(path, text[:60], "finite numbers")
        return values

    def time(self, path: str) -> datetime:
        """A moment in UTC, naive."""
        text = self.text(path)
        try:
            return datetime.fromisoformat(text.replace("UTC=", "").rstrip("Z"))
        except ValueError:
            raise self.wrong(path, text[:60], "a time such as 2025-04-06T02:20:09.449360") from None

    def wrong(self, path: str, value: object, allowed: str) -> InputError:
        """The error that an entry cannot be used."""
        return InputError(
            self.what, f"{self.source}: {path} = {value}", allowed, "The file is damaged: download it again"
        )
