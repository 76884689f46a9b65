"""What each parameter of a traced torch module is: a weight, a bias, a norm's scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symvar.adapters.operators import reading
from symvar.adapters.torch_reader import Reader
from symvar.errors import GraphError

SLOPES = ("aten.prelu",)


@dataclass(frozen=True)
class Roles:
    """The parameters and buffers of a module by what they do.

    Args:
        parameters: role by parameter name, of those that an operator reads.
        norms: for each norm with running statistics, the names of its mean, variance, scale and
            shift; empty where it has none.
    """

    parameters: dict[str, str]
    norms: tuple[tuple[str, str, str, str], ...]


def roles(reader: Reader) -> Roles:
    """The roles of everything the operators of a traced module read.

    Raises:
        GraphError: for a parameter that plays two roles.
    """
    signature = reader.program.graph_signature
    parameters, buffers = signature.inputs_to_parameters, signature.inputs_to_buffers
    known = reading("torch")
    found: dict[str, str] = {}
    norms = []
    for node in reader.program.graph.nodes:
        if node.op != "call_function" or not hasattr(node.target, "_schema"):
            continue
        operator = str(node.target).rsplit(".", 1)[0]
        layer = known.get(operator)
        given = _given(node)
        for argument, name in given.items():
            if name in parameters:
                weighted = layer is not None and bool(layer.weight_axes)
                role = _role(operator, argument, weighted)
                _enter(found, parameters[name], role)
        if given.get("running_mean") in buffers:
            statistics = (buffers[given[each]] for each in ("running_mean", "running_var"))
            affine = (parameters.get(given.get(each, ""), "") for each in ("weight", "bias"))
            norms.append((*statistics, *affine))
    return Roles(found, tuple(norms))


def _given(node: Any) -> dict[str, str]:
    """The tensors an operator is given, by the names of its arguments."""
    named = zip((each.name for each in node.target._schema.arguments), node.args, strict=False)
    given = dict(named) | dict(node.kwargs)
    return {argument: each.name for argument, each in given.items() if hasattr(each, "name")}


def _role(operator: str, argument: str, weighted: bool) -> str:
    if operator in SLOPES:
        return "slope"
    if argument not in ("weight", "bias"):
        return "other"
    if weighted:
        return argument
    return {"weight": "norm scale", "bias": "norm shift"}[argument]


def _enter(found: dict[str, str], name: str, role: str) -> None:
    if found.setdefault(name, role) != role:
        raise GraphError(
            f"parameter {name!r}",
            need="one role",
            have=f"{found[name]} at one place and {role} at another",
            remedy="untie it, so that each place has a parameter of its own",
        )
