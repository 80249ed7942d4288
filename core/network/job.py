"""A whole run: from a stack and the user's edits to a light stack, the CSV and the report."""

from __future__ import annotations

import itertools
import math
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from .. import atomic, manifest
from ..errors import InputError
from ..monitor import Monitor
from ..outputfolder import check_output
from ..result import Result
from ..stack import EXCLUDED, KEPT, SLC, UNWRAPPED, WRAPPED, Pair, Stack
from ..version import VERSION
from . import edits as edits_file
from . import summary as summaries
from .correlation import Limits, baselines, reference_scores
from .decide import BY_MODEL, Decision, Thresholds, decide, is_automatic, propose
from .edits import Edits, Row
from .quicklook import Quicklook, quicklook
from .summary import Summary

ALGORITHM = "network"
CSV_NAME = "network.csv"
HTML_NAME = "network.html"
RESULT_NAME = "result.json"


@dataclass(frozen=True)
class NetworkParams:
    """Parameters of a run.

    input : folder of a stack. output : folder of the light stack.
    max_days, max_bperp [m] : thresholds for |dt| and |Bperp| (Zhu et al.: 84 days, 150 m).
    min_links : fewest pairs per image; missing ones are proposed.
    edits : CSV of the user's decisions, empty for none.
    allow_split : accept a network in several parts that no pair at hand can join.
    gallery : pictures of every pair in the report.
    limits : where the expected correlation reaches zero.
    """

    input: str | os.PathLike[str]
    output: str | os.PathLike[str]
    max_days: float = 84.0
    max_bperp: float = 150.0
    min_links: int = 2
    edits: str | os.PathLike[str] = ""
    allow_split: bool = False
    gallery: bool = True
    limits: Limits = field(default_factory=Limits)

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        for name, value, unit in (("MAX_DAYS", self.max_days, "days"), ("MAX_BPERP", self.max_bperp, "metres")):
            if not (math.isfinite(value) and value > 0):
                raise InputError(name, value, f"a number of {unit} above zero")
        if self.min_links < 0:
            raise InputError("MIN_LINKS", self.min_links, "0 or more")
        check_output(self.output, ALGORITHM, self.input)
        self.limits.validate()


def run_network(params: NetworkParams, monitor: Monitor | None = None) -> Result:
    """Decide about every pair and write `stack.json`, `network.csv`, `network.html` and `result.json`.

    The rasters stay where they are. Nothing is written before everything has been computed.
    """
    monitor = monitor or Monitor()
    params.validate()
    monitor.step(0.0)
    stack = manifest.load(params.input)
    if stack.kind not in (SLC, WRAPPED, UNWRAPPED):
        raise InputError("INPUT", f"{params.input} ({stack.kind})", "a stack of images or of interferograms")
    edits = edits_file.read_edits(Path(params.edits)) if str(params.edits) else Edits()
    pairs = _candidates(stack)
    edits_file.check_known(edits, stack.dates, None if stack.kind == SLC else [(p.date1, p.date2) for p in pairs])
    dropped = _dropped(stack, edits)
    dates = tuple(day for day in stack.dates if day not in dropped)
    thresholds = Thresholds(params.max_days, params.max_bperp, params.min_links)
    decisions, ranking = propose(decide(pairs, edits, dropped, thresholds), dates, thresholds, params.limits)
    if stack.kind == SLC:
        decisions = [d for d in decisions if d.state != EXCLUDED or not is_automatic(d.state, d.reason)]
    summary = summaries.summarise(decisions, dates, params.min_links)
    _refuse_useless(summary, params)

    bperp = baselines(stack)
    scores = _scores(stack, dates, bperp, params.limits)
    result = Result(ALGORITHM, Path(params.output).expanduser().absolute())
    summaries.add_numbers(result, summary)
    result.warnings.extend(summaries.warnings(summary, params.min_links))
    notes = _notes(stack, params, bperp, edits, dropped, ranking)
    pictures = _pictures(params, stack, decisions, monitor.part(0.05, 0.85))

    from . import report as report_page  # brings in matplotlib

    reference = report_page.best(scores)
    result.tables["reference_image"] = reference.isoformat()
    result.tables["parts"] = [[day.isoformat() for day in part] for part in summary.parts]
    result.tables["dates_without_loop"] = [day.isoformat() for day in summary.without_loop]
    result.tables["ranking"] = ranking
    light = _light_stack(stack, params, decisions, dropped, reference, result.folder)
    light.validate()
    monitor.step(0.85)
    page = report_page.build(light, summary, decisions, bperp, scores, pictures, notes, result)
    monitor.step(0.95)

    # From here to the end there is no point of cancellation: the files belong together.
    with atomic.output_folder(result.folder) as folder:
        names = {"csv": CSV_NAME, "report": HTML_NAME, "result": RESULT_NAME, "stack": manifest.NAME}
        result.files = {role: folder / name for role, name in names.items() if role != "result"}
        with atomic.replacing_all([folder / name for name in names.values()]) as (csv, html, numbers, stack_file):
            atomic.write_text(csv, edits_file.edits_text(_rows(decisions, dropped)))
            page.write(html)
            result.write(_plain(params), VERSION, numbers.name)
            manifest.save(folder, light, stack_file.name)
        result.files["result"] = folder / RESULT_NAME
    monitor.progress(1.0)
    monitor.info(f"{len(summary.kept)} pairs of {len(dates)} images, best reference image {reference.isoformat()}")
    return result


def _candidates(stack: Stack) -> list[Pair]:
    """The pairs to decide about: those of the stack, or every possible one of an image stack."""
    if stack.kind != SLC:
        return sorted(stack.pairs, key=lambda pair: (pair.date1, pair.date2))
    own = {(pair.date1, pair.date2): pair for pair in stack.pairs}
    out = []
    for first, second in itertools.combinations(stack.acquisitions, 2):
        known = first.bperp is not None and second.bperp is not None
        bperp = float(second.bperp) - float(first.bperp) if known else None  # type: ignore[arg-type]
        out.append(own.get((first.date, second.date)) or Pair(first.date, second.date, bperp=bperp))
    return out


def _dropped(stack: Stack, edits: Edits) -> dict[date, str]:
    """Dropped images and why: those of an earlier run, changed by the edits."""
    earlier = stack.metadata.get("network", {}).get("dropped", {})
    out = {date.fromisoformat(day): str(reason) for day, reason in earlier.items()}
    for day, row in edits.images.items():
        if row.state == EXCLUDED:
            out[day] = row.reason or "dropped by the user"
        else:
            out.pop(day, None)
    return dict(sorted(out.items()))


def _refuse_useless(summary: Summary, params: NetworkParams) -> None:
    if not summary.kept:
        raise InputError(
            "Network",
            f"no pair within {params.max_days:g} days and {params.max_bperp:g} m",
            "at least one pair",
            "Raise MAX_DAYS or MAX_BPERP, or keep pairs by hand with EDITS",
        )
    if summary.repaired_parts == 1 or params.allow_split:
        return
    raise InputError(
        "Network",
        f"{len(summary.parts)} parts: {summaries.describe_parts(summary.parts)}",
        "a network in one part",
        (
            f"These pairs would join some of them: {summaries.describe_pairs(summary.proposed)}. The rest has no pair "
            if summary.proposed
            else "There is no pair that could join them "
        )
        + "in the stack: add interferograms across the gap, drop the images of the smaller part with EDITS "
        "(rows such as 20180106,,excluded,gap), or tick ALLOW_SPLIT",
    )


def _scores(stack: Stack, dates: tuple[date, ...], bperp: dict[date, float], limits: Limits) -> dict[date, float]:
    doppler = {a.date: a.doppler for a in stack.acquisitions if a.doppler is not None}
    values = reference_scores(
        np.array([day.toordinal() for day in dates], np.float64),
        np.array([bperp.get(day, np.nan) for day in dates], np.float64),
        np.array([doppler.get(day, np.nan) for day in dates], np.float64),
        limits,
    )
    return {day: float(value) for day, value in zip(dates, values)}


def _notes(
    stack: Stack, params: NetworkParams, bperp: dict[date, float], edits: Edits, dropped: dict[date, str], ranking: str
) -> list[str]:
    notes = [
        f"Pairs of at most {params.max_days:g} days and {params.max_bperp:g} m are kept; every image should have at "
        f"least {params.min_links} pairs.",
    ]
    missing = [day for day in stack.dates if day not in bperp]
    if missing:
        which = "any image" if not bperp else summaries.describe_dates(missing)
        notes.append(f"The perpendicular baseline of {which} is not known: there only time decides.")
    model = (
        f"The expected correlation falls linearly to zero at {params.limits.years:g} years and "
        f"{params.limits.bperp:g} m"
    )
    if params.limits.doppler is not None:
        model += f" and {params.limits.doppler:g} Hz of Doppler difference"
    notes.append(f"{model} (Hooper et al. 2007); the best reference image has the largest sum of it over all images.")
    what = "their expected correlation" if ranking == BY_MODEL else "their mean coherence"
    notes.append(f"Pairs beyond the thresholds are proposed in the order of {what}.")
    if str(params.edits):
        counts = f"{len(edits.pairs)} rows about pairs, {len(edits.images)} about images"
        notes.append(f"Edits: {Path(params.edits).name}, {counts}.")
    if dropped:
        named = "; ".join(f"{day:%Y%m%d} ({reason})" for day, reason in dropped.items())
        notes.append(f"Dropped images: {named}.")
    return notes


def _pictures(
    params: NetworkParams, stack: Stack, decisions: list[Decision], monitor: Monitor
) -> dict[str, Quicklook]:
    if not params.gallery:
        return {}
    shown = [d.pair for d in decisions if "phase" in d.pair.items or "coherence" in d.pair.items]
    out = {}
    for number, pair in enumerate(shown):
        monitor.step(number / len(shown))
        out[pair.name] = quicklook(params.input, stack, pair.items)
    return out


def _rows(decisions: list[Decision], dropped: dict[date, str]) -> list[Row]:
    images = [Row(day, None, EXCLUDED, reason) for day, reason in dropped.items()]
    return images + [Row(d.pair.date1, d.pair.date2, d.state, d.reason) for d in decisions]


def _light_stack(
    stack: Stack,
    params: NetworkParams,
    decisions: list[Decision],
    dropped: dict[date, str],
    reference: date,
    folder: Path,
) -> Stack:
    """The stack with its pairs' states; proposals count as excluded until they are confirmed."""
    pairs = tuple(
        replace(d.pair, state=KEPT if d.state == KEPT else EXCLUDED, reason=d.reason) for d in decisions
    )
    source = Path(params.input).expanduser().absolute()
    roots = {
        name: manifest.root_of(folder, Path(os.path.realpath(source / root))) for name, root in stack.roots.items()
    }
    facts: dict[str, Any] = {
        "dropped": {day.isoformat(): reason for day, reason in dropped.items()},
        "reference_image": reference.isoformat(),
    }
    light = replace(stack, pairs=pairs, roots=roots, metadata={**stack.metadata, "network": facts})
    return light.with_history("network", VERSION, _plain(params), {"INPUT": source.as_posix()})


def _plain(params: NetworkParams) -> dict[str, Any]:
    out = asdict(params)
    for name in ("input", "output", "edits"):
        out[name] = Path(out[name]).as_posix() if str(out[name]) else ""
    for name in ("max_days", "max_bperp"):  # 84 and 84.0 are the same parameter and give the same file
        out[name] = float(out[name])
    return out


