"""Random variables and families of them, as sympy symbols that an expectation can bind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.utilities.iterables import NotIterable

from symvar.errors import ArgumentError


class RandomVariable(sp.Symbol):
    """A real random variable with moments of every order that is written down."""

    def __new__(cls, name: str, **assumptions: Any) -> RandomVariable:
        """Real unless said otherwise."""
        return super().__new__(cls, name, **{"real": True, **assumptions})

    def _sympyrepr(self, printer: Any) -> str:
        return _call("random_variable", self)


class RandomFamily(sp.Symbol, NotIterable):
    """Random variables with one name and indices: ``w[i]``, ``w[i, j]``."""

    def __new__(cls, name: str, **assumptions: Any) -> RandomFamily:
        """Real unless said otherwise."""
        return super().__new__(cls, name, **{"real": True, **assumptions})

    def __getitem__(self, index: Any) -> RandomMember:
        """The member of that index, or of several."""
        indices = index if isinstance(index, (tuple, sp.Tuple)) else (index,)
        return RandomMember(self, *indices)

    __iter__ = None

    def _sympyrepr(self, printer: Any) -> str:
        return _call("random_family", self)


class RandomMember(sp.Expr):
    """One variable of a `RandomFamily`.

    Args:
        family: the family.
        indices: expressions, as a rule in summation indices.
    """

    _diff_wrt = True
    is_commutative = True

    def __new__(cls, family: RandomFamily, *indices: Any) -> RandomMember:
        """The member ``family[indices]``."""
        return super().__new__(cls, family, *map(sp.sympify, indices))

    @property
    def family(self) -> RandomFamily:
        """The family it belongs to."""
        return self.args[0]

    @property
    def indices(self) -> tuple[sp.Expr, ...]:
        """Its indices."""
        return self.args[1:]

    @property
    def free_symbols(self) -> set[sp.Basic]:
        """Those of the indices: the family's name is no symbol that takes values."""
        return set().union(*(index.free_symbols for index in self.indices))

    def _eval_is_real(self) -> bool | None:
        return self.family.is_real

    def _eval_is_finite(self) -> bool | None:
        return True

    def _eval_is_nonnegative(self) -> bool | None:
        return self.family.is_nonnegative

    def _eval_is_positive(self) -> bool | None:
        return self.family.is_positive

    def _eval_is_integer(self) -> bool | None:
        return self.family.is_integer

    def _eval_derivative(self, symbol: Any) -> sp.Expr:
        if isinstance(symbol, RandomMember) and symbol.family == self.family:
            pairs = zip(self.indices, symbol.indices, strict=True)
            return sp.Mul(*(sp.KroneckerDelta(*pair) for pair in pairs))
        return sp.Integer(0)

    def _sympyrepr(self, printer: Any) -> str:
        return f"{printer._print(self.family)}[{', '.join(map(printer._print, self.indices))}]"

    def _sympystr(self, printer: Any) -> str:
        return f"{self.family.name}[{', '.join(map(printer._print, self.indices))}]"

    def _latex(self, printer: Any) -> str:
        subscript = ",".join(map(printer._print, self.indices))
        return f"{{{printer._print(self.family)}}}_{{{subscript}}}"


class Largest(ExprWithLimits):
    r"""$\max_i x_i$ over an index range of symbolic length.

    Args:
        function: what is maximised, an expression in the index.
        limits: ``(i, low, high)``.

    >>> from symvar.symbols import k, w as n
    >>> Largest(random_family("x")[k], (k, 1, n))
    Largest(x[k], (k, 1, w))
    """

    is_commutative = True
    is_number = False

    def __new__(cls, function: Any, *limits: Any) -> Largest:
        """The maximum, unevaluated."""
        return super().__new__(cls, function, *limits)

    def _eval_is_real(self) -> bool | None:
        return self.function.is_real

    def _eval_is_finite(self) -> bool:
        return True

    def _latex(self, printer: Any) -> str:
        index, low, high = map(printer._print, self.limits[0])
        return rf"\max_{{{index}={low}}}^{{{high}}} {printer._print(self.function)}"

    def _sympyrepr(self, printer: Any) -> str:
        return f"claims.Largest({', '.join(map(printer._print, self.args))})"


Element = RandomVariable | RandomMember | RandomFamily
"""What an expression can depend on: a variable, a member, or a family as a whole."""


def random_variable(name: str, **assumptions: Any) -> RandomVariable:
    """A real random variable.

    Args:
        name: as it is printed.
        assumptions: sympy's, such as ``nonnegative=True``: they hold surely.

    >>> from symvar.claims import E
    >>> x = random_variable("x")
    >>> E(x**2)
    E[x**2]
    """
    return RandomVariable(name, **assumptions)


def random_family(name: str, **assumptions: Any) -> RandomFamily:
    """Random variables that share a name, told apart by indices.

    Args:
        name: as it is printed.
        assumptions: sympy's, for every member.

    >>> from symvar.symbols import k
    >>> w = random_family("w")
    >>> w[k], w[1, k]
    (w[k], w[1, k])
    """
    return RandomFamily(name, **assumptions)


def _call(function: str, symbol: sp.Symbol) -> str:
    declared = (f", {key}={value}" for key, value in sorted(symbol._assumptions_orig.items()))
    return f"claims.{function}({symbol.name!r}{''.join(declared)})"


def elements(expr: Any, bound: frozenset[Any] = frozenset()) -> Iterator[Element]:
    """The random variables an expression depends on; inside expectations there are none.

    A member whose index is summed over inside the expression stands for its whole family.

    Raises:
        ArgumentError: for a family without an index.
    """
    if isinstance(expr, RandomMember):
        summed = bound & set().union(*(index.free_symbols for index in expr.indices))
        yield expr.family if summed else expr
    elif isinstance(expr, RandomFamily):
        raise ArgumentError(
            str(expr), need="an index", have="the family", remedy=f"write {expr.name}[i]"
        )
    elif isinstance(expr, RandomVariable):
        yield expr
    elif not getattr(expr, "is_moment", False):
        if isinstance(expr, ExprWithLimits):
            bound = bound | set(expr.variables)
        for part in expr.args:
            yield from elements(part, bound)
    elif expr.given:
        for part in expr.given:
            yield from elements(part, bound)


def is_random(expr: Any) -> bool:
    """Whether an expression depends on a random variable."""
    return next(elements(expr), None) is not None
