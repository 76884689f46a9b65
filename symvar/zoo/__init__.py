"""Networks of the literature, one file per family, built as their sources say; no torch needed.

>>> from symvar import zoo
>>> net = zoo.load("vgg19")
>>> net.parameter_count, net.depth
(143667240, 19)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from symvar import registry
from symvar.errors import DefinitionError
from symvar.geometry import Size
from symvar.graph.network import Network
from symvar.zoo.base import Model, Published

__all__ = ["Model", "Published", "all_models", "find", "load"]


@cache
def all_models() -> dict[str, Model]:
    """Every network by name: the ``MODELS`` of each file of this folder, found by scanning.

    Raises:
        DefinitionError: for a name that is taken.
    """
    found: dict[str, Model] = {}
    for module in registry.modules(__name__):
        models: Iterable[Model] = module.MODELS
        for model in models:
            if model.name in found:
                raise DefinitionError(
                    module.__name__,
                    need="names of its own",
                    have=f"{model.name!r}, which is taken",
                    remedy="rename one of the two",
                )
            found[model.name] = model
    return found


def find(name: str) -> Model:
    """The entry of that name.

    Raises:
        ArgumentError: for an unknown name, with the nearest known name.
    """
    found: Model = registry.pick(all_models(), name, "model of the zoo")
    return found


def load(name: str, input: Sequence[Size] | None = None) -> Network:
    """The network of that name.

    Args:
        name: one of ``symvar list``.
        input: channels and spatial axes; those of its source if left out.

    Raises:
        ArgumentError: for an unknown name, with the nearest known name.
        ShapeError: for an input it does not fit, naming the node.

    >>> load("plain20")["dense1"].before
    (64,)
    """
    return find(name).network(input)
