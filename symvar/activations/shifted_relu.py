"""The shifted rectifier, or nonlinearity generator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar.activations.base import Activation, parameter
from symvar.reference import cite
from symvar.symbols import x


@dataclass(frozen=True, eq=False, repr=False)
class ShiftedRectifier(Activation):
    r"""$f(x) = \max(x, t) = \operatorname{ReLU}(x - t) + t$, nearly linear for low t.

    Args:
        threshold: t, a number or an expression; -1 is where the source starts it.

    >>> from symvar.symbols import t
    >>> ShiftedRectifier(t).mean(1)
    t*(1 - erfc(sqrt(2)*t/2)/2) + sqrt(2)*exp(-t**2/2)/(2*sqrt(pi))
    """

    threshold: Any = sp.Integer(-1)

    name = "shifted-relu"
    nondecreasing = True
    reference = cite("ng", "1")
    torch = ("aten.threshold", "aten.threshold_")
    torch_module = "Threshold(-1, -1)"

    def __post_init__(self) -> None:
        object.__setattr__(self, "threshold", parameter(self.threshold, "threshold"))

    @property
    def expression(self) -> sp.Expr:
        """The function of ``symvar.symbols.x``."""
        return sp.Max(x, self.threshold)

    @property
    def homogeneous(self) -> bool:
        """Only at t = 0."""
        return bool(self.threshold.is_zero)

    @classmethod
    def read(cls, operator: str, arguments: Mapping[str, Any]) -> Activation | None:
        """A threshold whose replacement is itself; any other jumps."""
        threshold = arguments["threshold"]
        return cls(threshold) if arguments["value"] == threshold else None
