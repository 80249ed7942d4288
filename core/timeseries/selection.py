"""Which pairs and dates an inversion uses: states, date window, coherence, connectivity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from ..errors import InputError
from ..stack import EXCLUDED, UNWRAPPED, WRAPPED, Pair, Stack, acquisitions_of


def parse_day(text: str, field: str) -> date | None:
    """A date from YYYY-MM-DD or YYYYMMDD; None for an empty text."""
    plain = text.strip().replace("-", "")
    if not plain:
        return None
    try:
        if len(plain) != 8:
            raise ValueError(plain)
        return date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    except ValueError as error:
        raise InputError(
            field, text, "a date such as 2018-01-31", "Correct the date or leave it empty"
        ) from error


def within(stack: Stack, start: date | None, end: date | None) -> Stack:
    """The stack with the kept pairs that lie inside [start, end] and their dates only.

    Pairs outside the window are set to excluded. Raises when fewer than one pair remains.
    """
    if stack.kind != UNWRAPPED:
        raise InputError(
            "INPUT",
            f"a stack of kind {stack.kind}",
            "a stack of unwrapped interferograms",
            "Unwrap them with another program and bring the results in with 'importstack'"
            if stack.kind == WRAPPED
            else "Choose its folder",
        )
    pairs = tuple(_windowed(pair, start, end) for pair in stack.pairs)
    chosen = replace(stack, pairs=pairs)
    if not chosen.kept:
        have = [f"{day:%Y-%m-%d}" for day in (stack.dates[:1] + stack.dates[-1:])]
        raise InputError(
            "INPUT",
            "no interferogram left" if stack.kept else "no interferogram in state kept",
            "at least one kept pair inside the date window",
            f"The dates run from {' to '.join(have)}: widen START and END, or keep more pairs"
            if have
            else "Import interferograms, or keep some with 'Select interferogram network'",
        )
    return without_idle_dates(chosen)


def without_idle_dates(stack: Stack) -> Stack:
    """Drop the dates that no kept pair uses; excluded pairs of dropped dates go with them."""
    used = {acquisition.date for acquisition in acquisitions_of(stack.kept)}
    return replace(
        stack,
        acquisitions=tuple(a for a in stack.acquisitions if a.date in used),
        pairs=tuple(p for p in stack.pairs if {p.date1, p.date2} <= used),
    )


def without_excluded(stack: Stack) -> Stack:
    """The stack with its kept pairs only, and the dates that they use."""
    return without_idle_dates(replace(stack, pairs=stack.kept))


def exclude(stack: Stack, names: Iterable[str], reason: str) -> Stack:
    """The stack with these pairs excluded for a reason."""
    gone = set(names)
    pairs = tuple(replace(p, state=EXCLUDED, reason=reason) if p.name in gone else p for p in stack.pairs)
    return without_idle_dates(replace(stack, pairs=pairs))


def components(stack: Stack) -> list[list[date]]:
    """Connected parts of the network of kept pairs, each in order of date, earliest part first."""
    parent = {day: day for day in stack.dates}

    def root(day: date) -> date:
        while parent[day] != day:
            parent[day] = parent[parent[day]]
            day = parent[day]
        return day

    for pair in stack.kept:
        first, second = sorted((root(pair.date1), root(pair.date2)))
        parent[second] = first
    groups: dict[date, list[date]] = {}
    for day in stack.dates:
        groups.setdefault(root(day), []).append(day)
    return [groups[key] for key in sorted(groups)]


def bridges(stack: Stack) -> list[str]:
    """Names of the kept pairs without which the network falls into more parts; no residual tests them."""
    whole = len(components(stack))
    kept = stack.kept

    def parts_without(index: int) -> int:
        return len(components(replace(stack, pairs=kept[:index] + kept[index + 1 :])))

    return [pair.name for index, pair in enumerate(kept) if parts_without(index) > whole]


def require_coherence(stack: Stack, purpose: str) -> None:
    """Refuse when kept pairs lack a coherence raster, naming them."""
    lacking = [pair.name for pair in stack.kept if "coherence" not in pair.items]
    if lacking:
        raise InputError(
            purpose,
            f"{len(lacking)} of {len(stack.kept)} pairs without coherence ({listed(lacking)})",
            "coherence for every kept pair",
            "Add the coherence files and import again, exclude these pairs, or switch this option off",
        )


def baselines(stack: Stack) -> list[float | None]:
    """Perpendicular baseline [m] of each kept pair: its own, else the difference of its dates'."""
    by_date = {a.date: a.bperp for a in stack.acquisitions}

    def of(pair: Pair) -> float | None:
        if pair.bperp is not None:
            return pair.bperp
        first, second = by_date[pair.date1], by_date[pair.date2]
        return None if first is None or second is None else second - first

    return [of(pair) for pair in stack.kept]


def describe_split(parts: list[list[date]]) -> str:
    """One sentence that names the parts of a disconnected network."""
    spans = [f"{part[0]:%Y-%m-%d} to {part[-1]:%Y-%m-%d} ({len(part)} dates)" for part in parts[:6]]
    more = f" and {len(parts) - 6} more" if len(parts) > 6 else ""
    return (
        f"The network falls into {len(parts)} parts without a common interferogram: {'; '.join(spans)}{more}."
    )


def _windowed(pair: Pair, start: date | None, end: date | None) -> Pair:
    outside = (start is not None and pair.date1 < start) or (end is not None and pair.date2 > end)
    if outside and pair.state != EXCLUDED:
        return replace(pair, state=EXCLUDED, reason="outside the date window")
    return pair


def listed(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more
