r"""The grid of the two-fold integral behind Lp pooling: a guess in doubles, proven by its users.

For S a sum of T independent powers $X = |u|^p$ or $(u^+)^p$, $a = 2/p$ and a whole n > a,
$E[S^a] = \Gamma(n-a)^{-1} \int_0^\infty t^{n-a-1} E[S^n e^{-tS}] dt$; as S^n is a sum of products,
$E[S^n e^{-tS}]$ is a polynomial in $m_k(t) = E[X^k e^{-tX}]$. With t = e^y and |u| = e^w both
integrals are over the line and decay exponentially on either side, so that the trapezoidal rule
applies. Where f is holomorphic in $|\Im z| < d$ and $\int |f(x + ib)| dx \le N$ there, it is wrong
by at most $2N/(e^{2\pi d/h} - 1)$ (Trefethen and Weideman 2014, theorem 5.1).

- Outside, the integrand G on $\Im y = b$ is at most that of $e^u \cos b$, as X >= 0: the error is
  at most $2 (\cos d)^{-(n-a)}/(e^{2\pi d/h}-1)$ times the integral itself.
- Inside, $t^k m_k(t) = \int \phi(e^w) e^w s^k e^{-s} dw$ with $s = e^{y + pw}$, and on
  $\Im w = \theta/p$ it is $|s^k e^{-s}| \le (k/(e \cos\theta))^k$ and
  $\int |\phi(e^w) e^w| du = (4 \cos(2\theta/p))^{-1/2}$.

The steps are h in y and h/p in w: then s runs through $e^{mh}$, m whole, and all $t^k m_k$ at once
are a product of two polynomials.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from symvar.errors import ArgumentError

MOST_NODES = 1 << 18

_ANGLE = 1.5  # below pi/2
_NARROW = 0.7  # below pi/4: the angle per p
_SPARE = 20


@dataclass(frozen=True)
class Grid:
    """Steps, angles and ranges; every integer is a multiple of a step.

    Args:
        order: n.
        step: h.
        angle: theta, inside.
        outer_angle: d, outside.
        first: of the nodes in y.
        last: of the nodes in y.
        inner_first: of the nodes in w.
        inner_last: of the nodes in w.
        bits: the accuracy that the inner integrals need.
    """

    order: int
    step: float
    angle: float
    outer_angle: float
    first: int
    last: int
    inner_first: int
    inner_last: int
    bits: int


def plan(window: int, power: float, order: int, bits: int) -> Grid:
    """A grid whose errors are about 2^-bits of the result.

    Raises:
        ArgumentError: where it would have too many nodes.
    """
    alpha, natural = 2 / power, math.log(2)
    rate, wide = order - alpha, order * math.log(window)
    size = math.lgamma((order * power + 1) / 2) + order * power / 2 * natural
    low = -(bits * natural + wide + max(size, 0)) / rate
    high = power / 3 * (bits * natural + wide + 5)
    inner = bits + math.ceil((alpha * -low + wide) / natural) + _SPARE
    angle = min(_ANGLE, _NARROW * power)
    step = 2 * math.pi * angle / (inner * natural)
    start = -(inner * natural + high) / (1 + 1 / power)
    end = power * math.log(math.sqrt(2 * inner * natural) + 1)
    count = (high - low + end - start) / step
    if count > MOST_NODES:
        raise ArgumentError(
            "enclose of an Lp pool",
            need=f"p and digits whose product is moderate: at most {MOST_NODES} nodes",
            have=f"p = {power:.6g} and {bits} bits, which take {count:.0f}",
            remedy="ask for fewer digits, or take p = oo, the maximum",
        )
    ends = (math.floor(low / step), math.ceil(high / step))
    inner_ends = (math.floor(start / step), math.ceil(end / step))
    return Grid(order, step, angle, _ANGLE, *ends, *inner_ends, inner)


def moment_of_sum(window: Any, order: int, moments: Any, power: Any) -> Any:
    r"""$K_n(T) = E[S^n e^{-tS}]$ from $m_k = E[X^k e^{-tX}]$: the same on symbols and on balls.

    $K_n(T) = T \sum_{j<n} \binom{n-1}{j} m_{j+1} K_{n-1-j}(T-1)$ and $K_0(T) = m_0^T$: one of
    the n factors S is T times its first term, and the others are that term and the other T - 1.

    Args:
        window: T.
        order: n.
        moments: m_0 to m_n.
        power: what raises m_0 to a whole power.
    """
    if order == 0:
        return power(moments[0], window)
    terms = [
        math.comb(order - 1, j)
        * moments[j + 1]
        * moment_of_sum(window - 1, order - 1 - j, moments, power)
        for j in range(order)
        if window != 0  # of no terms every sum is 0
    ]
    return window * sum(terms[1:], terms[0]) if terms else 0
