"""An activation as a layer: one class for every file in ``symvar/activations``."""

from __future__ import annotations

from dataclasses import Field, dataclass, fields, is_dataclass
from typing import Any

from symvar import registry
from symvar.activations import all_activations
from symvar.activations.base import Activation
from symvar.layers.base import Call, Example, Layer, Shape
from symvar.primitives import Pointwise, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class Activate(Layer):
    """An activation applied to every unit.

    Args:
        function: its name, one of ``symvar list``.
        parameters: those of its parameters that are not at their default, a mapping or pairs.

    Raises:
        ArgumentError: for a name no activation has, or a parameter that this one lacks, with the
            nearest known name.

    >>> Activate("leaky-relu", {"below": 0.2}).activation.below
    1/5
    """

    function: str
    parameters: Any = ()

    name = "activate"
    reference = cite("asv", "A.26")
    torch = tuple(dict.fromkeys(name for each in all_activations().values() for name in each.torch))
    onnx = tuple(dict.fromkeys(name for each in all_activations().values() for name in each.onnx))

    def __post_init__(self) -> None:
        chosen = registry.pick(all_activations(), self.function, "activation")
        known = {each.name: each for each in fields(chosen)} if is_dataclass(chosen) else {}
        given = dict(self.parameters)
        for name in given:
            registry.pick(known, name, f"parameter of {self.function}")
        built = chosen(**given)
        moved = ((name, getattr(built, name)) for name in sorted(given))
        kept = tuple((name, value) for name, value in moved if value != known[name].default)
        object.__setattr__(self, "parameters", kept)

    @property
    def activation(self) -> Activation:
        """The activation, with its parameters."""
        chosen: type[Activation] = all_activations()[self.function]
        return chosen(**dict(self.parameters))

    def shape(self, before: Shape) -> Shape:
        """Unchanged."""
        return before

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """The activation, pointwise."""
        return (Pointwise(self.activation),)

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """The activation that names this operator, with the operator's own parameters.

        Raises:
            UnsupportedOperator: for arguments that make it no activation known here.
        """
        for name, kind in all_activations().items():
            named = call.operator in (*kind.torch, *kind.onnx)
            found = kind.read(call.operator, call.arguments) if named else None
            if found is not None:
                return cls(name, _parameters(found))
        raise call.refusal("arguments that make a known activation", str(dict(call.arguments)))


def _parameters(activation: Activation) -> dict[str, Any]:
    held: tuple[Field[Any], ...] = fields(activation) if is_dataclass(activation) else ()
    return {field.name: getattr(activation, field.name) for field in held}


Activate.examples = tuple(
    Example(name, Activate(name), (2, 2), each.torch_module)
    for name, each in all_activations().items()
)
