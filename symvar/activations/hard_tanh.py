"""The identity cut off at two levels: hard tanh, and ReLU6."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar.activations.base import Activation, parameter
from symvar.errors import ArgumentError
from symvar.reference import cite
from symvar.symbols import x


@dataclass(frozen=True, eq=False, repr=False)
class HardTanh(Activation):
    r"""$f(x) = \min(\max(x, \text{low}), \text{high})$.

    Args:
        low: the least value.
        high: the largest value.

    Raises:
        ArgumentError: unless low < high.

    >>> HardTanh().mean(1)
    0
    """

    low: Any = sp.Integer(-1)
    high: Any = sp.Integer(1)

    name = "hard-tanh"
    nondecreasing = True
    homogeneous = False
    reference = cite("collobert", "the hard tanh")
    torch = ("aten.hardtanh", "aten.hardtanh_", "aten.clamp")
    onnx = ("Clip",)
    torch_module = "Hardtanh()"

    def __post_init__(self) -> None:
        for end in ("low", "high"):
            object.__setattr__(self, end, parameter(getattr(self, end), end))
        if not (self.high - self.low).is_positive:
            raise ArgumentError(
                "hard-tanh",
                need="low < high",
                have=f"{self.low} and {self.high}",
                remedy="swap them",
            )

    @property
    def expression(self) -> sp.Expr:
        """The function of ``symvar.symbols.x``."""
        return sp.Min(sp.Max(x, self.low), self.high)

    @classmethod
    def read(cls, operator: str, arguments: Mapping[str, Any]) -> Activation | None:
        """With its ends, where both are arguments (a later ONNX ``Clip`` has them as tensors)."""
        low = arguments.get("min_val", arguments.get("min"))
        high = arguments.get("max_val", arguments.get("max"))
        return None if low is None or high is None else cls(low, high)
