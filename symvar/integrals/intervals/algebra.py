"""An expression of one variable as a function: of real intervals, or of complex discs."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import sympy as sp

from symvar.errors import ArgumentError
from symvar.integrals.intervals import discs, numbers
from symvar.integrals.intervals.discs import Disc

ENTIRE = (sp.exp, sp.erf, sp.erfc, sp.sin, sp.cos, sp.sinh, sp.cosh)
"""The functions known here that have neither poles nor cuts."""


@dataclass(frozen=True)
class Algebra:
    """What an expression is evaluated in.

    Args:
        constant: the value of an expression without the variable.
        functions: by sympy's function.
        power: a whole power.
        exp: the exponential, for other powers.
        log: the logarithm, for other powers.
        sqrt: the root.
    """

    constant: Callable[[sp.Expr], Any]
    functions: Mapping[type[sp.Expr], Callable[[Any], Any]]
    power: Callable[[Any, int], Any]
    exp: Callable[[Any], Any]
    log: Callable[[Any], Any]
    sqrt: Callable[[Any], Any]


def reals(constant: Callable[[sp.Expr], Any]) -> Algebra:
    """Real intervals at the current precision."""
    functions: dict[type[sp.Expr], Callable[[Any], Any]] = {
        sp.exp: numbers.exp, sp.log: numbers.log, sp.erf: numbers.erf, sp.erfc: numbers.erfc,
        sp.sin: numbers.sine, sp.cos: numbers.cosine, sp.tanh: numbers.tanh,
        sp.sinh: numbers.sinh, sp.cosh: numbers.cosh,
    }  # fmt: skip
    return Algebra(constant, functions, _power, numbers.exp, numbers.log, numbers.sqrt)


def plane(constant: Callable[[sp.Expr], Any]) -> Algebra:
    """Complex discs in doubles; constants come as real intervals."""

    def as_disc(expr: sp.Expr) -> Disc:
        value = constant(expr)
        low, high = numbers.ends(value)
        centre = float((low + high) / 2)
        return discs.disc(complex(centre), float(high - low) + abs(centre) * 1e-15)

    functions: dict[type[sp.Expr], Callable[[Any], Any]] = {
        sp.exp: discs.exp, sp.log: discs.log, sp.erf: discs.erf, sp.erfc: discs.erfc,
        sp.sin: discs.sin, sp.cos: discs.cos, sp.tanh: discs.tanh,
        sp.sinh: discs.sinh, sp.cosh: discs.cosh,
    }  # fmt: skip
    return Algebra(as_disc, functions, discs.power, discs.exp, discs.log, discs.sqrt)


def _power(value: Any, exponent: int) -> Any:
    return numbers.widened(value**exponent)


def compiled(f: sp.Expr, x: sp.Symbol, algebra: Algebra) -> Callable[[Any], Any]:
    """The expression as a function of x, its constants taken once.

    Raises:
        ArgumentError: for a part that this route does not know, by its name.
    """
    if x not in f.free_symbols:
        value = algebra.constant(f)
        return lambda _: value
    if f == x:
        return lambda z: z
    parts = [compiled(each, x, algebra) for each in f.args]
    if isinstance(f, sp.Add | sp.Mul):
        fold = operator.add if isinstance(f, sp.Add) else operator.mul
        return lambda z: reduce(fold, [part(z) for part in parts])
    inner = parts[0]
    if isinstance(f, sp.Pow):
        return _raised(f, x, inner, parts[1], algebra)
    function = algebra.functions.get(f.func)
    if function is None:
        raise unknown(f)
    return lambda z: function(inner(z))


def _raised(
    f: sp.Expr, x: sp.Symbol, base: Callable[[Any], Any], exponent: Any, algebra: Algebra
) -> Callable[[Any], Any]:
    if f.exp.is_Integer:
        power = int(f.exp)
        return lambda z: algebra.power(base(z), power)
    if f.exp == sp.Rational(1, 2):
        return lambda z: algebra.sqrt(base(z))
    if f.base == sp.E:
        return lambda z: algebra.exp(exponent(z))
    return lambda z: algebra.exp(algebra.log(base(z)) * exponent(z))


def entire(f: sp.Expr, x: sp.Symbol) -> bool:
    """Whether the expression is made of entire functions and whole powers only."""
    for part in sp.preorder_traversal(f):
        if x not in part.free_symbols or isinstance(part, sp.Symbol | sp.Add | sp.Mul | sp.exp):
            continue
        whole = isinstance(part, sp.Pow) and part.exp.is_Integer and part.exp > 0
        if not whole and not isinstance(part, ENTIRE):
            return False
    return True


def unknown(part: sp.Expr) -> ArgumentError:
    """The refusal of a part that this route has no interval for."""
    return ArgumentError(
        "enclose, route mpmath",
        need="numbers, elementary functions, erf, dilogarithms and single integrals of these",
        have=f"{part.func.__name__}, in {part}"[:200],
        remedy='use route="flint"',
    )
