"""Expectation, variance, covariance and probability: sympy expressions that stay as written.

Everything random is real here, and every moment that is written down is finite.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from symvar.claims.random import RandomFamily, RandomVariable
from symvar.errors import ArgumentError


class Moment(sp.Expr):
    """What expectation, variance, covariance and probability share: they bind what is random."""

    is_moment = True
    is_number = False
    is_commutative = True
    name = ""

    def __new__(cls, *args: Any, given: Any = None) -> Moment:
        """The moment, unevaluated."""
        made = [sp.sympify(each) for each in args]
        if given is not None:
            several = given if isinstance(given, (tuple, list, sp.Tuple)) else (given,)
            made.append(sp.Tuple(*several))
        return super().__new__(cls, *made)

    @property
    def of(self) -> tuple[Any, ...]:
        """What it is the moment of."""
        return self.args[:-1] if self.given else self.args

    @property
    def given(self) -> tuple[Any, ...]:
        """What it is conditional on."""
        last = self.args[-1]
        return tuple(last) if isinstance(last, sp.Tuple) else ()

    @property
    def free_symbols(self) -> set[sp.Basic]:
        """The symbols that take values: not those that are random."""
        inside = set().union(*(part.free_symbols for part in self.args))
        return {each for each in inside if not isinstance(each, (RandomVariable, RandomFamily))}

    def _eval_is_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True

    def _written(self, parts: Iterable[str], given: Iterable[str], bar: str) -> str:
        condition = ", ".join(given)
        return ", ".join(parts) + (bar + condition if condition else "")

    def _sympystr(self, printer: Any) -> str:
        parts, given = (map(printer._print, each) for each in (self.of, self.given))
        return f"{type(self).__name__}[{self._written(parts, given, ' | ')}]"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        parts, given = (map(printer._print, each) for each in (self.of, self.given))
        power = f"^{{{exp}}}" if exp else ""
        inside = self._written(parts, given, r" \,\middle|\, ")
        return rf"{self.name}{power}\left[{inside}\right]"

    def _sympyrepr(self, printer: Any) -> str:
        parts = ", ".join(map(printer._print, self.of))
        given = ", ".join(map(printer._print, self.given))
        return f"claims.{type(self).__name__}({parts}{f', given=({given},)' if given else ''})"


class E(Moment):
    r"""$\mathrm{E}[f]$, or $\mathrm{E}[f \mid y]$.

    Args:
        expr: an expression in random variables: products, powers, sums of symbolic length, any
            function of them.
        given: the variable, or several, that it is conditional on.

    >>> from symvar.claims import random_family
    >>> from symvar.symbols import k, w as n
    >>> x = random_family("x")
    >>> sp.latex(E(sp.Sum(x[k], (k, 1, n))))
    '\\mathrm{E}\\left[\\sum_{k=1}^{w} {x}_{k}\\right]'
    """

    name = r"\mathrm{E}"

    def _eval_is_nonnegative(self) -> bool | None:
        return True if surely_nonnegative(self.of[0]) else None


class Var(Moment):
    r"""$\mathrm{Var}[f] = \mathrm{E}[f^2] - \mathrm{E}[f]^2$.

    Args:
        expr: as for `E`.

    >>> from symvar.claims import random_variable
    >>> Var(random_variable("x")).is_nonnegative
    True
    """

    name = r"\mathrm{Var}"

    def _eval_is_nonnegative(self) -> bool:
        return True


class Cov(Moment):
    r"""$\mathrm{Cov}[f, g] = \mathrm{E}[fg] - \mathrm{E}[f]\,\mathrm{E}[g]$.

    Args:
        f, g: as for `E`.
    """

    name = r"\mathrm{Cov}"


class Prob(Moment):
    r"""$\Pr[A]$, the expectation of the indicator of A.

    Args:
        event: a sympy relation in random variables, or an And, Or, Not of some.

    >>> from symvar.claims import random_variable
    >>> Prob(random_variable("x") > 0)
    Prob[x > 0]
    """

    name = r"\Pr"

    def __new__(cls, event: Any, given: Any = None) -> Prob:
        """The probability, unevaluated."""
        if not isinstance(sp.sympify(event), sp.logic.boolalg.Boolean):
            raise ArgumentError(
                "event", need="a relation such as x > 0", have=repr(event), remedy="write x > 0"
            )
        return super().__new__(cls, event, given=given)

    def _eval_is_nonnegative(self) -> bool:
        return True


def surely_nonnegative(expr: Any) -> bool:
    """Whether a real expression is a product or sum of squares and nonnegative parts."""
    if expr.is_nonnegative or isinstance(expr, sp.Abs):
        return True
    if isinstance(expr, sp.Pow):
        return bool(expr.exp.is_even) or (
            bool(expr.exp.is_integer) and surely_nonnegative(expr.base)
        )
    if isinstance(expr, (sp.Add, sp.Mul)):
        return all(map(surely_nonnegative, expr.args))
    if isinstance(expr, sp.Sum):
        return surely_nonnegative(expr.function)
    if isinstance(expr, sp.Max):
        return any(map(surely_nonnegative, expr.args))
    return False


def has_moments(expr: Any) -> bool:
    """Whether an expectation, variance, covariance or probability is in it."""
    return bool(expr.atoms(Moment)) if isinstance(expr, sp.Basic) else False
