r"""Orthants: the probability that normals of special correlations are all positive.

Three normals and fewer are elementary. Four span a spherical tetrahedron, cut by its symmetries
into equal orthoschemes, and the volume of an orthoscheme is four dilogarithms (Schläfli; Coxeter,
The functions of Schläfli and Lobatschefsky, 1935). Five follow from four and fewer by inclusion
and exclusion: all positive and all negative are equally likely. Six would need trilogarithms.
"""

from __future__ import annotations

import sympy as sp

LARGEST = 5
"""The most normals of one common correlation whose orthant has a closed form."""

_R = sp.Rational
_PI = sp.pi
_WRITTEN_OUT = 10**6  # largest n whose 2^-n sympy is asked for: it writes the fraction out


def equal(count: sp.Expr, rho: sp.Expr) -> sp.Expr | None:
    r"""$P_n(\rho)$: n standard normals of common correlation rho are all positive.

    Closed to n = 5. For every n, symbolic too: $P_n(0) = 2^{-n}$ (not as a fraction of over a
    million bits), $P_n(1/2) = 1/(n+1)$ and $P_n(1) = 1/2$.
    """
    if rho == 0:
        return None if count.is_Integer and count > _WRITTEN_OUT else sp.Integer(2) ** -count
    if rho == 1:
        return _R(1, 2)
    if rho == _R(1, 2):
        return 1 / (count + 1)
    return few_equal(int(count), rho) if count.is_Integer and count <= LARGEST else None


def few_equal(count: int, rho: sp.Expr) -> sp.Expr:
    r"""$P_n(\rho)$ for n <= 5 and rho < 1; $P_4 = 24 V/(2\pi^2)$ of the whole sphere."""
    if rho == _R(1, 2):
        return _R(1, count + 1)  # at n = 4 the dilogarithms add up, which sympy does not see
    turn = sp.asin(rho)
    forms = (
        lambda: sp.Integer(1),
        lambda: _R(1, 2),
        lambda: _R(1, 4) + turn / (2 * _PI),
        lambda: _R(1, 8) + 3 * turn / (4 * _PI),
        lambda: 12 * orthoscheme(_R(1, 4), _R(1, 4), (1 - rho) / 2) / _PI**2,
        lambda: 5 * (few_equal(2, rho) - few_equal(3, rho) + few_equal(4, rho) / 2) - _R(3, 4),
    )
    return forms[count]()


def beside(count: int, link: sp.Expr) -> sp.Expr:
    r"""A standard normal Z and n <= 4 others are all positive.

    The others have correlation ``link`` with Z and link^2 among themselves, so they are
    independent once Z is known: the probability is $\int_0^\infty \phi(z) \Phi(a z)^n dz$ with
    $a = b/\sqrt{1-b^2}$, b the link.
    """
    turn, own = sp.asin(link), sp.asin(link**2)
    forms = (
        lambda: _R(1, 2),
        lambda: _R(1, 4) + turn / (2 * _PI),
        lambda: _R(1, 8) + (own + 2 * turn) / (4 * _PI),
        lambda: few_equal(3, link**2) - _against_three(link),
        lambda: _beside_four(link, turn, own),
    )
    return forms[count]()


def _against_three(link: sp.Expr) -> sp.Expr:
    r"""Z is negative and three are positive: $6 V/(2\pi^2)$, six orthoschemes round an axis."""
    return 3 * orthoscheme(_R(1, 4), (1 - link**2) / 2, link**2) / _PI**2


def _beside_four(link: sp.Expr, turn: sp.Expr, own: sp.Expr) -> sp.Expr:
    """Twice it is the alternating sum over the smaller sets of the five, with Z or without."""
    three = 4 * few_equal(3, link**2) + 6 * (_R(1, 8) + (own + 2 * turn) / (4 * _PI))
    pairs = 6 * (_R(1, 4) + own / (2 * _PI)) + 4 * (_R(1, 4) + turn / (2 * _PI))
    four = few_equal(4, link**2) + 4 * beside(3, link)
    return sp.expand((1 - _R(5, 2) + pairs - three + four) / 2)


def orthoscheme(first: sp.Expr, middle: sp.Expr, last: sp.Expr) -> sp.Expr:
    r"""The volume of a spherical orthoscheme, from the squared cosines of its dihedral angles.

    With dihedral angles $\alpha, \beta, \gamma$, $a = \pi/2-\alpha$, $c = \pi/2-\gamma$,
    $D^2 = \cos^2 a \cos^2 c - \cos^2\beta$ and X = (D - sin a sin c)/(D + sin a sin c), it is
    $\tfrac14 [\Re(\mathrm{Li}_2(Xe^{2ia}) - \mathrm{Li}_2(Xe^{2i\beta}) + \mathrm{Li}_2(Xe^{2ic})
    - \mathrm{Li}_2(X)) - a^2 + \beta^2 - c^2]$.

    >>> volume = orthoscheme(*[sp.Rational(1, 4)] * 3)  # the regular 120-cell's share of the sphere
    >>> bool(abs(volume.evalf(20) - (2 * sp.pi**2 / 120).evalf(20)) < 1e-18)
    True
    """
    squares = ((1 - first) * (1 - last) - middle, first * last)
    scale = sp.lcm([sp.fraction(sp.together(square))[1] for square in squares])
    height, base = (sp.sqrt(sp.expand(scale * square)) for square in squares)
    ratio = (height - base) / (height + base)
    if (height**2).is_Rational and (base**2).is_Rational:
        ratio = sp.radsimp(ratio)
    corners = ((1, 1 - 2 * first), (-1, 2 * middle - 1), (1, 1 - 2 * last))
    dilogs = sum(sign * _dilogarithm(ratio, sp.expand(cosine)) for sign, cosine in corners)
    angles = sum(-sign * sp.acos(sp.expand(cosine)) ** 2 / 4 for sign, cosine in corners)
    return (dilogs - sp.re(sp.polylog(2, ratio)) + angles) / 4


def _dilogarithm(ratio: sp.Expr, cosine: sp.Expr) -> sp.Expr:
    """The real part at the point of that size whose angle has that cosine."""
    point = cosine + sp.I * sp.sqrt(sp.expand(1 - cosine**2))
    return sp.re(sp.polylog(2, ratio * point))
