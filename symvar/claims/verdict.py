"""What a check found, and how strongly it is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Status = Literal["proved", "enclosed", "instances", "sampled", "unknown", "refuted"]
STATUSES: tuple[Status, ...] = get_args(Status)
"""From the strongest to none, and then the opposite."""
HOLDING: frozenset[Status] = frozenset({"proved", "enclosed", "instances", "sampled"})
"""The statuses of a statement that holds, as far as is known."""


@dataclass(frozen=True)
class Verdict:
    """How far a statement is known to hold.

    Args:
        status: ``"proved"``: exact, for all values of its free symbols; ``"enclosed"``: constants
            in balls that agree to the digits stated, or lie in the order stated; ``"instances"``:
            exact on each of finitely many cases, their number and generator named; ``"sampled"``:
            Monte Carlo, with its interval and seed; ``"refuted"``: a counterexample;
            ``"unknown"``: none of these.
        evidence: the same in words.
        counterexample: exact values of the symbols where the statement fails.
        reproduce: the call that recomputes the verdict, in the names of sympy and symvar.
    """

    status: Status
    evidence: str
    counterexample: Mapping[Any, Any] = field(default_factory=dict)
    reproduce: str = ""

    @property
    def holds(self) -> bool:
        """Whether the statement holds, as strongly as the status says; unknown is no."""
        return self.status in HOLDING

    def __bool__(self) -> bool:
        raise TypeError("a verdict is not a truth value: look at .status")


def weakest(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on all of some statements: a refuted one refutes them all."""
    return max(verdicts, key=lambda each: STATUSES.index(each.status))


def strongest(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on one or another of some statements, where refuting one refutes nothing."""
    best = min(verdicts, key=lambda each: STATUSES.index(each.status))
    return best if best.holds else Verdict("unknown", "no part is known to hold")
