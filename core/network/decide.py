"""Decides which pairs are kept: thresholds, then the user's edits, then proposals to repair what is too thin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ..stack import EXCLUDED, KEPT, Pair
from .correlation import Limits, expected_correlation
from .edits import PROPOSED, Edits
from .graph import components, degrees

# Reasons that a run gives by itself. A row with such a reason and its own state is no edit: the
# next run decides it anew. Every other row is the user's word and stands.
WITHIN = "within thresholds"
BEYOND = "beyond thresholds"
DROPPED = "image dropped"
SUGGESTED = "proposal"
CONFIRMED = "confirmed"
BY_USER = {KEPT: "kept by the user", EXCLUDED: "excluded by the user"}

BY_COHERENCE = "mean coherence"
BY_MODEL = "expected correlation"


@dataclass(frozen=True)
class Thresholds:
    """Largest temporal baseline [days], largest |Bperp| [m], fewest pairs per image."""

    days: float
    bperp: float
    links: int


@dataclass(frozen=True)
class Decision:
    """What becomes of a pair; state is kept, excluded or proposed."""

    pair: Pair
    state: str
    reason: str

    @property
    def edge(self) -> tuple[date, date]:
        return self.pair.date1, self.pair.date2


def is_automatic(state: str, reason: str) -> bool:
    """True for a state and reason that a run gave by itself."""
    start = reason.split(":", maxsplit=1)[0].strip()
    own = {(KEPT, WITHIN), (EXCLUDED, BEYOND), (EXCLUDED, DROPPED), (EXCLUDED, SUGGESTED)}
    return state == PROPOSED or (state, start) in own


def user_reason(state: str, reason: str) -> str:
    """The reason to keep for an edit: the user's own words, or who decided where only ours are left."""
    start, _, rest = reason.partition(":")
    if start.strip() == SUGGESTED and state == KEPT:
        return f"{CONFIRMED}: {rest.strip()}" if rest.strip() else CONFIRMED
    if not reason or start.strip() in (WITHIN, BEYOND, DROPPED, SUGGESTED):
        return BY_USER[state]
    return reason


def decide(
    pairs: Sequence[Pair], edits: Edits, dropped: Iterable[date], thresholds: Thresholds
) -> list[Decision]:
    """Kept or excluded for every pair, in the order given.

    A dropped image wins over everything, then the edits, then what the stack itself says about a
    pair (an import or an earlier run's edit), then the thresholds.
    """
    gone = set(dropped)
    return [_decision(pair, edits, gone, thresholds) for pair in pairs]


def propose(
    decisions: Sequence[Decision], dates: Sequence[date], thresholds: Thresholds, limits: Limits
) -> tuple[list[Decision], str]:
    """Turn pairs beyond the thresholds into proposals where the network needs them.

    First every image gets its fewest links, then parts are joined, each time by the best pair left
    over. Only pairs that the thresholds excluded are candidates, never those that somebody excluded.
    Returns the decisions and what "best" meant: mean coherence when it is known for every candidate,
    else the expected correlation.
    """
    out = list(decisions)
    candidates = [index for index, d in enumerate(out) if d.reason.startswith(BEYOND)]
    by_coherence = bool(candidates) and all(out[i].pair.coherence is not None for i in candidates)
    measure = BY_COHERENCE if by_coherence else BY_MODEL

    def score(index: int) -> float:
        pair = out[index].pair
        if by_coherence:
            return float(pair.coherence or 0.0)
        return float(expected_correlation(pair.days, pair.bperp, limits))

    ranked = sorted(candidates, key=lambda index: (-score(index), out[index].edge))

    def take(index: int, what: str) -> None:
        ranked.remove(index)
        text = f"{SUGGESTED}: {what} ({measure} {score(index):.2f})"
        out[index] = Decision(out[index].pair, PROPOSED, text)

    def used() -> list[tuple[date, date]]:
        return [d.edge for d in out if d.state != EXCLUDED]

    for day in dates:
        while degrees(dates, used())[day] < thresholds.links:
            found = next((index for index in ranked if day in out[index].edge), None)
            if found is None:
                break
            take(found, f"gives {day:%Y%m%d} link {degrees(dates, used())[day] + 1}")
    while True:
        part = {day: number for number, days in enumerate(components(dates, used())) for day in days}
        found = next((i for i in ranked if part[out[i].edge[0]] != part[out[i].edge[1]]), None)
        if found is None:
            return out, measure
        take(found, "joins two parts")


def _decision(pair: Pair, edits: Edits, dropped: set[date], thresholds: Thresholds) -> Decision:
    gone = [day for day in (pair.date1, pair.date2) if day in dropped]
    if gone:
        return Decision(pair, EXCLUDED, f"{DROPPED}: {' and '.join(f'{day:%Y%m%d}' for day in gone)}")
    row = edits.pairs.get((pair.date1, pair.date2))
    if row is not None and not is_automatic(row.state, row.reason):
        return Decision(pair, row.state, user_reason(row.state, row.reason))
    if (pair.state == EXCLUDED or pair.reason) and not is_automatic(pair.state, pair.reason):
        return Decision(pair, pair.state, user_reason(pair.state, pair.reason))
    over = _over(pair, thresholds)
    if over:
        return Decision(pair, EXCLUDED, f"{BEYOND}: {' and '.join(over)}")
    return Decision(pair, KEPT, WITHIN)


def _over(pair: Pair, thresholds: Thresholds) -> list[str]:
    over = []
    if pair.days > thresholds.days:
        over.append(f"{pair.days} days > {thresholds.days:g} days")
    if pair.bperp is not None and abs(pair.bperp) > thresholds.bperp:
        over.append(f"|Bperp| {abs(pair.bperp):.0f} m > {thresholds.bperp:g} m")
    return over
