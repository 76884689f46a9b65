"""Iterated algorithms: whether two update rules give the same sequence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from symvar.claims.facts import Facts, gathered
from symvar.claims.refute import counterexample
from symvar.claims.statement import Statement
from symvar.claims.verdict import Verdict, weakest

STEPS = 5


@dataclass(frozen=True)
class Rule:
    """An update rule: a state, what it starts from, what follows it, and what is observed.

    Args:
        state: its symbols.
        start: their values at the first step.
        step: their next values, expressions in them; opaque functions such as ``g(theta)`` stand
            for gradients.
        output: what is compared, an expression in the state.
    """

    state: tuple[sp.Symbol, ...]
    start: tuple[Any, ...]
    step: tuple[Any, ...]
    output: Any

    def next(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The state after one step from these values."""
        now = dict(zip(self.state, values, strict=True))
        return tuple(sp.sympify(each).subs(now, simultaneous=True) for each in self.step)

    def observed(self, values: tuple[Any, ...]) -> Any:
        """The output at these values."""
        return sp.sympify(self.output).subs(
            dict(zip(self.state, values, strict=True)), simultaneous=True
        )


@dataclass(frozen=True)
class SameSequence(Statement):
    """Two rules give the same outputs at every step.

    With an invariant the proof is by induction: it holds at the start, a step of both rules keeps
    it, and it makes the outputs equal. Without one the first steps are compared: equal outputs
    are instances, and different ones a refutation.

    Args:
        first: the one rule.
        second: the other; its state has other symbols.
        invariant: relations between both states.

    >>> from symvar.claims import check
    >>> x, y, v, eta = sp.symbols("x y v eta", real=True)
    >>> g = sp.Function("g")
    >>> plain = Rule((x,), (1,), (x - eta * g(x),), x)
    >>> other = Rule((y, v), (1, 0), (y - eta * g(y), v + 1), y)
    >>> check(SameSequence(plain, other, invariant=(sp.Eq(x, y),))).status
    'proved'
    """

    first: Rule
    second: Rule
    invariant: tuple[Any, ...] = ()

    def judge(self, facts: Facts) -> Verdict:
        """By induction where an invariant is given, then by the first steps."""
        if self.invariant:
            verdict = self._induction(facts)
            if verdict.status == "proved":
                return verdict
        return self._unrolled(facts)

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """Changes in one component of the second rule's step or start."""
        from symvar.claims.mutate import mutants

        blank = sp.Symbol("y")
        for part in ("step", "start"):
            values = getattr(self.second, part)
            for place, value in enumerate(values):
                for name, changed in mutants(sp.Eq(blank, sp.sympify(value), evaluate=False)):
                    if not (isinstance(changed, sp.Eq) and changed.lhs == blank):
                        continue
                    moved = (*values[:place], changed.rhs, *values[place + 1 :])
                    rule = replace(self.second, **{part: moved})
                    what = f"{name} in the {part} of {self.second.state[place]}"
                    yield what, replace(self, second=rule)

    def _induction(self, facts: Facts) -> Verdict:
        from symvar.claims.check import judged

        first, second = self.first, self.second
        start = dict(zip((*first.state, *second.state), (*first.start, *second.start), strict=True))
        after = dict(zip(first.state, first.next(first.state), strict=True))
        after |= dict(zip(second.state, second.next(second.state), strict=True))
        known = [sp.Eq(name, term, evaluate=False) for name, term in facts.known.items()]
        held = gathered((*facts.assumptions, *known, *facts.conditions, *self.invariant))
        asked = [(_at(each, start), facts) for each in self.invariant] + [
            (_at(each, after), held) for each in self.invariant
        ]
        asked.append((sp.Eq(first.output, second.output, evaluate=False), held))
        verdict = weakest([judged(*each) for each in asked])
        said = f"by induction on {', '.join(map(str, self.invariant))}: {verdict.evidence}"
        return Verdict(verdict.status, said)

    def _unrolled(self, facts: Facts) -> Verdict:
        from symvar.claims.check import judged

        states = self.first.start, self.second.start
        for step in range(STEPS):
            one, other = self.first.observed(states[0]), self.second.observed(states[1])
            same = sp.Eq(one, other, evaluate=False)
            verdict = judged(same, facts)
            if verdict.status == "refuted":
                where = {"step": step, **verdict.counterexample}
                return Verdict("refuted", f"the outputs differ after {step} steps", where)
            if verdict.status != "proved":
                point = counterexample(_opened(same), facts)
                if point is not None:
                    said = f"the outputs differ after {step} steps, for g(x) = x"
                    return Verdict("refuted", said, {"step": step, "g": "identity", **point})
                return Verdict("unknown", f"after {step} steps: {verdict.evidence}")
            states = self.first.next(states[0]), self.second.next(states[1])
        return Verdict("instances", f"equal outputs for the first {STEPS} steps, symbolically")

    def _latex(self, printer: Any) -> str:
        one, other = (
            r",\ ".join(
                rf"{printer._print(name)} \leftarrow {printer._print(sp.sympify(value))}"
                for name, value in zip(rule.state, rule.step, strict=True)
            )
            for rule in (self.first, self.second)
        )
        return rf"\left({one}\right) \equiv \left({other}\right)"


def _at(relation: Any, values: dict[sp.Symbol, Any]) -> Any:
    sides = (side.subs(values, simultaneous=True) for side in relation.args)
    return relation.func(*sides, evaluate=False)


def _opened(relation: Any) -> Any:
    """The relation with the identity for every opaque function of one argument."""
    opaque = sp.core.function.AppliedUndef
    sides = (
        side.replace(lambda part: isinstance(part, opaque), lambda part: part.args[0])
        for side in relation.args
    )
    return relation.func(*sides, evaluate=False)
