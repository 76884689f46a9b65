"""The smooth rectifier."""

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
class Softplus(Activation):
    r"""$f(x) = \log(1 + e^{\beta x})/\beta$.

    torch returns x itself where $\beta x$ is over its threshold of 20; that is no part of the
    function and changes it by less than $3 \cdot 10^{-9}/\beta$.

    Args:
        beta: the sharpness of the bend, positive.

    Raises:
        ArgumentError: for a beta that is not positive.

    >>> print(Softplus().mean(1).evalf(20))
    0.80605918334743978453
    """

    beta: Any = sp.Integer(1)

    name = "softplus"
    nondecreasing = True
    homogeneous = False
    reference = cite("dugas", "the softplus")
    torch = ("aten.softplus",)
    onnx = ("Softplus",)
    torch_module = "Softplus()"

    def __post_init__(self) -> None:
        beta = parameter(self.beta, "beta")
        if not beta.is_positive:
            raise ArgumentError(
                "beta", need="a positive number", have=str(beta), remedy="use beta > 0"
            )
        object.__setattr__(self, "beta", beta)

    @property
    def expression(self) -> sp.Expr:
        """The function of ``symvar.symbols.x``."""
        return sp.log(1 + sp.exp(self.beta * x)) / self.beta

    @classmethod
    def read(cls, operator: str, arguments: Mapping[str, Any]) -> Activation | None:
        """With its beta, unless a threshold below 20 makes it another function."""
        if arguments.get("threshold", 20) < 20:
            return None
        return cls(arguments.get("beta", 1))
