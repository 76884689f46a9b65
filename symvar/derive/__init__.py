"""Derivations in which every line is checked; every scheme has one."""

from __future__ import annotations

from symvar import registry
from symvar.derive.base import Derivation, Step
from symvar.derive.scheme import of_scheme
from symvar.schemes import all_schemes

__all__ = ["Derivation", "Step", "all_derivations", "derive"]


def all_derivations() -> tuple[str, ...]:
    """The names ``derive`` knows."""
    return tuple(sorted(all_schemes()))


def derive(name: str) -> Derivation:
    """The derivation of that name.

    Args:
        name: the name of a scheme.

    Raises:
        ArgumentError: for an unknown name, with the nearest known name.

    >>> {step.verdict.status for step in derive("asv-forward").steps}
    {'proved'}
    """
    scheme = registry.pick(all_schemes(), name, "derivation")
    return of_scheme(scheme())
