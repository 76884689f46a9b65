"""A function cut at its kinks: between two of them it is one smooth expression."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import combinations, pairwise

import sympy as sp
from flint import ctx
from sympy.core.relational import Relational

from symvar.errors import ArgumentError
from symvar.integrals.balls import real_ball

KINKED = (sp.Abs, sp.sign, sp.Max, sp.Min, sp.Heaviside, sp.Piecewise)
_PRECISIONS = (64, 512, 4096)


@dataclass(frozen=True)
class Piece:
    """The function on one interval.

    Args:
        low: the lower end, perhaps minus infinity.
        high: the upper end, perhaps infinity.
        branch: what the function is there, without Abs, Max, Piecewise and their like.
    """

    low: sp.Expr
    high: sp.Expr
    branch: sp.Expr


def pieces(
    f: sp.Expr,
    x: sp.Symbol,
    low: sp.Expr = -sp.oo,
    high: sp.Expr = sp.oo,
    sign: Callable[[sp.Expr], int | None] | None = None,
) -> tuple[Piece, ...]:
    """The function on the intervals between its kinks, from left to right.

    Args:
        f: the function, an expression in x.
        x: its argument.
        low: where the first interval begins.
        high: where the last one ends.
        sign: proves the sign of a constant; balls, if left out.

    Raises:
        ArgumentError: for a kink that cannot be located exactly, or put in order.

    >>> from symvar.symbols import x
    >>> [piece.branch for piece in pieces(sp.Max(0, x) + sp.Abs(x - 1), x)]
    [1 - x, 1, 2*x - 1]
    """
    return tuple(_Cutter(x, sign or sign_of).split(f, low, high))


def smooth_parts(f: sp.Expr, x: sp.Symbol) -> tuple[Piece, ...]:
    """The pieces with equal neighbours joined: equal for two ways to write one function.

    Raises:
        ArgumentError: as `pieces`.

    >>> from symvar.symbols import x
    >>> smooth_parts(sp.Max(0, sp.Abs(x)), x) == smooth_parts(sp.Abs(x), x)
    True
    """
    joined: list[Piece] = []
    for piece in pieces(f, x):
        branch = sp.expand(piece.branch)
        if joined and joined[-1].branch == branch:
            joined[-1] = Piece(joined[-1].low, piece.high, branch)
        else:
            joined.append(Piece(piece.low, piece.high, branch))
    return tuple(joined)


def sign_of(value: sp.Expr) -> int | None:
    """The sign, proven by balls or by the assumptions of its symbols; ``None`` where unknown."""
    if value.free_symbols:
        known = {1: value.is_positive, -1: value.is_negative, 0: value.is_zero}
        return next((sign for sign, holds in known.items() if holds), None)
    for precision in _PRECISIONS:
        with ctx.workprec(precision):
            ball = real_ball(value)
        if not ball.contains(0):
            return 1 if ball > 0 else -1
        if ball.is_exact():
            return 0
    return 0 if sp.simplify(value) == 0 else None


@dataclass(frozen=True)
class _Cutter:
    """Cuts functions of x, signs of constants being proven by a route of choice."""

    x: sp.Symbol
    sign: Callable[[sp.Expr], int | None]

    def split(self, f: sp.Expr, low: sp.Expr, high: sp.Expr) -> Iterator[Piece]:
        node = self._innermost(f)
        if node is None:
            yield Piece(low, high, f)
            return
        cuts = {root for switch in self._switches(node) for root in self._roots(switch)}
        inside = [cut for cut in cuts if self._below(low, cut) and self._below(cut, high)]
        inside.sort(key=cmp_to_key(self._compared))
        distinct = [c for i, c in enumerate(inside) if not i or self._below(inside[i - 1], c)]
        for start, end in pairwise((low, *distinct, high)):
            chosen = self._chosen(node, _between(start, end))
            yield from self.split(f.xreplace({node: chosen}), start, end)

    def _innermost(self, f: sp.Expr) -> sp.Expr | None:
        """A kinked part without a kinked part of its own."""
        parts = (each for each in sp.postorder_traversal(f) if isinstance(each, KINKED))
        return next((each for each in parts if self.x in each.free_symbols), None)

    def _switches(self, node: sp.Expr) -> list[sp.Expr]:
        """What changes its sign where the part changes its branch."""
        if isinstance(node, sp.Max | sp.Min):
            return [one - other for one, other in combinations(node.args, 2)]
        if isinstance(node, sp.Piecewise):
            relations = {each for _, condition in node.args for each in condition.atoms(Relational)}
            return [each.lhs - each.rhs for each in sorted(relations, key=sp.default_sort_key)]
        return [node.args[0]]

    def _roots(self, switch: sp.Expr) -> list[sp.Expr]:
        """The real roots of a polynomial, exact."""
        if self.x not in switch.free_symbols:
            return []
        try:
            poly = sp.Poly(switch, self.x)
        except sp.PolynomialError:
            raise _unplaced(switch, "the kink of no polynomial") from None
        leading = self.sign(poly.LC())
        if not leading:
            raise _unplaced(switch, "a leading coefficient of unknown sign")
        if poly.degree() == 1:
            return [-poly.nth(0) / poly.nth(1)]
        if poly.degree() == 2:
            return self._quadratic_roots(*poly.all_coeffs())
        roots = set(sp.real_roots(poly)) if poly.domain in (sp.ZZ, sp.QQ) else None
        if roots is None or any(root.has(sp.CRootOf) for root in roots):
            raise _unplaced(switch, "whose roots have no radicals")
        return list(roots)

    def _quadratic_roots(self, a: sp.Expr, b: sp.Expr, c: sp.Expr) -> list[sp.Expr]:
        discriminant = b**2 - 4 * a * c
        sign = self.sign(discriminant)
        if sign is None:
            raise _unplaced(discriminant, "a discriminant of unknown sign")
        if sign < 0:
            return []
        return [(-b + side * sp.sqrt(discriminant)) / (2 * a) for side in (-1, 1)]

    def _compared(self, a: sp.Expr, b: sp.Expr) -> int:
        sign = self.sign(a - b)
        if sign is None:
            raise _unplaced(a, f"an unknown order relative to {b}")
        return sign

    def _below(self, a: sp.Expr, b: sp.Expr) -> bool:
        return a == -sp.oo or b == sp.oo or self._compared(a, b) < 0

    def _chosen(self, node: sp.Expr, point: sp.Expr) -> sp.Expr:
        """The branch of the part at a point where no switch vanishes."""

        def sign(switch: sp.Expr) -> sp.Integer:
            found = self.sign(switch.subs(self.x, point))
            if found is None:
                raise _unplaced(switch, "an unknown sign")
            return sp.Integer(found)

        def order(one: sp.Expr, other: sp.Expr) -> int:
            return int(sign(one - other))

        if isinstance(node, sp.Piecewise):
            for branch, condition in node.args:
                relations = condition.atoms(Relational)
                truths = {each: each.func(sign(each.lhs - each.rhs), 0) for each in relations}
                if condition.xreplace(truths) == sp.true:
                    return branch
            raise _unplaced(node, f"no value at {self.x} = {point}")
        if isinstance(node, sp.Max | sp.Min):
            pick = max if isinstance(node, sp.Max) else min
            return pick(node.args, key=cmp_to_key(order))
        found = sign(node.args[0])
        if isinstance(node, sp.Abs):
            return found * node.args[0]
        return found if isinstance(node, sp.sign) else (1 + found) / 2


def _between(low: sp.Expr, high: sp.Expr) -> sp.Expr:
    """A point inside the interval."""
    if low == -sp.oo:
        return sp.Integer(0) if high == sp.oo else high - 1
    return low + 1 if high == sp.oo else (low + high) / 2


def _unplaced(part: sp.Expr, have: str) -> ArgumentError:
    return ArgumentError(
        "expect",
        need="kinks at roots of polynomials, in a known order",
        have=f"{part}, {have}",
        remedy="write the function with Piecewise and explicit thresholds, or fix its parameters",
    )
