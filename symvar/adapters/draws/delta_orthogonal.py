"""Kernels that are zero but at their centre, which is an orthogonal matrix."""

from __future__ import annotations

from math import prod, sqrt
from typing import TYPE_CHECKING

from symvar.adapters.draws.base import Draw, Target
from symvar.adapters.draws.orthogonal import isometries
from symvar.errors import ArgumentError
from symvar.geometry import Axis
from symvar.layers.conv import Conv
from symvar.layers.convtranspose import ConvTranspose
from symvar.reference import cite

if TYPE_CHECKING:
    import torch


class DeltaOrthogonal(Draw):
    r"""Zero but at the centre tap, there orthonormal rows or columns times a gain.

    Independent weights of variance $\sigma_w^2$ on e connections give the second moments
    $\sigma_w^2 e/M'$ forward and $\sigma_w^2 e/M$ backward. The centre has $e_0$ of the
    connections, so its entries are given the variance $\sigma_w^2 e/e_0$: both moments are then the
    same, on average over the units. The centre of a kernel of k taps is tap (k - 1) div 2, counted
    from 0. A dense layer's weight is all centre: the orthogonal distribution.
    """

    name = "delta-orthogonal"
    reference = cite("xiao", "section 2")
    summary = "kernels zero but at the centre, an orthogonal matrix; other weights orthogonal"

    def deviation(self, target: Target) -> float:
        """Root mean square over the kernel, the zeros counted."""
        return self._centre(target) / sqrt(prod(target.kernel))

    def fill(self, weight: torch.Tensor, target: Target, generator: torch.Generator | None) -> None:
        """The centre of each group, zero elsewhere."""
        groups, (rows, columns) = target.groups, target.shape[:2]
        rows //= groups
        gain = self._centre(target) * sqrt(max(rows, columns))
        matrices = gain * isometries(weight, (groups, rows, columns), generator)
        place = tuple((taps - 1) // 2 for taps in target.kernel)
        weight.zero_()
        weight[(..., *place)].copy_(matrices.reshape(target.shape[:2]))

    def _centre(self, target: Target) -> float:
        """The deviation of the centre's entries."""
        layer = target.node.layer
        if not target.groups or not isinstance(layer, (Conv, ConvTranspose)):
            return target.deviation
        windows = layer.windows(target.node.before).axes
        axes = [axis for axis in windows if isinstance(axis, Axis)]
        reached = prod(_reached(axis, (int(axis.kernel) - 1) // 2) for axis in axes)
        if not reached:
            raise ArgumentError(
                target.node.place,
                need="a kernel whose centre meets an input",
                have="one whose centre sees padding only",
                remedy='use distribution="orthogonal"',
            )
        return target.deviation * sqrt(prod(int(axis.pairs) for axis in axes) / reached)


def _reached(axis: Axis, tap: int) -> int:
    """The outputs for which a tap lands inside the input."""
    places = (
        int(axis.stride) * output + int(axis.dilation) * tap - int(axis.low)
        for output in range(int(axis.outputs))
    )
    return sum(0 <= place < int(axis.size) for place in places)
