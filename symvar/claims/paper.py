"""A paper's equations as data: what is printed, what is claimed, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from symvar.claims.verdict import Status
from symvar.errors import DefinitionError, located, nearest

Kind = Literal["definition", "assumption", "claim", "algorithm", "empirical"]
Outcome = Literal[
    "holds",
    "holds-under",
    "erratum",
    "approximation",
    "definition",
    "assumption",
    "empirical",
    "illegible",
]
CHECKED: frozenset[Outcome] = frozenset({"holds", "holds-under", "erratum", "approximation"})
"""The outcomes that a verdict stands behind."""


@dataclass(frozen=True)
class Claim:
    """What the checker is asked about one equation.

    Args:
        statement: the printed statement, in the source's notation: a relation or a
            `symvar.claims.Statement`, or several that are claimed together.
        given: what the source assumes in force there.
        extra: for ``holds-under``: what must be assumed beyond that.
        corrected: for ``erratum``: the statement that holds instead, or several.
        gap: for ``approximation``: the exact size of the difference, or a bound on it.
    """

    statement: Any
    given: tuple[Any, ...] = ()
    extra: tuple[Any, ...] = ()
    corrected: Any = None
    gap: Any = None

    def __post_init__(self) -> None:
        for name in ("given", "extra"):
            object.__setattr__(self, name, tuple(getattr(self, name)))


@dataclass(frozen=True)
class Entry:
    """One equation, lemma, definition or claim in prose.

    Args:
        id: as printed: ``"12"``, ``"B.14"``, ``"Theorem 1"``, or ``"prose:slug"``,
            ``"table:slug"``, ``"exercise:4"`` for what has no number.
        kind: what it is in the source.
        where: the section it stands in.
        latex: as printed, damage by text recognition repaired.
        outcome: what was found.
        strength: of the check behind the outcome: of the statement where it holds, of the
            corrected statement for an erratum, of the gap for an approximation.
        corrected_latex: what should stand there instead.
        assumptions: in words, those that the source states; those of the claim's facts are added.
        beyond: for ``holds-under``, in words, what must be assumed and is not stated.
        note: what a reader should know.
        ocr: what was repaired, or how likely the fault is one of text recognition; empty where
            the text is sound.
        seconds: the time limit of its check.
        survivors: why changes of it that the checker cannot refute are no loss.
        make: builds the claim, or None where nothing is checked.
    """

    id: str
    kind: Kind
    where: str
    latex: str
    outcome: Outcome
    strength: Status | None = None
    corrected_latex: str = ""
    assumptions: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    note: str = ""
    ocr: str = ""
    seconds: float = 30.0
    survivors: str = ""
    make: Callable[[], Claim] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for name, known in (("kind", get_args(Kind)), ("outcome", get_args(Outcome))):
            if (have := getattr(self, name)) not in known:
                raise _broken(name, need=f"a known {name}", have=repr(have), known=known)
        for name in ("where", "latex"):
            if not getattr(self, name) and self.outcome != "illegible":
                raise _broken(name, need=f"`{name}`", have="none")
        if (self.make is not None) != (self.outcome in CHECKED):
            have = "none" if self.make is None else "one that nobody asks for"
            raise _broken("claim", need=f"a claim iff the outcome is {_words(CHECKED)}", have=have)
        needs = {"erratum": "corrected_latex", "holds-under": "beyond", "approximation": "note"}
        if (needed := needs.get(self.outcome, "")) and not getattr(self, needed):
            raise _broken(needed, need=f"`{needed}` for outcome {self.outcome}", have="none")

    def claim(self) -> Claim:
        """The claim, built anew.

        Raises:
            DefinitionError: for an entry without one, or a claim without what its outcome needs.
        """
        made = self.make() if self.make is not None else None
        if not isinstance(made, Claim):
            raise _broken("claim", need="a function that returns a Claim", have=repr(made))
        needs = {"erratum": "corrected", "holds-under": "extra", "approximation": "gap"}
        if (needed := needs.get(self.outcome, "")) and getattr(made, needed) in (None, (), []):
            raise _broken(needed, need=f"Claim({needed}=...) for {self.outcome}", have="none")
        return made


class Paper:
    """The equations of one source, in the order in which they are entered.

    Args:
        key: the name of its folder under ``papers/``.
        title: of the source.
        numbered: every equation number that is printed; `missing` is what has no entry yet.

    >>> paper = Paper("mine", title="On means", numbered=["1"])
    >>> @paper.equation("1", where="section 1", latex=r"(a+b)^2 = a^2+2ab+b^2")
    ... def square():
    ...     from symvar.symbols import k, w
    ...     import sympy as sp
    ...     return Claim(sp.Eq((k + w)**2, k**2 + 2*k*w + w**2))
    >>> list(paper.entries), paper.missing
    (['1'], ())
    """

    def __init__(self, key: str, title: str, numbered: Iterable[str] = ()) -> None:
        self.key, self.title, self.numbered = key, title, tuple(numbered)
        self.entries: dict[str, Entry] = {}

    def equation(
        self,
        id: str,
        *,
        where: str,
        latex: str,
        kind: Kind = "claim",
        outcome: Outcome = "holds",
        strength: Status = "proved",
        **details: Any,
    ) -> Callable[[Callable[[], Claim]], Callable[[], Claim]]:
        """Enter an equation that is checked; decorates the function that builds its claim.

        Args:
            id: as printed.
            where: as in `Entry`, like the rest.
            latex: as printed.
            kind: what it is in the source.
            outcome: what was found.
            strength: how strongly that is known.
            details: the other fields of `Entry`.

        Raises:
            DefinitionError: for an id that is taken, or fields that do not fit the outcome.
        """

        def enter(make: Callable[[], Claim]) -> Callable[[], Claim]:
            fields = {
                "kind": kind,
                "where": where,
                "latex": latex,
                "outcome": outcome,
                "strength": strength,
            }
            self._enter(id, make=make, **fields, **details)
            return make

        return enter

    def note(
        self,
        id: str,
        *,
        where: str,
        latex: str,
        kind: Kind,
        outcome: Outcome | None = None,
        **details: Any,
    ) -> None:
        """Enter what is not checked: a definition, an assumption, an empirical or illegible one.

        Args:
            id: as printed.
            where: as in `Entry`, like the rest.
            latex: as printed.
            kind: what it is in the source.
            outcome: the kind, if left out.
            details: the other fields of `Entry`.

        Raises:
            DefinitionError: as for `equation`.
        """
        self._enter(id, where=where, latex=latex, kind=kind, outcome=outcome or kind, **details)

    @property
    def missing(self) -> tuple[str, ...]:
        """The printed numbers that have no entry."""
        return tuple(number for number in self.numbered if number not in self.entries)

    def entry(self, id: str) -> Entry:
        """The entry of that id, or an error with the nearest known one."""
        if id not in self.entries:
            raise DefinitionError(
                f"{self.key}, {id}",
                need="a known equation",
                have="none of that id",
                remedy=nearest(id, self.entries),
            )
        return self.entries[id]

    def _enter(self, id: str, **fields: Any) -> None:
        with located(f"{self.key}, equation {id}"):
            if id in self.entries:
                raise _broken("id", need="an id of its own", have=f"{id!r} a second time")
            unknown = set(fields) - set(Entry.__dataclass_fields__)
            if unknown:
                known = Entry.__dataclass_fields__
                name = sorted(unknown)[0]
                raise _broken(name, need="a field of Entry", have=repr(name), known=known)
            self.entries[id] = Entry(id=id, **fields)


def _words(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _broken(where: str, *, need: str, have: str, known: Iterable[str] = ()) -> DefinitionError:
    remedy = nearest(have.strip("'"), known) if known else "see papers/README.md"
    return DefinitionError(where, need=need, have=have, remedy=remedy)
