"""The Gaussian error linear unit, and the formula with tanh that stands for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from symvar.activations.base import Activation
from symvar.reference import cite
from symvar.symbols import x


class Gelu(Activation):
    r"""$f(x) = x \Phi(x)$: its moments are closed, by Stein's identity.

    >>> from symvar.symbols import forward
    >>> Gelu().mean(forward)
    sqrt(2)*q^{(\ell)}/(2*sqrt(pi)*sqrt(q^{(\ell)} + 1))
    """

    name = "gelu"
    expression = x * (1 + sp.erf(x / sp.sqrt(2))) / 2
    nondecreasing = False
    homogeneous = False
    reference = cite("gelu", "abstract")
    torch = ("aten.gelu", "aten.gelu_")
    onnx = ("Gelu",)
    torch_module = "GELU()"

    @classmethod
    def read(cls, operator: str, arguments: Mapping[str, Any]) -> Activation | None:
        """Unless the call asks for the approximation."""
        return cls() if approximation(arguments) == "none" else None


class TanhGelu(Activation):
    r"""$f(x) = \tfrac x2 (1 + \tanh(\sqrt{2/\pi}(x + 0.044715 x^3)))$, frameworks' fast GELU.

    >>> print(TanhGelu().mean(1).evalf(20))
    0.28203858807878871175
    """

    name = "gelu-tanh"
    expression = x * (1 + sp.tanh(sp.sqrt(2 / sp.pi) * (x + sp.Rational("0.044715") * x**3))) / 2
    nondecreasing = False
    homogeneous = False
    reference = cite("gelu", "the approximation by tanh")
    torch = ("aten.gelu", "aten.gelu_")
    onnx = ("Gelu",)
    torch_module = "GELU('tanh')"

    @classmethod
    def read(cls, operator: str, arguments: Mapping[str, Any]) -> Activation | None:
        """Where the call asks for the approximation."""
        return cls() if approximation(arguments) == "tanh" else None


def approximation(arguments: Mapping[str, Any]) -> str:
    """The ``approximate`` argument, text or bytes."""
    value = arguments.get("approximate", "none")
    return value.decode() if isinstance(value, bytes) else value
