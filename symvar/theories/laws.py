r"""What one unit is, as a function of independent Gaussian units, until a moment is asked for.

Between two mixes a signal is a function of the pre-activations $u$ of the mix before. A law is
that function for one output unit, under independence: it answers with $\mathrm{E}[z^2]$,
$\mathrm{E}[z]^2$ and, for the backward pass, its slope
$\sum_j \mathrm{E}[(\partial z/\partial u_j)^2]$.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import sympy as sp

from symvar.activations import all_activations
from symvar.activations.base import Activation
from symvar.activations.identity import Identity
from symvar.errors import ArgumentError, NeedsFact
from symvar.geometry import Size, Windows
from symvar.integrals import Expectation, gamma, tau
from symvar.integrals.expect_pieces import Piece, smooth_parts
from symvar.symbols import size, x
from symvar.theories.reach import Reach, disjoint, joined, sizes
from symvar.theories.settle import approached

POSITIVE = size("n")  # a positive argument, to ask what a function is there
WHOLE = ((1, sp.Integer(1)),)
HOMOGENEOUS = "an activation with f(cx) = c f(x) for c >= 0"
NONDECREASING = "a nondecreasing activation around a maximum"


@dataclass(frozen=True)
class Law(ABC):
    """The law of one unit.

    Args:
        independent: whether it shares no pre-activation with another.
        tangled: whether units share pre-activations otherwise than by overlapping windows.
    """

    independent: bool = True
    tangled: bool = False

    @property
    @abstractmethod
    def positive(self) -> bool:
        """Whether the unit is known never to be negative."""

    @abstractmethod
    def second_moment(self) -> sp.Expr:
        """E[z²], the mean over units."""

    @abstractmethod
    def mean_squared(self) -> sp.Expr:
        """E[z]²."""

    @abstractmethod
    def mean(self) -> sp.Expr | None:
        """E[z], None where its sign is not known."""

    @abstractmethod
    def slope(self) -> sp.Expr:
        """The sum over pre-activations of E[(∂z/∂u)²], the mean over units."""

    @abstractmethod
    def scaled(self, factor: sp.Expr) -> Law:
        """The law of the unit times a constant."""

    def in_other_places(self) -> Law:
        """The law of units moved elsewhere: which of them share pre-activations is forgotten."""
        return self


@dataclass(frozen=True)
class Moments(Law):
    """A unit of which only moments are known: an average, or the network's input.

    Args:
        independent: see :class:`Law`.
        tangled: see :class:`Law`.
        second: the second moment, the mean over units.
        mean2: the square of the mean.
        gain: the slope.
        alike: whether all units have the same mean.
        what: what it is, for errors.
        normed: whether a norm made it, which may be taken as a Gaussian of mean zero.
        averaged: whether it is an average of as many units without mean, which may be taken as
            a Gaussian.
        positive: see :class:`Law`.
    """

    second: sp.Expr = sp.Integer(1)
    mean2: sp.Expr = sp.Integer(0)
    gain: sp.Expr = sp.Integer(1)
    alike: bool = True
    what: str = "an average"
    normed: bool = False
    averaged: bool = False
    positive: bool = False

    def second_moment(self) -> sp.Expr:
        """As known."""
        return self.second

    def mean_squared(self) -> sp.Expr:
        """As known."""
        return self.mean2

    def mean(self) -> sp.Expr | None:
        """The root of its square, of units that never are negative."""
        return sp.sqrt(self.mean2) if self.positive or self.mean2 == 0 else None

    def slope(self) -> sp.Expr:
        """As known."""
        return self.gain

    def scaled(self, factor: sp.Expr) -> Law:
        """Every moment times the square."""
        square = factor**2
        return replace(
            self, second=square * self.second, mean2=square * self.mean2, gain=square * self.gain
        )


@dataclass(frozen=True)
class Extreme(Law):
    r"""$f(\max(u_1, \dots, u_T))$, $u_i$ independent Gaussians: $T = 1$ is a plain activation.

    Args:
        independent: see :class:`Law`.
        tangled: see :class:`Law`.
        variance: of each pre-activation, linear maps before the activation included.
        activation: f.
        shares: the window sizes $T$, and the share of the units with each.
        gain: the slope of those linear maps, squared and summed.
        keep: the probability that a random mask keeps the unit.
        centre: the mean of each pre-activation, behind a sum with a mean.
        reach: for each spatial axis and place the places of the pre-activations in the maximum,
            where that is known; the windows are their products.
    """

    variance: sp.Expr = sp.Integer(1)
    activation: Activation = Identity()
    shares: tuple[tuple[Size, sp.Expr], ...] = WHOLE
    gain: sp.Expr = sp.Integer(1)
    keep: sp.Expr = sp.Integer(1)
    reach: Reach | None = None
    centre: sp.Expr = sp.Integer(0)

    @property
    def positive(self) -> bool:
        """Where the activation never is negative."""
        return bool(self.activation.expression.is_nonnegative)

    @property
    def gaussian(self) -> bool:
        """Whether the unit is itself a Gaussian of mean zero."""
        return self.centre == 0 and self.bare

    @property
    def bare(self) -> bool:
        """Whether the unit is itself a Gaussian, of any mean."""
        return self.activation == Identity() and self.shares == WHOLE and self.keep == 1

    @property
    def plain(self) -> bool:
        """Whether no maximum was taken."""
        return self.shares == WHOLE

    def second_moment(self) -> sp.Expr:
        """The activation's pooled second moment, divided by the chance of being kept."""
        return self._over_windows(self.activation.second_moment, lambda f: f**2) / self.keep

    def mean_squared(self) -> sp.Expr:
        """The square of the activation's pooled mean."""
        return self.mean() ** 2

    def mean(self) -> sp.Expr:
        """The activation's pooled mean; zero for an odd function of a centred Gaussian."""
        if self.centre == 0 and self.plain and _odd(self.activation.expression):
            return sp.Integer(0)
        return self._over_windows(self.activation.mean, lambda f: f)

    def slope(self) -> sp.Expr:
        """The activation's pooled slope times the gain, divided by the chance of being kept."""
        slope = self._over_windows(self.activation.slope, lambda f: sp.diff(f, x) ** 2)
        return self.gain * slope / self.keep

    def scaled(self, factor: sp.Expr) -> Law:
        """The scale passes through a homogeneous activation to the pre-activations.

        Raises:
            NeedsFact: for another activation.
        """
        _need(self.activation.homogeneous, HOMOGENEOUS, repr(self.activation))
        centre = (factor if self.bare else abs(factor)) * self.centre
        square = factor**2
        return replace(
            self, variance=square * self.variance, gain=square * self.gain, centre=centre
        )

    def in_other_places(self) -> Law:
        """Without its reach."""
        return replace(self, reach=None)

    def _over_windows(
        self, moment: Callable[[sp.Expr, Size], sp.Expr], of: Callable[[sp.Expr], sp.Expr]
    ) -> sp.Expr:
        """A moment of the activation, which is the mean of a function of it."""
        if self.centre == 0:
            return _mean_over(moment(self.variance, size) * share for size, share in self.shares)
        function = of(self.activation.expression)
        law = self.variance, self.centre
        return sp.Add(*(_off_centre(function, *law, size) * s for size, s in self.shares))


@lru_cache(maxsize=1024)
def _odd(function: sp.Expr) -> bool:
    return function.subs(x, -x) == -function


@lru_cache(maxsize=4096)
def _off_centre(function: sp.Expr, variance: sp.Expr, centre: sp.Expr, size: Size) -> sp.Expr:
    """The mean of a function of the maximum of Gaussians with a mean; a ball for numbers."""
    named = Expectation(function, x, variance, centre, size)
    return named if named.free_symbols else approached(named.doit())


def activated(law: Law, activation: Activation) -> Law:
    """The law behind an activation.

    Raises:
        NeedsFact: where the unit is not a Gaussian or a monotone function of one.
    """
    if activation == Identity():
        return law
    law = _gaussian_if_normed(law)
    if isinstance(law, Moments) and law.second == 0:
        value = sp.sympify(activation.expression.subs(x, 0)).doit()
        return replace(law, second=value**2, mean2=value**2)
    if law.positive and activation.expression.subs(x, POSITIVE) == POSITIVE:
        return law
    law = _gaussian_if_averaged(law)
    if not isinstance(law, Extreme):
        raise _missing("a Gaussian unit, or the maximum of some", _name(law))
    _need(law.keep == 1 or activation.homogeneous, HOMOGENEOUS, repr(activation))
    return replace(law, activation=composed(activation, law.activation))


def _gaussian_if_normed(law: Law) -> Law:
    """A norm's units as Gaussians of the same moments and slope."""
    if isinstance(law, Moments) and law.normed:
        return Extreme(law.independent, law.tangled, variance=law.second, gain=law.gain)
    return law


def _gaussian_if_averaged(law: Law) -> Law:
    """An average's units as Gaussians of the same moments and slope."""
    if isinstance(law, Moments) and law.averaged:
        return Extreme(law.independent, law.tangled, variance=law.second, gain=law.gain)
    return law


def maximum(law: Law, windows: Windows) -> Law:
    """The law of the maximum over windows; of maxima, over the union of what they read.

    Raises:
        NeedsFact: where the units are not monotone functions of Gaussians that are independent, or
            maxima over known windows of such.
    """
    if windows.shares() == WHOLE:
        return law
    law = _gaussian_if_normed(law)
    if not isinstance(law, Extreme):
        raise _missing("units that are functions of Gaussians", _name(law))
    _need(law.keep == 1, "no random mask before a maximum", "units set to zero at random")
    _need(law.activation.nondecreasing, NONDECREASING, repr(law.activation))
    if law.reach is not None and windows.numeric and len(law.reach) == len(windows.axes):
        return _over(law, joined(law.reach, windows))
    _need_independent(law)
    _need(len(law.shares) == 1, "windows of one size before a second maximum", _sizes(law))
    inner = law.shares[0][0]
    if windows.numeric and law.plain:
        return _over(law, joined(None, windows))
    shares = tuple((inner * size, share) for size, share in windows.shares())
    return replace(law, shares=shares, independent=windows.tile)


def _over(law: Extreme, reach: Reach) -> Law:
    return replace(law, shares=sizes(reach), independent=disjoint(reach), reach=reach)


def average(law: Law, windows: Windows, counts_padding: bool) -> Law:
    r"""The law of the mean over windows.

    $\mathrm{E}[z^2] = (t/D)^2 (m_2/t + (1 - 1/t) m_1^2)$ for $t$ units and divisor $D$. Units of
    overlapping windows are taken as independent here, and of windows of several sizes as alike.

    Raises:
        NeedsFact: where units share pre-activations in another way.
    """
    if windows.shares() == WHOLE:
        return law
    _need(not law.tangled, "independent units in a window", "units that are copies or mixtures")
    if isinstance(law, Moments):
        _need(law.alike, "units of one mean in an average", "an average that counted its padding")
    shares = [
        (sp.sympify(units), units / sp.sympify(divisor), share)
        for units, divisor, share in windows.divided(counts_padding)
    ]
    if isinstance(law, Extreme) and law.gaussian and len(shares) == 1:
        ((units, filled, _),) = shares
        scaled = law.scaled(filled / sp.sqrt(units))
        return replace(scaled, independent=windows.tile and law.independent)
    second = (s * filled**2 * _second_moment_of_average(law, units) for units, filled, s in shares)
    gain = (s * filled**2 * _slope_of_average(law, units) for units, filled, s in shares)
    mean2 = law.mean_squared() * sp.Add(*(share * filled for _, filled, share in shares)) ** 2
    alike = len({filled for _, filled, _ in shares}) == 1
    independent = windows.tile and law.independent
    moments = _mean_over(second), mean2, _mean_over(gain)
    balanced = law.mean() == 0 and len(shares) == 1
    found = Moments(independent, False, *moments, alike, positive=law.positive)
    return replace(found, averaged=balanced)


def _mean_over(parts: Iterable[sp.Expr]) -> sp.Expr:
    """The sum over window sizes; one fraction where there are several, for schemes to cancel."""
    terms = list(parts)
    return terms[0] if len(terms) == 1 else sp.together(sp.Add(*terms))


def _second_moment_of_average(law: Law, units: sp.Expr) -> sp.Expr:
    if _rectified(law):
        return law.second_moment() / tau(1).doit() * tau(units, pool="avg")
    return law.second_moment() / units + (1 - 1 / units) * law.mean_squared()


def _slope_of_average(law: Law, units: sp.Expr) -> sp.Expr:
    if _rectified(law):
        return law.slope() / gamma(1).doit() * units * gamma(units, pool="avg")
    return law.slope() / units


def _rectified(law: Law) -> bool:
    relu = all_activations()["relu"]()
    plain = isinstance(law, Extreme) and law.plain and law.centre == 0
    return plain and law.activation == relu and law.keep == 1  # type: ignore[attr-defined]


def composed(outer: Activation, inner: Activation) -> Activation:
    """One activation after another, where that is a known one.

    Raises:
        NeedsFact: where it is none.
    """
    if inner == Identity():
        return outer
    wanted = _parts(outer.expression.subs(x, inner.expression))
    for known in (outer, inner, *(each() for each in all_activations().values())):
        if wanted is not None and _parts(known.expression) == wanted:
            return known
    raise _missing("activations whose composition is a known activation", f"{outer!r} of {inner!r}")


def _parts(expression: sp.Expr) -> tuple[Piece, ...] | None:
    """The function between its kinks; ``None`` where these are not known exactly."""
    try:
        return smooth_parts(expression, x)
    except ArgumentError:
        return None


def _need_independent(law: Law) -> None:
    _need(
        law.independent, "independent units in a window", "overlapping windows, which share units"
    )


def _name(law: Law) -> str:
    return law.what if isinstance(law, Moments) else repr(law)


def _sizes(law: Extreme) -> str:
    return "windows of sizes " + ", ".join(str(size) for size, _ in law.shares)


def _need(fact: bool, need: str, have: str) -> None:
    if not fact:
        raise _missing(need, have)


def _missing(need: str, have: str) -> NeedsFact:
    return NeedsFact(
        "theory iid",
        need=need,
        have=have,
        remedy="put a weighted layer between, change the layer, or use a theory that can say",
    )
