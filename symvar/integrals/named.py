"""A constant with a name: sympy keeps the name, flint knows the number."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, ctx
from sympy.core.symbol import Str

from symvar.integrals.precision import refine

Stored: TypeAlias = Callable[["NamedConstant", int], "arb | None"]

STORED: ContextVar[Stored | None] = ContextVar("STORED", default=None)
"""Where balls are looked up before they are computed: nowhere, unless `symvar.lookup` says so."""


class NamedConstant(sp.Function):
    """A real constant that stays as its name until it is opened.

    A subclass says what its name means in three ways: `closed_form`, `integral` and `_ball`.
    ``.doit()``, ``.rewrite(sympy.Integral)``, ``.evalf(n)``, ``float()``, comparisons and
    `symvar.integrals.enclose` follow from these.
    """

    # Stated, as sympy would evaluate the integral to find out.
    is_commutative = True
    is_extended_real = True
    is_finite = True

    @abstractmethod
    def closed_form(self) -> sp.Expr | None:
        """The value without Integral or Sum, or ``None`` where none is known."""
        raise NotImplementedError

    @abstractmethod
    def integral(self) -> sp.Expr:
        """The defining integral."""
        raise NotImplementedError

    @abstractmethod
    def _ball(self) -> arb:
        """A ball of the value, all of whose rounding and truncation is inside its radius."""
        raise NotImplementedError

    @abstractmethod
    def _name(self, printer: Any) -> str:
        """The LaTeX name."""
        raise NotImplementedError

    def continued(self) -> sp.Expr | None:
        """The same function of a real T, which limits need; ``None`` where none is known."""
        return None

    def _continued(self) -> sp.Expr:
        found = self.continued()
        if found is None:
            raise NotImplementedError(f"the limit of {self} in T: no expansion is known")
        return found

    def _eval_rewrite_as_tractable(self, *args: Any, **hints: Any) -> sp.Expr:
        counted = any(symbol.is_integer for symbol in self.free_symbols)
        return self._continued() if counted else self

    def _eval_subs(self, old: sp.Basic, new: sp.Basic) -> sp.Expr | None:
        """A limit puts 1/T, or 1/z with a dummy z, in place of T: the function of reals."""
        if not old.is_integer or new.is_integer or not (new == 1 / old or new.atoms(sp.Dummy)):
            return None
        return self._continued().subs(old, new) if self.has(old) else None

    def _arguments(self) -> tuple[Any, ...]:
        """The constructor's arguments, the ones at their default left out."""
        return tuple(self.args)

    def ball(self) -> arb:
        """The value as a ball at flint's current precision, kept for the next question."""
        stored = STORED.get()
        found = None if stored is None else stored(self, ctx.prec)
        return _ball_at(self, ctx.prec) if found is None else found

    def doit(self, **hints: Any) -> sp.Expr:
        """The closed form where one is known, else the name itself."""
        closed = self.closed_form()
        return self if closed is None else closed

    def _eval_rewrite_as_Integral(self, *args: Any, **hints: Any) -> sp.Expr:
        return self.integral()

    def _eval_evalf(self, prec: int) -> sp.Expr | None:
        if self.free_symbols:
            return None
        ball = refine(self.ball, prec + 4, str(self))
        mantissa, exponent = ball.mid().man_exp()
        exact = sp.Integer(int(mantissa)) * sp.Integer(2) ** int(exponent)
        return sp.Float(exact, precision=prec)

    def _eval_derivative(self, symbol: sp.Symbol) -> sp.Expr:
        """In T, that of the closed form or else of the integral, which is smooth in a real T."""
        if not symbol.is_integer:
            return sp.Derivative(self, symbol, evaluate=False)
        opened = self.closed_form()
        return (self.integral() if opened is None else opened).diff(symbol)

    @property
    def is_number(self) -> bool:
        """Whether no symbol is left in it."""
        return not self.free_symbols

    def _sympystr(self, printer: Any) -> str:
        return f"{type(self).__name__}({', '.join(map(_text(printer), self._arguments()))})"

    def _sympyrepr(self, printer: Any) -> str:
        return f"{type(self).__name__}({', '.join(map(_text(printer), self.args))})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        name = self._name(printer)
        if exp is None:
            return name
        return rf"\left({name}\right)^{{{exp}}}" if "^" in name else rf"{name}^{{{exp}}}"


def _text(printer: Any) -> Callable[[sp.Basic], str]:
    """Prints an argument; a name in quotes, so that the text can be read back."""
    return lambda arg: repr(arg.name) if isinstance(arg, Str) else printer._print(arg)


@lru_cache(maxsize=512)
def _ball_at(constant: NamedConstant, precision: int) -> arb:
    """The ball at a precision; the cache makes a second question free."""
    with ctx.workprec(precision):
        return constant._ball()
