"""Derivations in which every line is checked; every scheme has one.

A derivation is one file in ``symvar/derive/chains/``, found by scanning; those of the schemes are
written by `symvar.derive.scheme`.
"""

from __future__ import annotations

from functools import cache

from symvar import registry
from symvar.derive.base import Chain, Derivation, Step
from symvar.derive.scheme import of_scheme
from symvar.errors import DefinitionError
from symvar.schemes import all_schemes

__all__ = ["Chain", "Derivation", "Step", "all_chains", "all_derivations", "derive", "titles"]


@cache
def all_chains() -> dict[str, type[Chain]]:
    """Every derivation with a file of its own, by name.

    Raises:
        DefinitionError: for one that has the name of a scheme.
    """
    found = registry.classes(f"{__name__}.chains", Chain)
    for name in found.keys() & all_schemes().keys():
        raise DefinitionError(
            found[name].__module__,
            need="a name of its own",
            have=f"{name!r}, which a scheme has taken",
            remedy="rename the derivation",
        )
    return found


def all_derivations() -> tuple[str, ...]:
    """The names ``derive`` knows."""
    return tuple(sorted((*all_schemes(), *all_chains())))


def titles() -> dict[str, str]:
    """What each derivation derives, by name; no step is checked."""
    schemes = {name: f"{name}: {scheme.summary}" for name, scheme in all_schemes().items()}
    chains = {name: chain.title for name, chain in all_chains().items()}
    return dict(sorted((schemes | chains).items()))


def derive(name: str) -> Derivation:
    """The derivation of that name.

    Args:
        name: the name of a scheme, or of a chain, see ``symvar derive --list``.

    Raises:
        ArgumentError: for an unknown name, with the nearest known name.

    >>> {step.verdict.status for step in derive("asv-forward").steps}
    {'proved'}
    """
    made = registry.pick({**all_schemes(), **all_chains()}, name, "derivation")()
    return made.derivation() if isinstance(made, Chain) else of_scheme(made)
