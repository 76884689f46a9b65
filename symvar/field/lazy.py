"""A value made when it is first asked for, out of others that may be made likewise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Lazy(Generic[Value]):
    """A value with the values it is made of; asked for in any depth without recursion.

    Args:
        make: called once with the values of ``parts``.
        parts: what it is made of.

    >>> two = Lazy(lambda: 2)
    >>> Lazy(lambda a, b: a + b, (two, two)).value
    4
    """

    def __init__(self, make: Callable[..., Value], parts: Sequence[Lazy[Any]] = ()) -> None:
        self._make: Callable[..., Value] | None = make
        self._parts: Sequence[Lazy[Any]] = parts
        self._value: Value | None = None

    @classmethod
    def of(cls, value: Value) -> Lazy[Value]:
        """A value that is there already."""
        made = cls(lambda: value)
        made._finish(value)
        return made

    @property
    def value(self) -> Value:
        """The value; all it rests on is made first, innermost first."""
        waiting: list[Lazy[Any]] = [self]
        while waiting:
            last = waiting[-1]
            missing = [part for part in last._parts if part._make is not None]
            if last._make is None:
                waiting.pop()
            elif missing:
                waiting.extend(missing)
            else:
                last._finish(last._make(*(part._value for part in last._parts)))
                waiting.pop()
        return self._value  # type: ignore[return-value]

    def _finish(self, value: Value) -> None:
        self._value, self._make, self._parts = value, None, ()
