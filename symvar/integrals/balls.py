"""Any constant sympy expression as a ball at flint's current precision."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp
from flint import acb, arb, fmpq

from symvar.errors import ArgumentError
from symvar.integrals.known import Known
from symvar.integrals.named import NamedConstant

_CONSTANTS: dict[sp.Expr, Callable[[], acb]] = {
    sp.pi: lambda: acb(arb.pi()),
    sp.E: lambda: acb(arb.const_e()),
    sp.I: lambda: acb(0, 1),
    sp.EulerGamma: lambda: acb(arb.const_euler()),
}

FUNCTIONS: dict[type[sp.Expr], Callable[..., acb]] = {
    sp.exp: acb.exp,
    sp.log: acb.log,
    sp.erf: acb.erf,
    sp.erfc: acb.erfc,
    sp.sin: acb.sin,
    sp.cos: acb.cos,
    sp.tan: acb.tan,
    sp.asin: acb.asin,
    sp.acos: acb.acos,
    sp.atan: acb.atan,
    sp.sinh: acb.sinh,
    sp.cosh: acb.cosh,
    sp.tanh: acb.tanh,
    sp.gamma: acb.gamma,
    sp.re: lambda z: acb(z.real),
    sp.im: lambda z: acb(z.imag),
    sp.Abs: lambda z: acb(abs(z)),
    sp.Max: lambda *z: acb(_extreme(arb.max, z)),
    sp.Min: lambda *z: acb(_extreme(arb.min, z)),
    sp.LambertW: lambda z: z.lambertw(),
    sp.polylog: lambda order, z: z.polylog(order),
}


def ball_of(expr: sp.Expr) -> acb:
    """A complex ball that holds the value of the expression, on sympy's principal branches.

    Raises:
        ArgumentError: for a part that is no number, no known function and no named constant.

    >>> import sympy as sp
    >>> ball_of(sp.sqrt(2) - 1).real.overlaps(arb(2).sqrt() - 1)
    True
    """
    if isinstance(expr, NamedConstant):
        return acb(expr.ball())
    if isinstance(expr, Known):
        return acb(expr.ball())
    if expr.is_Rational or expr.is_Float:
        number = sp.Rational(expr)
        return acb(arb(fmpq(int(number.p), int(number.q))))
    if expr in _CONSTANTS:
        return _CONSTANTS[expr]()
    if isinstance(expr, sp.Add | sp.Mul):
        return _folded(expr)
    if isinstance(expr, sp.Pow):
        return _power(expr.base, expr.exp)
    if isinstance(expr, sp.hyper):
        above, below = ([ball_of(each) for each in part] for part in expr.args[:2])
        return ball_of(expr.args[2]).hypgeom(above, below)
    function = FUNCTIONS.get(expr.func)
    if function is not None:
        return function(*map(ball_of, expr.args))
    raise ArgumentError(
        "enclose",
        need="a constant made of numbers, elementary functions, erf and symvar's constants",
        have=str(expr),
        remedy="put a number or one of these in its place",
    )


def _folded(expr: sp.Expr) -> acb:
    """The sum or the product of the parts."""
    first, *rest = map(ball_of, expr.args)
    for part in rest:
        first = first + part if isinstance(expr, sp.Add) else first * part
    return first


def _power(base: sp.Expr, exponent: sp.Expr) -> acb:
    if exponent == sp.Rational(1, 2):
        return ball_of(base).sqrt()
    if exponent == sp.Rational(-1, 2):
        return ball_of(base).rsqrt()
    if exponent.is_Integer:
        return ball_of(base) ** int(exponent)
    return ball_of(base) ** ball_of(exponent)


def _extreme(choose: Callable[[arb, arb], arb], values: tuple[acb, ...]) -> arb:
    first, *rest = (value.real for value in values)
    for value in rest:
        first = choose(first, value)
    return first


def real_ball(expr: sp.Expr) -> arb:
    """A ball of a real value: sympy knows that it is real, or its imaginary ball is exactly 0.

    Raises:
        ArgumentError: the value is certainly not real, or a part of it is not known here.
    """
    ball = ball_of(expr)
    if ball.imag == 0 or (expr.is_extended_real and ball.imag.contains(0)):
        return ball.real
    if ball.is_finite() and not ball.imag.contains(0):
        raise ArgumentError(
            "enclose", need="a real value", have=str(expr), remedy="take sympy.re of it"
        )
    return arb.nan()
