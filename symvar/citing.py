"""What a result rests on: the places of sources it used, and symvar itself, as BibTeX."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from symvar import registry
from symvar.emit.bibliography import entry, itself
from symvar.reference import Reference, cite


def kinds() -> dict[str, dict[str, Any]]:
    """What can be cited by name, in the order in which a name is looked up."""
    from symvar.activations import all_activations
    from symvar.claims.library import all_papers
    from symvar.derive import all_derivations
    from symvar.layers import all_layers
    from symvar.schemes import all_schemes
    from symvar.theories import all_theories
    from symvar.zoo import all_models

    return {
        "derivation": dict.fromkeys(all_derivations()),
        "scheme": dict(all_schemes()),
        "layer": dict(all_layers()),
        "activation": dict(all_activations()),
        "theory": dict(all_theories()),
        "model": dict(all_models()),
        "paper": dict.fromkeys(all_papers()),
    }


def used_by(name: str) -> tuple[Reference, ...]:
    """The places of sources that the thing of that name used.

    Args:
        name: of a derivation, scheme, layer, activation, theory, model or paper; with its kind and
            a colon in front where two kinds share it, as in ``scheme:ng``. A derivation used what
            its lines refer to.

    Raises:
        ArgumentError: for an unknown name, with the nearest known name.

    >>> [str(each) for each in used_by("layer:maxpool")]
    ['asv, eq. A.28']
    """
    known = kinds()
    kind, found, bare = name.partition(":")
    if found:
        known = {kind: registry.pick(known, kind, "kind")}
    else:
        bare = name
    every = {each: group for group in reversed(known) for each in known[group]}
    group = registry.pick(every, bare, "name")
    if group == "derivation":
        from symvar.derive import derive

        return derive(bare).references
    return (cite(bare, "section"),) if group == "paper" else (known[group][bare].reference,)


def used_on(network: Any, scheme: str, theory: str) -> tuple[Reference, ...]:
    """The places of sources behind a network's moments under a scheme and a theory.

    Args:
        network: the network; each of its layers refers to its source.
        scheme: the name of the scheme; its derivation is what is cited.
        theory: the name of the theory.

    Raises:
        ArgumentError: for an unknown scheme or theory.
    """
    from symvar.layers import Activate
    from symvar.theories import all_theories

    layers = [node.layer for node in network]
    of_layers = [layer.reference for layer in layers]
    of_activations = [layer.activation.reference for layer in layers if isinstance(layer, Activate)]
    of_theory = registry.pick(all_theories(), theory, "theory").reference
    return (*used_by(f"derivation:{scheme}"), of_theory, *of_layers, *of_activations)


def bibtex(references: Iterable[Reference]) -> str:
    r"""The sources as BibTeX, each below the places that were used; then symvar.

    >>> print("\n".join(bibtex([cite("he", "10"), cite("he", "14")]).splitlines()[:2]))
    % used: he, eq. 10; he, eq. 14
    @inproceedings{he,
    """
    by_key: dict[str, list[str]] = {}
    for each in references:
        places = by_key.setdefault(each.key, [])
        said = each.key if each.place == "section" else str(each)
        if said not in places:
            places.append(said)
    parts = [f"% used: {'; '.join(by_key[key])}\n{entry(key)}" for key in sorted(by_key)]
    return "\n".join([*parts, itself()])
