r"""Fans: the exact interior counts beside what a framework's helper reads off the weight's shape.

``torch.nn.init`` takes the second size of a weight times its taps as fan-in and the first size
times its taps as fan-out. That is right for dense layers and plain convolutions; it leaves out the
stride, counts the fan-out of all groups as one, and turns a transposed convolution around.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from symvar.geometry import Size, plain, prod

if TYPE_CHECKING:
    from symvar.graph.network import Network, Node

STRIDE = "fans: torch.nn.init leaves the stride out of the fan-out of a convolution"
GROUPS = "fans: torch.nn.init takes the fan-out of a grouped convolution as if it had one group"
TRANSPOSED = "fans: torch.nn.init turns fan-in and fan-out of a transposed convolution around"
OTHER = "fans: torch.nn.init reads other fans off the weight's shape"


@dataclass(frozen=True)
class Fans:
    r"""The fans of one weighted layer.

    Args:
        name: its node.
        op: the layer's operation.
        fan_in: weights that feed an output, away from every border.
        fan_out: weights an input feeds, away from every border and averaged over the stride.
        helper_fan_in: what ``torch.nn.init`` takes for fan-in.
        helper_fan_out: what it takes for fan-out.
        border: $e/(M' \cdot$ fan-in$)$, the share of the interior fan-in that an output reads, the
            mean over all outputs.
        warnings: why the helper's fans differ; empty where they do not.
    """

    name: str
    op: str
    fan_in: Size
    fan_out: Size
    helper_fan_in: Size
    helper_fan_out: Size
    border: sp.Expr
    warnings: tuple[str, ...]


def fans(net: Network) -> tuple[Fans, ...]:
    """The fans of every weighted layer, in topological order.

    >>> from symvar import sequential
    >>> from symvar.layers import Conv
    >>> (found,) = fans(sequential([Conv(8, 3, stride=2, padding=1, groups=2)], input=(4, 8, 8)))
    >>> found.fan_in, found.fan_out, found.helper_fan_in, found.helper_fan_out, found.border
    (18, 9, 18, 72, 121/144)
    """
    return tuple(_of(node) for node in net.weighted)


def warnings(every: Iterable[Fans]) -> dict[str, tuple[str, ...]]:
    """Each way a helper's fans differ, with the nodes where they do."""
    found: dict[str, list[str]] = {}
    for each in every:
        for text in each.warnings:
            found.setdefault(text, []).append(each.name)
    return {text: tuple(names) for text, names in found.items()}


def helper_fans(node: Node) -> tuple[Size, Size]:
    """Fan-in and fan-out as ``torch.nn.init`` takes them from the weight's shape."""
    first, second, *taps = node.layer.weight_shape(node.before)
    field = prod(taps)
    return plain(second * field), plain(first * field)


def _of(node: Node) -> Fans:
    mix = node.mix
    assert mix is not None
    into, out = helper_fans(node)
    border = mix.reads_per_output / sp.sympify(mix.fan_in)
    border = border if border.is_Rational else sp.cancel(border)
    why = tuple(_why(node, into, out))
    return Fans(node.name, node.layer.name, mix.fan_in, mix.fan_out, into, out, border, why)


def _why(node: Node, into: Size, out: Size) -> Iterable[str]:
    mix, layer = node.mix, node.layer
    assert mix is not None
    if not (_differ(into, mix.fan_in) or _differ(out, mix.fan_out)):
        return
    if layer.name == "convtranspose":
        yield TRANSPOSED
        return
    strided, grouped = (not _ones(getattr(layer, name, 1)) for name in ("stride", "groups"))
    if strided:
        yield STRIDE
    if grouped:
        yield GROUPS
    if not (strided or grouped):
        yield OTHER


def _differ(one: Size, other: Size) -> bool:
    if isinstance(one, int) and isinstance(other, int):
        return one != other
    return bool(sp.cancel(sp.sympify(one) - other) != 0)


def _ones(value: object) -> bool:
    return all(each == 1 for each in (value if isinstance(value, tuple) else (value,)))
