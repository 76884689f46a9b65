"""Laws of a random variable: what `HasLaw` says one has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar.errors import ArgumentError, SymvarError
from symvar.integrals import Expectation, expect, tau


class Law(ABC):
    """A law on the line. Its parameters may be symbols."""

    @abstractmethod
    def expectation(self, f: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
        """E[f(x)] where it is known exactly, else None."""
        raise NotImplementedError

    def of_largest(self, f: sp.Expr, x: sp.Symbol, number: sp.Expr) -> sp.Expr | None:
        """E[f(M)], M the largest of so many independent variables of the law; None if unknown."""
        return None

    @abstractmethod
    def with_parameters(self, change: Callable[[sp.Expr], sp.Expr]) -> Law:
        """The law with every parameter changed."""
        raise NotImplementedError

    @property
    @abstractmethod
    def parameters(self) -> tuple[sp.Expr, ...]:
        """Its parameters."""
        raise NotImplementedError

    @property
    @abstractmethod
    def words(self) -> str:
        """The law as a reader would say it."""
        raise NotImplementedError

    @property
    @abstractmethod
    def conditions(self) -> tuple[Any, ...]:
        """What the parameters must meet."""
        raise NotImplementedError

    @property
    def atomless(self) -> bool:
        """Whether no value has positive probability."""
        return False

    @property
    def symmetric(self) -> bool:
        """Whether it is surely the law of the negative, too."""
        return False

    def __str__(self) -> str:
        return self.words

    def __repr__(self) -> str:
        return f"claims.{type(self).__name__}({', '.join(map(sp.srepr, self.parameters))})"


def _parameter(law: Any, name: str) -> None:
    object.__setattr__(law, name, sp.sympify(getattr(law, name)))


@dataclass(frozen=True, repr=False)
class Gaussian(Law):
    """The normal law.

    Args:
        mean: its mean.
        variance: its variance, not its standard deviation.
    """

    mean: Any = 0
    variance: Any = 1

    def __post_init__(self) -> None:
        for name in ("mean", "variance"):
            _parameter(self, name)

    def expectation(self, f: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
        """By `symvar.expect`: polynomials, kinks, exp, erf and what else it knows."""
        try:
            return expect(f, x, self.variance, self.mean)
        except SymvarError:
            return None

    def of_largest(self, f: sp.Expr, x: sp.Symbol, number: sp.Expr) -> sp.Expr | None:
        """The named constant of pooling for the square of a rectifier, else a named integral."""
        if f == sp.Max(0, x) ** 2 and self.mean == 0:
            return self.variance * tau(number)
        try:
            return Expectation(f, x, self.variance, self.mean, number).doit()
        except SymvarError:
            return None

    def with_parameters(self, change: Callable[[sp.Expr], sp.Expr]) -> Law:
        """The law with every parameter changed."""
        return Gaussian(change(self.mean), change(self.variance))

    @property
    def parameters(self) -> tuple[sp.Expr, ...]:
        """Mean and variance."""
        return self.mean, self.variance

    @property
    def words(self) -> str:
        """The law in words."""
        return f"Gaussian with mean {self.mean} and variance {self.variance}"

    @property
    def conditions(self) -> tuple[Any, ...]:
        """A variance is not negative."""
        return (sp.Ge(self.variance, 0),)

    @property
    def symmetric(self) -> bool:
        """Where the mean is zero."""
        return self.mean == 0

    @property
    def atomless(self) -> bool:
        """Where the variance is positive."""
        return bool(self.variance.is_positive)


@dataclass(frozen=True, repr=False)
class Uniform(Law):
    """The uniform law on an interval.

    Args:
        low: its left end.
        high: its right end.
    """

    low: Any
    high: Any

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            _parameter(self, name)

    def expectation(self, f: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
        """Exact for polynomials, and for pieces of them that break at 0 inside [-a, a]."""
        pieces = [(f, self.low, self.high)]
        if not f.is_polynomial(x):
            if self.low.is_nonnegative or not (self.low.is_negative and self.high.is_positive):
                return None
            sides = (_side(f, x, sign) for sign in (-1, 1))
            ends = ((self.low, sp.Integer(0)), (sp.Integer(0), self.high))
            pieces = [(side, *end) for side, end in zip(sides, ends, strict=True)]
        if not all(part.is_polynomial(x) for part, _, _ in pieces):
            return None
        total = sp.Add(*(sp.integrate(sp.expand(part), (x, a, b)) for part, a, b in pieces))
        return sp.cancel(total / (self.high - self.low))

    def with_parameters(self, change: Callable[[sp.Expr], sp.Expr]) -> Law:
        """The law with every parameter changed."""
        return Uniform(change(self.low), change(self.high))

    @property
    def parameters(self) -> tuple[sp.Expr, ...]:
        """Both ends."""
        return self.low, self.high

    @property
    def words(self) -> str:
        """The law in words."""
        return f"uniform on [{self.low}, {self.high}]"

    @property
    def conditions(self) -> tuple[Any, ...]:
        """The ends lie in order."""
        return (sp.Lt(self.low, self.high),)

    @property
    def symmetric(self) -> bool:
        """Where the ends are opposite."""
        return self.low == -self.high

    @property
    def atomless(self) -> bool:
        """Always: the ends differ."""
        return True


@dataclass(frozen=True, init=False, repr=False)
class Discrete(Law):
    """A law on finitely many values.

    Args:
        chances: probability by value; they sum to one.

    >>> print(Discrete({-1: "1/2", 1: "1/2"}))
    -1 or 1, each with probability 1/2
    >>> print(Discrete({0: "2/3", 3: "1/3"}))
    0 with probability 2/3, 3 with probability 1/3
    """

    chances: tuple[tuple[sp.Expr, sp.Expr], ...]

    def __init__(self, chances: Mapping[Any, Any]) -> None:
        pairs = tuple((sp.sympify(v), sp.sympify(p)) for v, p in chances.items())
        if not pairs or sp.simplify(sp.Add(*(p for _, p in pairs)) - 1) != 0:
            raise ArgumentError(
                "chances",
                need="probabilities that sum to 1",
                have=str(dict(chances)),
                remedy="give one probability per value",
            )
        object.__setattr__(self, "chances", pairs)

    def __repr__(self) -> str:
        pairs = (f"{sp.srepr(v)}: {sp.srepr(p)}" for v, p in self.chances)
        return f"claims.Discrete({{{', '.join(pairs)}}})"

    def expectation(self, f: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
        """The sum over the values."""
        return sp.Add(*(p * f.subs(x, v) for v, p in self.chances))

    def with_parameters(self, change: Callable[[sp.Expr], sp.Expr]) -> Law:
        """The law with every parameter changed."""
        return Discrete({change(v): change(p) for v, p in self.chances})

    @property
    def parameters(self) -> tuple[sp.Expr, ...]:
        """Values and probabilities."""
        return tuple(part for pair in self.chances for part in pair)

    @property
    def words(self) -> str:
        """The law in words."""
        if len(self.chances) == 1:
            return f"{self.chances[0][0]} always"
        if len({p for _, p in self.chances}) == 1:
            values = " or ".join(str(v) for v, _ in self.chances)
            return f"{values}, each with probability {self.chances[0][1]}"
        return ", ".join(f"{v} with probability {p}" for v, p in self.chances)

    @property
    def symmetric(self) -> bool:
        """Where opposite values have equal probability."""
        chances = dict(self.chances)
        return all(chances.get(-value) == chance for value, chance in self.chances)

    @property
    def conditions(self) -> tuple[Any, ...]:
        """Probabilities lie between 0 and 1."""
        return tuple(sp.Ge(p, 0) for _, p in self.chances)


def Bernoulli(p: Any) -> Discrete:
    """One with probability p, else zero."""
    chance = sp.sympify(p)
    return Discrete({1: chance, 0: 1 - chance})


def _side(f: sp.Expr, x: sp.Symbol, sign: int) -> sp.Expr:
    """The function where x has that sign."""
    signed = sp.Dummy(positive=True)
    return sp.piecewise_fold(f.subs(x, sign * signed)).doit().subs(signed, sign * x)
