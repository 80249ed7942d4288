"""What the user says to the comparison of velocities before and after a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ...errors import InputError
from .. import selection
from ..params import check_folders


@dataclass(frozen=True)
class VelocityChangeParams:
    """Parameters of a run.

    input : displacement folder. output : folder for the results.
    event : date that parts before from after (YYYY-MM-DD); empty for the velocity of one window only.
    event_end : last day of the event (the end of the works); dates from `event` to it count to neither side.
    start, end : first and last date to use, empty for all.
    """

    input: str | Path
    output: str | Path
    event: str = ""
    event_end: str = ""
    start: str = ""
    end: str = ""

    def days(self) -> tuple[date | None, date | None, date | None, date | None]:
        """(start, event, event_end, end)."""
        return (
            selection.parse_day(self.start, "START"),
            selection.parse_day(self.event, "EVENT"),
            selection.parse_day(self.event_end, "EVENT_END"),
            selection.parse_day(self.end, "END"),
        )

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        start, event, event_end, end = self.days()
        if event_end is not None and event is None:
            raise InputError(
                "EVENT_END", self.event_end, "an end together with EVENT", "Give EVENT, or empty this"
            )
        names = [("START", start), ("EVENT", event), ("EVENT_END", event_end), ("END", end)]
        given = [(name, day) for name, day in names if day is not None]
        for (first, earlier), (second, later) in zip(given, given[1:]):
            if later < earlier or (later == earlier and second != "EVENT_END"):
                raise InputError(second, later.isoformat(), f"a date after {first} ({earlier.isoformat()})")
        check_folders(self.input, self.output, "velocitychange")

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON, without the output folder."""
        return {
            "input": Path(self.input).expanduser().absolute().as_posix(),
            "event": self.event,
            "event_end": self.event_end,
            "start": self.start,
            "end": self.end,
        }
