"""Theories beside each other: schemes solved once, predicted under all that can speak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symvar.errors import ArgumentError, NeedsFact
from symvar.graph.network import Network
from symvar.graph.profile import Profile
from symvar.graph.propagate import propagate
from symvar.inputs import Input
from symvar.inputs import find as find_input
from symvar.schemes import Init, Scheme
from symvar.schemes import find as find_scheme
from symvar.theories import Theory
from symvar.theories import find as find_theory


@dataclass(frozen=True)
class LeftOut:
    """A theory that cannot speak about a network.

    Args:
        scheme: the scheme its weights were to have.
        theory: the theory's name.
        reason: the fact it needs, and where.
    """

    scheme: str
    theory: str
    reason: str


@dataclass(frozen=True)
class Compared:
    """One scheme on one network under several theories.

    Args:
        scheme: the scheme's name.
        solved_under: the theory that gave its weight variances, the same in every profile.
        profiles: one for each theory that can speak, in the order asked for.
        left_out: the others.
    """

    scheme: str
    solved_under: str
    profiles: tuple[Profile, ...]
    left_out: tuple[LeftOut, ...]


def compare(
    net: Network,
    scheme: str | Scheme,
    theories: Sequence[str | Theory],
    input: str | Input = "white",
) -> Compared:
    """One set of weight variances, and what each theory predicts for it.

    The scheme is solved under the first of the theories that can; the others get its variances.

    Args:
        net: the network.
        scheme: a scheme or its name.
        theories: theories or their names.
        input: see ``propagate``.

    Raises:
        ArgumentError: for an unknown name, or one twice.
        NeedsFact: where no theory can say: what the first of them needs.

    >>> from symvar import sequential
    >>> from symvar.layers import Conv, MaxPool
    >>> stages = [Conv(8, 3), "relu", Conv(8, 3), "relu", MaxPool(2), Conv(8, 2)]
    >>> found = compare(sequential(stages, input=(3, 8, 8)), "kaiming-fan-in", ["iid", "field"])
    >>> found.solved_under, [round(float(each["conv3"].forward), 2) for each in found.profiles]
    ('iid', [6.18, 5.35])
    """
    rules, given = _distinct(theories), find_input(input)
    init, first, refusals = _solved(net, find_scheme(scheme), rules, given)
    profiles = []
    for theory in rules:
        try:
            known = theory.name == first.theory
            profiles.append(first if known else propagate(net, init, theory, given))
        except NeedsFact as error:
            refusals[theory.name] = error
        else:
            refusals.pop(theory.name, None)
    left_out = tuple(LeftOut(init.scheme, name, str(why)) for name, why in refusals.items())
    return Compared(init.scheme, first.theory, tuple(profiles), left_out)


def _distinct(theories: Sequence[str | Theory]) -> list[Theory]:
    found = [find_theory(each) for each in theories]
    names = [each.name for each in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not found:
        raise ArgumentError(
            "theory",
            need="one theory or more, each once",
            have=", ".join(names) or "none",
            remedy=f"name {twice[0]} once" if twice else "use e.g. iid",
        )
    return found


def _solved(
    net: Network, scheme: Scheme, theories: Sequence[Theory], given: Input
) -> tuple[Init, Profile, dict[str, NeedsFact]]:
    """The scheme's variances, the first profile, and why the theories before it gave none."""
    refusals: dict[str, NeedsFact] = {}
    for theory in theories:
        try:
            init = scheme.solve(net, theory, given)
            return init, propagate(net, init, theory, given), refusals
        except NeedsFact as error:
            refusals[theory.name] = error
    raise next(iter(refusals.values()))
