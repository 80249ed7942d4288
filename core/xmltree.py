"""Small XML files as a tree, through expat: no document types and so no entities, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from .errors import InputError

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

    def find(self, path: str) -> Element | None:
        """The first element at a path of names such as "a/b/c" below this one; None without one."""
        found: Element | None = self
        for name in path.split("/"):
            found = next((child for child in found.children if child.name == name), None) if found else None
        return found


def parse_xml(path: Path, what: str) -> Element:
    """The root element of a file; InputError names the file and the line at fault."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            what, str(path), "a readable file", f"Check its permissions ({error.strerror})"
        ) from error
    return parse_bytes(data, str(path), what)


def parse_bytes(data: bytes, source: str, what: str) -> Element:
    """The root element of XML text; InputError names its source and the line at fault."""
    top = Element("")
    stack = [top]
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > MAX_DEPTH:
            raise _damaged(source, what, "elements are nested too deeply")
        element = Element(name, attributes)
        stack[-1].children.append(element)
        stack.append(element)

    def end(_: str) -> None:
        element = stack.pop()
        element.text = element.text.strip()

    def text(data: str) -> None:
        stack[-1].text += data

    def document_type(*_: Any) -> None:
        raise _damaged(source, what, "it declares a document type, where entities could be defined")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = document_type
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise _damaged(source, what, str(error)) from error
    return top.children[0]


def _damaged(source: str, what: str, why: str) -> InputError:
    return InputError(what, source, "a complete XML file", f"Copy the file again ({why})")
