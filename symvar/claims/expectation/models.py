"""Small finite laws for variables and families, dependent and independent, the simplest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import prod
from typing import Any

from symvar.claims.expectation.evaluate import Space, Values
from symvar.claims.random import Element, RandomFamily, RandomMember

FiniteLaw = Mapping[Fraction, Fraction]
Recipe = tuple[Element, "Pattern", Any, tuple[Element, ...], int]
Entity = Element
"""A variable, or a family with all its members."""


def _law(text: str) -> FiniteLaw:
    pairs = (pair.split(":") for pair in text.split())
    return {Fraction(value): Fraction(chance) for value, chance in pairs}


LAWS: tuple[FiniteLaw, ...] = tuple(
    map(
        _law,
        (
            "-1:1/2 1:1/2",
            "0:1/2 1:1/2",
            "0:1/2 2:1/2",
            "1:1",
            "-1:1/2 0:1/2",
            "-1:2/3 2:1/3",
            "-1:1/3 0:1/3 1:1/3",
            "1:1/2 2:1/2",
            "-2:1/2 2:1/2",
            "-1:1/4 0:1/2 1:1/4",
            "0:3/4 2:1/4",
            "-1:1/2 3:1/2",
            "-2:1/4 -1:1/4 1:1/4 2:1/4",
            "-1:3/4 3:1/4",
            "-2:1/3 1:2/3",
            "-1/2:1/2 1/2:1/2",
            "0:1",
        ),
    )
)
MOST_OUTCOMES = 300


def spread(variance: Fraction) -> FiniteLaw:
    """The symmetric law on -v, 0, v of that variance, v the smallest integer that can have it."""
    value = next(v for v in range(1, 1000) if v * v >= variance)
    chance = variance / value**2
    law = {Fraction(-value): chance / 2, Fraction(0): 1 - chance, Fraction(value): chance / 2}
    return {v: p for v, p in law.items() if p}


@dataclass(frozen=True)
class Pattern:
    """How an entity gets its values.

    Args:
        kind: ``own``: each member its own draw; ``shared``: one draw for all members; ``scaled``:
            own draws, the k-th member's times k; the others use the entity ``of``: ``copy``,
            ``negative``, ``square``, ``signed`` (times an independent sign), ``plus``
            (an own draw), ``rectified``, ``spread`` (twice it, minus one); ``product`` uses two.
        of: the entities that the values are made from.
    """

    kind: str
    of: tuple[Entity, ...] = ()

    def words(self, law: str, family: bool) -> str:
        """The pattern as a reader would say it."""
        if self.kind == "own":
            return f"independent, each {law}" if family else law
        if self.kind == "shared":
            return f"all members equal, {law}"
        if self.kind == "scaled":
            return f"independent, the k-th k times what is {law}"
        made = {
            "copy": "equal to {0}",
            "negative": "-{0}",
            "square": "{0}^2",
            "signed": "{0} times an independent fair sign",
            "plus": "{0} plus what is independent, " + law,
            "product": "{0} times {1}",
            "rectified": "max(0, {0})",
            "spread": "2 {0} - 1",
        }
        return made[self.kind].format(*self.of) + (", index by index" if family else "")


OWN = Pattern("own")
FAMILY = (OWN, Pattern("shared"), Pattern("scaled"))
COUPLED = ("copy", "negative", "square", "signed", "plus", "rectified", "spread")
SIGN: FiniteLaw = LAWS[0]


def patterns(entity: Entity, earlier: Sequence[Entity]) -> list[Pattern]:
    """The ways an entity may depend on the earlier ones."""
    own = list(FAMILY) if isinstance(entity, RandomFamily) else [OWN]
    single = [Pattern(kind, (other,)) for other in earlier for kind in COUPLED]
    return own + single + [Pattern("product", pair) for pair in combinations(earlier, 2)]


def space(
    members: Mapping[Entity, tuple[Element, ...]],
    laws: Mapping[Entity, FiniteLaw],
    chosen: Mapping[Entity, Pattern],
) -> Space | None:
    """The probability space of that choice; None where it is too large or cannot be built."""
    sources: dict[Any, FiniteLaw] = {}
    recipes: list[Recipe] = []
    for entity, names in members.items():
        pattern = chosen[entity]
        for rank, name in enumerate(names, start=1):
            source = entity if pattern.kind == "shared" else name
            partners = [_partner(name, members[other]) for other in pattern.of]
            others = tuple(other for other in partners if other is not None)
            if len(others) < len(partners):
                return None
            if pattern.kind in ("own", "shared", "scaled", "plus"):
                sources[source] = laws[entity]
            elif pattern.kind == "signed":
                sources[source] = SIGN
            recipes.append((name, pattern, source, others, rank))
    size = 1
    for law in sources.values():
        size *= len(law)
    if size > MOST_OUTCOMES:
        return None
    return Space(tuple(_outcomes(sources, recipes)))


def _partner(name: Element, others: tuple[Element, ...]) -> Element | None:
    if not isinstance(others[0], RandomMember):
        return others[0]
    if not isinstance(name, RandomMember):
        return others[0]
    same = [other for other in others if other.indices == name.indices]
    return same[0] if same else None


def _outcomes(
    sources: Mapping[Any, FiniteLaw],
    recipes: list[Recipe],
) -> Iterable[tuple[Fraction, Values]]:
    for draw in product(*(law.items() for law in sources.values())):
        chance = Fraction(1)
        drawn = {}
        for source, (value, weight) in zip(sources, draw, strict=True):
            chance *= weight
            drawn[source] = value
        values: dict[Element, Fraction] = {}
        for name, pattern, source, others, rank in recipes:
            base = prod((values[other] for other in others), start=Fraction(1))
            values[name] = _made(pattern.kind, drawn.get(source, Fraction(0)), base, rank)
        yield chance, values


def _made(kind: str, draw: Fraction, base: Fraction, rank: int) -> Fraction:
    match kind:
        case "own" | "shared":
            return draw
        case "scaled":
            return rank * draw
        case "copy" | "product":
            return base
        case "negative":
            return -base
        case "square":
            return base**2
        case "rectified":
            return max(base, Fraction(0))
        case "spread":
            return 2 * base - 1
        case "signed":
            return base * draw
        case _:
            return base + draw
