"""Sizes of a traced program: integers, or formulas in the symbols of its dynamic axes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar import symbols
from symvar.geometry import Size, plain

QUOTIENTS = ("FloorDiv", "CleanDiv", "IntTrueDiv")


@dataclass(frozen=True)
class Sizes:
    """The symbols of the trace, and those of symvar that stand for them."""

    names: Mapping[Any, sp.Symbol]

    @classmethod
    def of(cls, shape: Sequence[Any], dynamic_shapes: Any) -> Sizes:
        """Symbols named as the dimensions were, ``n0``, ``n1`` ... by axis where they have no name.

        Args:
            shape: of the input, as traced.
            dynamic_shapes: as ``torch.export`` takes it, for one input.
        """
        stated = dict(_dimensions(dynamic_shapes))
        found: dict[Any, sp.Symbol] = {}
        for axis, size in enumerate(shape):
            if isinstance(size, int):
                continue
            free = size.node.expr.free_symbols
            dimension = stated.get(axis)
            root = getattr(dimension, "root", dimension)
            name = getattr(root, "__name__", None) or f"n{axis}"
            for symbol in free:
                found.setdefault(symbol, symbols.size(name))
        return cls(found)

    def plain(self, size: Any) -> Size:
        """A size of the trace as an int or a formula in symvar's symbols."""
        if isinstance(size, int):
            return size
        formula = _translated(size.node.expr, self.names)
        return plain(sp.expand(formula))


def _translated(formula: sp.Expr, names: Mapping[Any, sp.Symbol]) -> sp.Expr:
    if formula.is_Symbol:
        return names.get(formula, symbols.size(str(formula)))
    if formula.is_Atom:
        return sp.Integer(int(formula)) if formula.is_integer else formula
    inner = [_translated(each, names) for each in formula.args]
    kind = type(formula).__name__
    if kind in QUOTIENTS:
        return sp.floor(inner[0] / inner[1])
    if kind in ("Max", "Min"):
        return getattr(sp, kind)(*inner)
    if kind == "PythonMod":
        return sp.Mod(*inner)
    return formula.func(*inner)


def _dimensions(dynamic_shapes: Any) -> Iterable[tuple[int, Any]]:
    """The dynamic axes of the one input."""
    spec = dynamic_shapes
    if isinstance(spec, Mapping) and not all(isinstance(key, int) for key in spec):
        spec = next(iter(spec.values()), None)
    elif isinstance(spec, (list, tuple)) and len(spec) == 1:
        (spec,) = spec
    if isinstance(spec, Mapping):
        return spec.items()
    return enumerate(spec) if isinstance(spec, (list, tuple)) else ()
