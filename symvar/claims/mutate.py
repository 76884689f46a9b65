"""Small changes of a statement: what a check that is worth its name must refute."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from typing import Any

import sympy as sp

from symvar.claims.mutate_operators import OPERATORS, places
from symvar.claims.statement import Statement

LIMIT = 24
"""Changes of one statement, spread over the operators and over its places."""


def mutants(statement: Any, limit: int | None = LIMIT) -> Iterator[tuple[str, Any]]:
    """Statements that differ from the given one by what a misprint may change.

    A factor, a sign, an exponent, a symbol of the same kind, a number off by one, a sum's limits, a
    term or factor dropped, a strict for a weak inequality, a ratio upside down, a matrix
    transposed. A conjunction is changed part by part, and only the part is given. The order is the
    same each time, and no statement comes twice.

    Args:
        statement: a relation, a boolean, a `Statement`, or a tuple of some.
        limit: at most so many. None: all.

    Yields:
        The operator with what it changed, and the changed statement.

    >>> from symvar.symbols import w, k
    >>> for change, mutant in mutants(sp.Le(w * k, w + k, evaluate=False), limit=4):
    ...     print(f"{change}: {mutant}")
    factor, twice k*w: 2*k*w <= k + w
    sign, sign of k + w: k*w <= -k - w
    exponent, square of k: k**2*w <= k + w
    symbol, w for k: w**2 <= k + w
    """
    parts = _parts(statement)
    streams = [_of_part(part) for part in parts]
    seen: list[Any] = list(parts)
    names: dict[str, int] = {}
    for place, (change, mutant) in _in_turn(streams):
        if limit is not None and len(seen) - len(parts) >= limit:
            return
        if any(_same(mutant, known) for known in seen):
            continue
        seen.append(mutant)
        name = f"{change}, part {place + 1}" if len(parts) > 1 else change
        names[name] = names.get(name, 0) + 1
        yield (f"{name} ({names[name]})" if names[name] > 1 else name), mutant


def _parts(statement: Any) -> tuple[Any, ...]:
    if isinstance(statement, (tuple, list)):
        return tuple(part for each in statement for part in _parts(each))
    if isinstance(statement, sp.And):
        return tuple(part for each in statement.args for part in _parts(each))
    return (statement,)


def _of_part(statement: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(statement, Statement):
        return iter(statement.mutants())
    streams = [iter(_spread(_of_operator(name, statement))) for name in OPERATORS]
    return (mutant for _, make in _in_turn(streams) if (mutant := make()) is not None)


def _of_operator(name: str, statement: Any) -> list[Callable[[], tuple[str, Any] | None]]:
    return [
        partial(_made, f"{name}, {words}", node, place.put)
        for place in places(statement)
        for words, node in OPERATORS[name](place)
    ]


def _made(words: str, node: Callable[[], Any], put: Callable[[Any], Any]) -> Any:
    try:
        return words, put(node())
    except Exception:  # what cannot be built is no misprint: shapes that do not fit, domains
        return None


def _spread(items: list[Any]) -> list[Any]:
    """The first, one from the middle, then the quarters: any beginning reaches far and wide."""
    bits = max(len(items) - 1, 1).bit_length()
    order = sorted(range(len(items)), key=lambda index: f"{index:0{bits}b}"[::-1])
    return [items[index] for index in order]


def _in_turn(streams: list[Iterator[Any]]) -> Iterator[tuple[int, Any]]:
    """One from each, then the next from each, until all are empty."""
    alive = dict(enumerate(streams))
    for index in cycle(range(len(streams))):
        if not alive:
            return
        if index in alive:
            try:
                yield index, next(alive[index])
            except StopIteration:
                del alive[index]


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
