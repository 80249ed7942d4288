"""Lets core report progress to, and be cancelled from, whatever runs a Processing algorithm."""

from __future__ import annotations

from qgis.core import QgsProcessingFeedback

from ..core.monitor import Monitor


class FeedbackMonitor(Monitor):
    """A Monitor that speaks to a QgsProcessingFeedback."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        self._feedback = feedback
        self._warned: set[str] = set()

    def progress(self, fraction: float) -> None:
        self._feedback.setProgress(100.0 * fraction)

    def cancelled(self) -> bool:
        return bool(self._feedback.isCanceled())

    def info(self, text: str) -> None:
        self._feedback.pushInfo(text)

    def warn(self, text: str) -> None:
        """Show a warning once, however often it is given."""
        if text not in self._warned:
            self._warned.add(text)
            self._feedback.pushWarning(text)
