"""Orthogonal matrices."""

from __future__ import annotations

from math import prod, sqrt
from typing import TYPE_CHECKING

from symvar.adapters.draws.base import Draw, Target
from symvar.reference import cite

if TYPE_CHECKING:
    import torch


class Orthogonal(Draw):
    r"""Orthonormal rows or columns, times the gain that gives entries the variance wanted.

    An a x b matrix with orthonormal rows or columns, uniformly distributed, has entries of mean
    zero and variance $1/\max(a, b)$; so the gain is $\sigma_w \sqrt{\max(a, b)}$. A kernel is taken
    as the matrix of its first axis against all others (outputs against inputs times taps), each
    group for itself: it maps single patches by an isometry, which the convolution is not.

    Entries are uncorrelated, so one layer's forward and backward moments are those of independent
    weights; what differs is how singular values spread over many layers.
    """

    name = "orthogonal"
    reference = cite("saxe", "section 3")
    summary = "orthonormal rows or columns of each group's matrix, first axis against the others"

    def deviation(self, target: Target) -> float:
        """As wanted."""
        return target.deviation if target.groups else 0.0

    def fill(self, weight: torch.Tensor, target: Target, generator: torch.Generator | None) -> None:
        """Each group's matrix, times the gain."""
        groups = target.groups
        rows, columns = target.shape[0] // groups, prod(target.shape[1:])
        gain = target.deviation * sqrt(max(rows, columns))
        matrices = isometries(weight, (groups, rows, columns), generator)
        weight.copy_((gain * matrices).reshape(target.shape))


def isometries(
    like: torch.Tensor, shape: tuple[int, int, int], generator: torch.Generator | None
) -> torch.Tensor:
    """So many matrices with orthonormal rows or columns, by Haar's measure.

    The QR decomposition of normal entries, with the signs that make R's diagonal positive.
    """
    import torch

    count, rows, columns = shape
    large, small = max(rows, columns), min(rows, columns)
    normal = like.new_empty((count, large, small)).normal_(generator=generator)
    found, triangle = torch.linalg.qr(normal)
    found *= triangle.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)
    return found if rows >= columns else found.transpose(-2, -1)
