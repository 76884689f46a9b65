"""symvar on torch modules: ``import symvar.torch``.

This module imports torch; ``import symvar`` does not.
"""

from __future__ import annotations

from symvar.adapters.torch_init import init_

__all__ = ["init_"]
