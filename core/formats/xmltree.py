"""Small XML files as a tree, through expat: no entities, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from ..errors import InputError

MAX_DEPTH = 100


@dataclass
class Element:
    """An element with its attributes, its own text without outer blanks, and its children."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def named(self, name: str) -> Iterator[Element]:
        """All elements of a name below this one, in document order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.named(name)

    def child_text(self, name: str) -> str:
        """Text of the first direct child of a name; empty without one."""
        return next((child.text for child in self.children if child.name == name), "")


def parse_xml(path: Path, what: str) -> Element:
    """The root element of a file; InputError names the file and the line at fault."""
    top = Element("")
    stack = [top]
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > MAX_DEPTH:
            raise _damaged(path, what, "elements are nested too deeply")
        element = Element(name, attributes)
        stack[-1].children.append(element)
        stack.append(element)

    def end(_: str) -> None:
        element = stack.pop()
        element.text = element.text.strip()

    def text(data: str) -> None:
        stack[-1].text += data

    def entity(*_: Any) -> None:
        raise _damaged(path, what, "it defines entities")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(path.read_bytes(), True)
    except expat.ExpatError as error:
        raise _damaged(path, what, str(error)) from error
    except OSError as error:
        raise InputError(
            what, str(path), "a readable file", f"Check its permissions ({error.strerror})"
        ) from error
    return top.children[0]


def _damaged(path: Path, what: str, why: str) -> InputError:
    return InputError(what, str(path), "a complete XML file", f"Copy the file again ({why})")
