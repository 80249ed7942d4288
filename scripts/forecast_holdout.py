#!/usr/bin/python3
"""Predictions of the models on simulated mines of three makes, against the truth; prints docs/forecast_holdout.md.

python3 scripts/forecast_holdout.py > docs/forecast_holdout.md          means over five seeds, in ten minutes
python3 scripts/forecast_holdout.py 1 2 3 > docs/forecast_holdout.md    means over these seeds
python3 scripts/forecast_holdout.py --funnels > docs/forecast_holdout_funnels.md    only the pixels inside the funnels
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path(__file__).with_name("forecast_holdout_page.md")
NOISE = 0.25  # rad
SEEDS = list(range(1, 6))
PIXELS = 60  # along each side of the 2.4 km
FIT_END = "2017-02-01"  # leaves the last 8 of 32 images, as Xing et al. do
ROWS = ("wsk", "ct_pim", "ct_pim_weibull", "static_pim", "linear", "seasonal", "polynomial")
COMPARED = ("wsk", "ct_pim", "static_pim")  # of the paper's tables
NAMES = {
    "wsk": "WSK",
    "ct_pim": "CT-PIM",
    "ct_pim_weibull": "CT-PIM, Weibull growth",
    "static_pim": "Static PIM",
    "linear": "Linear",
    "seasonal": "Seasonal",
    "polynomial": "Polynomial (cubic)",
}
MAKES = {
    "wsk": "Mine made by dissolution kinetics (WSK)",
    "pim": "Mine made by the probability integral with Weibull growth",
    "mixture": "Mine made by the mean of the two",
}
HORIZONS = {
    "held_out": "the last 8 images (2017-02-16 to 2017-08-15), predicted from the 24 before",
    "beyond": "12 dates in the year after the record, predicted from all 32 images",
}
AREAS = {
    False: "All pixels of the scene are fitted and scored, most of them on ground that stands still. There the models "
    "with coefficients in each pixel carry the noise of each pixel into the future, and the probability integral "
    "predicts nothing at all: part of its small STD is that quiet. "
    "`docs/forecast_holdout_funnels.md` has the funnels alone.",
    True: "Only the pixels within 330 m of a well are fitted and scored. `docs/forecast_holdout.md` has all pixels.",
}
KEYS = ("std", "max", "lowest", "highest", "rmse", "fit")
Scores = dict[str, float]


def main(seeds: list[int], funnels: bool) -> int:
    """Simulate, fit, score and print the page."""
    sys.path[:] = [
        entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")
    ]
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401 - registers the packages

    found: dict[tuple[str, str], list[dict[str, Scores]]] = {}
    for make in MAKES:
        for seed in seeds:
            with tempfile.TemporaryDirectory() as name:
                for horizon, scores in _one(Path(name), make, seed, funnels).items():
                    found.setdefault((make, horizon), []).append(scores)
            print(f"{make}, seed {seed}", file=sys.stderr)
    print(_page(found, seeds, funnels), end="")
    return 0


def _one(folder: Path, make: str, seed: int, funnels: bool) -> dict[str, dict[str, Scores]]:
    """Scores of every model on one mine, for both horizons."""
    from groundline.core.mining.compare_params import CompareParams
    from groundline.core.simulation.saltmine_job import run_saltmine
    from groundline.core.simulation.saltmine_params import SaltMineParams
    from groundline.core.vector import read_vector

    mine = folder / "mine"
    run_saltmine(SaltMineParams(mine, seed=seed, columns=PIXELS, make=make, noise_rad=NOISE))
    layer = read_vector(mine / "funnels.geojson")
    # One number for all polygons: one u, as over all pixels.
    merged = replace(layer, attributes=tuple({"funnel": 1} for _ in layer.wkb))
    basic = CompareParams(
        mine / "interferograms",
        folder / "held_out",
        reference=read_vector(mine / "reference_areas.geojson"),
        panels=read_vector(mine / "panels.geojson"),
        funnels=merged if funnels else None,
        fit_end=FIT_END,
        measured=mine / "truth",
        start_values="b=0",
        bounds="q=0.001:5",
        fixed="b",
        pim_points=300,
    )
    later = replace(basic, output=folder / "beyond", fit_end="", measured=mine / "truth" / "forecast")
    return {"held_out": _scores(basic), "beyond": _scores(later)}


def _scores(params: Any) -> dict[str, Scores]:
    from groundline.core.mining.compare_job import run_comparemodels

    rows = {row["model"]: row for row in run_comparemodels(params).tables["models"]}
    other = replace(
        params, output=Path(params.output).with_name("weibull"), models=("ct_pim",), growth="weibull"
    )
    rows["ct_pim_weibull"] = next(
        row for row in run_comparemodels(other).tables["models"] if row["model"] == "ct_pim"
    )
    names = dict(zip(KEYS[:-1], ("std", "max", "lowest", "highest", "rmse")))
    return {
        model: {
            **{key: rows[model][f"prediction_{name}_mm"] for key, name in names.items()},
            "fit": rows[model]["residual_std_rad"],
        }
        for model in ROWS
    }


def _page(found: dict[tuple[str, str], list[dict[str, Scores]]], seeds: list[int], funnels: bool) -> str:
    parts, winners = [], []
    for make, title in MAKES.items():
        parts.append(f"## {title}\n")
        for horizon, what in HORIZONS.items():
            mean = _mean(found[make, horizon])
            parts.append(f"Scored: {what}.\n\n{_table(mean)}")
            winners.append(_winner(make, horizon, mean, found[make, horizon]))
    head = "| Mine | Scored | Smallest STD | Of WSK, CT-PIM, static PIM | WSK against CT-PIM | against static PIM |\n"
    table = head + "| --- | --- | --- | --- | ---: | ---: |\n" + "".join(winners)
    return PAGE.read_text(encoding="utf-8").format(
        winners=table,
        tables="\n".join(parts),
        seeds=", ".join(str(seed) for seed in seeds),
        option=" --funnels" if funnels else "",
        area=AREAS[funnels],
        noise=NOISE,
        pixels=PIXELS,
    )


def _mean(runs: list[dict[str, Scores]]) -> dict[str, Scores]:
    """Means over the seeds; of the range, the widest."""
    out = {}
    for model in ROWS:
        rows = [run[model] for run in runs]
        out[model] = {key: sum(row[key] for row in rows) / len(rows) for key in KEYS}
        out[model]["lowest"] = min(row["lowest"] for row in rows)
        out[model]["highest"] = max(row["highest"] for row in rows)
    return out


def _table(mean: dict[str, Scores]) -> str:
    lines = [
        "| Model | Residual phase [rad] | STD [mm] | Maximum error [mm] | Error range [mm] | RMSE [mm] "
        "| WSK improves STD by |\n",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    ]
    for model, row in mean.items():
        gain = "" if model == "wsk" else _gain(row, mean["wsk"])
        lines.append(
            f"| {NAMES[model]} | {row['fit']:.3f} | {row['std']:.2f} | {row['max']:.1f} | "
            f"{row['lowest']:.1f} to {row['highest']:.1f} | {row['rmse']:.2f} | {gain} |\n"
        )
    return "".join(lines)


def _winner(make: str, horizon: str, mean: dict[str, Scores], runs: list[dict[str, Scores]]) -> str:
    best, few = _best(ROWS, mean), _best(COMPARED, mean)
    when = {"held_out": "last 8 images", "beyond": "year after the record"}[horizon]
    gains = [_gain(mean[model], mean["wsk"]) for model in COMPARED[1:]]
    won = [sum(_best(models, run) == model for run in runs) for models, model in ((ROWS, best), (COMPARED, few))]
    return (
        f"| {make} | {when} | {NAMES[best]} ({mean[best]['std']:.2f} mm, {won[0]} of {len(runs)}) | "
        f"{NAMES[few]} ({mean[few]['std']:.2f} mm, {won[1]} of {len(runs)}) | {gains[0]} | {gains[1]} |\n"
    )


def _best(models: tuple[str, ...], scores: dict[str, Scores]) -> str:
    return min(models, key=lambda model: scores[model]["std"])


def _gain(other: Scores, wsk: Scores) -> str:
    """(a - b) / a in percent, a the other model."""
    return f"{100.0 * (other['std'] - wsk['std']) / other['std']:.1f} %"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seeds", nargs="*", type=int, help="of the simulated mines")
    parser.add_argument("--funnels", action="store_true", help="only the pixels inside the funnels")
    given = parser.parse_args()
    sys.exit(main(given.seeds or SEEDS, given.funnels))
