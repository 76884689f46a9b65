r"""Closed forms of $\mathrm{E}[f(x)]$, x Gaussian, by three identities worked out by hand.

- Tilt: $e^{ax+bx^2}$ times the density of $N(\mu, q)$ is
  $\sqrt{q'/q}\,e^{(\mu'^2/q' - \mu^2/q)/2}$ times that of $N(\mu', q')$,
  $q' = q/(1-2bq)$, $\mu' = (\mu + aq)/(1-2bq)$.
- Cut moments: $M_n = \int_\alpha^\beta z^n \phi = (n-1) M_{n-2} + \alpha^{n-1}\phi(\alpha) -
  \beta^{n-1}\phi(\beta)$.
- Stein: $\mathrm{E}[x g] = \mu\mathrm{E}[g] + q\mathrm{E}[g']$, which takes the powers off
  products with erf, down to $\mathrm{E}[\operatorname{erf}(ax+b)] =
  \operatorname{erf}((a\mu+b)/\sqrt{1+2a^2q})$ and, for mean zero,
  $\mathrm{E}[\operatorname{erf}(ax)\operatorname{erf}(bx)] =
  \tfrac2\pi \arcsin(2abq/\sqrt{(1+2a^2q)(1+2b^2q)})$.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals.expect_growth import growth
from symvar.integrals.expect_pieces import Piece, pieces, sign_of

_WHOLE = (-sp.oo, sp.oo)


@dataclass(frozen=True)
class Law:
    """A Gaussian law.

    Args:
        mean: its mean.
        variance: its variance.
    """

    mean: sp.Expr
    variance: sp.Expr


@dataclass(frozen=True)
class Term:
    r"""$c\,x^n e^{ax + bx^2} \prod_i \operatorname{erf}(s_i x + o_i)$.

    Args:
        factor: c, the exponential's constant included.
        power: n.
        rate: a.
        square: b.
        errors: the pairs (s, o).
    """

    factor: sp.Expr
    power: int = 0
    rate: sp.Expr = sp.Integer(0)
    square: sp.Expr = sp.Integer(0)
    errors: tuple[tuple[sp.Expr, sp.Expr], ...] = ()


def closed_form(f: sp.Expr, x: sp.Symbol, variance: sp.Expr, mean: sp.Expr) -> sp.Expr | None:
    """The closed form, or ``None`` where these identities give none."""
    if mean == 0 and sp.expand(f + f.subs(x, -x)) == 0 and _surely_integrable(f, x):
        return sp.Integer(0)
    try:
        parts = [_piece(each, x, Law(mean, variance)) for each in pieces(f, x)]
    except ArgumentError:
        return None
    return (
        None if any(part is None for part in parts) else sp.expand_mul(sp.Add(*parts), deep=False)
    )


def _surely_integrable(f: sp.Expr, x: sp.Symbol) -> bool:
    """Whether the function is bounded by a polynomial times an exponential, without poles."""
    try:
        bounds = [growth(each.branch, x, side) for each in pieces(f, x) for side in (-1, 1)]
    except ArgumentError:
        return False
    return all(bound.b == 0 for bound in bounds)


def _piece(piece: Piece, x: sp.Symbol, law: Law) -> sp.Expr | None:
    ends, total = (piece.low, piece.high), sp.Integer(0)
    branch = piece.branch.replace(sp.erfc, lambda inner: 1 - sp.erf(inner))
    for each in sp.Add.make_args(sp.expand(branch)):
        term = _parsed(each, x)
        value = None if term is None else _value(term, law, ends)
        if value is None:
            return None
        total += value
    return total


def _parsed(product: sp.Expr, x: sp.Symbol) -> Term | None:
    term = Term(sp.Integer(1))
    for factor in sp.Mul.make_args(product):
        read = _factor(factor, x)
        if read is None:
            return None
        term = Term(
            term.factor * read.factor,
            term.power + read.power,
            term.rate + read.rate,
            term.square + read.square,
            term.errors + read.errors,
        )
    return term


def _factor(factor: sp.Expr, x: sp.Symbol) -> Term | None:
    if x not in factor.free_symbols:
        return Term(factor)
    base, power = factor.as_base_exp() if isinstance(factor, sp.Pow) else (factor, 1)
    inner = base.args[0].as_poly(x) if isinstance(base, sp.exp | sp.erf) else None
    if isinstance(factor, sp.exp) and inner is not None and inner.degree() <= 2:
        c, a, b = (inner.nth(i) for i in range(3))
        return Term(sp.exp(c), 0, a, b)
    if not (sp.sympify(power).is_Integer and power > 0):
        return None
    if base == x:
        return Term(sp.Integer(1), int(power))
    if isinstance(base, sp.erf) and inner is not None and inner.degree() == 1:
        return Term(sp.Integer(1), errors=((inner.nth(1), inner.nth(0)),) * int(power))
    return None


def _value(term: Term, law: Law, ends: tuple[sp.Expr, sp.Expr]) -> sp.Expr | None:
    tilted = _tilted(term.rate, term.square, law)
    if tilted is None:
        return None
    weight, under = tilted
    if term.errors:
        value = _stein(term.power, term.errors, under) if ends == _WHOLE else None
    else:
        value = _cut_moment(term.power, under, ends)
    return None if value is None else term.factor * weight * value


def _tilted(rate: sp.Expr, square: sp.Expr, law: Law) -> tuple[sp.Expr, Law] | None:
    """The factor and the law that the exponential leaves; ``None`` unless surely integrable."""
    if rate == 0 and square == 0:
        return sp.Integer(1), law
    shrink = sp.cancel(1 - 2 * square * law.variance)
    if sign_of(shrink) != 1:
        return None
    mean, variance = (law.mean + rate * law.variance) / shrink, law.variance / shrink
    exponent = (mean**2 / variance - law.mean**2 / law.variance) / 2
    return sp.exp(sp.cancel(exponent)) / sp.sqrt(shrink), Law(mean, variance)


def _cut_moment(power: int, law: Law, ends: tuple[sp.Expr, sp.Expr]) -> sp.Expr:
    r"""$\mathrm{E}[x^n; \text{low} < x < \text{high}]$, with $x = \mu + s z$."""
    scale = sp.sqrt(law.variance)
    low, high = (end if end.is_infinite else sp.expand((end - law.mean) / scale) for end in ends)
    cut = [_probability(low, high), _density(low) - _density(high)]
    for n in range(2, power + 1):
        edges = low ** (n - 1) * _density(low) if low.is_finite is not False else sp.Integer(0)
        edges -= high ** (n - 1) * _density(high) if high.is_finite is not False else 0
        cut.append((n - 1) * cut[n - 2] + edges)
    terms = (comb(power, n) * law.mean ** (power - n) * scale**n * cut[n] for n in range(power + 1))
    return sp.Add(*terms)


def _probability(low: sp.Expr, high: sp.Expr) -> sp.Expr:
    root = sp.sqrt(2)
    if low == -sp.oo:
        return sp.Integer(1) if high == sp.oo else sp.erfc(-high / root) / 2
    if high == sp.oo:
        return sp.erfc(low / root) / 2
    return (sp.erf(high / root) - sp.erf(low / root)) / 2


def _density(z: sp.Expr) -> sp.Expr:
    return sp.Integer(0) if z.is_infinite else sp.exp(-sp.expand(z**2) / 2) / sp.sqrt(2 * sp.pi)


def _stein(power: int, errors: tuple[tuple[sp.Expr, sp.Expr], ...], law: Law) -> sp.Expr | None:
    r"""$\mathrm{E}[x^n \prod_i \operatorname{erf}(s_i x + o_i)]$ on the whole line."""
    if not errors:
        return _cut_moment(power, law, _WHOLE)
    if power == 0:
        return _error_product(errors, law)
    parts = [law.mean * _stein_part(power - 1, errors, law)]
    if power > 1:
        parts.append(law.variance * (power - 1) * _stein_part(power - 2, errors, law))
    for i, (slope, offset) in enumerate(errors):
        tilted = _tilted(-2 * slope * offset, -(slope**2), law)
        if tilted is None:
            return None
        weight, under = tilted
        rest = _stein_part(power - 1, (*errors[:i], *errors[i + 1 :]), under)
        peak = 2 * slope / sp.sqrt(sp.pi) * sp.exp(-(offset**2))
        parts.append(law.variance * peak * weight * rest)
    total = sp.Add(*parts)
    return None if total.has(sp.nan) else total


def _stein_part(power: int, errors: tuple[tuple[sp.Expr, sp.Expr], ...], law: Law) -> sp.Expr:
    """The same, nan where no closed form is known."""
    found = _stein(power, errors, law)
    return sp.nan if found is None else found


def _error_product(errors: tuple[tuple[sp.Expr, sp.Expr], ...], law: Law) -> sp.Expr | None:
    roots = [sp.sqrt(sp.expand(1 + 2 * slope**2 * law.variance)) for slope, _ in errors]
    if len(errors) == 1:
        ((slope, offset),) = errors
        return sp.erf((slope * law.mean + offset) / roots[0])
    if law.mean != 0 or any(offset != 0 for _, offset in errors):
        return None
    if len(errors) % 2:
        return sp.Integer(0)
    if len(errors) > 2:
        return None
    (one, _), (other, _) = errors
    correlation = 2 * one * other * law.variance / (roots[0] * roots[1])
    return 2 * sp.asin(correlation) / sp.pi
