"""Errors name the thing, its value, what is allowed and what to do; monitors carry progress and cancel."""

from __future__ import annotations

import pytest

from groundline.core.errors import Cancelled, InputError
from groundline.core.monitor import Monitor


def test_message_names_field_value_allowed_and_remedy() -> None:
    error = InputError("RADIUS", -5, "a positive number of metres", "Enter for example 3000")
    text = str(error)
    assert text == (
        "RADIUS: -5 cannot be used. Allowed: a positive number of metres. Enter for example 3000."
    )


def test_long_lists_are_cut_with_the_count_of_the_rest() -> None:
    error = InputError("Pairs", [f"p{i}" for i in range(10)], "pairs with coherence")
    assert "p0, p1, p2, p3, p4, p5 and 4 more" in str(error)


class Recorder(Monitor):
    def __init__(self, cancel_at: int = 10**9) -> None:
        self.seen: list[float] = []
        self.cancel_at = cancel_at

    def progress(self, fraction: float) -> None:
        self.seen.append(fraction)

    def cancelled(self) -> bool:
        return len(self.seen) >= self.cancel_at


def test_part_maps_its_progress_onto_the_whole() -> None:
    whole = Recorder()
    part = whole.part(0.5, 0.7)
    part.step(0.0)
    part.step(0.5)
    part.part(0.5, 1.0).step(1.0)
    assert whole.seen == pytest.approx([0.5, 0.6, 0.7])


def test_step_raises_once_cancelled_and_through_parts() -> None:
    whole = Recorder(cancel_at=1)
    whole.step(0.1)
    with pytest.raises(Cancelled):
        whole.part(0.1, 0.2).step(0.5)


def test_progress_stays_between_zero_and_one() -> None:
    whole = Recorder()
    whole.step(-1.0)
    whole.step(2.0)
    assert whole.seen == [0.0, 1.0]
