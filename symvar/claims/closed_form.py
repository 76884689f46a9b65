"""Closed forms of recurrences: what is claimed of every layer, from what each layer does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from symvar.claims.facts import Facts
from symvar.claims.statement import Statement
from symvar.claims.verdict import Verdict, weakest

STEPS = 3


@dataclass(frozen=True)
class ClosedForm(Statement):
    r"""A sequence has a closed form: $u_s = u$, $u_i = f(u_{i \mp 1}, i)$ give $u_i = F(i)$.

    Proved by induction: F has the first value, and a step keeps it; sums and products that F has
    up to the index are opened by one member. The first steps, spelled out, find what is false.

    Args:
        value: F, an expression in the index.
        index: the layer.
        start: the index of the first value.
        first: the first value.
        step: the value at the index, from ``previous`` and the index.
        previous: the symbol for the value before.
        upward: whether the sequence goes up from the start; down, as a gradient does, if not.

    >>> from symvar.claims import check
    >>> from symvar.symbols import layer_index as i
    >>> u = sp.Symbol("u", positive=True)
    >>> n, j = sp.Function("n", positive=True), sp.Symbol("j", integer=True)
    >>> check(ClosedForm(3 * sp.Product(n(j), (j, 2, i)), i, 1, 3, n(i) * u, u)).status
    'proved'
    >>> check(ClosedForm(3 * sp.Product(n(j), (j, 1, i)), i, 1, 3, n(i) * u, u)).status
    'refuted'
    """

    value: Any
    index: sp.Symbol
    start: Any
    first: Any
    step: Any
    previous: sp.Symbol
    upward: bool = True

    def judge(self, facts: Facts) -> Verdict:
        """Refuted at one of the first indices, else proved by induction, else instances."""
        spelled = [self._spelled(after, facts) for after in range(STEPS + 1)]
        for after, verdict in enumerate(spelled):
            if verdict.status == "refuted":
                where = {self.index: self._after(after), **verdict.counterexample}
                said = f"at {self.index} = {self._after(after)}: {verdict.evidence}"
                return Verdict("refuted", said, where)
        step = self._kept(facts)
        if step.status == "proved" and spelled[0].status == "proved":
            return Verdict("proved", f"by induction on {self.index}: {step.evidence}")
        worst = weakest(spelled)
        if worst.status == "proved":
            said = f"exact for the first {STEPS + 1} indices; the step: {step.evidence}"
            return Verdict("instances", said)
        return Verdict("unknown", f"the first indices: {worst.evidence}; {step.evidence}")

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """Changes of the closed form."""
        from symvar.claims.mutate import mutants

        blank = sp.Symbol("F")
        for name, changed in mutants(sp.Eq(blank, sp.sympify(self.value), evaluate=False)):
            if isinstance(changed, sp.Eq) and changed.lhs == blank:
                yield name, replace(self, value=changed.rhs)

    def _after(self, steps: int) -> Any:
        return self.start + (steps if self.upward else -steps)

    def _at(self, expr: Any, index: Any) -> Any:
        return sp.sympify(expr).subs(self.index, index)

    def _spelled(self, steps: int, facts: Facts) -> Verdict:
        """The claim after so many steps, the members of sequences made symbols."""
        from symvar.claims.check import judged

        value = sp.sympify(self.first)
        for after in range(1, steps + 1):
            value = self._at(self.step, self._after(after)).subs(self.previous, value)
        claimed = self._at(self.value, self._after(steps)).doit()
        same = sp.Eq(claimed, value.doit(), evaluate=False)
        return judged(_named(same), facts)

    def _kept(self, facts: Facts) -> Verdict:
        from symvar.claims.check import judged

        before = self.index - 1 if self.upward else self.index + 1
        after = sp.sympify(self.step).subs(self.previous, self._at(self.value, before))
        same = _opened(sp.Eq(sp.sympify(self.value), after, evaluate=False))
        return judged(_named(same), facts)

    def _latex(self, printer: Any) -> str:
        u = rf"u_{{{printer._print(self.index)}}}"
        before = printer._print(self.index - 1 if self.upward else self.index + 1)
        step = sp.sympify(self.step).subs(self.previous, sp.Symbol(rf"u_{{{before}}}"))
        shown = (printer._print(sp.sympify(each)) for each in (self.first, step, self.value))
        first, then, value = shown
        start = rf"u_{{{printer._print(sp.sympify(self.start))}}}"
        return rf"{start} = {first},\ {u} = {then} \implies {u} = {value}"


def _named(relation: Any) -> Any:
    """The relation with a symbol for every member of a sequence and every closed product."""
    kinds = (sp.core.function.AppliedUndef, sp.Product)
    outer = relation.atoms(sp.Product)
    inside = set().union(*(each.atoms(sp.core.function.AppliedUndef) for each in outer), set())
    parts = sorted(relation.atoms(*kinds) - inside, key=str)
    names = {part: _symbol(part) for part in parts}
    return relation.func(*(side.xreplace(names) for side in relation.args), evaluate=False)


def _symbol(part: Any) -> sp.Symbol:
    known = ("positive", "nonnegative", "integer", "real", "nonzero")
    facts = {name: True for name in known if getattr(part, f"is_{name}")}
    return sp.Symbol(str(part), **({"real": True} | facts))


def _opened(relation: Any) -> Any:
    """The products over the same members, written by the one they share."""
    groups: dict[Any, list[sp.Product]] = {}
    for each in sorted(relation.atoms(sp.Product), key=sp.default_sort_key):
        if len(each.limits) == 1 and len(each.limits[0]) == 3:
            member = each.function.subs(each.variables[0], _MEMBER)
            groups.setdefault(member, []).append(each)
    written: dict[sp.Product, sp.Expr] = {}
    for member, products in groups.items():
        written |= _by_shared(member, products)
    return relation.func(*(side.xreplace(written) for side in relation.args), evaluate=False)


def _by_shared(member: sp.Expr, products: list[sp.Product]) -> dict[sp.Product, sp.Expr]:
    (_, low, high), *_ = products[0].limits
    ends = [(each.limits[0][1] - low, each.limits[0][2] - high) for each in products]
    if not all(end.is_Integer for pair in ends for end in map(sp.expand, pair)):
        return {}
    whole = [(int(sp.expand(a)), int(sp.expand(b))) for a, b in ends]
    first, last = max(a for a, _ in whole), min(b for _, b in whole)
    shared = sp.Product(member, (_MEMBER, sp.expand(low + first), sp.expand(high + last)))
    written = {}
    for each, (a, b) in zip(products, whole, strict=True):
        more = [low + k for k in range(a, first)] + [high + k for k in range(last + 1, b + 1)]
        written[each] = shared * sp.Mul(*(member.subs(_MEMBER, sp.expand(k)) for k in more))
    return written


_MEMBER = sp.Symbol("_j", integer=True)
