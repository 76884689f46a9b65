"""What a check found, and how strongly it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import sympy as sp

Status = Literal["proved", "enclosed", "refuted", "unknown"]


@dataclass(frozen=True)
class Verdict:
    """How far a statement is known to hold.

    Args:
        status: ``"proved"``: exact, for all values of its free symbols; ``"enclosed"``: constants
            in balls that agree to the digits stated, or lie in the order stated; ``"refuted"``: a
            counterexample; ``"unknown"``: none of these.
        evidence: the same in words.
        counterexample: exact values of the symbols where the statement fails.
        reproduce: the call that recomputes the verdict, in the names of sympy and symvar.
    """

    status: Status
    evidence: str
    counterexample: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    reproduce: str = ""

    def __bool__(self) -> bool:
        raise TypeError("a verdict is not a truth value: look at .status")
