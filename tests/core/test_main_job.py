"""The main job as a whole: the truth of the simulated railway comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from groundline_tests import recovery


def test_the_small_scene_comes_back(tmp_path: Path) -> None:
    found = recovery.corridor(tmp_path, "small")
    assert found.truth_length == pytest.approx(38_700, abs=100)
    # Two zone ends at each of three zones, on pixels of 833 m.
    assert found.on_line == pytest.approx(found.truth_length, abs=2_500)
    assert found.lowest == pytest.approx(found.truth_lowest, abs=6.0)
    assert found.rmse < 4.0
    assert found.nmad < 3.0
