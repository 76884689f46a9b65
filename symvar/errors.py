"""Every error symvar raises on purpose: one line that says where, need, have and remedy.

The command line prints such an error as that line and exits with code 2; anything else that
escapes is a defect of symvar.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


class SymvarError(ValueError):
    """What went wrong, in the four facts a reader needs.

    Args:
        where: the node, argument or file concerned.
        need: what was needed there.
        have: what came instead.
        remedy: what to do about it.

    >>> raise SymvarError("maxpool1", need="a positive window", have="0", remedy="use window >= 1")
    Traceback (most recent call last):
        ...
    symvar.errors.SymvarError: maxpool1: need a positive window; have 0; use window >= 1
    """

    def __init__(self, where: str, *, need: str, have: str, remedy: str) -> None:
        self.where, self.need, self.have, self.remedy = where, need, have, remedy
        super().__init__(f"{where}: need {need}; have {have}; {remedy}")

    def at(self, where: str) -> SymvarError:
        """The same error, told of another place (a layer's own error, told of its node)."""
        return type(self)(where, need=self.need, have=self.have, remedy=self.remedy)

    def __reduce__(self) -> tuple[Any, ...]:
        """What another process needs to raise the same error."""
        return _again, (type(self), self.where, self.need, self.have, self.remedy)


def _again(kind: type[SymvarError], where: str, need: str, have: str, remedy: str) -> SymvarError:
    return kind(where, need=need, have=have, remedy=remedy)


class ArgumentError(SymvarError):
    """An argument outside its domain."""


class ShapeError(SymvarError):
    """A layer that does not fit the shape it is given."""


class GraphError(SymvarError):
    """A graph that is not a network: a cycle, a dangling edge, a name used twice."""


class NeedsFact(SymvarError):
    """A theory was asked for a number it can only give under a fact that does not hold here."""


class UnsupportedOperator(SymvarError):
    """Operators of an imported model that no layer of symvar reads."""


class ModelFileError(SymvarError):
    """A model file that cannot be read."""


class OutputError(SymvarError):
    """A place that cannot be written to."""


class MissingExtra(SymvarError):
    """An optional package that this call needs."""


class DefinitionError(SymvarError):
    """A layer, activation, scheme or derivation file that breaks the rules of its registry."""


@contextmanager
def located(place: str) -> Iterator[None]:
    """Tell every error raised inside of the place it happened at."""
    try:
        yield
    except SymvarError as error:
        raise error.at(f"{place}, {error.where}") from None


MANY = 20
"""More names than this are counted in an error, not listed."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A remedy that names the nearest known name, and all of them where they are few.

    >>> nearest("kaiming-fanin", ["kaiming-fan-in", "lecun"])
    "did you mean 'kaiming-fan-in'? known: kaiming-fan-in, lecun"
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]!r}? " if close else ""
    few = len(names) <= MANY
    return f"{hint}known: {', '.join(names)}" if few else f"{hint}{len(names)} names are known"
