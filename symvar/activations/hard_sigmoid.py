"""The piecewise linear function that stands for the logistic one."""

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
class HardSigmoid(Activation):
    r"""$f(x) = \min(\max(a x + b, 0), 1)$.

    Args:
        rate: a, positive.
        middle: b, the value at zero.

    Raises:
        ArgumentError: unless a is positive.

    >>> HardSigmoid().mean(1).rewrite(sp.erf).expand()
    1/2
    """

    rate: Any = sp.Rational(1, 6)
    middle: Any = sp.Rational(1, 2)

    name = "hard-sigmoid"
    nondecreasing = True
    homogeneous = False
    reference = cite("mobilenetv3", "section 5.2")
    torch = ("aten.hardsigmoid", "aten.hardsigmoid_")
    onnx = ("HardSigmoid",)
    torch_module = "Hardsigmoid()"

    def __post_init__(self) -> None:
        for name in ("rate", "middle"):
            object.__setattr__(self, name, parameter(getattr(self, name), name))
        if not self.rate.is_positive:
            raise ArgumentError(
                "rate", need="a positive number", have=str(self.rate), remedy="use rate > 0"
            )

    @property
    def expression(self) -> sp.Expr:
        """The function of ``symvar.symbols.x``."""
        return sp.Min(sp.Max(self.rate * x + self.middle, 0), 1)

    @classmethod
    def read(cls, operator: str, arguments: Mapping[str, Any]) -> Activation | None:
        """Torch's own slope of 1/6, or ONNX's, 1/5 where the file says nothing."""
        if operator != "HardSigmoid":
            return cls()
        rate = arguments.get("alpha", sp.Rational(1, 5))
        sixth = abs(float(rate) - 1 / 6) < 1e-7  # the float32 that stands for it
        return cls(cls.rate if sixth else rate, arguments.get("beta", cls.middle))
