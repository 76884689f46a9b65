"""Setting the weights of a torch module."""

from __future__ import annotations

from typing import Any

import torch

from symvar import registry
from symvar.adapters.draws import Draw
from symvar.adapters.fits import Fit, all_fits
from symvar.adapters.torch_fit import fit_
from symvar.adapters.torch_plan import plan
from symvar.errors import ArgumentError
from symvar.graph.profile import Profile
from symvar.schemes import Init, Scheme, all_schemes
from symvar.theories import Theory


def init_(
    module: torch.nn.Module,
    *example_inputs: Any,
    scheme: str | Scheme | Init | Fit = "asv-forward",
    theory: str | Theory = "iid",
    distribution: str | Draw | None = None,
    generator: torch.Generator | None = None,
) -> Profile:
    r"""Draw every weight of a module with variance $\sigma_w^2$, in place; nothing else is random.

    Biases become zero and norms the identity: scale one, shift zero, and running statistics as of
    no data (mean zero, variance one), for those of the old weights mean nothing now. Frozen
    parameters (``requires_grad=False``) stay, with the statistics of norms that are frozen whole;
    the scheme takes a frozen layer's weights as it finds them. The slopes of parametric rectifiers
    and parameters that no traced operator reads stay too. Constants come from the table shipped
    with symvar.

    Half-precision weights are drawn in single precision and rounded. A shared weight is drawn once.

    Args:
        module: the module.
        example_inputs: what its ``forward`` is called with, batch included.
        scheme: the scheme that gives $\sigma_w^2$, its name, or variances already solved; or
            ``"lsuv"``, ``"metainit"`` or ``"gradinit"``, fitted to the example (see `fit_`).
        theory: the theory the scheme is solved under, or its name.
        distribution: ``"normal"``, ``"truncated-normal"``, ``"uniform"``, ``"orthogonal"`` or
            ``"delta-orthogonal"``, each with the variance made right; the scheme's own where None,
            which for most is normal.
        generator: the source of randomness; torch's own where None.

    Returns:
        The predicted moments of every weighted layer; its ``parameters`` say what every parameter
        was set to, with standard deviations.

    Raises:
        UnsupportedOperator: naming every operator symvar cannot read.
        GraphError: for a weight that two layers share but the scheme wants different variances for.
        ArgumentError: for a module without weights that may be changed, a weight that cannot be
            drawn, an unknown name.
        NeedsFact: where theory or scheme cannot say.

    Nothing is changed where an error is raised.

    >>> import torch
    >>> net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU())
    >>> profile = init_(net, torch.zeros(1, 3, 8, 8), generator=torch.Generator().manual_seed(0))
    >>> profile["0"].weight_variance
    1/27
    >>> profile.parameters["0.bias"]
    Setting(role='bias', law='zero', deviation=None)
    """
    if isinstance(scheme, Fit) or (isinstance(scheme, str) and scheme in all_fits()):
        return _fitted(module, example_inputs, scheme, theory, distribution, generator)
    if isinstance(scheme, str):
        registry.pick({**all_schemes(), **all_fits()}, scheme, "scheme")
    prepared = plan(
        module, *example_inputs, scheme=scheme, theory=theory, distribution=distribution
    )
    return prepared.draw_(generator)


def _fitted(
    module: torch.nn.Module,
    example_inputs: tuple[Any, ...],
    scheme: str | Fit,
    theory: str | Theory,
    distribution: str | Draw | None,
    generator: torch.Generator | None,
) -> Profile:
    """A fit to the example, with everything else at its default."""
    if distribution is not None:
        raise ArgumentError(
            "distribution",
            need="none for a scheme fitted to data, which starts from a scheme of its own",
            have=repr(distribution),
            remedy="leave it out, or call fit_ with start=",
        )
    if len(example_inputs) != 1:
        raise ArgumentError(
            "example_inputs",
            need="one batch to fit to",
            have=f"{len(example_inputs)} arguments",
            remedy="call with the batch alone",
        )
    return fit_(module, *example_inputs, scheme=scheme, theory=theory, generator=generator).profile
