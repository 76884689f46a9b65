"""A derivation: steps, each with its formula, its reason and the verdict of the checker."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar

import sympy as sp

from symvar.claims import Assumption, Verdict, check
from symvar.claims.moments import has_moments
from symvar.derive.normal import Phi, opened, phi
from symvar.errors import DefinitionError
from symvar.reference import Reference


@dataclass(frozen=True)
class Step:
    """One line of a derivation.

    Args:
        formula: the relation that is printed; LaTeX, where it is easier read than the statement.
        reason: why it follows; formulas in it stand between dollar signs.
        statement: what the checker is asked: the formula itself, or the identity behind it.
        given: what the line assumes: relations, and assumptions such as independence.
        assumptions: what else it assumes, in words.
        reference: where a source states it.
        follows: earlier lines that it uses; the checker is given their formulas.
        result: whether the line is something that was to be derived.
        seconds: the checker's time limit.
    """

    formula: Any
    reason: str
    statement: Any = None
    given: tuple[Any, ...] = ()
    assumptions: tuple[str, ...] = ()
    reference: Reference | None = None
    follows: tuple[Step, ...] = ()
    result: bool = False
    seconds: float = 60.0
    verdict: Verdict = field(init=False)

    def __post_init__(self) -> None:
        if self.statement is None:
            object.__setattr__(self, "statement", self.formula)
        used = [each.formula for each in self.follows if isinstance(each.formula, sp.Eq)]
        statement = self.statement
        if isinstance(statement, sp.core.relational.Relational):
            sides = (_rewritten(side, used) for side in statement.args)
            statement = statement.func(*sides, evaluate=False)
        facts = [*self.given, *(each for each in used if _is_fact(each))]
        object.__setattr__(self, "verdict", _checked(statement, facts, self.seconds))

    @property
    def latex(self) -> str:
        """The formula as LaTeX."""
        return self.formula if isinstance(self.formula, str) else sp.latex(self.formula)

    @property
    def named(self) -> tuple[str, ...]:
        """Everything it assumes, in words."""
        facts = (each.words for each in self.given if isinstance(each, Assumption))
        return (*facts, *self.assumptions)


@dataclass(frozen=True)
class Derivation:
    """A chain of checked steps.

    Args:
        name: what ``derive`` calls it by.
        title: what it derives.
        steps: the lines in order.
        notation: the quantities in it, as expressions or LaTeX, and what each is.
        source_notation: the LaTeX of the source for symbols that symvar writes otherwise.

    Raises:
        DefinitionError: for a step that is not known to hold.
    """

    name: str
    title: str
    steps: Sequence[Step]
    notation: Sequence[tuple[Any, str]] = ()
    source_notation: Sequence[tuple[Any, str]] = ()

    def __post_init__(self) -> None:
        for number, step in enumerate(self.steps, start=1):
            if not step.verdict.holds:
                raise DefinitionError(
                    f"derivation {self.name!r}, step {number}",
                    need="a step that is known to hold",
                    have=f"{step.verdict.status}: {step.verdict.evidence}",
                    remedy="correct the formula, or say what it assumes",
                )

    @property
    def references(self) -> tuple[Reference, ...]:
        """The places of sources that its steps refer to, each once."""
        return tuple(dict.fromkeys(step.reference for step in self.steps if step.reference))

    @property
    def exceptions(self) -> tuple[Step, ...]:
        """The steps that are not proved for all values: enclosed, instances or sampled."""
        return tuple(step for step in self.steps if step.verdict.status != "proved")

    def to_latex(self, notation: str = "symvar") -> str:
        """The lines as LaTeX, each with its reason, assumptions and verdict.

        Args:
            notation: ``"symvar"``, or ``"asv"`` for the source's symbols.
        """
        from symvar.emit.derivations import latex_fragment

        return latex_fragment(self, notation)

    def to_markdown(self, notation: str = "symvar") -> str:
        """The lines as Markdown, each with its reason, assumptions and verdict.

        Args:
            notation: ``"symvar"``, or ``"asv"`` for the source's symbols.
        """
        from symvar.emit.derivations import markdown

        return markdown(self, notation)

    def to_html(self, notation: str = "symvar") -> str:
        """A page of its own, without a script or a style sheet elsewhere.

        Args:
            notation: ``"symvar"``, or ``"asv"`` for the source's symbols.
        """
        from symvar.emit.derivations import html

        return html(self, notation)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


class Chain(ABC):
    """A derivation in a file of its own, in ``symvar/derive/chains/``.

    Attributes:
        name: what ``derive`` calls it by.
        title: what it derives, in words.
        notation: the quantities in it, as expressions or LaTeX, and what each is.
        source_notation: the LaTeX of the source for symbols that symvar writes otherwise.
    """

    required: ClassVar[tuple[str, ...]] = ("title",)
    name: ClassVar[str]
    title: ClassVar[str]
    notation: ClassVar[Sequence[tuple[Any, str]]] = ()
    source_notation: ClassVar[Sequence[tuple[Any, str]]] = ()

    @abstractmethod
    def steps(self) -> Iterable[Step]:
        """The lines in order, each checked as it is made."""
        raise NotImplementedError

    def derivation(self) -> Derivation:
        """The chain, every line checked.

        Raises:
            DefinitionError: for a step that is not known to hold.
        """
        steps = tuple(self.steps())
        return Derivation(self.name, self.title, steps, self.notation, self.source_notation)


def unsupported(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that are no result, and that no later step uses or goes on from."""
    used = {id(each) for step in steps for each in step.follows}
    used |= {id(one) for one, after in pairwise(steps) if goes_on(one, after)}
    return tuple(step for step in steps if not step.result and id(step) not in used)


def goes_on(one: Step, after: Step) -> bool:
    """Whether a line starts where the one before ends, a = b, then b = c, for the same values."""
    both = isinstance(one.formula, sp.Eq) and isinstance(after.formula, sp.Eq)
    special = [each for each in after.given if each not in one.given]
    general = all(isinstance(each, Assumption) for each in special)
    return bool(both and general and one.formula.rhs == after.formula.lhs)


def same(left: Any, right: Any) -> sp.Eq:
    """The equation as written: sympy must not judge it first."""
    return sp.Eq(sp.sympify(left), sp.sympify(right), evaluate=False)


def spelled(formula: Any, names: Mapping[Any, Any]) -> Any:
    """The relation with what its symbols stand for put in, for the checker."""
    return formula.func(*(side.xreplace(dict(names)) for side in formula.args), evaluate=False)


def _checked(statement: Any, facts: Sequence[Any], seconds: float) -> Verdict:
    """With a name for every integral, so that lines before prove it; then as it is."""
    if not isinstance(statement, sp.core.relational.Relational):
        return check(statement, facts, seconds)
    masked = _masked(statement)
    if masked != statement:
        verdict = check(masked, facts, seconds)
        if verdict.status == "proved":
            return verdict
    whole = statement.func(*map(opened, statement.args), evaluate=False)
    return check(whole, facts, seconds)


def _masked(statement: Any) -> Any:
    """Names for integrals and for the normal density and distribution function."""
    for kinds, sign in (((sp.Integral,), "real"), ((phi, Phi), "positive")):
        parts = sorted(statement.atoms(*kinds), key=sp.default_sort_key)
        names = {part: sp.Dummy(f"I{k}", **{sign: True}) for k, part in enumerate(parts)}
        sides = (side.xreplace(names) for side in statement.args)
        statement = statement.func(*sides, evaluate=False) if names else statement
    return statement


def _is_fact(equation: sp.Eq) -> bool:
    """Whether the checker takes the line as a fact; it is put in before it is asked, if not."""
    return bool(equation.lhs.is_Symbol) or has_moments(equation)


def _rewritten(side: Any, used: Iterable[sp.Eq]) -> Any:
    for equation in used:
        if not _is_fact(equation):
            side = side.xreplace({equation.lhs: equation.rhs})
    return side
