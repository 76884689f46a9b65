"""Statements over index sets, geometries, small networks: exact on each of finitely many cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from symvar.claims.facts import Facts
from symvar.claims.statement import Statement
from symvar.claims.verdict import Verdict, weakest


@dataclass(frozen=True)
class Instances(Statement):
    """What ``build`` states of each case holds, exactly, for every one of the cases.

    This is no proof for cases beyond these, and its verdict says so: ``"instances"``. Put the
    small cases first: the first that fails is the counterexample.

    Args:
        build: the statement of one case: a relation, a `Statement` or several of them.
        cases: what ``build`` is given.
        generator: in words, where the cases come from: their law and seed, or their range.

    >>> import sympy as sp
    >>> from symvar.claims import check
    >>> cubes = Instances(
    ...     lambda n: sp.Eq(sum(i**3 for i in range(n + 1)), sp.Integer(n)**2 * (n + 1)**2 / 4),
    ...     range(20), "n from 0 to 19")
    >>> check(cubes).evidence
    'exact on each of 20 cases: n from 0 to 19'
    """

    build: Callable[[Any], Any]
    cases: Sequence[Any]
    generator: str

    def judge(self, facts: Facts) -> Verdict:
        """``"instances"`` if every case is proved; else the first case that is not."""
        for case in self.cases:
            verdict = weakest(_judged(part, facts) for part in _parts(self.build(case)))
            if verdict.status == "refuted":
                where = {"case": case, **verdict.counterexample}
                return Verdict("refuted", f"in the case {case}: {verdict.evidence}", where)
            if verdict.status not in ("proved", "instances"):
                why = f"in the case {case} only {verdict.status}: {verdict.evidence}"
                return Verdict("unknown", why)
        if not self.cases:
            return Verdict("unknown", "no case was given")
        return Verdict("instances", f"exact on each of {len(self.cases)} cases: {self.generator}")

    def mutants(self) -> Iterator[tuple[str, Any]]:
        """The same change made to the statement of every case."""
        if not self.cases:
            return
        largest = max(self.cases, key=lambda case: len(_changes(self.build(case))))
        for index, name in enumerate(_changes(self.build(largest))):
            yield name, Instances(_Changed(self.build, index), self.cases, self.generator)

    def _latex(self, printer: Any) -> str:
        parts = _parts(self.build(self.cases[0]))
        shown = r" \wedge ".join(printer._print(part) for part in parts)
        return rf"{shown} \quad \text{{and so on, {len(self.cases)} cases}}"


@dataclass(frozen=True)
class _Changed:
    """A builder whose statements are all changed in the same way, where they can be."""

    build: Callable[[Any], Any]
    index: int

    def __call__(self, case: Any) -> Any:
        statement = self.build(case)
        changed = list(_changes(statement).values())
        return changed[self.index] if self.index < len(changed) else statement


def _changes(statement: Any) -> dict[str, Any]:
    from symvar.claims.mutate import mutants

    parts = _parts(statement)
    return {
        f"{name} in part {place + 1}" if len(parts) > 1 else name: (
            *parts[:place],
            changed,
            *parts[place + 1 :],
        )
        for place, part in enumerate(parts)
        for name, changed in mutants(part)
    }


def _parts(statement: Any) -> tuple[Any, ...]:
    return tuple(statement) if isinstance(statement, (tuple, list)) else (statement,)


def _judged(statement: Any, facts: Facts) -> Verdict:
    from symvar.claims.check import judged

    return judged(statement, facts)
