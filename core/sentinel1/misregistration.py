"""The misregistration of each date from that of pairs: weighted least squares over a network.

Fattahi et al. (2017), IEEE TGRS 55(2), 777-786: several pairs per date average the noise, close loops, and carry
dates that lost coherence with the reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ..network.graph import components

NEIGHBOURS = 3  # later dates that each date is paired with


@dataclass(frozen=True)
class PairShift:
    """Lines by which targets appear later on date2 than on date1, with standard deviation.

    reason : why the pair failed, empty for one that is used. Numbers of a failed pair are not looked at.
    """

    date1: date
    date2: date
    lines: float
    deviation: float
    reason: str = ""


@dataclass(frozen=True)
class DateShifts:
    """Shifts of the dates.

    lines, deviations : date -> lines by which its targets appear late against the reference's, which has 0.
    residuals : (date1, date2) -> what a used pair measured less what the dates say [lines].
    unknown : dates that no chain of used pairs ties to the reference; they keep their geometry.
    failed : the pairs left out.
    """

    lines: dict[date, float]
    deviations: dict[date, float]
    residuals: dict[tuple[date, date], float]
    unknown: tuple[date, ...]
    failed: tuple[PairShift, ...]


def neighbour_pairs(dates: Sequence[date], count: int = NEIGHBOURS) -> list[tuple[date, date]]:
    """Pairs of each date with the next few."""
    ordered = sorted(dates)
    return [
        (first, second)
        for index, first in enumerate(ordered)
        for second in ordered[index + 1 : index + 1 + count]
    ]


def invert(dates: Sequence[date], pairs: Sequence[PairShift], reference: date) -> DateShifts:
    """Shifts of all dates against the reference.

    Failed pairs are dropped, which is not the same as a shift of 0. Weights are 1/variance.
    """
    known = set(dates)
    if reference not in known or any(not {pair.date1, pair.date2} <= known for pair in pairs):
        raise ValueError("the reference and the pairs' dates must be among the dates")
    used = [pair for pair in pairs if not pair.reason]
    failed = tuple(pair for pair in pairs if pair.reason)
    edges = [(pair.date1, pair.date2) for pair in used]
    tied = next(set(part) for part in components(dates, edges) if reference in part)
    used = [pair for pair in used if pair.date1 in tied]
    free = sorted(tied - {reference})
    column = {day: index for index, day in enumerate(free)}
    matrix = np.zeros((len(used), len(free)))
    for row, pair in enumerate(used):
        if pair.date1 in column:
            matrix[row, column[pair.date1]] = -1.0
        if pair.date2 in column:
            matrix[row, column[pair.date2]] = 1.0
    measured = np.array([pair.lines for pair in used])
    weight = np.array([pair.deviation for pair in used]) ** -2.0
    normal = matrix.T @ (weight[:, None] * matrix)
    covariance = np.linalg.inv(normal)
    solved = covariance @ (matrix.T @ (weight * measured))
    left = measured - matrix @ solved
    return DateShifts(
        lines={reference: 0.0, **{day: float(solved[index]) for day, index in column.items()}},
        deviations={
            reference: 0.0,
            **{day: float(np.sqrt(covariance[index, index])) for day, index in column.items()},
        },
        residuals={(pair.date1, pair.date2): float(value) for pair, value in zip(used, left)},
        unknown=tuple(sorted(known - tied)),
        failed=failed,
    )
