r"""What one unit is, and another of its channel elsewhere, until a moment is asked for.

Between two mixes a signal is a function of pre-activations $u_i = \mu + \sqrt\rho\,g +
\sqrt{1-\rho}\,e_i$ of one channel, in units of their deviation: any two places are correlated
alike. A law answers with $\mathrm{E}[z^2]$, $\mathrm{E}[z z']$ and $\mathrm{E}[z]$, and with what
it does to a gradient.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import sympy as sp

from symvar.activations.base import Activation
from symvar.activations.identity import Identity
from symvar.errors import NeedsFact
from symvar.geometry import Size
from symvar.integrals import order_moment
from symvar.integrals.correlated import (
    window_both,
    window_mean,
    window_positive,
    window_product,
    window_square,
)
from symvar.symbols import x
from symvar.theories.laws import WHOLE
from symvar.theories.pair_curves import Curve
from symvar.theories.pair_gradients import UNCHANGED, Back, Layout, meetings
from symvar.theories.pair_numbers import approached, opened
from symvar.theories.reach import Reach

ZERO, ONE = sp.Integer(0), sp.Integer(1)
Shares = tuple[tuple[Size, sp.Expr], ...]


@dataclass(frozen=True)
class Unit(ABC):
    """The law of a unit and of another.

    Args:
        tangled: whether units share pre-activations otherwise than by overlapping windows.
        moved: whether units stand elsewhere than where they were made.
    """

    tangled: bool = field(default=False, kw_only=True)
    moved: bool = field(default=False, kw_only=True)

    @property
    @abstractmethod
    def positive(self) -> bool:
        """Whether no unit is known ever to be negative."""

    @abstractmethod
    def second_moment(self) -> sp.Expr:
        """E[z²], the mean over units."""

    @abstractmethod
    def cross_moment(self) -> sp.Expr:
        """E[z z'], z' the same channel at another place."""

    @abstractmethod
    def mean(self) -> sp.Expr:
        """E[z]."""

    @abstractmethod
    def back(self) -> Back:
        """What the gradient at the pre-activations is, of that at the units."""

    @abstractmethod
    def elsewhere(self) -> Unit:
        """The law where another place holds another, independent unit of the same law."""


@dataclass(frozen=True)
class Moments(Unit):
    """A unit of which only moments are known: an average, or the network's input.

    Args:
        second: the second moment, the mean over units.
        cross: the mean product of two units of a channel.
        centre: the mean.
        gradient: see :meth:`Unit.back`.
        what: what it is, for errors.
        never_negative: see :attr:`Unit.positive`.
        like_gaussian: whether it may be taken as a Gaussian of mean zero: behind a norm, or an
            average of units without mean.
    """

    second: sp.Expr = ONE
    cross: sp.Expr = ZERO
    centre: sp.Expr = ZERO
    gradient: Back = UNCHANGED
    what: str = "an average"
    never_negative: bool = False
    like_gaussian: bool = False

    @property
    def positive(self) -> bool:
        """As known."""
        return self.never_negative

    def second_moment(self) -> sp.Expr:
        """As known."""
        return self.second

    def cross_moment(self) -> sp.Expr:
        """As known."""
        return self.cross

    def mean(self) -> sp.Expr:
        """As known."""
        return self.centre

    def back(self) -> Back:
        """As known."""
        return self.gradient

    def elsewhere(self) -> Unit:
        """The cross moment of independent units."""
        return replace(self, cross=self.centre**2)

    @property
    def gaussian(self) -> Window:
        """A Gaussian of the same moments, which passes the same gradient on."""
        link = ZERO if self.cross == 0 else self.cross / self.second
        return Window(
            self.second, link, linear=self.gradient, tangled=self.tangled, moved=self.moved
        )


@dataclass(frozen=True)
class Window(Unit):
    r"""$f(\max(u_1, \dots, u_T))$; $T = 1$ is a plain activation.

    Args:
        variance: of each pre-activation, linear maps before the activation included.
        rho: the correlation of any two.
        activation: f.
        shares: the window sizes $T$, and the share of the units with each.
        centre: the mean of each pre-activation.
        linear: what those linear maps do to a gradient.
        reach: for each spatial axis and window the places it reads, where known.
        layout: how many windows there are over how many places; None without a maximum.
        keep: the probability that a random mask keeps a unit.
        keep_pair: that probability where units of a channel share a mask, else one.
    """

    variance: sp.Expr = ONE
    rho: sp.Expr = ZERO
    activation: Activation = Identity()
    shares: Shares = WHOLE
    centre: sp.Expr = ZERO
    linear: Back = UNCHANGED
    reach: Reach | None = None
    layout: Layout | None = None
    keep: sp.Expr = ONE
    keep_pair: sp.Expr = ONE

    @property
    def positive(self) -> bool:
        """Where the activation never is negative."""
        return bool(self.activation.expression.is_nonnegative)

    @property
    def bare(self) -> bool:
        """Whether the unit is itself a Gaussian, of any mean."""
        return self.activation == Identity() and self.plain and self.keep == 1

    @property
    def plain(self) -> bool:
        """Whether no maximum was taken."""
        return self.shares == WHOLE

    @property
    def link(self) -> sp.Expr:
        """The correlation as an argument of constants."""
        return approached(self.rho)

    @property
    def level(self) -> sp.Expr:
        """The mean in deviations."""
        return ZERO if self.centre == 0 else approached(self.centre / sp.sqrt(self.variance))

    @property
    def slopes(self) -> tuple[sp.Expr, sp.Expr] | None:
        """Those above and below zero of an f that is straight on both sides; None for others."""
        if not self.activation.homogeneous:
            return None
        above, below = (sp.sympify(self.activation.expression.subs(x, at)) for at in (1, -1))
        return above, -below

    def second_moment(self) -> sp.Expr:
        r"""$n^2 \mathrm{E}M^2 + (p^2 - n^2) \mathrm{E}(M^+)^2$ for slopes p and n."""
        if self.bare:
            return self.variance + self.centre**2
        if self.slopes is None:
            return self._curve().second() / self.keep
        above, below = self.slopes
        parts = []
        for size, share in self.shares:
            value = (above**2 - below**2) * window_square(size, self.link, self.level)
            if below != 0:
                value += below**2 * self._square(size)
            parts.append(share * value)
        return self.variance * opened(sp.Add(*parts)) / self.keep

    def cross_moment(self) -> sp.Expr:
        r"""$n^2 \mathrm{E}MM' + 2n(p-n) \mathrm{E}M^+M' + (p-n)^2 \mathrm{E}M^+M'^+$."""
        if self.bare:
            return self.variance * self.rho + self.centre**2
        if self.rho == 0:
            return self.mean() ** 2 / self.keep_pair
        if self.slopes is None:
            return self._curve().product() / self.keep_pair
        above, below = self.slopes
        parts = []
        for size, other, share in self._pairs():
            both = window_product(size, self.link, self.level, other)
            value = (above - below) ** 2 * both
            if below != 0:
                value += below**2 * (self._largest(size) * self._largest(other) + self.link)
                for one, two in ((size, other), (other, size)):
                    bent = window_mean(one, self.link, self.level) * self._largest(two)
                    bent += self.link * window_positive(one, self.link, self.level)  # Stein
                    value += below * (above - below) * bent
            parts.append(share * value)
        return self.variance * opened(sp.Add(*parts)) / self.keep_pair

    def mean(self) -> sp.Expr:
        r"""$n \mathrm{E}M + (p - n) \mathrm{E}M^+$."""
        if self.bare:
            return self.centre
        if self.slopes is None:
            return self._curve().mean()
        above, below = self.slopes
        parts = []
        for size, share in self.shares:
            value = (above - below) * window_mean(size, self.link, self.level)
            parts.append(share * (value + (below * self._largest(size) if below != 0 else 0)))
        return sp.sqrt(self.variance) * opened(sp.Add(*parts))

    def back(self) -> Back:
        """The gates, and the linear maps before them."""
        mask = Back(1 / self.keep, ZERO, ZERO, 1 / self.keep_pair)
        return mask.then(self._gates()).then(self.linear)

    def elsewhere(self) -> Unit:
        """No correlation."""
        return replace(self, rho=ZERO)

    def _gates(self) -> Back:
        if self.slopes is None:
            found = self._curve()
            return Back(found.slope(), ZERO, ZERO, found.slope_product())
        own = sp.Add(*(share * self._slope(size) for size, share in self.shares))
        two = sp.Add(*(share * self._slopes_of_two(*sizes) for *sizes, share in self._pairs()))
        if self.layout is None:
            return Back(opened(own), ZERO, ZERO, opened(two))
        shared: sp.Expr = ZERO
        for (inside, union), times in (meetings(self.reach) if self.reach else {}).items():
            shared += times * sp.Rational(inside, union) * self._slope(union)
        shared = opened(shared / self.layout.places)
        apart = self.layout.pairs(opened(two), shared)
        return Back(self.layout.ratio * opened(own), shared, ZERO, apart)

    def _pairs(self) -> Iterator[tuple[Size, Size, sp.Expr]]:
        """Sizes of two windows, once for each two, and the share of such pairs."""
        for place, (size, share) in enumerate(self.shares):
            yield size, size, share**2
            for other, times in self.shares[place + 1 :]:
                yield size, other, 2 * share * times

    def _slope(self, size: Size) -> sp.Expr:
        above, below = self.slopes or (ONE, ONE)
        gate = window_positive(size, self.link, self.level)
        return below**2 + (above**2 - below**2) * gate

    def _slopes_of_two(self, size: Size, other: Size) -> sp.Expr:
        above, below = self.slopes or (ONE, ONE)
        value = (above - below) ** 2 * window_both(size, self.link, self.level, other)
        if below != 0:
            gates = (window_positive(each, self.link, self.level) for each in (size, other))
            value += below**2 + below * (above - below) * sp.Add(*gates)
        return value

    def _largest(self, size: Size) -> sp.Expr:
        """E[M]."""
        if size == 1:
            return self.level
        return self.level + sp.sqrt(1 - self.link) * order_moment(size, 1)

    def _square(self, size: Size) -> sp.Expr:
        """E[M²]."""
        if size == 1:
            return 1 + self.level**2
        own = (1 - self.link) * (order_moment(size, 2) - order_moment(size, 1) ** 2)
        return self.link + own + self._largest(size) ** 2

    def _curve(self) -> Curve:
        if not self.plain or self.centre != 0:
            raise refused(
                "an activation that is straight above and below zero, around a maximum or a sum "
                "with a mean",
                repr(self.activation),
            )
        return Curve(self.activation, self.variance, self.link)


def refused(need: str, have: str) -> NeedsFact:
    """The error for a fact that does not hold here."""
    return NeedsFact(
        "theory exchangeable",
        need=need,
        have=have,
        remedy="put a weighted layer between, change the layer, or use theory field",
    )
