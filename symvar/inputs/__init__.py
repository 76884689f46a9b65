"""What a network is given: one file per kind, found by scanning this folder."""

from __future__ import annotations

from functools import cache

from symvar import registry
from symvar.errors import ArgumentError
from symvar.inputs.base import Input
from symvar.inputs.constant import Constant
from symvar.inputs.correlated import Correlated
from symvar.inputs.covariance import Covariance
from symvar.inputs.images import Images
from symvar.inputs.white import White

__all__ = ["Constant", "Correlated", "Covariance", "Images", "Input", "White", "find"]


@cache
def all_inputs() -> dict[str, type[Input]]:
    """Every kind of input by name."""
    return registry.classes(__name__, Input)


def find(kind: str | Input) -> Input:
    """The input of that name, ``name:argument`` where it takes one, or the input itself.

    Raises:
        ArgumentError: for an unknown name or a bad argument.

    >>> find("correlated:2").length
    2.0
    """
    if isinstance(kind, Input):
        return kind
    if not isinstance(kind, str):
        raise ArgumentError(
            "input",
            need="the name of an input, or an Input",
            have=type(kind).__name__,
            remedy="wrap a batch in symvar.inputs.Images, a covariance in symvar.inputs.Covariance",
        )
    name, _, argument = kind.partition(":")
    found: Input = registry.pick(all_inputs(), name, "input").from_words(argument)
    return found
