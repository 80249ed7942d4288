"""The page that explains a simulated scene."""

from __future__ import annotations

from typing import Any

from ..result import Result
from . import scene
from .params import SimulateParams


def readme(params: SimulateParams, tracks: dict[str, Any], result: Result) -> str:
    """Markdown text: what is where, and what the truth is."""
    stacks = "\n".join(
        f"- `{name}/`: {facts['images']} images from {facts['first']} to {facts['last']}, {facts['pairs']} unwrapped "
        f"interferograms with coherence, {facts['width']} x {facts['height']} pixels; "
        f"{100 * facts['missing_share']:.0f} % of the phases are missing because the coherence is low."
        for name, facts in tracks.items()
    )
    zones = "\n".join(
        f"| {zone['from_m'] / 1000:.2f} | {zone['to_m'] / 1000:.2f} | {zone['length_m'] / 1000:.2f} | "
        f"{zone['min_mm_yr']:.0f} | {zone['mean_mm_yr']:.0f} |"
        for zone in result.tables["line"]["by_threshold"]["-10"]["zones"]
    )
    bowls = "\n".join(f"- {bowl.name}: {bowl.peak:.0f} mm/yr at its centre" for bowl in scene.BOWLS)
    return f"""# A simulated railway corridor

Seed {params.seed}, size {params.size}. Every file here was computed; nothing was measured.

## Stacks
{stacks}

Both folders are stacks with `stack.json`: give them to any step that takes a stack. Their files have the layout of
LiCSAR products (baselines and angles in `metadata/`), so they can be imported as well. Phases are in radians, earlier
minus later image, and grow with range: subsidence gives positive phase. Every interferogram has a constant of its own,
as after unwrapping, so a reference area is needed. Track 40 is in degrees, track 142 in UTM zone 50N.

## Layers
- `railway.geojson`: the line, {result.tables['line']['line_length_m'] / 1000:.1f} km from west to east
- `reference_areas.geojson`: two towns on stable ground
- `coalfield.geojson`, `workings.geojson`: the mining right, and the panels under work
- `land_use.geojson`: urban, mining and rural land
- `precipitation.csv`: monthly rain in mm

## What moves
{bowls}
- rural ground: an annual term of {scene.SEASONAL_AMPLITUDE:.0f} mm, {scene.LAG_DAYS:.0f} days after that of the rain

The two workings sink too fast for C-band: most of their phases are missing. The secondary spot lies
{scene.COALFIELD_DISTANCE / 1000:.1f} km outside the coalfield.

Zones of the railway that sink at 10 mm/yr or more:

| from [km] | to [km] | length [km] | lowest [mm/yr] | mean [mm/yr] |
| ---: | ---: | ---: | ---: | ---: |
{zones}

## Truth
`truth/` holds, for every track, `velocity_vertical.tif` and `velocity_los.tif` (mm/yr), `height_error.tif` (m),
`built_up.tif` (0 to 1), `los/YYYYMMDD.tif` (mm since the first date, positive toward the satellite, without atmosphere)
and `atmosphere/YYYYMMDD.tif` (mm, as apparent displacement). `truth/profile.csv` is the vertical rate along the line,
and `result.json` has all numbers.
"""
