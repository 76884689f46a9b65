"""Derivations as LaTeX and Markdown: every line with its reason, assumptions and verdict."""

from __future__ import annotations

from symvar.derive.base import Derivation, Step
from symvar.emit.latex import document
from symvar.emit.latex import escape as tex


def latex_fragment(derivation: Derivation) -> str:
    """Numbered equations, each followed by why it holds and how that is known."""
    lines = [rf"\paragraph{{{tex(derivation.title)}}}"]
    for step in derivation.steps:
        lines.append(f"\\begin{{equation}}\n  {step.latex}\n\\end{{equation}}")
        lines.append(rf"\noindent {tex(_sentence(step))}")
    return "\n".join(lines) + "\n"


def sources(derivation: Derivation) -> str:
    """The sources a derivation refers to, as a LaTeX list."""
    cited = {step.reference.key: step.reference for step in derivation.steps if step.reference}
    items = [rf"\item[{key}] {cited[key].source}" for key in sorted(cited)]
    return "\n".join([r"\begin{description}", *items, r"\end{description}"]) + "\n"


def latex_document(derivation: Derivation) -> str:
    """A document that compiles, with the sources at its end."""
    return document(latex_fragment(derivation) + sources(derivation), title=derivation.name)


def markdown(derivation: Derivation) -> str:
    """The same as Markdown."""
    lines = [f"# {derivation.title}", ""]
    for number, step in enumerate(derivation.steps, start=1):
        lines += [f"$$\n{step.latex} \\tag{{{number}}}\n$$", "", _sentence(step), ""]
    return "\n".join(lines)


FORMATS = {"latex": ("tex", latex_document), "markdown": ("md", markdown)}
"""File suffix and renderer of each format."""


def _sentence(step: Step) -> str:
    parts = [f"{step.reason[0].upper()}{step.reason[1:]}."]
    if step.assumptions:
        parts.append(f"Assumes: {'; '.join(step.assumptions)}.")
    source = f" ({step.reference})" if step.reference else ""
    parts.append(f"Verdict: {step.verdict.status}{source}: {step.verdict.evidence}.")
    return " ".join(parts)
