"""Delta-orthogonal initialisation of convolutions."""

from __future__ import annotations

import sympy as sp

from symvar.reference import cite
from symvar.schemes.base import Scheme, WeightedLayer
from symvar.schemes.orthogonal import isometry


class DeltaOrthogonal(Scheme):
    r"""$\max(n_\text{in}, n_\text{out})\,\sigma_w^2 = 1$, all of it on the kernel's centre.

    Away from borders and at stride 1 the whole convolution is then an isometry on its smaller side:
    the centre is a matrix with orthonormal rows or columns. $\sigma_w^2$ is the variance of
    independent weights with the same moments; the centre's own is that times the taps.
    """

    name = "delta-orthogonal"
    reference = cite("xiao", "section 2")
    summary = "convolutions are isometries on their smaller side, zero but at the centre"
    direction = "local"
    assumes = ("units act as linear", "stride 1, no pooling; the centre sees no border")
    becomes = "orthogonal for kernels of one tap"
    distribution = "delta-orthogonal"

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The larger of the two gains of the linear model is one."""
        return isometry(layer)
