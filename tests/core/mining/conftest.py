"""What tests of mining share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from groundline_tests import pictures


@pytest.fixture
def blank_pictures() -> Iterator[None]:
    """Runs draw nothing: for tests that look at numbers alone."""
    with pictures.blank():
        yield
