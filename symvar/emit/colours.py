"""Colours for a number that should be one: blue below, white there, red above, by decades."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

BLUE, WHITE, RED = (33, 102, 172), (255, 255, 255), (178, 24, 43)


@dataclass(frozen=True)
class Scale:
    """A scale that is symmetric about one.

    Args:
        decades: how far it goes either way.
    """

    decades: float

    @classmethod
    def over(cls, values: Iterable[float]) -> Scale:
        """A scale that holds all values: whole decades, at least one, at most twelve.

        >>> Scale.over([1, 0.003]).decades
        3
        """
        far = [abs(math.log10(each)) for each in values if each > 0 and math.isfinite(each)]
        return cls(min(12, max(1, math.ceil(max(far, default=0)))))

    def fill(self, value: float) -> str:
        """The colour of a value as ``#rrggbb``.

        >>> Scale(2).fill(1), Scale(2).fill(1000), Scale(2).fill(0.1)
        ('#ffffff', '#b2182b', '#90b2d6')
        """
        share = self.share(value)
        end = RED if share > 0 else BLUE
        mixed = (
            round(white + abs(share) * (each - white))
            for white, each in zip(WHITE, end, strict=True)
        )
        return "#" + "".join(f"{each:02x}" for each in mixed)

    def ink(self, value: float) -> str:
        """Black or white, whichever is read better on the value's colour."""
        return "#fff" if abs(self.share(value)) > 0.62 else "#111"

    def share(self, value: float) -> float:
        """Where the value lies, from -1 to 1; zero and infinity at the ends."""
        if not value > 0:
            return -1.0
        if math.isinf(value):
            return 1.0
        return max(-1.0, min(1.0, math.log10(value) / self.decades))
