"""An activation as a layer: one class for every file in ``symvar/activations``."""

from __future__ import annotations

from dataclasses import dataclass

from symvar import registry
from symvar.activations import all_activations
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.primitives import Pointwise, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class Activate(Layer):
    """An activation applied to every unit.

    Args:
        function: its name, one of ``symvar list``.

    Raises:
        ArgumentError: for a name no activation has, with the nearest known name.
    """

    function: str

    name = "activate"
    reference = cite("asv", "A.26")
    torch = tuple(name for each in all_activations().values() for name in each.torch)
    onnx = tuple(name for each in all_activations().values() for name in each.onnx)

    def __post_init__(self) -> None:
        registry.pick(all_activations(), self.function, "activation")

    def shape(self, before: Shape) -> Shape:
        """Unchanged."""
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The activation, pointwise."""
        return (Pointwise(all_activations()[self.function]()),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """The activation that names this operator."""
        found = (
            name
            for name, each in all_activations().items()
            if call.operator in (*each.torch, *each.onnx)
        )
        return cls(next(found))


Activate.examples = tuple(
    Example(name, Activate(name), (2, 2), each.torch_module)
    for name, each in all_activations().items()
)
