"""Progress, cancellation and log lines, independent of who shows them."""

from __future__ import annotations

from .errors import Cancelled


class Monitor:
    """Silent monitor; subclasses override the four hooks.

    `progress` takes a fraction of the whole, 0 to 1. Work calls `step`, which reports
    the fraction and raises `Cancelled` when the user asked to stop.
    """

    def progress(self, fraction: float) -> None:
        """Show that this fraction (0-1) of the work is done."""

    def cancelled(self) -> bool:
        """True once the user asked to stop."""
        return False

    def info(self, text: str) -> None:
        """Log a line."""

    def warn(self, text: str) -> None:
        """Log a line that the user should not miss."""

    def check(self) -> None:
        """Raise `Cancelled` if the user asked to stop."""
        if self.cancelled():
            raise Cancelled()

    def step(self, fraction: float) -> None:
        """Report progress and honour a cancellation."""
        self.check()
        self.progress(min(max(fraction, 0.0), 1.0))

    def part(self, start: float, stop: float) -> Monitor:
        """A monitor whose 0-1 maps onto start-stop of this one."""
        return _Part(self, start, stop)


class _Part(Monitor):
    def __init__(self, parent: Monitor, start: float, stop: float) -> None:
        self._parent = parent
        self._start = start
        self._span = stop - start

    def progress(self, fraction: float) -> None:
        self._parent.progress(self._start + self._span * fraction)

    def cancelled(self) -> bool:
        return self._parent.cancelled()

    def info(self, text: str) -> None:
        self._parent.info(text)

    def warn(self, text: str) -> None:
        self._parent.warn(text)


class PrintMonitor(Monitor):
    """Log lines on standard output, for notebooks and scripts."""

    def info(self, text: str) -> None:
        print(text)

    def warn(self, text: str) -> None:
        print(f"Warning: {text}")
