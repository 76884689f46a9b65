"""Where randomness came in: the input, and the weights of each mix."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

_NUMBERS = count()


@dataclass(frozen=True)
class Origins:
    """A set of origins, as bits: deep networks ask for many unions of large ones.

    Args:
        lowest: the number of the origin that the last bit stands for.
        bits: one for each origin from there on.

    >>> one, other = Origins.new(), Origins.new()
    >>> one.meets(other), (one | other).meets(other)
    (False, True)
    """

    lowest: int = 0
    bits: int = 0

    @classmethod
    def new(cls) -> Origins:
        """One origin that no other set has."""
        return cls(next(_NUMBERS), 1)

    def __or__(self, other: Origins) -> Origins:
        if not self.bits or not other.bits:
            return self if self.bits else other
        lowest, mine, theirs = self._aligned(other)
        return Origins(lowest, mine | theirs)

    def meets(self, other: Origins) -> bool:
        """Whether the sets have an origin in common."""
        if not self.bits or not other.bits:
            return False
        _, mine, theirs = self._aligned(other)
        return bool(mine & theirs)

    def _aligned(self, other: Origins) -> tuple[int, int, int]:
        lowest = min(self.lowest, other.lowest)
        return lowest, self.bits << self.lowest - lowest, other.bits << other.lowest - lowest
