"""An activation and its derivative on arrays of doubles, from its sympy expression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import sympy as sp

from symvar.activations.base import Activation
from symvar.errors import NeedsFact
from symvar.field.normal import Array, erf
from symvar.integrals import NamedConstant
from symvar.integrals.expect_pieces import smooth_parts
from symvar.symbols import x

Function: TypeAlias = Callable[[Any], Array]
_DIGITS = 20


class log1pexp(sp.Function):
    """log(1 + exp(x)), kept whole: its exponential overflows."""


_NUMPY = [{"erf": erf, "log1pexp": lambda y: np.logaddexp(0.0, y)}, "numpy"]


@dataclass(frozen=True)
class Branch:
    """One smooth piece of a function of a real number.

    Args:
        low: its lower end.
        high: its upper end.
        expression: the function there, numbers as they are.
    """

    low: float
    high: float
    expression: sp.Expr

    @cached_property
    def value(self) -> Function:
        """The function there."""
        return _compiled(self.expression)

    @cached_property
    def slope(self) -> Function:
        """Its derivative there."""
        return _compiled(self.derivative)

    @property
    def derivative(self) -> sp.Expr:
        """Its derivative there, numbers as they are."""
        return sp.diff(self.expression, x)


def branches(activation: Activation) -> tuple[Branch, ...]:
    """The smooth pieces of an activation, from left to right.

    Raises:
        NeedsFact: where a parameter of it is no number.
    """
    free = sorted(map(str, activation.expression.free_symbols - {x}))
    if free:
        raise NeedsFact(
            activation.name,
            need=f"a number for {', '.join(free)}",
            have=str(activation.expression),
            remedy=f"give it: {type(activation).__name__}(...)",
        )
    return tuple(
        Branch(float(piece.low), float(piece.high), piece.branch)
        for piece in smooth_parts(activation.expression, x)
    )


def piecewise(parts: tuple[Branch, ...], of: str) -> Function:
    """The ``value`` or the ``slope`` on the whole line; at a kink that of the left piece."""

    def function(points: Any) -> Array:
        given = np.asarray(points, np.float64)
        out: Array | None = None
        for part in parts:
            inside = given if len(parts) == 1 else np.clip(given, part.low, part.high)
            here = getattr(part, of)(inside)
            out = here if out is None else np.where(given > part.low, here, out)
        assert out is not None
        return out

    return function


def _compiled(expression: sp.Expr) -> Function:
    softened = expression.replace(sp.log, _softened)
    constants = {each: each.evalf(_DIGITS) for each in softened.atoms(NamedConstant)}
    function = sp.lambdify(x, softened.xreplace(constants), modules=_NUMPY)

    def evaluate(points: Array) -> Array:
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            out = np.asarray(function(points), np.float64)
        return out if out.shape == points.shape else np.full(points.shape, out)

    return evaluate


def _softened(argument: sp.Expr) -> sp.Expr:
    rest = argument - 1
    return log1pexp(rest.exp) if isinstance(rest, sp.exp) else sp.log(argument)
