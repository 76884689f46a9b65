r"""Two windows of normals of one common correlation, in balls.

Given what all units share, the windows are independent: with $u_i = \sqrt\rho\,g +
\sqrt{1-\rho}\,e_i$ and $z = -(\mu + \sqrt\rho\,g)/\sqrt{1-\rho}$ the largest of T units exceeds
zero with probability $P_T(z) = 1 - \Phi(z)^T$, on average by $\sqrt{1-\rho}\,G_T(z)$,
$G_T(z) = \int_z^\infty P_T$, and in the square by $(1-\rho) H_T(z)$, $H_T = 2\int_z^\infty G_T$.
These three functions know no correlation, so one table of them serves every one. The mean over z,
a normal, is a trapezoidal sum: on the lines $\mathrm{Im}\,z = \pm a$ they are at most
$T e^{T a^2/2}$ times $Q$, $\mathrm{E}(Z-x)^+$ and $\mathrm{E}((Z-x)^+)^2$, so that a sum of step
h errs by at most $2M/(e^{2\pi a/h}-1)$ with $M = T T' e^{(T+T')a^2/2 + a^2/2r^2}
(1 + \mathrm{E} z^2)$, r the deviation of z.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from flint import arb, ctx

from symvar.errors import ArgumentError
from symvar.integrals.ellipses import legendre

MOST_NODES = 1 << 18
_WIDEST = 1.5  # half height of the ellipse around a panel
_SPARE = 12


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
        ArgumentError: for a correlation so near 0 or 1 that the sum would be too long.
    """
    goal = ctx.prec
    with ctx.extraprec(_SPARE + 2 * max(window, other).bit_length()):
        own = (1 - rho).sqrt()
        spread, centre = (rho / (1 - rho)).sqrt(), -level / own
        step, error = _step(window, other, spread, centre, goal)
        reach = math.sqrt(2 * goal * math.log(2)) + 1
        first = math.floor((float(centre) - reach * float(spread)) / step)
        last = math.ceil((float(centre) + reach * float(spread)) / step)
        if last - first > MOST_NODES:
            raise ArgumentError(
                "rho",
                need=f"a correlation for which {MOST_NODES} nodes are enough",
                have=f"{rho.str(8)}, which asks for {last - first}",
                remedy="use a correlation further from 0 and 1, or 0 or 1 themselves",
            )
        tables = Table.of(window, step), Table.of(other, step)
        sums = [arb(0)] * 5
        scale = step / (spread * (2 * arb.pi()).sqrt())
        for node in range(first, last + 1):
            weight = scale * (-(((node * arb(step) - centre) / spread) ** 2) / 2).exp()
            one = tables[0].at(node)
            two = one if other == window else tables[1].at(node)
            terms = (one.excess, one.positive, one.square,
                     one.excess * two.excess, one.positive * two.positive)  # fmt: skip
            sums = [total + weight * term for total, term in zip(sums, terms, strict=True)]
        cut = error + _tail(window * other, spread, centre, arb(reach) - step / spread)
        mean, positive, square, product, both = (each + arb(0, cut.upper()) for each in sums)
        return Moments(own * mean, positive, own**2 * square, own**2 * product, both)


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
    """The functions of a window at whole multiples of a step, as far as they are not known."""

    def __init__(self, window: int, step: float) -> None:
        """Sums panels from where the window is never above down to where it always is."""
        self.window, self.step = window, step
        bits = ctx.prec + window.bit_length()
        self.last = math.ceil((math.sqrt(2 * bits * math.log(2)) + 1) / step)
        end = arb(self.last) * step
        beyond = window * _mean_above(end)
        excess, square = arb(0).union(beyond), arb(0).union(window * (1 + end**2) * _above(end))
        rule, miss = _rule(window, step)
        slack = arb(0, miss.upper())
        self.rows: dict[int, Row] = {self.last: Row(_positive(window, end), excess, square)}
        for node in range(self.last - 1, -self.last - 1, -1):
            place = arb(node) * step
            area = first = slack
            for offset, weight in rule:
                value = weight * _positive(window, place + offset)
                area += value
                first += offset * value
            square += 2 * (excess * step + first)
            excess += area
            self.rows[node] = Row(_positive(window, place), excess, square)
        self.floor = arb(0).union(_mean_above(end))

    def at(self, node: int) -> Row:
        """The functions there; far above nearly 0, far below nearly those of a line."""
        found = self.rows.get(node)
        if found is not None:
            return found
        place = arb(node) * self.step
        if node > 0:
            end = self.rows[self.last]
            return Row(_positive(self.window, place), arb(0).union(end.excess.upper()),
                       arb(0).union(end.square.upper()))  # fmt: skip
        edge, along = self.rows[-self.last], -place - self.last * arb(self.step)
        excess = edge.excess + along - self.floor
        square = edge.square + 2 * along * (edge.excess - self.floor) + along**2
        return Row(1 - arb(0).union(_above(-place)), excess, square)

    @staticmethod
    def of(window: int, step: float) -> Table:
        """The table at flint's precision, made once."""
        return _table(window, step, ctx.prec)


@lru_cache(maxsize=16)
def _table(window: int, step: float, precision: int) -> Table:
    return Table(window, step)


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
