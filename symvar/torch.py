"""symvar on torch modules: ``import symvar.torch``.

This module imports torch; ``import symvar`` does not.
"""

from __future__ import annotations

from symvar.adapters.torch_init import init_
from symvar.adapters.torch_plan import Plan, plan
from symvar.adapters.torch_weights import weights

__all__ = ["Plan", "init_", "plan", "weights"]
