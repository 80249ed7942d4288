"""XML of other programs: a plain tree, and a clear word where it is not one."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundline.core.errors import InputError
from groundline.core.xmltree import MAX_DEPTH, parse_xml


def written(folder: Path, text: str) -> Path:
    path = folder / "a.xml"
    path.write_text(text, encoding="utf-8")
    return path


def test_names_attributes_and_texts(tmp_path: Path) -> None:
    root = parse_xml(
        written(tmp_path, '<a><b n="1"> x <c>deep</c></b><b n="2">y &amp; z</b></a>'), "XML file"
    )
    assert root.name == "a"
    assert [(b.attributes["n"], b.text) for b in root.named("b")] == [("1", "x"), ("2", "y & z")]
    assert next(root.named("b")).child_text("c") == "deep"
    assert root.child_text("c") == ""
    assert [c.text for c in root.named("c")] == ["deep"]
    deep = root.find("b/c")
    assert deep is not None and deep.text == "deep"
    assert root.find("c") is None and root.find("x/c") is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("<a><b></a>", "mismatched tag: line 1"),
        ("<a><b>", "no element found"),
        ("", "no element found"),
        ("<a>" * (MAX_DEPTH + 2), "nested too deeply"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "declares a document type"),
        ('<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>', "declares a document type"),
    ],
)
def test_what_is_not_read(text: str, word: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        parse_xml(written(tmp_path, text), "XML file")
    assert word in str(caught.value)
    assert "a.xml" in str(caught.value)
