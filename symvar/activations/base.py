"""What an activation says of itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import sympy as sp

from symvar.geometry import Size
from symvar.reference import Reference


class Activation(ABC):
    r"""A function applied to every unit, with its moments under a Gaussian.

    The argument is $\sqrt{q}\,M_T$, $M_T$ the maximum of $T$ independent standard normals;
    $T = 1$ is the plain Gaussian of variance $q$.

    Attributes:
        name: the name users and files call it by.
        expression: the function, a sympy expression in ``symvar.symbols.x``.
        nondecreasing: whether it commutes with a maximum.
        homogeneous: whether $f(cx) = c f(x)$ for $c \geq 0$, so that scales pass through.
        reference: where it comes from.
        torch: the ``torch.export`` operators that apply it, overload left out.
        onnx: the ONNX operators that apply it.
        torch_module: the same function in the names of ``torch.nn``, for the contract tests.
    """

    required: ClassVar[tuple[str, ...]] = ("expression", "reference", "torch_module")
    name: ClassVar[str]
    expression: ClassVar[sp.Expr]
    nondecreasing: ClassVar[bool]
    homogeneous: ClassVar[bool]
    reference: ClassVar[Reference]
    torch: ClassVar[tuple[str, ...]] = ()
    onnx: ClassVar[tuple[str, ...]] = ()
    torch_module: ClassVar[str]

    @abstractmethod
    def second_moment(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\mathrm{E}[f(\sqrt{q} M_T)^2]$."""

    @abstractmethod
    def mean(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\mathrm{E}[f(\sqrt{q} M_T)]$."""

    @abstractmethod
    def slope(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\mathrm{E}[f'(\sqrt{q} M_T)^2]$."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"
