"""Errors that reach a user, each naming the thing, its value, what is allowed and what to do."""

from __future__ import annotations


class GroundlineError(Exception):
    """Base of every error that Groundline raises on purpose."""


class InputError(GroundlineError):
    """A parameter or a file cannot be used as it is.

    Parameters
    ----------
    field : name of the parameter or thing, as the user sees it.
    value : the offending value (file name, number, ...).
    allowed : what would be accepted.
    remedy : what the user can do about it.
    """

    def __init__(self, field: str, value: object, allowed: str, remedy: str = "") -> None:
        self.field = field
        self.value = value
        self.allowed = allowed
        self.remedy = remedy
        text = f"{field}: {_shown(value)} cannot be used. Allowed: {_sentence(allowed)}"
        if remedy:
            text += f" {_sentence(remedy)}"
        super().__init__(text)


class DependencyError(GroundlineError):
    """A package that this step needs is not installed."""

    def __init__(self, package: str, purpose: str, remedy: str) -> None:
        self.package = package
        super().__init__(f"The Python package {package} is needed for {purpose}. {_sentence(remedy)}")


class Cancelled(GroundlineError):
    """The user cancelled the run."""

    def __init__(self) -> None:
        super().__init__("Cancelled. Inputs and earlier results are untouched.")


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [str(item) for item in value]
        more = f" and {len(items) - 6} more" if len(items) > 6 else ""
        return ", ".join(items[:6]) + more
    return str(value)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
