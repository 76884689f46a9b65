"""Sympy expressions of one variable as functions of a tensor, safe to differentiate."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import sympy as sp
import torch

from symvar.activations.base import Activation
from symvar.errors import ArgumentError
from symvar.symbols import x

Function = Callable[[torch.Tensor], torch.Tensor]

UNARY: dict[type, Function] = {
    sp.Abs: torch.abs,
    sp.exp: torch.exp,
    sp.log: torch.log,
    sp.tanh: torch.tanh,
    sp.erf: torch.erf,
    sp.sin: torch.sin,
    sp.cos: torch.cos,
}
RELATIONS: dict[type, Callable[[Any, Any], torch.Tensor]] = {
    sp.StrictGreaterThan: torch.gt,
    sp.GreaterThan: torch.ge,
    sp.StrictLessThan: torch.lt,
    sp.LessThan: torch.le,
}


def of_activation(activation: Activation) -> Function:
    """The activation on tensors: torch's own where all its parameters are at their defaults."""
    kind = type(activation)
    if kind() == activation:
        module: Function = eval(kind.torch_module, dict(vars(torch.nn)))
        return module
    return of_expression(activation.expression, x)


def of_expression(expression: sp.Expr, variable: sp.Symbol) -> Function:
    """The expression as a function of a tensor.

    The pieces of a Piecewise are evaluated only where they hold, so that none spoils the
    gradient of another.

    Raises:
        ArgumentError: for another symbol in it, or a function that is not known here.

    >>> of_expression(sp.Max(0, x) + 1, x)(torch.tensor([-1.0, 2.0]))
    tensor([1., 3.])
    """
    others = expression.free_symbols - {variable}
    if others:
        raise ArgumentError(
            f"function {expression}",
            need="numbers for all its parameters",
            have=f"symbols {', '.join(sorted(map(str, others)))}",
            remedy="give the layer its parameters as numbers",
        )
    return lambda given: _value(expression, variable, given)


def _value(expression: Any, variable: sp.Symbol, given: torch.Tensor) -> torch.Tensor:
    if expression == variable:
        return given
    if not expression.free_symbols:
        return torch.full_like(given, float(expression))
    if isinstance(expression, sp.Piecewise):
        return _pieces(expression, variable, given)
    parts = [_value(each, variable, given) for each in expression.args]
    kind = type(expression)
    if kind in UNARY:
        return UNARY[kind](parts[0])
    match expression:
        case sp.Add():
            return reduce(torch.add, parts)
        case sp.Mul():
            return reduce(torch.mul, parts)
        case sp.Max():
            return reduce(torch.maximum, parts)
        case sp.Min():
            return reduce(torch.minimum, parts)
        case sp.Pow() if expression.exp.is_number:
            return parts[0] ** float(expression.exp)
        case sp.Pow():
            return parts[0] ** parts[1]
    raise ArgumentError(
        f"function {kind.__name__}",
        need="one that torch can evaluate",
        have=str(expression),
        remedy=f"known: {', '.join(sorted(each.__name__ for each in UNARY))}",
    )


def _pieces(expression: sp.Piecewise, variable: sp.Symbol, given: torch.Tensor) -> torch.Tensor:
    total, left = torch.zeros_like(given), torch.ones_like(given, dtype=torch.bool)
    for piece, condition in expression.args:
        holds = left & _truth(condition, variable, given)
        inside = torch.where(holds, given, torch.zeros_like(given))
        value = _value(piece, variable, inside)
        total = torch.where(holds, value, total)
        left = left & ~holds
    return total


def _truth(condition: Any, variable: sp.Symbol, given: torch.Tensor) -> torch.Tensor:
    match condition:
        case sp.logic.boolalg.BooleanTrue():
            return torch.ones_like(given, dtype=torch.bool)
        case sp.logic.boolalg.BooleanFalse():
            return torch.zeros_like(given, dtype=torch.bool)
        case sp.And():
            return reduce(torch.logical_and, (_truth(c, variable, given) for c in condition.args))
        case sp.Or():
            return reduce(torch.logical_or, (_truth(c, variable, given) for c in condition.args))
        case sp.Not():
            return ~_truth(condition.args[0], variable, given)
    sides = (_value(each, variable, given) for each in condition.args)
    return RELATIONS[type(condition)](*sides)
