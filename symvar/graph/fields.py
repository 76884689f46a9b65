"""What theory field knows of every node, beyond the moments of a profile."""

from __future__ import annotations

import math
from typing import Any

from symvar.field.neighbours import neighbour_correlation
from symvar.field.signals import Edge
from symvar.graph.network import Network, Node
from symvar.graph.profile import Profile
from symvar.graph.propagation import forward
from symvar.inputs import Input
from symvar.theories import Weight
from symvar.theories import find as find_theory


def field_signals(net: Network, profile: Profile, input: str | Input = "white") -> dict[str, Edge]:
    """The signal of every node under theory field.

    Args:
        net: the network.
        profile: its weight variances, whichever theory they come from.
        input: see ``propagate``.

    Raises:
        NeedsFact: where theory field cannot say, naming the node.
    """

    def weight_of(node: Node, _mix: Any, _signal: Any) -> Weight:
        return Weight(profile[node.name].weight_variance)

    return forward(net, find_theory("field"), input, weight_of).signals


def neighbour_correlations(
    net: Network, profile: Profile, input: str | Input = "white"
) -> tuple[float, ...]:
    """Of neighbouring pre-activations of each weighted layer; NaN where there is one position.

    A propagation does not give these: it would have to follow every two positions of maps of which
    it needs the variance alone.

    Args:
        net: the network.
        profile: its weight variances.
        input: see ``propagate``.

    Raises:
        NeedsFact: where theory field cannot say, naming the node.

    >>> from symvar import propagate, sequential
    >>> from symvar.layers import Conv
    >>> net = sequential([Conv(8, 1), "relu", Conv(8, 3)], input=(3, 9))
    >>> first, second = neighbour_correlations(net, propagate(net, "lecun"))
    >>> first, round(second, 6), round(1 / math.pi, 6)
    (0.0, 0.31831, 0.31831)
    """
    signals = field_signals(net, profile, input)
    kernels = (signals[node.name].kernel for node in net.weighted)
    return tuple(
        neighbour_correlation(kernel) if kernel.positions > 1 else math.nan for kernel in kernels
    )
