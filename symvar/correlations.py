r"""How the correlation of two units moves with depth: its map, its fixed point and its rate.

Layer after layer of one kind, the weights holding the variance q of the pre-activations, the
correlation of two units of a channel (or of one unit on two inputs) goes from c to

$$ R(c) = \beta + (1 - \beta)\,\frac{X(c)}{E(c)}, $$

E the second moment behind activation and pool, X the mean product of two such, and $\beta =
\sigma_b^2/q$ the share of the biases.

Without pooling $E$ is constant and $R$ a power series in c whose coefficients are not negative
(Mehler): so R is convex on [0, 1], $R(1) = 1$, and $\chi = R'(1) = (1-\beta)\,q\,\mathrm{E}[f'^2] /
\mathrm{E}[f^2]$ decides. For $\chi \le 1$ every c in [0, 1] goes to 1; else to the one fixed point
below it (Poole et al.'s edge of chaos is $\chi = 1$).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy as sp

from symvar.activations import all_activations
from symvar.activations.base import Activation
from symvar.errors import ArgumentError
from symvar.geometry import Axis, Windows
from symvar.integrals import enclose, expect, order_variance
from symvar.numbers import as_written
from symvar.registry import pick
from symvar.symbols import x
from symvar.theories.pair_numbers import settled
from symvar.theories.pair_pools import activated, average, largest
from symvar.theories.pairs import Unit, Window

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POOLS = ("max", "avg")
CLOSE = 1e-12
STEP = 1e-5
PLACES = 32
DIGITS = 15
CARRIED = 30
LONGEST = 16
CONVEX = "R is convex on [0, 1], R(1) = 1"


@dataclass(frozen=True)
class FixedPoint:
    r"""Where the correlation goes, and how fast.

    Args:
        value: the fixed point that correlations in [0, 1) go to.
        rate: $R'$ there: the distance to it shrinks by this factor in a layer.
        law: the distance after many layers, in words.
        strength: ``"proved"``, or ``"sampled"`` where no proof is known.
        evidence: why.
    """

    value: sp.Expr
    rate: sp.Expr
    law: str
    strength: str
    evidence: str


@dataclass(frozen=True)
class CorrelationMap:
    r"""The map c to R(c) of one layer.

    Args:
        activation: f, or its name.
        q: the variance of the pre-activations, which the weights hold.
        bias: $\beta$, the part of it that comes from biases.
        window: T, the units that a pool behind the activation takes together, in tiling windows.
        pool: ``"max"`` or ``"avg"``.

    Raises:
        ArgumentError: for an unknown activation or pool, and numbers outside their range.

    >>> CorrelationMap("relu")(0)
    1/pi
    >>> CorrelationMap("relu").fixed_point().law
    '1 - c is about 9*pi**2/2 / l^2 after l layers'
    """

    activation: Activation | str
    q: Any = 1
    bias: Any = 0
    window: int = 1
    pool: str = "max"

    def __post_init__(self) -> None:
        named = self.activation
        if isinstance(named, str):
            named = pick(all_activations(), named, "activation")()
        object.__setattr__(self, "activation", named)
        q = _number(self.q, "q", "a positive number", lambda value: bool(value > 0))
        bias = _number(self.bias, "bias", "a share in [0, 1)", lambda value: bool(0 <= value < 1))
        object.__setattr__(self, "q", q)
        object.__setattr__(self, "bias", bias)
        if type(self.window) is not int or self.window < 1:
            raise ArgumentError(
                "window", need="a whole number of at least 1", have=repr(self.window),
                remedy="use window=1 for no pool",
            )  # fmt: skip
        pick(dict.fromkeys(POOLS), self.pool, "pool")

    def __call__(self, correlation: Any) -> sp.Expr:
        """R(c), exact where it is short, else a ball, or a double where no closed form is known.

        Raises:
            ArgumentError: for a correlation outside [0, 1].
        """
        inside = "a correlation in [0, 1]"
        c = _number(correlation, "correlation", inside, lambda value: bool(0 <= value <= 1))
        if c == 1:
            return sp.Integer(1)
        law = self._behind(c)
        second, cross = law.second_moment(), law.cross_moment()
        share = cross if cross == 0 else cross / second
        return settled(self.bias + (1 - self.bias) * share)

    def path(self, depth: int, start: Any = 0) -> list[float]:
        """The correlation before, and behind each of so many layers.

        >>> [round(c, 4) for c in CorrelationMap("relu").path(3)]
        [0.0, 0.3183, 0.4937, 0.6048]
        """
        found = [sp.sympify(start)]
        for _ in range(depth):
            behind = sp.Rational(sp.Float(enclose(self(found[-1]), CARRIED).mid, CARRIED))
            found.append(min(max(behind, sp.Integer(0)), sp.Integer(1)))
        return [float(each) for each in found]

    @property
    def slope_at_one(self) -> sp.Expr:
        r"""$R'(1) = (1-\beta) \chi$; with average pooling over T units $\chi/T$.

        With max-pooling of a rectifier $\mathrm{Var} M_T$: two windows whose shared part is
        nearly all differ by $\sqrt{1-\rho}\,(M_T - M_T')$ where it is positive.
        """
        unit = self._activation
        one = unit.second_moment(self.q)
        chi = self.q * unit.slope(self.q) / one
        if self.window > 1:
            chi = chi * order_variance(self.window) if self.pool == "max" else chi / self.window
        return (1 - self.bias) * chi

    def fixed_point(self) -> FixedPoint:
        """Where correlations in [0, 1) go.

        Raises:
            NeedsFact: for a maximum of an activation that is not straight above and below zero.
        """
        slope = self.slope_at_one
        if self._at(0) < CLOSE:
            return self._from_zero(slope)
        if not _exceeds(slope, 1):
            proved = self.window == 1
            why = f"{CONVEX} and R'(1) <= 1" if proved else self._above_diagonal()
            strength = "proved" if proved else "sampled"
            return FixedPoint(sp.Integer(1), slope, self._law(slope), strength, why)
        value = self._crossing()
        rate = sp.Float((self._at(value + STEP) - self._at(value - STEP)) / (2 * STEP), 8)
        why = "R'(1) > 1: a fixed point below 1, found in doubles"
        law = _shrinks(f"|c - {value:.6g}|", rate)
        return FixedPoint(sp.Float(value, 12), rate, law, "sampled", why)

    def plot(self, depth: int = 30, start: Any = 0) -> Figure:
        """The map beside the diagonal, and the correlation against depth.

        Raises:
            MissingExtra: without matplotlib.
        """
        from symvar.emit.correlation_plot import of_map

        return of_map(self, depth, start)

    @property
    def name(self) -> str:
        """The activation's name."""
        return self._activation.name

    @property
    def _activation(self) -> Activation:
        assert isinstance(self.activation, Activation)
        return self.activation

    def _behind(self, c: sp.Expr) -> Unit:
        """One unit and another behind the layer's activation and pool."""
        law = activated(Window(self.q, c), self._activation)
        if self.window == 1:
            return law
        windows = Windows((Axis(2 * self.window, self.window, self.window),))
        return average(law, windows, False) if self.pool == "avg" else largest(law, windows)

    def _from_zero(self, slope: sp.Expr) -> FixedPoint:
        """Units without mean: zero is fixed, and so is one."""
        strength = "proved" if self.window == 1 and self(0) == 0 else "sampled"
        if not _exceeds(slope, 1):
            why = f"{CONVEX} and R'(1) <= 1: R(c) > c for 0 < c < 1; c = 0 is fixed too"
            return FixedPoint(sp.Integer(1), slope, self._law(slope), strength, why)
        unit, derivative = self._activation, sp.diff(self._activation.expression, x)
        rate = self.q * expect(derivative, x, self.q) ** 2 / unit.second_moment(self.q)
        if self.window > 1:
            rate = self.window * rate
        why = f"R(0) = 0, {CONVEX} and R'(1) > 1"
        return FixedPoint(sp.Integer(0), rate, _shrinks("c", rate), strength, why)

    def _law(self, slope: sp.Expr) -> str:
        if _exceeds(1, slope):
            return _shrinks("1 - c", slope)
        unit = self._activation
        above, below = (unit.expression.subs(x, at) for at in (1, -1))
        if unit.homogeneous and above == -below:
            return "c stays what it is"
        if not unit.homogeneous:
            return "1 - c shrinks more slowly than by any factor a layer"
        bend = 2 * sp.sqrt(2) * (above + below) ** 2 / (3 * sp.pi * (above**2 + below**2))
        factor = sp.simplify(4 / bend**2)
        size = factor if len(str(factor)) < LONGEST else f"{_float(factor):.5g}"
        return f"1 - c is about {size} / l^2 after l layers"

    def _at(self, c: float) -> float:
        return _float(self(sp.Rational(c)))

    def _crossing(self) -> float:
        """The fixed point below one, by halving: R(c) > c below it, R(c) < c above."""
        low, high = 0.0, 1 - 1e-9
        while high - low > CLOSE:
            middle = (low + high) / 2
            low, high = (middle, high) if self._at(middle) > middle else (low, middle)
        return (low + high) / 2

    def _above_diagonal(self) -> str:
        below = [
            place / PLACES for place in range(PLACES) if self._at(place / PLACES) * PLACES <= place
        ]
        if below:
            raise ArgumentError(
                "fixed point",
                need="a map above the diagonal below one",
                have=f"R(c) <= c at c = {below}",
                remedy="follow path() instead",
            )
        return f"R(1) = 1, R'(1) < 1 and R(c) > c at {PLACES} places below one"


def correlation_fixed_point(
    activation: Activation | str, q: Any = 1, bias: Any = 0, window: int = 1, pool: str = "max"
) -> FixedPoint:
    """Where the correlation of two units goes with depth, and how fast: see `CorrelationMap`.

    >>> found = correlation_fixed_point("relu", window=4)
    >>> found.value, found.law
    (1, '1 - c shrinks by 0.4917 a layer')
    """
    return CorrelationMap(activation, q, bias, window, pool).fixed_point()


def _shrinks(what: str, rate: sp.Expr) -> str:
    return f"{what} shrinks by {_float(rate):.4g} a layer"


def _exceeds(one: Any, other: Any) -> bool:
    difference = sp.sympify(one) - other
    return bool(difference != 0 and _float(one) > _float(other))


def _float(value: Any) -> float:
    return float(enclose(sp.sympify(value), DIGITS).mid)


def _number(value: Any, where: str, need: str, inside: Callable[[sp.Expr], bool]) -> sp.Expr:
    number = as_written(value)
    if number is None and isinstance(value, sp.Expr) and value.is_number:
        number = value
    if isinstance(number, sp.Float) and number.is_finite:
        number = sp.Rational(number)
    if number is not None and number.is_extended_real and number.is_finite and inside(number):
        return number
    raise ArgumentError(where, need=need, have=repr(value), remedy=f"give {need}")
