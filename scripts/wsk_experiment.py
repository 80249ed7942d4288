#!/usr/bin/python3
"""Repeats the simulated experiment of Xing et al. for ten seeds and prints docs/wsk_experiment.md.

python3 scripts/wsk_experiment.py > docs/wsk_experiment.md      in some seconds
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path(__file__).with_name("wsk_experiment_page.md")
SEEDS = tuple(range(1, 11))
LEVELS = (0.05, 0.25, 0.45, 0.65)
KINDS = {"uniform": "sqrt(s) * rand", "gaussian": "Gaussian, std s"}

# What the paper prints: Table I [%] and, at 0.65 rad, Figure 3 (share within 3 mm [%], largest deviation [mm]).
PAPER_ERRORS = {"d": (0.4, 2.2, 4.1, 5.8), "cx": (0.3, 2.0, 3.6, 4.2), "height": (0.2, 1.6, 2.7, 3.2)}
PAPER_WITHIN = (100.0, 100.0, 93.4, 84.0, 78.6, 75.4, 72.0, 71.0)
PAPER_LARGEST = (0.4, 2.9, 5.9, 8.4, 9.8, 11.8, 13.1, 14.2)
PAPER_RMSE = 5.4


def error_rows(runs: dict[tuple[str, float], list[Any]]) -> str:
    """Table I beside ours: mean of the seeds, relative errors in per cent."""
    lines = []
    for kind, name in KINDS.items():
        for number, level in enumerate(LEVELS):
            found = runs[kind, level]
            cells = [f"{100 * _mean(found, field):.3g}" for field in ("d_error", "cx_error", "u_error", "height_error")]
            paper = [f"{PAPER_ERRORS[key][number]:g}" for key in ("d", "cx", "height")]
            paper = paper if kind == "uniform" else [""] * 3
            lines.append(
                f"| {name} | {level:g} | {cells[0]} | {paper[0]} | {cells[1]} | {paper[1]} | {cells[2]} | {cells[3]} "
                f"| {paper[2]} |"
            )
    return "\n".join(lines)


def figure_rows(found: list[Any]) -> str:
    """Figure 3 beside ours at 0.65 rad: share within 3 mm, largest deviation, RMSE per day."""
    lines = []
    for number, entry in enumerate(found[0].evaluated):
        rows = np.array([run.evaluated[number] for run in found])
        rmse = f"{PAPER_RMSE:g}" if number == len(PAPER_WITHIN) - 1 else ""
        lines.append(
            f"| {entry[0]} | {100 * rows[:, 1].mean():.1f} | {PAPER_WITHIN[number]:g} | {rows[:, 2].mean():.1f} "
            f"| {PAPER_LARGEST[number]:g} | {rows[:, 3].mean():.2f} | {rmse} |"
        )
    return "\n".join(lines)


def seed_rows(found: list[Any]) -> str:
    """Every seed at 0.65 rad against its Cramer-Rao bound and the truth."""
    lines = []
    for run in found:
        amplitude = (run.amplitude - run.amplitude_truth) / run.amplitude_std
        phase = (run.phase - run.phase_truth) / run.phase_std
        lines.append(
            f"| {run.seed} | {run.d_rmse_unbounded / run.d_bound:.3f} | {run.height_rmse / run.height_bound:.3f} "
            f"| {amplitude:+.2f} | {phase:+.2f} | {100 * run.u_error:.3f} | {run.rmse_mm:.2f} | {100 * run.within:.1f} "
            f"| {run.largest_mm:.1f} | {run.kkt:.0e} |"
        )
    return "\n".join(lines)


def summary(found: list[Any]) -> dict[str, str]:
    """Means over the seeds for the text."""
    ratio_d = np.array([run.d_rmse_unbounded / run.d_bound for run in found])
    ratio_h = np.array([run.height_rmse / run.height_bound for run in found])
    return {
        "rmse": f"{_mean(found, 'rmse_mm'):.2f}",
        "within": f"{100 * _mean(found, 'within'):.1f}",
        "largest": f"{_mean(found, 'largest_mm'):.1f}",
        "ratio_d": f"{ratio_d.min():.3f} to {ratio_d.max():.3f}",
        "ratio_h": f"{ratio_h.min():.3f} to {ratio_h.max():.3f}",
        "u_error": f"{100 * max(run.u_error for run in found):.2g}",
        "kkt": f"{max(run.kkt for run in found):.0e}",
    }


def _mean(found: list[Any], field: str) -> float:
    return float(np.mean([getattr(run, field) for run in found]))


def main() -> int:
    """Run all seeds and print the page."""
    sys.path[:] = [
        entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")
    ]
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401 - registers the packages

    from groundline.core.mining.wsk_experiment import experiment

    runs = {(kind, level): [experiment(seed, level, kind) for seed in SEEDS] for kind in KINDS for level in LEVELS}
    uniform, gaussian = runs["uniform", LEVELS[-1]], runs["gaussian", LEVELS[-1]]
    page = PAGE.read_text(encoding="utf-8").format(
        seeds=len(SEEDS),
        bound_note=f"{100 * float(np.mean([run.height_bound for run in uniform])) / 7.0:.0f} %",
        errors=error_rows(runs),
        figure=figure_rows(uniform),
        uniform_seeds=seed_rows(uniform),
        gaussian_seeds=seed_rows(gaussian),
        uniform=summary(uniform),
        gaussian=summary(gaussian),
    )
    print(page, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
