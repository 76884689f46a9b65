"""A counterexample to a relation between moments: sizes, functions and finite laws, small first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy as sp

from symvar.claims.expectation.evaluate import Space, Undefined
from symvar.claims.expectation.instance import (
    OPAQUE,
    Instance,
    instantiated,
    opaque_functions,
    random_elements,
)
from symvar.claims.expectation.known import Known
from symvar.claims.expectation.models import (
    LAWS,
    Entity,
    FiniteLaw,
    Pattern,
    patterns,
    space,
    spread,
)
from symvar.claims.expectation.satisfied import satisfied
from symvar.claims.facts import Facts, satisfies
from symvar.claims.laws import Discrete
from symvar.claims.random import Element, RandomFamily, RandomMember
from symvar.claims.randomness import Independent
from symvar.claims.refute import certainly

NUMBERS = tuple(map(sp.Rational, ("1", "2", "3", "0", "1/2", "-1", "4", "-2")))
MOST_WORK = 1_000_000
"""How many parts of the statement are evaluated at how many outcomes: some seconds."""
MOST_GRADE = 9


@dataclass(frozen=True)
class Counterexample:
    """Where a relation fails.

    Args:
        point: what each size, function, variable and family is there.
        sides: the values of both sides.
    """

    point: Mapping[Any, Any]
    sides: tuple[sp.Expr, sp.Expr]


def counterexample(statement: Any, facts: Facts, known: Known) -> Counterexample | None:
    """The first finite model of the facts in which the statement fails, if one is found."""
    given = (known.law(each) for each in random_elements((statement, *facts.conditions)))
    if any(law is not None and not isinstance(law, Discrete) for law in given):
        return None
    scalars = sorted(_scalars(statement, facts, known), key=str)
    functions = opaque_functions((statement, *facts.conditions, *facts.known.values()))
    choices = [[v for v in NUMBERS if satisfies(symbol, v)] for symbol in scalars]
    choices += [list(OPAQUE)] * len(functions)
    outer: dict[tuple[int, ...], _Case | None] = {}
    work = 0
    for grade in range(MOST_GRADE + 1):
        for spent in range(grade + 1):
            for ranks in graded([len(c) for c in choices], spent):
                if ranks not in outer:
                    values = [c[r] for c, r in zip(choices, ranks, strict=True)]
                    numbers = dict(zip(scalars, values, strict=False))
                    names = dict(zip(functions, values[len(scalars) :], strict=True))
                    outer[ranks] = _case(statement, facts, known, numbers, names)
                case = outer[ranks]
                if case is None:
                    continue
                for law, chosen in case.models(grade - spent):
                    here = space(case.members, law, chosen)
                    work += 1 if here is None else len(here.outcomes) * case.size
                    if work > MOST_WORK:
                        return None
                    found = None if here is None else case.fails(here, law, chosen)
                    if found is not None:
                        return found
    return None


def graded(sizes: Sequence[int], total: int) -> Iterator[tuple[int, ...]]:
    """Every choice of one rank below each size whose ranks sum to the total."""
    if not sizes:
        if total == 0:
            yield ()
        return
    for rank in range(min(sizes[0] - 1, total) + 1):
        for rest in graded(sizes[1:], total - rank):
            yield rank, *rest


def _scalars(statement: Any, facts: Facts, known: Known) -> set[sp.Symbol]:
    terms = [statement, *facts.conditions, *facts.known.values()]
    terms += [parameter for law in known.laws.values() for parameter in law.parameters]
    free: set[sp.Symbol] = set().union(*(term.free_symbols for term in terms))
    return {each for each in free if not isinstance(each, Element)}


@dataclass(frozen=True)
class _Case:
    """The statement with sizes and functions put in, and the laws and patterns to try."""

    instance: Instance
    facts: Facts
    members: Mapping[Entity, tuple[Element, ...]]
    classes: tuple[tuple[Entity, ...], ...]
    laws: tuple[tuple[FiniteLaw, ...], ...]
    patterns: tuple[tuple[Pattern, ...], ...]

    @cached_property
    def names(self) -> tuple[Element, ...]:
        return tuple(name for group in self.members.values() for name in group)

    @cached_property
    def size(self) -> int:
        return sum(1 for _ in sp.preorder_traversal(self.instance.statement))

    def models(self, grade: int) -> Iterable[tuple[dict[Entity, FiniteLaw], dict[Entity, Pattern]]]:
        sizes = [len(each) for each in (*self.laws, *self.patterns)]
        for ranks in graded(sizes, grade):
            cut = len(self.laws)
            law = {
                entity: laws[rank]
                for group, laws, rank in zip(self.classes, self.laws, ranks[:cut], strict=True)
                for entity in group
            }
            pattern = [p[rank] for p, rank in zip(self.patterns, ranks[cut:], strict=True)]
            yield law, dict(zip(self.members, pattern, strict=True))

    def fails(
        self, here: Space, laws: dict[Entity, FiniteLaw], chosen: dict[Entity, Pattern]
    ) -> Counterexample | None:
        statement = self.instance.statement
        try:
            sides = tuple(map(here.value, statement.args))
            if certainly(statement.func(*sides, evaluate=False), {}) is not False:
                return None
            defined = self.instance.defined(here)
        except Undefined:
            return None
        if defined is None or not self._allowed(here):
            return None
        told: dict[Any, Any] = {**self.instance.words, **defined}
        for entity, pattern in chosen.items():
            law = Discrete({_exact(v): _exact(p) for v, p in laws[entity].items()})
            told[entity] = pattern.words(law.words, isinstance(entity, RandomFamily))
        return Counterexample(told, sides)

    def _allowed(self, here: Space) -> bool:
        kept = (satisfied(fact, here, self.names) for fact in self.facts.assumptions)
        return all(kept) and all(_holds(fact, here) for fact in self.instance.conditions)


def _exact(value: Any) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


def _holds(fact: Any, here: Space) -> bool:
    if not isinstance(fact, sp.core.relational.Relational):
        return bool(fact == sp.true)
    sides = map(here.value, fact.args)
    try:
        return certainly(fact.func(*sides, evaluate=False), {}) is True
    except Undefined:
        return False


def _case(
    statement: Any,
    facts: Facts,
    known: Known,
    numbers: Mapping[sp.Symbol, sp.Expr],
    functions: Mapping[Any, str],
) -> _Case | None:
    instance = instantiated(statement, facts, numbers, functions)
    if instance is None:
        return None
    members = _closed(instance.elements, facts, known)
    laws, classes = [], []
    placed: set[Entity] = set()
    for entity, names in members.items():
        if entity in placed:
            continue
        alike = [_origin(each) for each in known.alike(names[0])]
        group = tuple(each for each in members if each == entity or each in alike)
        placed |= set(group)
        candidates = _laws(group, members, known, facts, instance)
        if not candidates:
            return None
        classes.append(group)
        laws.append(candidates)
    order = list(members)
    ways = tuple(
        tuple(p for p in patterns(entity, order[:rank]) if not _barred(entity, p, facts))
        for rank, entity in enumerate(order)
    )
    substituted = Facts({}, facts.conditions, instance.assumptions)
    return _Case(instance, substituted, members, tuple(classes), tuple(laws), ways)


def _origin(element: Element) -> Entity:
    return element.family if isinstance(element, RandomMember) else element


def _closed(
    found: Iterable[Element], facts: Facts, known: Known
) -> dict[Entity, tuple[Element, ...]]:
    """The variables by entity, with those that an assumption ties to them."""
    names = list(dict.fromkeys(found))
    for name in names:
        for each in known.alike(name):
            if not isinstance(each, RandomFamily):
                names += [each] if each not in names else []
            elif not any(_origin(other) == each for other in names):
                names.append(each[name.indices if isinstance(name, RandomMember) else (1,)])
        for fact in known.tuples():
            for group in fact.groups:
                if _origin(name) in group or name in group:
                    index = name.indices if isinstance(name, RandomMember) else (1,)
                    tied = [o[index] if isinstance(o, RandomFamily) else o for o in group]
                    names += [each for each in tied if each not in names]
    groups: dict[Entity, list[Element]] = {}
    for name in sorted(names, key=lambda each: (str(_origin(each)), sp.default_sort_key(each))):
        groups.setdefault(_origin(name), []).append(name)
    return {entity: tuple(each) for entity, each in groups.items()}


def _laws(
    group: tuple[Entity, ...],
    members: Mapping[Entity, tuple[Element, ...]],
    known: Known,
    facts: Facts,
    instance: Instance,
) -> tuple[FiniteLaw, ...]:
    name = members[group[0]][0]
    given = known.law(name)
    if given is not None:
        law = given.with_parameters(lambda value: value.subs(instance.numbers))
        if not isinstance(law, Discrete) or not all(p.is_Rational for p in law.parameters):
            return ()
        fixed: dict[Fraction, Fraction] = {}
        for value, chance in law.chances:
            if chance < 0:
                return ()
            key = _fraction(value)
            fixed[key] = fixed.get(key, Fraction(0)) + _fraction(chance)
        return ({value: chance for value, chance in fixed.items() if chance},)
    wanted = [_fraction(each) for each in sorted(instance.targets)]
    candidates = [spread(each) for each in wanted if each > 0] + list(LAWS)
    symbols = list(group)
    checks: list[Callable[[FiniteLaw], bool]] = [
        lambda law: all(satisfies(symbol, _exact(v)) for symbol in symbols for v in law)
    ]
    if known.symmetric(name):
        checks.append(lambda law: all(law.get(-v) == p for v, p in law.items()))
    if known.zero_mean(name):
        checks.append(lambda law: sum(v * p for v, p in law.items()) == 0)
    if known.no_atom(name):
        checks.append(lambda law: 0 not in law)
    return tuple(law for law in candidates if all(check(law) for check in checks))


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _barred(entity: Entity, pattern: Pattern, facts: Facts) -> bool:
    """Whether an assumption of independence rules the pattern out at sight."""
    for fact in facts.assumptions:
        if not isinstance(fact, Independent):
            continue
        if fact.within:
            if pattern.kind == "shared" and entity in fact.groups[0]:
                return True
        elif len(pattern.of) == 1:
            blocks = [k for k, group in enumerate(fact.groups) if entity in group]
            others = [k for k, group in enumerate(fact.groups) if pattern.of[0] in group]
            if blocks and others and blocks[0] != others[0]:
                return True
    return False
