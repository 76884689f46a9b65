"""A constant's interval at a precision, and a bracket around it small enough for its digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce

import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals.certified import Certified, bits_for
from symvar.integrals.intervals import numbers
from symvar.integrals.intervals.algebra import unknown
from symvar.integrals.intervals.lp import sum_to_power
from symvar.integrals.intervals.numbers import IV, Interval
from symvar.integrals.intervals.quadrature import integral
from symvar.integrals.lp import LpConstant
from symvar.integrals.named import NamedConstant

_GUARD = 40
_SIGN_BITS = (64, 512, 4096)
_MOST_TERMS = 10**5

_CONSTANTS: dict[sp.Expr, Callable[[], Interval]] = {
    sp.pi: lambda: +IV.pi,
    sp.E: lambda: numbers.exp(numbers.ratio(1)),
    sp.EulerGamma: numbers.euler,
}

_FUNCTIONS: dict[type[sp.Expr], Callable[..., Interval]] = {
    sp.exp: numbers.exp,
    sp.log: numbers.log,
    sp.erf: numbers.erf,
    sp.erfc: numbers.erfc,
    sp.sin: numbers.sine,
    sp.cos: numbers.cosine,
    sp.tan: lambda x: numbers.sine(x) / numbers.cosine(x),
    sp.asin: numbers.arcsine,
    sp.acos: numbers.arccosine,
    sp.atan: numbers.arctangent,
    sp.sinh: numbers.sinh,
    sp.cosh: numbers.cosh,
    sp.tanh: numbers.tanh,
    sp.gamma: numbers.gamma,
    sp.LambertW: numbers.lambert,
    sp.Abs: abs,
    sp.Max: lambda *values: numbers.extreme(max, values),
    sp.Min: lambda *values: numbers.extreme(min, values),
}


@dataclass(frozen=True)
class Bracket(Certified):
    """Two exact numbers that the value lies between, close enough for the digits asked for.

    Args:
        low: the lower one.
        high: the upper one.
        digits: how many significant digits they prove.
    """

    low: Fraction
    high: Fraction
    digits: int

    def bounds(self) -> tuple[Fraction, Fraction]:
        """The least and the largest value, exactly."""
        return self.low, self.high


def bracket(constant: sp.Expr, digits: int) -> Bracket:
    """The bracket of an expression without symbols, at precisions doubled until it is small.

    Raises:
        ArgumentError: for a part that this route does not know, or a value that no precision
            tried pins down.

    >>> from symvar.integrals import tau
    >>> print(bracket(tau(4), 20))
    1.5437850115857043700
    """
    bits = bits_for(digits)
    precision, limit, first = bits + _GUARD, 4 * bits + 2048, True
    while precision <= limit:
        low, high = _ends(constant, precision)
        size = min(abs(low), abs(high)) if low > 0 or high < 0 else Fraction(0)
        around_zero = not first and low <= 0 <= high and max(-low, high) < Fraction(1, 1 << bits)
        if (high - low) / 2 <= size / (1 << bits) or around_zero:
            return Bracket(low, high, digits)
        precision, first = 2 * precision, False
    raise ArgumentError(
        f"enclose({constant})",
        need=f"a real, finite value that {limit} bits of precision pin down",
        have=f"an interval of width {float(high - low):.1e}",
        remedy='look for a pole or a vanishing part, or use route="flint"',
    )


def _ends(constant: sp.Expr, precision: int) -> tuple[Fraction, Fraction]:
    with numbers.working(precision):
        value = interval_of(constant)
        if not numbers.finite(value):
            return Fraction(-1 << 20), Fraction(1 << 20)
        return numbers.ends(value)


def interval_of(expr: sp.Expr) -> Interval:
    """An interval that holds a real constant, at the current precision.

    Raises:
        ArgumentError: for a part that is no number, no known function and no single integral.
    """
    return _known(expr, IV.prec)


@lru_cache(maxsize=4096)
def _known(expr: sp.Expr, precision: int) -> Interval:
    """The cache makes a part that occurs twice cost once."""
    if isinstance(expr, LpConstant) and expr.known() is None and not expr.on_tangent:
        return _lp_pool(expr)
    if isinstance(expr, NamedConstant):
        return interval_of(expr.integral())
    if isinstance(expr, sp.Integral):
        return _integral(expr)
    if expr.is_Rational or expr.is_Float:
        number = sp.Rational(expr)
        return numbers.ratio(int(number.p), int(number.q))
    if expr in _CONSTANTS:
        return _CONSTANTS[expr]()
    if isinstance(expr, sp.Add | sp.Mul):
        first, *rest = map(interval_of, expr.args)
        plus = isinstance(expr, sp.Add)
        return reduce(lambda one, other: one + other if plus else one * other, rest, first)
    if isinstance(expr, sp.exp):
        return numbers.exp(interval_of(expr.args[0]))
    if isinstance(expr, sp.Pow):
        return _power(expr.base, expr.exp)
    inner = expr.args[0] if isinstance(expr, sp.re) else expr
    if isinstance(inner, sp.polylog):
        return _real_dilogarithm(*inner.args)
    function = _FUNCTIONS.get(expr.func)
    if function is None:
        raise unknown(expr)
    return function(*map(interval_of, expr.args))


def _lp_pool(constant: LpConstant) -> Interval:
    """An integral of powers of an integral, which has a rule of its own."""
    window, power = int(constant.window), interval_of(constant.power)
    value = sum_to_power(window, power, constant.rectified)
    return value * numbers.exp(-2 / power * numbers.log(numbers.ratio(window)))


def _integral(expr: sp.Integral) -> Interval:
    if len(expr.limits) != 1 or len(expr.limits[0]) != 3:
        raise unknown(expr)
    variable, low, high = expr.limits[0]
    if expr.function.atoms(sp.Integral):
        raise unknown(expr)
    return integral(expr.function, variable, (low, high), interval_of, sign_of)


def sign_of(value: sp.Expr) -> int | None:
    """The sign of a constant, proven by intervals or exactly; ``None`` where unknown."""
    if value.is_Rational:
        return int(sp.sign(value))
    if value.free_symbols:
        return None
    for precision in _SIGN_BITS:
        with numbers.working(precision):
            low, high = numbers.ends(interval_of(value))
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
    return 0 if sp.simplify(value) == 0 else None


def _power(base: sp.Expr, exponent: sp.Expr) -> Interval:
    value = interval_of(base)
    if exponent.is_Integer:
        return numbers.widened(value ** int(exponent))
    if abs(exponent) == sp.Rational(1, 2):
        root = numbers.sqrt(value)
        return root if exponent > 0 else 1 / root
    return numbers.exp(interval_of(exponent) * numbers.log(value))


def _real_dilogarithm(order: sp.Expr, point: sp.Expr) -> Interval:
    r"""$\Re \mathrm{Li}_2(z) = \sum_n \Re z^n / n^2$, $|z| < 0.98$, and a geometric rest."""
    real, imaginary = map(interval_of, point.as_real_imag())
    size = numbers.sqrt(real * real + imaginary * imaginary)
    if order != 2 or not numbers.ends(size)[1] < Fraction(98, 100):
        raise unknown(sp.polylog(order, point))
    small = Fraction(1, 1 << IV.prec)
    x, y, total, rest = real, imaginary, numbers.ratio(0), size
    for n in range(1, _MOST_TERMS):
        total += x / n**2
        x, y = x * real - y * imaginary, x * imaginary + y * real
        rest = rest * size
        left = rest / (1 - size) / (n + 1) ** 2
        if numbers.ends(left)[1] < small:
            break
    return total + numbers.around_zero(left)
