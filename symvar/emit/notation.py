r"""Formulas in a choice of symbols: symvar's, or those of the source.

In symvar's notation a constant names its window, $\tau_{T_{\ell-1}}$, and a quantity its layer; the
source of the recursions (asv) writes $\tau_{\ell-1}$ and counts from the layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from symvar import registry, symbols
from symvar.claims import Assumption, Gaussian, HasLaw
from symvar.claims.randomness import OfGroups
from symvar.integrals import gamma, tau

ASV: Mapping[Any, str] = {
    tau(symbols.window_before): r"\tau_{\ell-1}",
    gamma(symbols.window_here): r"\gamma_{\ell}",
    symbols.t: "s",
}
SYMVAR: Mapping[Any, str] = {
    symbols.units_before: r"N_{\ell-1}",
    symbols.units: r"N_{\ell}",
    symbols.weight_var: r"\sigma^{2}_{w,\ell}",
    symbols.bias_var: r"\sigma^{2}_{b,\ell}",
    symbols.forward: r"q_{\ell}",
    symbols.forward_before: r"q_{\ell-1}",
    symbols.backward: r"r_{\ell}",
    symbols.backward_before: r"r_{\ell-1}",
    symbols.forward_first: "q_{1}",
    symbols.forward_last: "q_{L}",
    symbols.backward_first: "r_{1}",
    symbols.backward_last: "r_{L}",
}
NOTATIONS: Mapping[str, Mapping[Any, str]] = {"symvar": SYMVAR, "asv": ASV}


class Notation(LatexPrinter):
    r"""A printer with names of its own for some symbols and constants.

    Args:
        name: ``"symvar"`` or ``"asv"``.
        source: what the source calls the symbols of one derivation; used with ``"asv"`` only.

    Raises:
        ArgumentError: for an unknown notation.

    >>> Notation("asv").doprint(tau(symbols.window_before)**2)
    '\\tau_{\\ell-1}^{2}'
    >>> Notation("symvar").doprint(symbols.forward**2)
    'q_{\\ell}^{2}'
    """

    def __init__(self, name: str = "symvar", source: Mapping[Any, str] | None = None) -> None:
        super().__init__({"long_frac_ratio": 2, "ln_notation": True, "inv_trig_style": "full"})
        known = registry.pick(NOTATIONS, name, "notation")
        self._names = {**known, **(source or {})} if name != "symvar" else dict(known)

    def _print(self, expr: Any, **options: Any) -> str:
        name = self._names.get(expr) if isinstance(expr, sp.Basic) else None
        if name is None:
            return str(super()._print(expr, **options))
        power = options.get("exp")
        return name if power is None else rf"\left({name}\right)^{{{power}}}"

    def _print_Pow(self, expr: Any) -> str:
        name = self._names.get(expr.base)
        plain = name is not None and expr.exp.is_Integer and expr.exp.is_positive
        if not plain or expr.exp == 1:
            return str(super()._print_Pow(expr))
        power = f"^{{{expr.exp}}}"
        bracketed = "^" in str(name)
        return rf"\left({name}\right){power}" if bracketed else f"{name}{power}"

    def _as_ordered_terms(self, expr: Any, order: str | None = None) -> list[Any]:
        """The terms of a sum, one without a minus sign first where there is one."""
        terms = list(super()._as_ordered_terms(expr, order))
        plus = next((term for term in terms if not term.could_extract_minus_sign()), terms[0])
        return [plus, *(term for term in terms if term is not plus)]

    def _print_Sum(self, expr: Any) -> str:
        shown = str(super()._print_Sum(expr))
        term = self._print(expr.function)
        return shown.replace(term, rf"\left({term}\right)") if term.startswith("-") else shown

    def _print_re(self, expr: Any, exp: str | None = None) -> str:
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\operatorname{{Re}}{power} {self._print(expr.args[0])}"

    def _print_polylog(self, expr: Any, exp: str | None = None) -> str:
        order, argument = map(self._print, expr.args)
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\operatorname{{Li}}_{{{order}}}{power}\left({argument}\right)"

    def fact(self, given: Any) -> str:
        r"""What a step is given, as text with formulas between dollar signs.

        >>> from symvar.claims import random_family
        >>> Notation().fact(HasLaw(random_family("u"), Gaussian(0, symbols.forward)))
        'every $u$ is Gaussian with mean $0$ and variance $q_{\\ell}$'
        """
        if isinstance(given, HasLaw):
            return self._law(given)
        if isinstance(given, OfGroups):
            return self._groups(given)
        if isinstance(given, Assumption):
            return given.words
        return f"${self.doprint(given)}$"

    def _law(self, given: HasLaw) -> str:
        every = "every " if type(given.variable).__name__ == "RandomFamily" else ""
        name, law = self.doprint(given.variable), given.law
        if not isinstance(law, Gaussian):
            return f"{every}${name}$ is {law.words}"
        mean, variance = map(self.doprint, (law.mean, law.variance))
        return f"{every}${name}$ is Gaussian with mean ${mean}$ and variance ${variance}$"

    def _groups(self, given: OfGroups) -> str:
        """The words with every name as a formula."""
        names: dict[str, str] = {}
        for group in given.groups:
            for part in group:
                names[str(part)] = f"${self.doprint(part)}$"
        said = given.words
        return " ".join(_replaced(word, names) for word in said.split(" "))


def _replaced(word: str, names: Mapping[str, str]) -> str:
    bare = word.strip("(),")
    return word.replace(bare, names[bare]) if bare in names else word
