"""A monitor that counts progress and asks to stop at a given callback."""

from __future__ import annotations

from groundline.core.monitor import Monitor


class Recorder(Monitor):
    """`stop_at`: the number of callbacks after which the run is asked to stop; -1 never."""

    def __init__(self, stop_at: int = -1) -> None:
        self.calls, self.stop_at = 0, stop_at
        self.fractions: list[float] = []
        self.lines: list[str] = []

    def progress(self, fraction: float) -> None:
        self.calls += 1
        self.fractions.append(fraction)

    def cancelled(self) -> bool:
        return self.calls == self.stop_at

    def info(self, text: str) -> None:
        self.lines.append(text)
