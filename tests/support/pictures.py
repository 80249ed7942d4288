"""Runs without pictures, for tests of numbers: drawing takes most of the time of a short run."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)  # a PNG of one pixel


@contextmanager
def blank() -> Iterator[None]:
    """Every figure that core draws meanwhile is a PNG of one pixel or an empty SVG."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("groundline.core.figures.base.to_png", lambda figure: DOT)
        patch.setattr("groundline.core.figures.base.to_svg", lambda figure: b"<svg/>")
        yield
