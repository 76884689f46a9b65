r"""Two windows of normals of one common correlation, in balls.

Given what all units share, the windows are independent: with $u_i = \mu + \sqrt\rho\,g +
\sqrt{1-\rho}\,e_i$ and $z = -(\mu + \sqrt\rho\,g)/\sqrt{1-\rho}$ the largest of T units exceeds
zero with probability $P_T(z) = 1 - \Phi(z)^T$, on average by $\sqrt{1-\rho}\,G_T(z)$,
$G_T(z) = \int_z^\infty P_T$, and in the square by $(1-\rho) H_T(z)$, $H_T = 2\int_z^\infty G_T$.
These three functions know no correlation, so one table of them serves every one.

Far below zero they are polynomials, $H_T \approx z^2 - 2 m z + m_2$ with the moments m and $m_2$
of the maximum. What is left of them, and of their products, without such a combination of $P_1$,
$G_1$ and $H_1$, whose means over z are elementary, falls off on both sides; its mean over the
normal z is a trapezoidal sum. On the lines $\mathrm{Im}\,z = \pm a$ the functions are at most
$T e^{T a^2/2}$ times $Q$, $\mathrm{E}(Z-x)^+$ and $\mathrm{E}((Z-x)^+)^2$, so that a sum of step
h errs by at most $2M/(e^{2\pi a/h}-1)$ with $M = K T T' e^{(T+T')a^2/2 + a^2/2r^2}
(1 + \mathrm{E} z^2)$, r the deviation of z and K the sum of the coefficients.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from flint import arb, ctx

from symvar.errors import ArgumentError
from symvar.integrals.ellipses import legendre

MOST_NODES = 1 << 15
_WIDEST = 1.5  # half height of the ellipse around a panel
_SPARE = 12
_BLOCK = 32


@dataclass(frozen=True)
class Row:
    """The three functions of a window at one place."""

    positive: arb
    excess: arb
    square: arb


@dataclass(frozen=True)
class Moments:
    """Means over z of what two windows do, of sizes T and T', all units of variance 1.

    Args:
        mean: $E[M^+]$ of the first.
        positive: $P(M > 0)$ of the first.
        square: $E[(M^+)^2]$ of the first.
        product: $E[M^+ M'^+]$.
        both: $P(M > 0, M' > 0)$.
    """

    mean: arb
    positive: arb
    square: arb
    product: arb
    both: arb


def moments(window: int, other: int, rho: arb, level: arb) -> Moments:
    """The moments of two windows for 0 < rho < 1 at flint's current precision.

    Args:
        window: T.
        other: T'.
        rho: the correlation of any two units.
        level: the mean of the units, in their deviations.

    Raises:
        ArgumentError: for a correlation so near 0 that the table would be too long.
    """
    goal = ctx.prec
    spare = _SPARE + 2 * max(window, other).bit_length()
    with ctx.extraprec(-(-spare // _BLOCK) * _BLOCK):  # few precisions, so that tables are shared
        own = (1 - rho).sqrt()
        spread, centre = (rho / (1 - rho)).sqrt(), -level / own
        step, error = _step(window, other, spread, centre, goal)
        one, two, single = (Table.of(each, step) for each in (window, other, 1))
        m, n, square = one.first, two.first, one.second
        reach = math.sqrt(2 * goal * math.log(2)) + 1
        low = math.floor((float(centre) - reach * float(spread)) / step)
        high = math.ceil((float(centre) + reach * float(spread)) / step)
        sums = [arb(0)] * 5
        scale = step / (spread * (2 * arb.pi()).sqrt())
        for node in range(max(low, -one.last), min(high, one.last) + 1):
            weight = scale * (-(((node * arb(step) - centre) / spread) ** 2) / 2).exp()
            a, b, c = one.rows[node], two.rows[node], single.rows[node]
            terms = (
                a.excess - c.excess - m * c.positive,
                a.positive - c.positive,
                a.square - c.square - 2 * m * c.excess - (square - 1) * c.positive,
                a.excess * b.excess - c.square - (m + n) * c.excess - (m * n - 1) * c.positive,
                a.positive * b.positive - c.positive,
            )
            sums = [total + weight * term for total, term in zip(sums, terms, strict=True)]
        many = (2 + m + n) ** 2 + square
        cut = many * (error + _tail(window * other, spread, centre, arb(reach) - step / spread))
        cut += many * one.beyond(window * other)
        sums = [each + arb(0, cut.upper()) for each in sums]
        chance, density = _above(-level), _density(level)
        excess = level * chance + density
        whole = (1 + level**2) * chance + level * density
        return Moments(
            mean=excess + own * (m * chance + sums[0]),
            positive=chance + sums[1],
            square=whole + 2 * m * own * excess + own**2 * ((square - 1) * chance + sums[2]),
            product=whole + (m + n) * own * excess + own**2 * ((m * n - 1) * chance + sums[3]),
            both=chance + sums[4],
        )


def _step(window: int, other: int, spread: arb, centre: arb, bits: int) -> tuple[float, arb]:
    """A step, a power of two, whose sum errs by less than the precision, and that error."""
    rate = arb(window + other) / 2 + 1 / (2 * spread**2)
    wanted = math.pi / math.sqrt(float(rate) * math.log(2) * (bits + 8))
    step = 2.0 ** math.floor(math.log2(wanted))
    height = arb(math.pi / (step * float(rate)))
    size = 2 * arb(window * other) * (1 + centre**2 + spread**2) * (rate * height**2).exp()
    return step, size / ((2 * arb.pi() * height / step).exp() - 1)


def _tail(windows: int, spread: arb, centre: arb, start: arb) -> arb:
    r"""The nodes left out, at most: $w(z)(1+z^2)$ falls from there on, by $\sqrt2 < t$."""
    upper, edge = _above(start), start * _density(start)
    size = (1 + 2 * centre**2) * upper + 2 * spread**2 * (edge + upper)
    return 2 * windows * size


class Table:
    """The functions of a window at whole multiples of a step, as far as they are no polynomials.

    Args:
        window: T.
        step: h.

    Raises:
        ArgumentError: for a step so small that the table would be too long.
    """

    def __init__(self, window: int, step: float, last: int) -> None:
        """Sums panels from where the window is never above down to where it always is."""
        self.last, self.step = last, step
        end = arb(last) * step
        square = arb(0).union(window * (1 + end**2) * _above(end))
        excess = arb(0).union(window * _mean_above(end))
        rule, miss = _rule(window, step)
        slack = arb(0, miss.upper())
        self.rows: dict[int, Row] = {last: Row(_positive(window, end), excess, square)}
        for node in range(last - 1, -last - 1, -1):
            place = arb(node) * step
            area = moment = slack
            for offset, weight in rule:
                value = weight * _positive(window, place + offset)
                area += value
                moment += offset * value
            square += 2 * (excess * step + moment)
            excess += area
            self.rows[node] = Row(_positive(window, place), excess, square)
        rest = arb(0, (2 * (1 + end**2) * _above(end)).upper())
        self.first = excess - end + rest
        self.second = square - end**2 - 2 * self.first * end + rest

    def beyond(self, windows: int) -> arb:
        """What is left of any of the differences outside the table, at most, weights of one."""
        end = arb(self.last) * self.step
        return 16 * windows * (1 + end**2) * _above(end)

    @staticmethod
    def of(window: int, step: float) -> Table:
        """The table at flint's precision, made once."""
        last = math.ceil((math.sqrt(2 * ctx.prec * math.log(2)) + 1) / step)
        if last > MOST_NODES:
            raise ArgumentError(
                "rho",
                need=f"a correlation for which {MOST_NODES} nodes are enough",
                have=f"one that asks for {last}",
                remedy="use a correlation further from 0, or 0 itself",
            )
        return _table(window, step, last, ctx.prec)


@lru_cache(maxsize=256)
def _table(window: int, step: float, last: int, precision: int) -> Table:
    return Table(window, step, last)


def _rule(window: int, step: float) -> tuple[list[tuple[arb, arb]], arb]:
    """Offsets and weights of a panel, and what the rule misses, first moment included."""
    height, half = min(_WIDEST, 3 / math.sqrt(window)), arb(step) / 2
    ratio = arb(height) / half  # its half height is less than this times the half width
    size = window * (arb(height) ** 2 * window / 2).exp() * (2 * height + step)
    least, count = arb(2) ** -(ctx.prec + 8), 2
    while not (miss := half * 64 / 15 * size * ratio ** (-2 * count) / (1 - ratio**-2)) < least:
        count += 1
    return [(half * (1 + place), half * weight) for place, weight in legendre(count)], miss


def _positive(window: int, place: arb) -> arb:
    return 1 - _above(-place) ** window


def _above(place: arb) -> arb:
    return (place * arb(2).rsqrt()).erfc() / 2


def _density(place: arb) -> arb:
    return (-(place**2) / 2).exp() / (2 * arb.pi()).sqrt()


def _mean_above(place: arb) -> arb:
    """The mean excess of a normal over a place."""
    return (_density(place) - place * _above(place)).max(arb(0)) + arb(2) ** (-2 * ctx.prec)
