"""What tests of `import_stack` share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundline.core.errors import InputError
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams


def refused(data: Path, *words: str, **options: Any) -> None:
    """The import fails with a message that holds all words, and leaves no output folder."""
    output = data.parent / "stack"
    with pytest.raises(InputError) as caught:
        import_stack(ImportParams(data, output, **options))
    for word in words:
        assert word in str(caught.value)
    assert caught.value.allowed
    assert not output.exists()
