"""He et al. 2015: every variance equation."""

from __future__ import annotations

import sympy as sp

from symvar import expect
from symvar.claims import Claim, Paper
from symvar.symbols import x

paper = Paper("he", "Delving Deep into Rectifiers", numbered=["5"])
q = sp.Symbol("q", positive=True)


@paper.equation("5", where="section 2.2", latex=r"E[x_l^2] = \frac{1}{2}\mathrm{Var}[y_{l-1}]")
def eq5() -> Claim:
    """Half of a symmetric law's second moment is above zero; here for the Gaussian."""
    return Claim(sp.Eq(expect(sp.Max(0, x) ** 2, x, q), q / 2, evaluate=False))
