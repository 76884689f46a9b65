"""One file per scheme that is fitted to a batch of data; torch is not imported here."""

from __future__ import annotations

from functools import cache

from symvar import registry
from symvar.adapters.fits.base import Fit, Fitted

__all__ = ["Fit", "Fitted", "all_fits"]


@cache
def all_fits() -> dict[str, type[Fit]]:
    """Every scheme fitted to data by name, found by scanning this folder."""
    return registry.classes(__name__, Fit)
