"""A named constant that is a formula in other named constants."""

from __future__ import annotations

from abc import abstractmethod

import sympy as sp
from flint import arb

from symvar.integrals.balls import real_ball
from symvar.integrals.named import NamedConstant


class ComposedConstant(NamedConstant):
    """It is closed where all its parts are, and its integral and its ball are made of theirs."""

    @abstractmethod
    def parts(self) -> sp.Expr:
        """The formula, its parts unopened."""
        raise NotImplementedError

    def closed_form(self) -> sp.Expr | None:
        """The parts opened, where each of them opens."""
        opened = sp.expand(self.parts().doit())
        return None if opened.has(NamedConstant) else opened

    def continued(self) -> sp.Expr | None:
        """The parts, continued."""
        named = {each: each.continued() for each in self.parts().atoms(NamedConstant)}
        return None if None in named.values() else self.parts().xreplace(named)

    def _eval_derivative(self, symbol: sp.Symbol) -> sp.Expr:
        """By its parts."""
        return self.parts().diff(symbol)

    def integral(self) -> sp.Expr:
        """The parts as their integrals."""
        return self.parts().rewrite(sp.Integral)

    def _ball(self) -> arb:
        return real_ball(self.parts())
