"""What a route of the checker is: one way to a verdict, in one file of this folder."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from symvar.claims.facts import Facts
from symvar.claims.verdict import Verdict


class Route(ABC):
    """One way to a verdict on a relation.

    The checker asks the routes in the order of ``rank``, the cheap and special ones first, until
    one gives a verdict other than ``"unknown"``. Where a route is ``exclusive`` and applies, no
    later one is asked: its symbols do not mean what the others would take them for.
    """

    name: ClassVar[str]
    rank: ClassVar[int]
    exclusive: ClassVar[bool] = False

    @abstractmethod
    def judge(self, statement: Any, facts: Facts) -> Verdict | None:
        """The verdict; ``"unknown"`` with what was tried; or None where the route does not apply.

        Args:
            statement: an unevaluated sympy relation or boolean, the known symbols substituted.
            facts: what else is given.
        """
        raise NotImplementedError
