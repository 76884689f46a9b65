"""Activations that a model writes as several operators: x times sigmoid(x), and the like.

Every chain of operators that act unit by unit is one function of the signal it starts at. Where
that function is an activation symvar knows, the last operator stands for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from symvar.activations import all_activations
from symvar.adapters.ops import Constant, Op, Program
from symvar.layers.activate import Activate
from symvar.symbols import x

LONGEST = 12
"""Functions of so many starting points are kept for a signal, the nearest ones."""

CLOSE = 2e-7
"""Relative difference between a function and an activation that are taken as one: float32's."""

GRID = np.concatenate([np.linspace(-7.9, 7.9, 61), np.linspace(-1.05, 1.1, 17)])

UNARY: dict[str, Callable[[sp.Expr], sp.Expr]] = {
    "sigmoid": lambda e: 1 / (1 + sp.exp(-e)),
    "tanh": sp.tanh,
    "erf": sp.erf,
    "exp": sp.exp,
    "log": sp.log,
    "log1p": lambda e: sp.log(1 + e),
    "sqrt": sp.sqrt,
    "abs": sp.Abs,
    "neg": lambda e: -e,
    "sign": sp.sign,
    "reciprocal": lambda e: 1 / e,
    "square": lambda e: e**2,
    "relu": lambda e: sp.Max(0, e),
    "relu6": lambda e: sp.Min(sp.Max(e, 0), 6),
    "softplus": lambda e: sp.log(1 + sp.exp(e)),
    "hardsigmoid": lambda e: sp.Min(sp.Max(e / 6 + sp.Rational(1, 2), 0), 1),
}
BINARY: dict[str, Callable[[sp.Expr, sp.Expr], sp.Expr]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "max": sp.Max,
    "min": sp.Min,
}
COMPOSED = ("mul", "div", "add", "sub", "clamp", "max", "min", "log")
"""The last operators of the activations that models write out."""

Functions = list[tuple[str, sp.Expr, int]]
"""Starting points, the function of each, and how many operators it takes."""


def activations(program: Program) -> None:
    """Let the last operator of every known function stand for the activation."""
    functions: dict[str, Functions] = {}
    for key, op in list(program.ops.items()):
        found = list(_functions(program, op, functions))
        functions[key] = sorted(found, key=lambda each: each[2])[:LONGEST]
        if op.kind not in COMPOSED or op.whole:
            continue
        for start, function, steps in reversed(functions[key]):
            alone = steps == 1 and op.kind not in ("clamp", "max")
            known = None if alone else _known(function)
            if known is not None:
                program.ops[key] = op.reads(start, layer=known)
                break


def _functions(
    program: Program, op: Op, before: dict[str, Functions]
) -> Iterator[tuple[str, sp.Expr, int]]:
    """What the operator's output is of each signal before it, from the nearest on."""
    operands = op.inputs
    if any(isinstance(each, Constant) and each.value is None for each in operands):
        return
    if op.arguments.get("alpha", 1) != 1 and op.kind in ("add", "sub"):
        return
    apply = _function(op)
    if apply is None or not op.signals:
        return
    shapes = {program.shape(key) for key in op.signals}
    if shapes != {op.shape}:
        return
    choices = [
        {each: (x, 0)} | {s: (f, n) for s, f, n in before.get(each, [])} for each in op.signals
    ]
    common = set(choices[0]).intersection(*choices[1:])
    for start in common:
        by_key = dict(zip(op.signals, choices, strict=True))
        given = [
            by_key[each][start][0] if isinstance(each, str) else each.value for each in operands
        ]
        steps = sum(by_key[key][start][1] for key in by_key) + 1
        yield start, apply(given), steps


def _function(op: Op) -> Callable[[Sequence[Any]], sp.Expr] | None:
    if op.kind == "clamp":
        return _clamp(op)
    if op.kind in UNARY and len(op.inputs) == 1 and not _tuned(op):
        return lambda given: UNARY[op.kind](given[0])
    if op.kind in BINARY and len(op.inputs) == 2:
        return lambda given: BINARY[op.kind](*given)
    return None


def _tuned(op: Op) -> bool:
    """Whether parameters make the operator another function than the table's."""
    if op.kind == "softplus":
        return op.arguments.get("beta", 1) != 1 or op.arguments.get("threshold", 20) < 20
    own = "alpha" in op.arguments and op.kind == "hardsigmoid"
    return own and abs(float(op.arguments["alpha"]) - 1 / 6) > CLOSE


def _clamp(op: Op) -> Callable[[Sequence[Any]], sp.Expr] | None:
    names = (("min", "min_val"), ("max", "max_val"))
    low, high = (next((op.arguments[n] for n in each if op.arguments.get(n) is not None), None)
                 for each in names)  # fmt: skip

    def clamped(given: Sequence[Any]) -> sp.Expr:
        inside = given[0] if low is None else sp.Max(given[0], sp.nsimplify(low))
        return inside if high is None else sp.Min(inside, sp.nsimplify(high))

    return clamped if len(op.inputs) == 1 else None


def _known(function: sp.Expr) -> Activate | None:
    """The activation that is this function, to the precision of float32."""
    if not function.has(x):
        return None
    values = _values(function)
    if values is None:
        return None
    for name, wanted in _fingerprints().items():
        if np.all(np.abs(values - wanted) <= CLOSE * (1 + np.abs(wanted))):
            return Activate(name)
    return None


@cache
def _fingerprints() -> dict[str, np.ndarray[Any, Any]]:
    found = {}
    for name, kind in all_activations().items():
        values = _values(kind().expression)
        if name != "identity" and values is not None:
            found[name] = values
    return found


def _values(function: sp.Expr) -> np.ndarray[Any, Any] | None:
    """The function on a grid; None where it is not a real number everywhere."""
    modules: list[Any] = [{"erf": _erf}, "numpy"]
    with np.errstate(all="ignore"):
        try:
            values = np.asarray(sp.lambdify(x, function.rewrite(sp.Piecewise), modules)(GRID))
        except (TypeError, NameError, KeyError, ValueError):
            return None
    real = values.shape == GRID.shape and np.isrealobj(values) and bool(np.isfinite(values).all())
    return values if real else None


def _erf(values: Any) -> Any:
    from math import erf

    return np.vectorize(erf)(values)
