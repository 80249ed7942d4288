"""Parameters as JSON, under the name by which this room knows them."""

from __future__ import annotations

from ..described import described as described
