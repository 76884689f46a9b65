"""The standard normal density and distribution as names, for lines that are read."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.integrals.gaussian import density, distribution


class phi(sp.Function):
    r"""$\phi(x) = e^{-x^2/2}/\sqrt{2\pi}$, with $\phi'(x) = -x\phi(x)$.

    >>> from symvar.symbols import t
    >>> phi(t).diff(t)
    -t*phi(t)
    """

    @classmethod
    def eval(cls, argument: Any) -> Any:
        """Values at zero and at the ends."""
        if argument == 0:
            return 1 / sp.sqrt(2 * sp.pi)
        return sp.S.Zero if argument in (sp.oo, -sp.oo) else None

    def fdiff(self, argindex: int = 1) -> Any:
        """The derivative."""
        return -self.args[0] * phi(self.args[0])

    def _eval_is_positive(self) -> bool:
        return True

    def _latex(self, printer: Any, exp: Any = None) -> str:
        return _named(r"\phi", self, printer, exp)


class Phi(sp.Function):
    r"""$\Phi(x) = \int_{-\infty}^x \phi$.

    >>> from symvar.symbols import t
    >>> Phi(t).diff(t), Phi(0)
    (phi(t), 1/2)
    """

    @classmethod
    def eval(cls, argument: Any) -> Any:
        """Values at zero and at the ends."""
        return {sp.S.Zero: sp.S.Half, sp.oo: sp.S.One, -sp.oo: sp.S.Zero}.get(argument)

    def fdiff(self, argindex: int = 1) -> Any:
        """The density."""
        return phi(self.args[0])

    def _eval_is_positive(self) -> bool:
        return True

    def _latex(self, printer: Any, exp: Any = None) -> str:
        return _named(r"\Phi", self, printer, exp)


def opened(expr: Any) -> Any:
    """The expression by exp and erf, as the checker knows them."""
    if not isinstance(expr, sp.Basic) or not expr.atoms(phi, Phi):
        return expr
    return expr.replace(phi, density).replace(Phi, distribution)


def _named(name: str, applied: Any, printer: Any, exp: Any) -> str:
    power = "" if exp is None else f"^{{{exp}}}"
    return rf"{name}{power}\left({printer._print(applied.args[0])}\right)"
