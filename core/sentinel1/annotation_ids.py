"""ESA's relative burst id, computed for images whose annotation has none.

Source: Sentinel-1 Level 1 Detailed Algorithm Definition, section 9.25 (bursts of the same ground counted from the
ascending node of track 1). The id is that of the burst cycle in which the middle of IW2 falls, so the
start of a burst is first moved to that middle.
"""

from __future__ import annotations

import math

BURST_CYCLE = 2.758273  # s, IW1 to the next IW1
PREAMBLE = 2.299849  # s
REPEAT_CYCLE = 12 * 86_400.0  # s
TRACKS = 175
# From the start of a burst to the middle of IW2 of its cycle [s], as 63 annotated ids place it (to 0.01 s).
TO_MIDDLE = {"IW1": 2.498, "IW2": 1.555, "IW3": 0.597}


def relative_burst_id(swath: str, track: int, anx_time: float) -> int:
    """The id of a burst.

    track : relative orbit number at the ascending node before, 1-175.
    anx_time : time of the burst's first line since that node [s].
    """
    since_first = anx_time + TO_MIDDLE[swath] + (track - 1) * REPEAT_CYCLE / TRACKS
    return 1 + math.floor((since_first - PREAMBLE) / BURST_CYCLE)
