"""The network as a graph: images are nodes, interferograms are edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

Edge = tuple[date, date]


def components(dates: Sequence[date], edges: Iterable[Edge]) -> list[tuple[date, ...]]:
    """Connected parts, each sorted, in the order of their first date; lone dates are parts too."""
    parent = {day: day for day in dates}

    def root(day: date) -> date:
        while parent[day] != day:
            parent[day] = parent[parent[day]]
            day = parent[day]
        return day

    for first, second in edges:
        parent[root(first)] = root(second)
    parts: dict[date, list[date]] = {}
    for day in sorted(dates):
        parts.setdefault(root(day), []).append(day)
    return sorted(tuple(part) for part in parts.values())


def bridges(dates: Sequence[date], edges: Iterable[Edge]) -> set[Edge]:
    """Edges in no closed loop: without one of them, its part falls in two (Tarjan 1974)."""
    neighbours: dict[date, list[tuple[date, Edge]]] = {day: [] for day in dates}
    for edge in edges:
        first, second = edge
        neighbours[first].append((second, edge))
        neighbours[second].append((first, edge))
    order: dict[date, int] = {}
    low: dict[date, int] = {}
    found: set[Edge] = set()
    for start in dates:
        if start in order:
            continue
        order[start] = low[start] = len(order)
        path: list[tuple[date, Edge | None, int]] = [(start, None, 0)]
        while path:
            node, arrived, position = path.pop()
            if position < len(neighbours[node]):
                path.append((node, arrived, position + 1))
                other, edge = neighbours[node][position]
                if edge == arrived:
                    continue
                if other in order:
                    low[node] = min(low[node], order[other])
                else:
                    order[other] = low[other] = len(order)
                    path.append((other, edge, 0))
            elif arrived is not None:
                above = arrived[0] if arrived[1] == node else arrived[1]
                low[above] = min(low[above], low[node])
                if low[node] > order[above]:
                    found.add(arrived)
    return found


def degrees(dates: Sequence[date], edges: Iterable[Edge]) -> dict[date, int]:
    """Number of edges at each date."""
    count = dict.fromkeys(dates, 0)
    for first, second in edges:
        count[first] += 1
        count[second] += 1
    return count


def dates_without_loop(dates: Sequence[date], edges: Iterable[Edge]) -> tuple[date, ...]:
    """Dates whose edges all lie in no closed loop: an error of their pairs cannot be noticed."""
    edges = list(edges)
    open_edges = bridges(dates, edges)
    looped = {day for edge in edges if edge not in open_edges for day in edge}
    return tuple(day for day in sorted(dates) if day not in looped)


def redundancy(dates: Sequence[date], edges: Iterable[Edge]) -> int:
    """Observations beyond what the dates need: M - (N - parts), the number of independent loops."""
    edges = list(edges)
    return len(edges) - (len(dates) - len(components(dates, edges)))
