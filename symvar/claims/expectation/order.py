"""Inequalities between moments: variance, Jensen, Cauchy-Schwarz, as semidefinite forms."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product

import sympy as sp

from symvar.claims.expectation.kinks import Positive, Zero, reduced
from symvar.claims.moments import E, Moment, surely_nonnegative
from symvar.claims.random import RandomFamily, elements

MOST = 5
"""How many random quantities one form may have."""


def nonnegative(difference: sp.Expr) -> str | None:
    r"""Why an expression in moments is nonnegative for every law, or None.

    With $m_f = \mathrm{E}[f]$ and $C_{fg} = \mathrm{Cov}[f, g]$ the expression is a polynomial. It
    is nonnegative where it is linear in C with a positive semidefinite matrix of coefficients and
    the rest is such a form in m, or where it is $C_{ff} C_{gg} - C_{fg}^2$ times something
    nonnegative.
    """
    difference = sp.expand(difference)
    moments = difference.atoms(E)
    if not moments or any(moment.given for moment in moments):
        return None
    if _pointwise(difference, moments):
        return "it is the mean of what is never negative"
    found = (_by_parts(difference, parts) for parts in _parts(moments))
    return next(filter(None, found), None)


def _by_parts(difference: sp.Expr, parts: tuple[sp.Expr, ...]) -> str | None:
    """Why it is nonnegative, seen as an expression in the first two moments of the parts."""
    means = {f: sp.Dummy(f"m{k}", real=True) for k, f in enumerate(parts)}
    spread = {
        frozenset((f, g)): sp.Dummy("C", real=True, nonnegative=True if f == g else None)
        for f in parts
        for g in parts
    }
    pairs = {E(reduced(f * g)): frozenset((f, g)) for f in parts for g in parts}
    values = {
        moment: spread[pair] + sp.Mul(*(means[f] for f in pair)) ** (3 - len(pair))
        for moment, pair in pairs.items()
    }
    values |= {E(f): means[f] for f in parts}
    central = sp.expand(difference.xreplace(values))
    if central.atoms(Moment):
        return None
    if _is_form(central, list(parts), means, spread):
        return "covariances and means enter as positive semidefinite forms"
    raw = sp.expand(difference.xreplace({each: spread[pair] for each, pair in pairs.items()}))
    for f, g in combinations(parts, 2):
        gap = spread[frozenset((f,))] * spread[frozenset((g,))] - spread[frozenset((f, g))] ** 2
        for seen in (central, raw):
            factor = sp.cancel(seen / gap)
            if not factor.free_symbols & set(spread.values()) and _nonnegative(factor):
                return f"the Cauchy-Schwarz inequality for {f} and {g}"
    return None


def _parts(moments: set[E]) -> Iterable[tuple[sp.Expr, ...]]:
    """Sets of random quantities whose first two moments may be all the moments there are."""
    bodies = [moment.of[0] for moment in moments]
    squares = {body: _root(body) for body in bodies}
    pool = {root for root in squares.values() if root is not None}
    pool |= {body for body in bodies if squares[body] is None or _root_of_another(body, squares)}
    ordered = sorted(pool, key=sp.default_sort_key)[: MOST + 1]
    for count in range(1, min(len(ordered), MOST) + 1):
        yield from combinations(ordered, count)


def _root_of_another(body: sp.Expr, squares: dict[sp.Expr, sp.Expr | None]) -> bool:
    return any(root == body for root in squares.values())


def _root(body: sp.Expr) -> sp.Expr | None:
    """What the body is the square of; an indicator is its own square."""
    root = sp.Integer(1)
    for base, power in body.as_powers_dict().items():
        if isinstance(base, (Positive, Zero)):
            root *= base
        elif power.is_even:
            root *= base ** (power / 2)
        else:
            return None
    return root


def _pointwise(difference: sp.Expr, moments: set[E]) -> bool:
    """Whether it is E of something nonnegative for all values of its variables."""
    slopes = {moment: difference.coeff(moment) for moment in moments}
    constant = difference.xreplace(dict.fromkeys(moments, sp.Integer(0)))
    linear = constant + sp.Add(*(slope * moment for moment, slope in slopes.items()))
    if sp.expand(difference - linear) != 0:
        return False
    inside = constant + sp.Add(*(slope * moment.of[0] for moment, slope in slopes.items()))
    names = sorted(set(elements(inside)), key=str)
    if len(names) > MOST or any(isinstance(name, RandomFamily) for name in names):
        return False
    for signs in product((1, 0, -1), repeat=len(names)):
        values: dict[sp.Expr, sp.Expr] = {}
        for name, sign in zip(names, signs, strict=True):
            values |= {
                Positive(name): sp.Integer(sign > 0),
                Zero(name): sp.Integer(sign == 0),
                name: sign * sp.Dummy(str(name), positive=True),
            }
        here = inside.xreplace({k: v for k, v in values.items() if isinstance(k, sp.Function)})
        if not _nonnegative(here.xreplace(values)):
            return False
    return True


def _is_form(
    central: sp.Expr,
    parts: list[sp.Expr],
    means: dict[sp.Expr, sp.Dummy],
    spread: dict[frozenset[sp.Expr], sp.Dummy],
) -> bool:
    covariances = list(dict.fromkeys(spread.values()))
    names = [means[f] for f in parts]
    if not central.is_polynomial(*covariances, *names):
        return False
    polynomial = sp.Poly(central, *covariances, *names)
    cut = len(covariances)
    for powers in polynomial.monoms():
        outer, inner = sum(powers[:cut]), sum(powers[cut:])
        if outer > 1 or (outer and inner) or inner > 2:
            return False
    form = sp.Matrix(
        len(parts),
        len(parts),
        lambda r, c: central.coeff(spread[frozenset((parts[r], parts[c]))]) / (1 if r == c else 2),
    )
    rest = central.subs(dict.fromkeys(covariances, 0))
    hessian = sp.hessian(rest, names) / 2
    at_zero = dict.fromkeys(names, 0)
    slopes = [rest.diff(name).subs(at_zero) / 2 for name in names]
    corner = sp.Matrix([[rest.subs(at_zero)]])
    border = sp.Matrix([slopes])
    whole = sp.Matrix(sp.BlockMatrix([[corner, border], [border.T, hessian]]))
    return _semidefinite(form) and _semidefinite(whole)


def _semidefinite(matrix: sp.Matrix) -> bool:
    """Whether every principal minor is nonnegative."""
    return all(
        _nonnegative(matrix.extract(list(rows), list(rows)).det()) for rows in _subsets(matrix.rows)
    )


def _subsets(size: int) -> Iterable[tuple[int, ...]]:
    for count in range(1, size + 1):
        yield from combinations(range(size), count)


def _nonnegative(expr: sp.Expr) -> bool:
    value = sp.factor(expr)
    return bool(value.is_nonnegative) or (bool(value.free_symbols) and surely_nonnegative(value))
