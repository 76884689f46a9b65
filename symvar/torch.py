"""symvar on torch modules: ``import symvar.torch``.

This module imports torch; ``import symvar`` does not.
"""

from __future__ import annotations

from symvar.adapters.fits.gradinit import GradInit
from symvar.adapters.fits.lsuv import Lsuv
from symvar.adapters.fits.metainit import MetaInit
from symvar.adapters.torch_fit import fit_
from symvar.adapters.torch_init import init_
from symvar.adapters.torch_plan import Plan, plan
from symvar.adapters.torch_weights import weights

__all__ = ["GradInit", "Lsuv", "MetaInit", "Plan", "fit_", "init_", "plan", "weights"]
