"""Derivations as LaTeX, Markdown and HTML: every line with its reason, assumptions and verdict.

Lines that go on from one another, a = b, then b = c, stand in one block. Below a block each of its
lines is justified by number, and points to the assumptions at the head and to the lines it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from html import escape as plain
from typing import Any

import sympy as sp

from symvar.claims import Assumption
from symvar.claims.verdict import STATUSES
from symvar.derive.base import Derivation, Step, goes_on
from symvar.emit.bibliography import bibliography, citation
from symvar.emit.breaking import ROOM, rows, width
from symvar.emit.latex import document
from symvar.emit.latex import escape as tex
from symvar.emit.mathml import formula as as_html
from symvar.emit.mathml import mathml
from symvar.emit.notation import Notation

RELATIONS = {
    sp.Eq: "=", sp.Ne: r"\ne", sp.Le: r"\le", sp.Lt: "<", sp.Ge: r"\ge", sp.Gt: ">",
}  # fmt: skip
LONGEST = 120
"""Characters of how a line was checked, where it is proved."""
CHECKED = "How it was checked is said behind each line, as strongly as it is known and no stronger."


@dataclass(frozen=True)
class Written:
    """A derivation in one notation: its blocks, assumptions and numbers.

    Args:
        derivation: the derivation.
        notation: ``"symvar"`` or ``"asv"``.
    """

    derivation: Derivation
    notation: str

    @property
    def printer(self) -> Notation:
        """The printer of its formulas."""
        return Notation(self.notation, dict(self.derivation.source_notation))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """All that any line assumes, each once, in the order of first use."""
        every = (fact for step in self.derivation.steps for fact in self.assumed(step))
        return tuple(dict.fromkeys(every))

    def assumed(self, step: Step) -> tuple[str, ...]:
        """What a line assumes, with its formulas between dollar signs; relations left out."""
        facts = (each for each in step.given if isinstance(each, Assumption))
        return (*map(self.printer.fact, facts), *step.assumptions)

    def where(self, step: Step) -> str:
        """The relations that a line is stated for, as a sentence; empty without any."""
        facts = [self.printer.fact(each) for each in step.given if not isinstance(each, Assumption)]
        return f"For {', '.join(facts)}." if facts else ""

    @property
    def legend(self) -> Iterator[tuple[str, str]]:
        """Each quantity as a formula, and what it is."""
        for name, words in self.derivation.notation:
            yield name if isinstance(name, str) else self.printer.doprint(name), words

    @property
    def blocks(self) -> list[list[tuple[int, Step]]]:
        """The lines with their numbers; those that go on from one another together."""
        found: list[list[tuple[int, Step]]] = []
        for number, step in enumerate(self.derivation.steps, start=1):
            if found and goes_on(found[-1][-1][1], step):
                found[-1].append((number, step))
            else:
                found.append([(number, step)])
        return found

    def lines(self, block: list[tuple[int, Step]]) -> list[tuple[int, list[str]]]:
        """The rows of each line of a block, an ``&`` where they are aligned."""
        return [
            (number, self._rows(step, first=place == 0))
            for place, (number, step) in enumerate(block)
        ]

    def _rows(self, step: Step, *, first: bool) -> list[str]:
        formula, printer = step.formula, self.printer
        if isinstance(formula, str):
            return _divided(formula)
        sign = RELATIONS.get(type(formula))
        if sign is None:
            return _divided(printer.doprint(formula))
        left = printer.doprint(formula.lhs)
        fits = width(left) + width(printer.doprint(formula.rhs)) < ROOM
        narrow = fits or width(left) < ROOM / 3
        right = rows(formula.rhs, printer, ROOM - (width(left) if narrow else 3))
        right = [f"&{sign} {right[0]}", *(rf"&\qquad {row}" for row in right[1:])]
        if not first:
            return right
        if narrow:
            return [f"{left} {right[0]}", *right[1:]]
        start, *more = rows(formula.lhs, printer)
        return [f"& {start}", *(rf"&\qquad {row}" for row in more), *right]

    def number(self, step: Step) -> int:
        """The number of a line."""
        return next(k for k, each in enumerate(self.derivation.steps, start=1) if each is step)

    def standing(self, number: int) -> str:
        """The weakest verdict among a line and all it rests on."""
        steps = self.derivation.steps
        step = steps[number - 1]
        below = [self.number(each) for each in step.follows]
        if number > 1 and goes_on(steps[number - 2], step):
            below.append(number - 1)
        found = [step.verdict.status, *(self.standing(each) for each in below)]
        return max(found, key=STATUSES.index)

    def verdict(self, number: int, *, short: bool = False) -> str:
        """How a line is known, in words; the short form says how only where it is not proved."""
        step = self.derivation.steps[number - 1]
        status, evidence = step.verdict.status, step.verdict.evidence
        standing = self.standing(number)
        rests = "" if standing == status else f", from lines of which the weakest is {standing}"
        brief = status == "proved" and (short or len(evidence) > LONGEST)
        return f"{status}{rests}" + ("" if brief else f": {evidence}")

    def uses(self, step: Step) -> list[str]:
        """The assumptions of a line by their labels."""
        known = self.assumptions
        return [f"A{known.index(fact) + 1}" for fact in dict.fromkeys(self.assumed(step))]


def latex_fragment(derivation: Derivation, notation: str = "symvar") -> str:
    """Numbered, aligned equations, each block followed by why its lines hold.

    Args:
        derivation: the derivation.
        notation: ``"symvar"`` or ``"asv"``.
    """
    written = Written(derivation, notation)
    lines = [rf"\section*{{{_prose(_title(derivation))}}}"]
    legend = [rf"${name}$ & {_prose(words)} \\" for name, words in written.legend]
    if legend:
        lines += [r"\noindent\begin{tabular}{@{}lp{0.75\linewidth}@{}}", *legend, r"\end{tabular}"]
    assumed = [rf"\item[(A{k})] {_prose(words)}" for k, words in _counted(written.assumptions)]
    if assumed:
        lines += [r"\paragraph{Assumptions}", r"\begin{description}", *assumed]
        lines.append(r"\end{description}")
    name = derivation.name
    for block in written.blocks:
        shown = []
        for number, parts in written.lines(block):
            last = rf"{parts[-1]} \label{{{name}:{number}}}"
            shown += [rf"{part} \nonumber" for part in parts[:-1]] + [last]
        body = " \\\\\n  ".join(shown)
        lines.append(f"\\begin{{align}}\n  {body}\n\\end{{align}}")
        said = [rf"\item[\eqref{{{name}:{k}}}] {_latex_reason(written, k, step)}"
                for k, step in block]  # fmt: skip
        lines += [r"\begin{description}", *said, r"\end{description}"]
    return "\n".join(lines) + "\n"


def latex_document(derivation: Derivation, notation: str = "symvar") -> str:
    """A document that compiles, with its bibliography at the end."""
    body = f"{CHECKED}\n\n{latex_fragment(derivation, notation)}{sources(derivation)}"
    return document(body, title=f"symvar: {derivation.name}", preamble=PREAMBLE)


def sources(derivation: Derivation) -> str:
    """The bibliography of what a derivation cites, as LaTeX."""
    return bibliography({each.key for each in derivation.references})


def markdown(derivation: Derivation, notation: str = "symvar") -> str:
    """The same as Markdown, formulas between dollar signs."""
    written = Written(derivation, notation)
    lines = [f"# {_title(derivation)}", ""]
    lines += [f"- ${name}$: {words}" for name, words in written.legend]
    assumed = [f"- **(A{k})** {words}" for k, words in _counted(written.assumptions)]
    lines += ["", "Assumptions", "", *assumed, ""] if assumed else [""]
    for block in written.blocks:
        for number, parts in written.lines(block):
            lines += [f"$$\n{aligned(parts)} \\tag{{{number}}}\n$$", ""]
            lines += [_sentence(written, number, derivation.steps[number - 1]), ""]
    return "\n".join(lines)


def html(derivation: Derivation, notation: str = "symvar") -> str:
    """A page of its own: formulas as MathML where a converter is installed, as LaTeX always."""
    written = Written(derivation, notation)
    title = _title(derivation)
    lines = [f"<h1>{_html(title)}</h1>", '<dl class="notation">']
    lines += [f"<dt>{_inline(name)}</dt><dd>{_html(words)}</dd>" for name, words in written.legend]
    lines.append("</dl>")
    if written.assumptions:
        lines.append('<h2>Assumptions</h2>\n<ol class="assumptions">')
        for k, words in _counted(written.assumptions):
            lines.append(f'<li id="A{k}">{_html(words)}</li>')
        lines.append("</ol>")
    lines.append('<h2>Derivation</h2>\n<ol class="steps">')
    for number, parts in (line for block in written.blocks for line in written.lines(block)):
        step = derivation.steps[number - 1]
        said = _html(_sentence(written, number, step))
        lines.append(f'<li id="line-{number}" class="{step.verdict.status}">')
        lines.append(f"{as_html(aligned(parts))}<p>{said}</p></li>")
    cited = [f"<li>{plain(each.key)}: {plain(citation(each.key))}</li>"
             for each in derivation.references]  # fmt: skip
    lines += [
        "</ol>",
        *(["<h2>Sources</h2>\n<ul>", *dict.fromkeys(cited), "</ul>"] if cited else []),
    ]
    return PAGE.format(title=plain(title.replace("$", "")), body="\n".join(lines))


def aligned(parts: list[str]) -> str:
    """The rows of one line as one formula."""
    if len(parts) == 1 and parts[0].count("&") == 1:  # others are those of a case distinction
        return parts[0].replace("&", "", 1).strip()
    return "\\begin{aligned}" + r" \\ ".join(parts) + "\\end{aligned}"


Renderer = Callable[..., str]
FORMATS: dict[str, tuple[str, Renderer]] = {
    "latex": ("tex", latex_document),
    "fragment": ("tex", latex_fragment),
    "markdown": ("md", markdown),
    "html": ("html", html),
}
"""File suffix and renderer of each format."""

PREAMBLE = r"""\allowdisplaybreaks
\emergencystretch=3em
\renewcommand{\descriptionlabel}[1]{\hspace{\labelsep}#1}
"""
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: auto; padding: 1rem; }}
.formula {{ overflow-x: auto; padding: .4rem 0; }}
.steps > li {{ border-left: 3px solid #2a7; margin: 1rem 0; padding-left: .8rem; }}
.steps > li.enclosed, .steps > li.instances, .steps > li.sampled {{ border-color: #c80; }}
code {{ white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85em; }}
.assumptions {{ list-style: none; padding: 0; }}
.assumptions > li::before {{ content: "(" attr(id) ") "; font-weight: 600; }}
dt {{ float: left; clear: left; min-width: 5rem; }}
dd {{ margin-left: 7rem; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def _sentence(written: Written, number: int, step: Step) -> str:
    parts = [f"{_upper(step.reason)}."]
    if relations := written.where(step):
        parts.append(relations)
    if step.follows:
        parts.append(f"Uses {_listed(f'({written.number(each)})' for each in step.follows)}.")
    if assumed := written.uses(step):
        parts.append(f"Assumes: {', '.join(assumed)}.")
    source = f" ({step.reference})" if step.reference else ""
    parts.append(f"Verdict: {written.verdict(number)}{source}.")
    return " ".join(parts)


def _latex_reason(written: Written, number: int, step: Step) -> str:
    parts = [f"{_prose(_upper(step.reason))}."]
    if relations := written.where(step):
        parts.append(relations)
    if step.follows:
        name = written.derivation.name
        labels = (rf"\eqref{{{name}:{written.number(each)}}}" for each in step.follows)
        parts.append(f"Uses {_listed(labels)}.")
    if assumed := written.uses(step):
        parts.append(f"Assumes {', '.join(f'({each})' for each in assumed)}.")
    if step.reference:
        place = tex(str(step.reference).split(", ", 1)[1]).replace("eq. ", "eq.~")
        parts.append(rf"\cite[{place}]{{{step.reference.key}}}.")
    parts.append(rf"\emph{{{tex(_upper(written.verdict(number, short=True)))}.}}")
    return " ".join(parts)


def _prose(text: str) -> str:
    """Text as LaTeX, what stands between dollar signs left as it is."""
    return _each(text, tex, "${}$".format)


def _html(text: str) -> str:
    return _each(text, partial(plain, quote=False), _inline)


def _inline(latex: str) -> str:
    shown = mathml(latex).replace('display="block"', 'display="inline"')
    return shown or f"<code>{plain(latex, quote=False)}</code>"


def _each(text: str, outside: Callable[[str], str], inside: Callable[[str], str]) -> str:
    parts = text.split("$")
    return "".join(inside(part) if place % 2 else outside(part) for place, part in enumerate(parts))


def _counted(words: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    return enumerate(words, start=1)


def _divided(latex: str) -> list[str]:
    """A statement that is no relation, in two rows where it is long and has two sides."""
    for sign in (r" \equiv ", r" \implies "):
        left, found, right = latex.partition(sign)
        if found and width(latex) > ROOM:
            return [f"& {left}", rf"&\qquad{sign}{right}"]
    return [f"& {latex}"]


def _title(derivation: Derivation) -> str:
    """The title, with a capital where it does not begin with a name."""
    title = derivation.title
    return title if title.startswith(derivation.name) else _upper(title)


def _listed(names: Any) -> str:
    return ", ".join(names)


def _upper(text: str) -> str:
    return text if text.startswith("$") else f"{text[:1].upper()}{text[1:]}"
