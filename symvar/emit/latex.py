r"""LaTeX around formulas: tables, whole documents, and plain text made safe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symvar.errors import ArgumentError

LONGEST_FLOAT = 40  # lines that still fit one page
LONGEST_LINE = 80  # characters of a cell that still fit one line

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{character: "\\" + character for character in "&%$#_{}"},
}
_MATH = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon",
    "λ": r"\lambda", "μ": r"\mu", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau",
    "φ": r"\phi", "Φ": r"\Phi", "Σ": r"\Sigma", "ℓ": r"\ell", "²": "^2", "′": "'", "≤": r"\le",
    "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "×": r"\times", "·": r"\cdot", "±": r"\pm",
    "−": "-", "→": r"\to", "∞": r"\infty", "√": r"\surd", "∫": r"\int", "∈": r"\in",
}  # fmt: skip

_PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{amsmath,amssymb,array,booktabs,longtable}
"""


def escape(text: str) -> str:
    r"""Plain text as LaTeX: its special characters escaped, Greek and signs as formulas.

    >>> print(escape("conv1_1: 50% of τ"))
    conv1\_1: 50\% of $\tau$
    """
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character in _MATH:
        return f"${_MATH[character]}$"
    return _SPECIAL.get(character, character)


def booktabs(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    align: str,
    caption: str | None = None,
) -> str:
    r"""A table with booktabs rules, of cells that are LaTeX already.

    A floating ``table`` where it fits a page, else a ``longtable`` that repeats its header.

    Args:
        header: the heads of the columns.
        rows: the cells, as many in each row as there are heads.
        align: the column specification, such as ``"lrr"``.
        caption: LaTeX above the table.

    Raises:
        ArgumentError: a row of another length than the header.

    >>> print(booktabs(["$T$", r"$\tau_T$"], [["1", "0.5"]], align="rl"))
    \begin{table}[htbp]
    \centering
    \begin{tabular}{rl}
    \toprule
    $T$ & $\tau_T$ \\
    \midrule
    1 & 0.5 \\
    \bottomrule
    \end{tabular}
    \end{table}
    <BLANKLINE>
    """
    body, height = [], 0
    for cells in rows:
        body.append(_row(cells, len(header)))
        height += 1 + max(map(len, cells)) // LONGEST_LINE
    head = ["\\toprule", _row(header, len(header)), "\\midrule"]
    if height > LONGEST_FLOAT:
        top = [rf"\caption{{{caption}}} \\"] if caption else []
        lines = [rf"\begin{{longtable}}{{{align}}}", *top, *head, "\\endhead"]
        lines += ["\\bottomrule", "\\endlastfoot", *body, "\\end{longtable}"]
    else:
        top = [rf"\caption{{{caption}}}"] if caption else []
        lines = ["\\begin{table}[htbp]", "\\centering", *top, rf"\begin{{tabular}}{{{align}}}"]
        lines += [*head, *body, "\\bottomrule", "\\end{tabular}", "\\end{table}"]
    return "\n".join(lines) + "\n"


def spaced(table: str) -> str:
    """A table with room between its rows for fractions."""
    return f"\\begingroup\\renewcommand{{\\arraystretch}}{{1.3}}\n{table}\\endgroup\n"


def _row(cells: Sequence[str], count: int) -> str:
    if len(cells) != count:
        raise ArgumentError(
            "booktabs",
            need=f"{count} cells in each row, one per head",
            have=f"{len(cells)}: {' & '.join(cells)}",
            remedy="give every row the header's length",
        )
    return " & ".join(cells) + r" \\"


def document(body: str, *, title: str, preamble: str = "") -> str:
    r"""A standalone article around a body, under a title that is plain text.

    Args:
        body: LaTeX.
        title: plain text.
        preamble: LaTeX, whole lines, before the document begins.

    >>> print(document("$x$", title="50%").splitlines()[-6])
    \title{50\%}
    """
    lines = [
        _PREAMBLE + preamble + rf"\title{{{escape(title)}}}",
        r"\date{}",
        r"\begin{document}",
        r"\maketitle",
        body.rstrip("\n"),
        r"\end{document}",
    ]
    return "\n".join(lines) + "\n"
