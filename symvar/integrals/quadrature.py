r"""The one-dimensional integrals behind the constants, in balls.

Every integrand is entire: a product of exponentials, error functions and whole powers. So flint's
rigorous quadrature may take any ellipse without asking for analyticity, and the ``analytic`` flag
is left alone. What is cut off is bounded and the bound joins the radius.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache
from itertools import pairwise
from typing import Any

from flint import acb, arb, ctx

from symvar.errors import ArgumentError
from symvar.integrals import ellipses

LARGEST_WINDOW = 10**300
_SPARE = 20  # bits of the precision that are there for rounding
_RISE = 6.0  # measured: near the least time for a million units


def guarded(window: int) -> AbstractContextManager[Any]:
    """The extra precision that powers and sums over so many units cost.

    Raises:
        ArgumentError: a window beyond 10^300, where the cuts leave the doubles.
    """
    if window > LARGEST_WINDOW:
        raise ArgumentError(
            "window T",
            need="at most 10^300 units for a certified value",
            have=f"about 2^{window.bit_length()}",
            remedy="use the asymptotic value 2 ln T",
        )
    return ctx.extraprec(window.bit_length() + 8)


def _density(s: acb) -> acb:
    return (-(s * s) / 2).exp() * _scale(ctx.prec)


def _distribution(s: acb) -> acb:
    return (s * -_root(ctx.prec)).erfc() / 2


def _upper_tail(s: arb) -> arb:
    return (s * _root(ctx.prec)).erfc() / 2


@lru_cache(maxsize=8)
def _scale(precision: int) -> arb:
    return (2 * arb.pi()).rsqrt()


@lru_cache(maxsize=8)
def _root(precision: int) -> arb:
    return arb(2).rsqrt()


def _integral(integrand: Callable[[acb], acb], lower: float, upper: float) -> arb:
    """The integral of an entire function that is real on the line."""
    return acb.integral(lambda s, _: integrand(s), lower, upper).real


def _range(scale: float, more: int = 0) -> float:
    """Where exp(-scale s^2) is below the working precision, or so many bits below it."""
    return math.sqrt((ctx.prec + more) * math.log(2) / scale) + 0.5


def _minus_log_distribution(s: float) -> float:
    if s < -10:
        return s * s / 2 + math.log(-s * math.sqrt(2 * math.pi))
    if s < 0:
        return -math.log(math.erfc(-s / math.sqrt(2)) / 2)
    return -math.log1p(-math.erfc(s / math.sqrt(2)) / 2)


def _start(exponent: int, lowest: float, highest: float, more: int = 0) -> float:
    """Below it Phi^exponent is negligible: only a guess, the bound is taken in balls."""
    return _place(exponent, (ctx.prec + more) * math.log(2), lowest, highest)


def _place(exponent: int, target: float, lowest: float, highest: float) -> float:
    """About where -log Phi^exponent is the target, or the lowest place allowed."""
    if exponent * _minus_log_distribution(lowest) <= target:
        return lowest
    for _ in range(40):
        middle = (lowest + highest) / 2
        if exponent * _minus_log_distribution(middle) > target:
            lowest = middle
        else:
            highest = middle
    return lowest


def _rises(exponent: int, lower: float, upper: float) -> list[float]:
    r"""Cuts of the part in which $\Phi^m$ rises from nothing to about one.

    From cut to cut $-m \log \Phi$ falls by the same factor.
    """
    cuts, level = [lower], exponent * _minus_log_distribution(lower)
    while lower > 0 and level > 1:
        level /= _RISE
        cuts.append(_place(exponent, level, lower, upper))
    return cuts


def half_line(power: int, exponent: int, sign: int) -> arb:
    r"""$\int_0^\infty \phi(s)^a\,\Phi(\pm s)^m\,ds$.

    Cut off: above L at most $\int_L^\infty \phi^a$, and below $s_0$ at most $\Phi(s_0)^m$ times
    $\int_0^\infty \phi^a$.
    """
    more = _more(power, exponent)
    upper = _range(power / 2, more)
    lower = _start(exponent, 0.0, upper, more) if sign > 0 else 0.0
    scale = 1 if sign > 0 else 2  # (2Q)^m: what is small only for its 2^-m must not seem to be 0
    size, rate = _size(power, exponent), -arb(power) / 2
    factor = _scale(ctx.prec) ** power * size

    def integrand(s: acb) -> acb:
        return (s * s * rate).exp() * factor * (scale * _distribution(sign * s)) ** exponent

    rises, bits = _rises(exponent, lower, upper), exponent.bit_length()
    body = sum((ellipses.integral(integrand, *ends, bits) for ends in pairwise(rises)), arb(0))
    body += _integral(integrand, rises[-1], upper)
    cut = power_cut(power, upper)
    if lower > 0:
        cut += power_cut(power, 0) * _distribution(acb(lower)).real ** exponent
    return (body / size + arb(0).union(cut)) / arb(scale) ** exponent


def _size(power: int, exponent: int) -> arb:
    """One over the integral, roughly: the tolerance of flint's rule is absolute."""
    return arb(max(exponent, 1)) ** power


def _more(power: int, exponent: int) -> int:
    """Bits below the working precision at which to cut: the integral is about m^-a in size."""
    return max(0, (power - 1) * exponent.bit_length() - _SPARE)


def absolute_half_line(power: int, exponent: int) -> arb:
    r"""$\int_0^\infty \phi^a (2\Phi-1)^m ds$, cut off as `half_line`: $2\Phi - 1 \le \Phi^2$."""
    more = _more(power, exponent)
    upper = _range(power / 2, more)
    lower = _start(2 * exponent, 0.0, upper, more)
    root, size = arb(2).rsqrt(), _size(power, exponent)
    body = _integral(
        lambda s: size * _density(s) ** power * (s * root).erf() ** exponent, lower, upper
    )
    body /= size
    cut = power_cut(power, upper)
    if lower > 0:
        cut += power_cut(power, 0) * (lower * root).erf() ** exponent
    return body + arb(0).union(cut)


def power_cut(power: int, start: float) -> arb:
    r"""$\int_L^\infty \phi^a = (2\pi)^{-(a-1)/2} Q(\sqrt a L)/\sqrt a$."""
    root = arb(power).sqrt()
    return (2 * arb.pi()).sqrt() ** (1 - power) / root * _upper_tail(root * start)


def correlated_maximum(window: int, rho: arb) -> arb:
    r"""$\tau_T(\rho) = T \int \phi(m) \Phi(m)^{T-1} h(\sqrt{1-\rho}\,m)\,dm$ for 0 < rho < 1.

    As $h \le (1-\rho) m^2 + \rho \le m^2 + 1$, what is cut off is at most
    $T [L \phi(L) + 2 Q(L)]$ above L and at most $2 T \Phi(s_0)^{T-1}$ below $s_0$.
    """
    upper = _range(0.5)
    lower = _start(window - 1, -upper, upper)
    root, shrink = rho.sqrt(), (1 - rho).sqrt()

    def integrand(m: acb) -> acb:
        x = shrink * m
        half = x / root
        rectified = (x * x + rho) * _distribution(half) + x * root * _density(half)
        return _density(m) * _distribution(m) ** (window - 1) * rectified

    end = arb(upper)
    above = end * _density(acb(end)).real + 2 * _upper_tail(end)
    below = 2 * _distribution(acb(lower)).real ** (window - 1)
    return window * (_integral(integrand, lower, upper) + arb(0).union(above + below))


def all_positive(window: int, rho: arb) -> arb:
    r"""$P_T(\rho) = \int \phi(t)\,\Phi(\sqrt{\rho/(1-\rho)}\,t)^T dt$ for 0 < rho < 1.

    Cut off: at most Q(L) above L and Q(L) below -L.
    """
    end = _range(0.5)
    ratio = (rho / (1 - rho)).sqrt()
    body = _integral(lambda t: _density(t) * _distribution(ratio * t) ** window, -end, end)
    return body + arb(0).union(2 * _upper_tail(arb(end)))


def rectified_second_moment(window: int, sign: int) -> arb:
    r"""$T \int_0^\infty s^2 \phi(s) \Phi(\pm s)^{T-1} ds$: E[M^2; M > 0], or with - E[M^2; M < 0].

    By parts twice, $p \pm T(T-1) [2^{-T}/\pi \pm \tfrac12 (T-2) \int_0^\infty \phi^3
    \Phi(\pm s)^{T-3}]$ with p = 1 - 2^-T or 2^-T; all terms of tau are positive.
    """
    integral = half_line(3, window - 3, sign) if window > 2 else arb(0)
    return second_moment_from(window, sign, integral)


def second_moment_from(window: int, sign: int, integral: arb) -> arb:
    """The same, given the integral of phi^3 Phi^(T-3); what is given for T < 3 plays no part."""
    half = arb(2) ** -window
    pairs = window * (window - 1)
    first = 1 - half if sign > 0 else half
    second = arb(pairs) * (window - 2) / 2 * integral if window > 2 else arb(0)
    return first + sign * pairs * half / arb.pi() + second


def rectified_first_moment(window: int, sign: int) -> arb:
    r"""$T \int_0^\infty s\,\phi(s) \Phi(\pm s)^{T-1} ds$: E[M^+], or with - E[M^-].

    By parts once, $T [2^{1-T} \phi(0) \pm (T-1) \int_0^\infty \phi^2 \Phi(\pm s)^{T-2}]$.
    """
    total = window * arb(2) ** (1 - window) / (2 * arb.pi()).sqrt()
    if window > 1:
        total += sign * arb(window) * (window - 1) * half_line(2, window - 2, sign)
    return total


def absolute_first_moment(window: int) -> arb:
    r"""$4T(T-1) \int_0^\infty \phi^2 (2\Phi-1)^{T-2}$, and $2\phi(0)$ for T = 1."""
    if window == 1:
        return (2 / arb.pi()).sqrt()
    return 4 * arb(window) * (window - 1) * absolute_half_line(2, window - 2)


def absolute_second_moment(window: int) -> arb:
    r"""$1 + 4T(T-1)(T-2) \int_0^\infty \phi^3 (2\Phi-1)^{T-3}$; $1 + 2/\pi$ for T = 2."""
    if window < 3:
        return 1 + 2 * (window - 1) / arb.pi()
    return 1 + 4 * arb(window) * (window - 1) * (window - 2) * absolute_half_line(3, window - 3)


def excess(window: int, level: arb) -> arb:
    r"""$T \int_0^\infty t^2 \phi(t+\mu) \Phi(t+\mu)^{T-1} dt$ for a level mu >= 0.

    As phi(t + mu) <= phi(t), what is cut off is at most $T [L \phi(L) + Q(L)]$.
    """
    upper = _range(0.5)

    def integrand(t: acb) -> acb:
        return t * t * _density(t + level) * _distribution(t + level) ** (window - 1)

    end = arb(upper)
    cut = end * _density(acb(end)).real + _upper_tail(end)
    return window * (_integral(integrand, 0.0, upper) + arb(0).union(cut))
