"""One page for each registry, made from it: a new layer, theory or scheme is there by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any
from unicodedata import normalize

import sympy as sp

from docs.markdown import code, docstring, items, shown, table, toctree, words
from symvar import enclose, symbols, tables, zoo
from symvar.activations import all_activations
from symvar.activations.base import Activation
from symvar.adapters.draws import all_draws
from symvar.adapters.fits import all_fits
from symvar.derive import all_chains, all_derivations, derive, titles
from symvar.emit.bibliography import citation
from symvar.integrals import Expectation
from symvar.layers import all_layers
from symvar.layers.base import AbstractJoin
from symvar.reference import PAPERS, Reference
from symvar.schemes import all_schemes
from symvar.theories import all_theories

DIGITS = 20
ORDERS = {
    "local": "layer by layer",
    "forward": "from the input on",
    "backward": "from the output back",
    "both": "all layers together",
}
"""What a scheme's direction means for a reader."""

MARKS = {"'": "\u0301", '"': "\u0308", "`": "\u0300", "c": "\u0327"}
ACCENT = re.compile(r"""\\(['"`c])\{?(\w)\}?""")

q = sp.Symbol("q", positive=True)


def layers() -> str:
    """Every layer, its fields, and what its examples become."""
    parts = [
        (
            "# Layers\n\nA layer lowers to a few [primitives](api/symvar.md); a theory "
            "interprets those. Each example is run against the framework by the contract tests.\n"
        )
    ]
    for name, layer in all_layers().items():
        parts.append(f"## {layer.__name__}\n\n{docstring(layer)}\n\n" + items([
            ("named", f"`{name}`"),
            ("fields", code(_fields(layer))),
            ("read from torch", code(layer.torch) if layer.torch else ""),
            ("read from ONNX", code(layer.onnx) if layer.onnx else ""),
            ("axes of its weight", ", ".join(layer.weight_axes)),
            ("source", cited(layer.reference)),
        ]))  # fmt: skip
        parts.append(table(("example", "torch", "before", "after", "primitives"), _examples(layer)))
    return "\n".join(parts)


def _fields(layer: type) -> list[str]:
    if not is_dataclass(layer):
        return []
    return [each.name if each.default is MISSING else f"{each.name}={each.default!r}"
            for each in fields(layer)]  # fmt: skip


def _examples(layer: Any) -> Iterator[tuple[str, ...]]:
    for each in layer.examples:
        if isinstance(each.layer, AbstractJoin):
            after, made = each.layer.joined(each.shape), [each.layer.join(each.shape)]
        else:
            after, made = each.layer.shape(each.shape), each.layer.lower(each.shape)
        yield (words(each.about), f"`{each.torch}`".replace("|", r"\|"), str(each.shape),
               str(after), ", ".join(type(one).__name__ for one in made))  # fmt: skip


def activations() -> str:
    """Every activation with its moments, in closed form or enclosed."""
    parts = [("# Activations\n\nFor a Gaussian $u$ of mean zero and variance $q$, as the code gives "
             "them. What has no closed form keeps its name; its digits at $q = 1$ are proven all "
             "the same.\n")]  # fmt: skip
    for name, kind in all_activations().items():
        function = kind()
        parts.append(f"## {name}\n\n{docstring(kind)}\n")
        parts.append(shown(f"f(x) = {sp.latex(function.expression)}"))
        parts.append(items([
            ("named", f"`{name}`, class `{kind.__name__}`"),
            ("torch", f"`{kind.torch_module}`"),
            ("ONNX", code(kind.onnx) if kind.onnx else ""),
            ("nondecreasing", "yes" if function.nondecreasing else "no"),
            (r"$f(cx) = c f(x)$ for $c \ge 0$", "yes" if function.homogeneous else "no"),
            ("source", cited(kind.reference)),
        ]))  # fmt: skip
        parts.append(table(("", "at variance $q$", "at $q = 1$"), _moments(function)))
    return "\n".join(parts)


def _moments(function: Activation) -> Iterator[tuple[str, str, str]]:
    named = (
        (r"\mathrm{E}[f(u)^2]", function.second_moment),
        (r"\mathrm{E}[f(u)]", function.mean),
        (r"\mathrm{E}[f'(u)^2]", function.slope),
    )
    for latex, moment in named:
        formula = moment(q)
        known = "no closed form" if formula.has(Expectation) else f"${sp.latex(formula.doit())}$"
        yield f"${latex}$", known, f"{_digits(moment(sp.Integer(1)))}"


def _digits(value: sp.Expr) -> str:
    if value.is_Rational:
        return str(value)
    ball = str(enclose(value, 12))
    return ball if "[" not in ball else f"`{ball}`"


def schemes() -> str:
    """Every scheme: its condition, its solution, what it takes for granted."""
    parts = [("# Schemes\n\nA scheme is a condition on each weighted layer, solved for the variance "
             "of its weights. Which one to use: [measurements](which_init.md).\n")]  # fmt: skip
    for name, scheme in all_schemes().items():
        parts.append(f"## {name}\n\n{docstring(scheme)}\n")
        parts += [shown(latex) for latex in _solution(name)]
        parts.append(items([
            ("keeps", words(scheme.summary)),
            ("solved", ORDERS.get(scheme.direction, scheme.direction)),
            ("takes for granted", words("; ".join(scheme.assumes))),
            ("the same as", words(scheme.becomes)),
            ("drawn from", scheme.distribution),
            ("source", cited(scheme.reference)),
            ("derivation", f"[every line checked](derivations/{name}.md)"),
        ]))  # fmt: skip
    parts.append("## Fitted to a batch\n\nThese run the network: `symvar.torch.fit_`.\n")
    parts += [_entry(name, fit, 3) for name, fit in all_fits().items()]
    parts.append("## Distributions\n\nWhat weights are drawn from, the variance made right.\n")
    parts += [_entry(name, draw, 3) for name, draw in all_draws().items()]
    return "\n".join(parts)


def _entry(name: str, kind: Any, level: int = 2) -> str:
    return f"{'#' * level} {name}\n\n{docstring(kind)}\n\n" + items(
        [("source", cited(kind.reference))]
    )


def _solution(name: str) -> list[str]:
    """The variance as the scheme's derivation states it."""
    found = [
        step.formula
        for step in derive(name).steps
        if isinstance(step.formula, sp.Eq) and step.formula.lhs == symbols.weight_var
    ]
    return [sp.latex(found[0])] if found else []  # fmt: skip


def theories() -> str:
    """Every theory and what it takes for granted; compared by the notebook on theories."""
    parts = [("# Theories\n\nEach interprets the primitives, forward and backward. How far each is "
             "from what a run gives: [theories against measurement](notebooks/theories.md).\n")]  # fmt: skip
    for name, theory in all_theories().items():
        parts.append(_entry(name, theory))
        parts.append("Takes for granted:\n\n"
                     + "".join(f"- {words(each)}\n" for each in theory.assumes))  # fmt: skip
    return "\n".join(parts)


def networks() -> str:
    """The zoo."""
    rows = []
    for name, model in zoo.all_models().items():
        net = model.network()
        rows.append((
            f"`{name}`", words(model.summary), "×".join(map(str, model.input)), model.layers,
            f"{net.parameter_count:,}", f"{model.published.count} ({model.published.where})",
            cited(model.reference),
        ))  # fmt: skip
    heads = ("name", "what", "input", "layers", "parameters", "as published", "source")
    return ("# Zoo\n\nNetworks of the literature, built as their sources say: "
            '`symvar.zoo.load(name)`. Layers are counted as the source counts them.\n\n'
            + table(heads, rows))  # fmt: skip


def constants() -> str:
    """The pooling constants: closed forms, and proven digits."""
    made = tables.build(max_window=16, digits=DIGITS)
    parts = [("# Pooling constants\n\nThe second moment behind a rectifier and a pool of $T$ "
             r"independent units is $q\,\tau_T$; the gradient's is multiplied by $\gamma_T$. Every "
             "digit is proven. All windows to 64, with 50 digits, ship with the package; "
             "`symvar tables` prints them.\n")]  # fmt: skip
    for name in ("tau", "gamma"):
        for pool in ("max", "avg"):
            chosen = [each for each in made.entries if (each.name, each.pool) == (name, pool)]
            parts.append(f"## $\\{name}_T$, {pool}\n")
            rows = ((each.window, f"`{each.value}`", f"${each.latex}$" if each.latex else
                     "none known") for each in chosen)  # fmt: skip
            parts.append(table(("$T$", f"{DIGITS} digits", "closed form"), rows))
    return "\n".join(parts)


def derivation_pages() -> dict[str, str]:
    """A page for each derivation, and their list."""
    chains, every = all_chains(), titles()
    pages = {}
    counts = []
    for name in all_derivations():
        derivation = derive(name)
        head, *lines = derivation.to_markdown().splitlines()
        text = "\n".join(_outside_formulas(lines))
        pages[f"derivations/{name}"] = f"{head}\n\n`symvar derive {name}`\n\n{text}\n"
        strengths = [step.verdict.status for step in derivation.steps]
        said = ", ".join(f"{strengths.count(each)} {each}" for each in dict.fromkeys(strengths))
        kind = "apart" if name in chains else "scheme"
        counts.append(
            (kind, f"[{words(every[name])}](derivations/{name}.md)", len(strengths), said)
        )
    parts = [("# Derivations\n\nNo line is printed that was not checked, and each says how "
             "strongly it is known.\n")]  # fmt: skip
    for kind, title in (("apart", "Of recursions, constants and gains"), ("scheme", "Of schemes")):
        rows = [row[1:] for row in counts if row[0] == kind]
        parts += [f"## {title}\n", table(("derivation", "lines", "known"), rows)]
    hidden = toctree(*pages).replace(":maxdepth: 1", ":maxdepth: 1\n:hidden:")
    return pages | {"derivations": "\n".join([*parts, hidden])}


def _outside_formulas(lines: list[str]) -> Iterator[str]:
    """How a line was checked holds stars and underscores that are no markup."""
    inside = False
    for line in lines:
        inside ^= line.startswith("$$")
        yield line if inside or line.startswith(("$$", "- **(A")) else _said(line)


def _said(line: str) -> str:
    return line if line.startswith("- ") else words(line)


def sources() -> str:
    """Everything that is cited."""
    keys = sorted(each.name for each in PAPERS.iterdir() if (each / "paper.bib").is_file())
    rows = ((f"`{key}`", words(_plain(citation(key)))) for key in keys)
    return ("# Sources\n\nBibTeX of exactly what a result used: `symvar cite NAME`.\n\n"
            + table(("key", "source"), rows))  # fmt: skip


def _plain(latex: str) -> str:
    r"""LaTeX text as Unicode.

    >>> _plain(r"{\"u}ber {C}lara")
    'über Clara'
    """
    marked = ACCENT.sub(lambda found: found[2] + MARKS[found[1]], latex)
    return normalize("NFC", re.sub(r"[{}]", "", marked))


def cited(reference: Reference | tuple[Reference, ...]) -> str:
    """A source and its place, with a link to it."""
    every = reference if isinstance(reference, tuple) else (reference,)
    return "; ".join(f"[{words(str(each))}](sources.md)" for each in every)


PAGES: dict[str, Callable[[], str]] = {
    "layers": layers,
    "activations": activations,
    "schemes": schemes,
    "theories": theories,
    "networks": networks,
    "constants": constants,
    "sources": sources,
}
