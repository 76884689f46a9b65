"""Facts about random variables: independence, zero mean, symmetry, a shared law, a named law."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar.claims.assumption import Assumption
from symvar.claims.laws import Law
from symvar.claims.random import Element, RandomFamily, RandomMember, RandomVariable
from symvar.errors import ArgumentError

Group = tuple[Element, ...]


def _group(item: Any) -> Group:
    parts = tuple(item) if isinstance(item, (tuple, list, sp.Tuple)) else (item,)
    for part in parts:
        if not isinstance(part, (RandomVariable, RandomFamily, RandomMember)):
            raise ArgumentError(
                "assumption",
                need="random variables, families, or tuples of them",
                have=repr(part),
                remedy='make it with random_variable("x") or random_family("w")',
            )
    return parts


def _named(group: Group) -> str:
    names = ", ".join(map(str, group))
    return names if len(group) == 1 else f"({names})"


def _listed(groups: Iterable[Group]) -> str:
    *most, last = map(_named, groups)
    return f"{', '.join(most)} and {last}" if most else last


@dataclass(frozen=True, init=False)
class OfGroups(Assumption):
    """An assumption about one or more groups of variables."""

    groups: tuple[Group, ...]

    def __init__(self, *groups: Any) -> None:
        if not groups:
            raise ArgumentError(
                type(self).__name__, need="random variables", have="none", remedy="name them"
            )
        object.__setattr__(self, "groups", tuple(map(_group, groups)))

    def __repr__(self) -> str:
        groups = (sp.srepr(g[0] if len(g) == 1 else sp.Tuple(*g)) for g in self.groups)
        return f"claims.{type(self).__name__}({', '.join(groups)})"

    @property
    def within(self) -> bool:
        """Whether it speaks of the members of one family, or of tuples with one index."""
        return len(self.groups) == 1


@dataclass(frozen=True, init=False, repr=False)
class Independent(OfGroups):
    """Mutual independence.

    Of two or more arguments: of the variables, families as wholes, or tuples of these, among each
    other. Of one family: of its members. Of one tuple of families: of the tuples ``(w[i], x[i])``.

    >>> from symvar.claims import random_family
    >>> w, x = random_family("w"), random_family("x")
    >>> print(Independent(w, x))
    w and x are independent
    >>> print(Independent(w))
    the members of w are mutually independent
    """

    @property
    def words(self) -> str:
        """The assumption in words."""
        if self.within:
            return f"the members of {_listed(self.groups)} are mutually independent"
        mutually = "mutually " if len(self.groups) > 2 else ""
        return f"{_listed(self.groups)} are {mutually}independent"


@dataclass(frozen=True, init=False, repr=False)
class Uncorrelated(OfGroups):
    """Covariance zero: between variables or members of families, or among one family's members."""

    @property
    def words(self) -> str:
        """The assumption in words."""
        if self.within:
            return f"the members of {_listed(self.groups)} are uncorrelated"
        return f"{_listed(self.groups)} are uncorrelated"


@dataclass(frozen=True, init=False, repr=False)
class ZeroMean(OfGroups):
    """Every variable named, and every member of a family named, has mean zero."""

    @property
    def words(self) -> str:
        """The assumption in words."""
        return f"{_listed(self.groups)} {_has(self.groups)} mean zero"


@dataclass(frozen=True, init=False, repr=False)
class Symmetric(OfGroups):
    """Every variable named has the law of its negative."""

    @property
    def words(self) -> str:
        """The assumption in words."""
        return f"{_listed(self.groups)} {_has(self.groups)} a law symmetric about zero"


@dataclass(frozen=True, init=False, repr=False)
class NoAtomAtZero(OfGroups):
    """Every variable named is zero with probability zero."""

    @property
    def words(self) -> str:
        """The assumption in words."""
        return f"{_listed(self.groups)} {_has(self.groups)} no atom at zero"


@dataclass(frozen=True, init=False, repr=False)
class Continuous(OfGroups):
    """Every variable named takes each single value with probability zero."""

    @property
    def words(self) -> str:
        """The assumption in words."""
        return f"{_listed(self.groups)} {_has(self.groups)} a continuous law"


@dataclass(frozen=True, init=False, repr=False)
class IdenticallyDistributed(OfGroups):
    """One law for all variables and members named; for tuples, one joint law of ``(w[i], x[i])``.

    >>> from symvar.claims import random_family, random_variable
    >>> print(IdenticallyDistributed(random_family("w"), random_variable("W")))
    w and W are identically distributed
    """

    @property
    def words(self) -> str:
        """The assumption in words."""
        if self.within:
            return f"the members of {_listed(self.groups)} are identically distributed"
        return f"{_listed(self.groups)} are identically distributed"


@dataclass(frozen=True, repr=False)
class HasLaw(Assumption):
    """A variable, or every member of a family, has the law.

    Args:
        variable: the variable or family.
        law: its law; a family's members share it, which makes them neither independent nor not.
    """

    variable: Any
    law: Law

    def __post_init__(self) -> None:
        if len(_group(self.variable)) != 1 or not isinstance(self.law, Law):
            raise ArgumentError(
                "HasLaw",
                need="one variable and a law",
                have=f"{self.variable}, {self.law!r}",
                remedy="write HasLaw(x, Gaussian(0, q))",
            )

    def __repr__(self) -> str:
        return f"claims.HasLaw({sp.srepr(self.variable)}, {self.law!r})"

    @property
    def words(self) -> str:
        """The assumption in words."""
        return f"{self.variable} is {self.law.words}"


def _has(groups: tuple[Group, ...]) -> str:
    return "has" if len(groups) == 1 and len(groups[0]) == 1 else "have"
