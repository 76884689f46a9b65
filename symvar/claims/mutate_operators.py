"""The small changes that a misprint makes: each operator names what it changes at one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from symvar.claims.random import RandomMember

Change = tuple[str, Callable[[], Any]]
"""In words, and the node that takes the place's; built only when it is wanted."""

TURNED = {sp.Lt: sp.Gt, sp.Gt: sp.Lt, sp.Le: sp.Ge, sp.Ge: sp.Le}
SQUARED = (sp.Symbol, sp.Indexed, RandomMember, sp.Function)
LOOSENED = {sp.Lt: sp.Le, sp.Gt: sp.Ge, sp.Le: sp.Lt, sp.Ge: sp.Gt}


@dataclass(frozen=True)
class Place:
    """A node of a statement, and what surrounds it.

    Args:
        node: the part that an operator may change.
        put: the whole statement with another node there.
        parent: the node above; None at the top.
        slot: which of the parent's arguments it is.
        scope: the symbols that mean something there: the free ones, and those bound further up.
    """

    node: Any
    put: Callable[[Any], Any]
    parent: Any
    slot: int
    scope: frozenset[sp.Symbol]

    @property
    def is_side(self) -> bool:
        """Whether it is one side of a relation whose other side is not zero."""
        if not isinstance(self.parent, sp.core.relational.Relational):
            return False
        other = self.parent.args[1 - self.slot]
        return not (_is_zero(self.node) or _is_zero(other))

    @property
    def is_term(self) -> bool:
        """Whether it is one term of a sum."""
        return isinstance(self.parent, (sp.Add, sp.MatAdd))


def places(statement: Any) -> Iterator[Place]:
    """Every node that may be changed, from the top down, in the order of the arguments."""
    scope = frozenset(getattr(statement, "free_symbols", ()))
    yield from _below(Place(statement, lambda new: new, None, 0, scope))


def _below(place: Place) -> Iterator[Place]:
    yield place
    node = place.node
    if isinstance(node, sp.MatrixBase):
        yield from _entries(place)
        return
    for slot in _open(node):
        scope = place.scope
        if isinstance(node, ExprWithLimits):
            scope = scope | {each for each in node.variables if isinstance(each, sp.Symbol)}
        put = _putter(place, node, slot)
        yield from _below(Place(node.args[slot], put, node, slot, scope))


def _entries(place: Place) -> Iterator[Place]:
    matrix = place.node
    for slot, entry in enumerate(matrix):
        row, column = divmod(slot, matrix.cols)

        def put(new: Any, row: int = row, column: int = column) -> Any:
            changed = matrix.as_mutable()
            changed[row, column] = new
            return place.put(changed.as_immutable())

        yield from _below(Place(entry, put, matrix, slot, place.scope))


def _open(node: Any) -> range:
    """The arguments that may be changed from inside."""
    if isinstance(node, (sp.Symbol, sp.MatrixSymbol, sp.IndexedBase, sp.Number, sp.Subs)):
        return range(0)
    if isinstance(node, (ExprWithLimits, sp.Derivative)):
        return range(1)
    if isinstance(node, (sp.Indexed, RandomMember, sp.Lambda)):
        return range(1, len(node.args))
    return range(len(getattr(node, "args", ())))


def _putter(place: Place, node: Any, slot: int) -> Callable[[Any], Any]:
    def put(new: Any) -> Any:
        arguments = list(node.args)
        arguments[slot] = new
        return place.put(rebuilt(node, arguments))

    return put


def rebuilt(node: Any, arguments: list[Any]) -> Any:
    """The same node with other arguments; relations stay as written."""
    if isinstance(node, (sp.core.relational.Relational, sp.Or, sp.Implies, sp.Equivalent)):
        return node.func(*arguments, evaluate=False)
    return node.func(*arguments)


def factor(place: Place) -> Iterator[Change]:
    """Twice, or half, a side or a term; a side of an equation once, as both say the same."""
    node = place.node
    if place.is_side and not (isinstance(place.parent, sp.Eq) and place.slot == 0):
        yield f"twice {node}", lambda: 2 * node
        yield f"half of {node}", lambda: node / 2
    elif place.is_term:
        yield f"twice {node}", lambda: 2 * node


def sign(place: Place) -> Iterator[Change]:
    """The sign of a term, or of a side."""
    node = place.node
    if place.is_term or (place.is_side and place.slot == 1):
        yield f"sign of {node}", lambda: -node


def exponent(place: Place) -> Iterator[Change]:
    """An exponent one larger or smaller; a square on what has none."""
    node = place.node
    if isinstance(node, sp.Pow) and node.base is not sp.E:
        for step in (1, -1):
            changed = node.exp + step
            if changed != 0:
                yield f"exponent {changed} of {node.base}", partial(pow, node.base, changed)
    elif isinstance(node, SQUARED) and _is_quantity(place):
        yield f"square of {node}", lambda: node**2


def symbol(place: Place) -> Iterator[Change]:
    """Another symbol of the same kind."""
    node = place.node
    if not isinstance(node, (sp.Symbol, sp.MatrixSymbol)):
        return
    others = (each for each in place.scope if each != node and _alike(node, each))
    for other in sorted(others, key=str):
        yield f"{other} for {node}", partial(_just, other)


def integer(place: Place) -> Iterator[Change]:
    """A number one larger or smaller; the sign of a factor is no number of its own."""
    node = place.node
    if not isinstance(node, sp.Rational) or not _is_number_of_its_own(place):
        return
    if node.is_Integer:
        for step in (1, -1):
            yield f"{node + step} for {node}", partial(_just, node + step)
    else:
        for changed in (sp.Rational(node.p + 1, node.q), sp.Rational(node.p, node.q + 1)):
            yield f"{changed} for {node}", partial(_just, changed)


def limit(place: Place) -> Iterator[Change]:
    """A sum or product that starts or ends one later or earlier."""
    node = place.node
    if not isinstance(node, (sp.Sum, sp.Product)):
        return
    for slot, bounds in enumerate(node.limits):
        if len(bounds) == 3:
            name, first, last = bounds
            for low, high in ((1, 0), (-1, 0), (0, -1), (0, 1)):
                moved = sp.Tuple(name, first + low, last + high)
                words = f"{name} from {moved[1]} to {moved[2]}"
                yield words, partial(_with_limit, node, slot, moved)


def dropped_term(place: Place) -> Iterator[Change]:
    """A sum without one of its terms."""
    yield from _dropped(place, (sp.Add, sp.MatAdd), "term")


def dropped_factor(place: Place) -> Iterator[Change]:
    """A product without one of its factors."""
    yield from _dropped(place, (sp.Mul, sp.MatMul), "factor")


def strict(place: Place) -> Iterator[Change]:
    """Strict for weak, and weak for strict."""
    node = place.node
    if (other := LOOSENED.get(type(node))) is not None:
        name = "strict" if isinstance(node, (sp.Le, sp.Ge)) else "weak"
        yield f"{name} inequality", lambda: other(*node.args, evaluate=False)


def direction(place: Place) -> Iterator[Change]:
    """An inequality the other way round; a maximum for a minimum."""
    node = place.node
    if (other := TURNED.get(type(node))) is not None:
        yield "inequality turned round", lambda: other(*node.args, evaluate=False)
    if isinstance(node, (sp.Max, sp.Min)):
        swapped = sp.Min if isinstance(node, sp.Max) else sp.Max
        yield f"{swapped.__name__} for {node.func.__name__}", lambda: swapped(*node.args)


def ratio(place: Place) -> Iterator[Change]:
    """A fraction upside down."""
    node = place.node
    if isinstance(node, sp.Rational) and not node.is_Integer:
        yield f"{1 / node} for {node}", lambda: 1 / node
    elif isinstance(node, (sp.Mul, sp.Pow)) and not place.node.is_Matrix:
        if isinstance(place.parent, sp.Mul):
            if isinstance(node, sp.Pow) and node.exp.could_extract_minus_sign():
                yield f"{node.base} above, not below", lambda: 1 / node
        elif sp.fraction(node)[1] != 1:
            yield f"{node} upside down", lambda: 1 / node


def transposed(place: Place) -> Iterator[Change]:
    """A matrix transposed, its transposition or inversion lost, two factors exchanged."""
    node = place.node
    if not getattr(node, "is_Matrix", False):
        return
    if isinstance(node, (sp.Transpose, sp.Inverse)):
        yield f"{node.arg} for {node}", lambda: node.arg
    elif not isinstance(place.parent, sp.Transpose) and node != node.T:
        yield f"{node} transposed", lambda: node.T
    if isinstance(node, sp.MatMul):
        for slot in range(len(node.args) - 1):

            def exchanged(slot: int = slot) -> Any:
                args = list(node.args)
                args[slot : slot + 2] = args[slot + 1], args[slot]
                return node.func(*args)

            yield f"{node.args[slot]} after {node.args[slot + 1]}", exchanged


OPERATORS: dict[str, Callable[[Place], Iterator[Change]]] = {
    "factor": factor,
    "sign": sign,
    "exponent": exponent,
    "symbol": symbol,
    "integer": integer,
    "limit": limit,
    "dropped term": dropped_term,
    "dropped factor": dropped_factor,
    "strict": strict,
    "direction": direction,
    "ratio": ratio,
    "transposed": transposed,
}
"""In the order in which a statement's changes are drawn from them."""


def _just(node: Any) -> Any:
    return node


def _with_limit(node: Any, slot: int, moved: Any) -> Any:
    return node.func(node.function, *node.limits[:slot], moved, *node.limits[slot + 1 :])


def _dropped(place: Place, kinds: Any, name: str) -> Iterator[Change]:
    node: Any = place.node
    if not isinstance(node, kinds):
        return
    for slot, argument in enumerate(node.args):
        if argument != -1:
            rest = [*node.args[:slot], *node.args[slot + 1 :]]
            yield f"{name} {argument} dropped", partial(node.func, *rest)


def _is_zero(side: Any) -> bool:
    return bool(getattr(side, "is_zero", False) or getattr(side, "is_zero_matrix", False))


def _is_quantity(place: Place) -> bool:
    """Whether a square may have been lost there: not in an exponent, an index or a shape."""
    inside = isinstance(place.parent, (sp.Pow, sp.Indexed, RandomMember, sp.MatrixExpr, sp.Tuple))
    return not inside and getattr(place.node, "is_commutative", False)


def _is_number_of_its_own(place: Place) -> bool:
    if isinstance(place.parent, sp.Pow) and place.slot == 1:
        return False
    return not (isinstance(place.parent, (sp.Mul, sp.MatMul)) and place.node == -1)


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, sp.MatrixSymbol) or isinstance(other, sp.MatrixSymbol):
        return type(one) is type(other) and one.shape == other.shape
    return bool(one.assumptions0 == other.assumptions0)
