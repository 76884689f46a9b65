"""The exponential linear unit."""

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
class Elu(Activation):
    r"""$f(x) = x$ for $x > 0$ and $\alpha(e^x - 1)$ below.

    Args:
        alpha: minus the limit at minus infinity, at least 0.

    Raises:
        ArgumentError: for an alpha that is not at least 0.

    >>> Elu().mean(1)
    -1/2 + exp(1/2)*erfc(sqrt(2)/2)/2 + sqrt(2)/(2*sqrt(pi))
    """

    alpha: Any = sp.Integer(1)

    name = "elu"
    nondecreasing = True
    homogeneous = False
    reference = cite("elu", "abstract")
    torch = ("aten.elu", "aten.elu_")
    onnx = ("Elu",)
    torch_module = "ELU()"

    def __post_init__(self) -> None:
        alpha = parameter(self.alpha, "alpha")
        if not alpha.is_nonnegative:
            raise ArgumentError(
                "alpha", need="at least 0", have=str(alpha), remedy="use a nonnegative alpha"
            )
        object.__setattr__(self, "alpha", alpha)

    @property
    def expression(self) -> sp.Expr:
        """The function of ``symvar.symbols.x``."""
        return sp.Piecewise((x, x > 0), (self.alpha * (sp.exp(x) - 1), True))

    @classmethod
    def read(cls, operator: str, arguments: Mapping[str, Any]) -> Activation | None:
        """With its alpha; torch's further scales (those of SELU) must be 1."""
        scales = (arguments.get("scale", 1), arguments.get("input_scale", 1))
        return cls(arguments.get("alpha", 1)) if scales == (1, 1) else None
