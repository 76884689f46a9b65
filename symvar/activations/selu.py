"""The self-normalising exponential linear unit, its constants solved from what defines them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from flint import arb, ctx

from symvar.activations.base import Activation
from symvar.integrals import NamedConstant
from symvar.integrals.balls import real_ball
from symvar.reference import cite
from symvar.symbols import x

_FIRST = sp.exp(sp.Rational(1, 2)) * sp.erfc(1 / sp.sqrt(2)) / 2  # E[e^x; x < 0]
_SECOND = sp.exp(2) * sp.erfc(sp.sqrt(2)) / 2  # E[e^(2x); x < 0]
_PUBLISHED = (1.6732632423543772, 1.0507009873554805)


class selu_constant(NamedConstant):
    """A constant of SELU, by what its conditions make of it."""

    def integral(self) -> sp.Expr:
        """None of its own: the solution of two conditions."""
        return self.doit()

    def _ball(self) -> arb:
        with ctx.extraprec(20):
            return real_ball(self.doit())

    def _eval_is_positive(self) -> bool:
        return True


class selu_alpha(selu_constant):
    r"""$\alpha$, solving $\mathrm{E}[x; x > 0] + \alpha\,\mathrm{E}[e^x - 1; x < 0] = 0$.

    >>> print(selu_alpha().evalf(30))
    1.67326324235437728481704299167
    """

    def closed_form(self) -> sp.Expr:
        r"""$\sqrt{2/\pi}\,/(1 - \sqrt e \operatorname{erfc}(1/\sqrt 2))$."""
        return sp.sqrt(2 / sp.pi) / (1 - 2 * _FIRST)

    def _name(self, printer: Any) -> str:
        return r"\alpha_{01}"


class selu_scale(selu_constant):
    r"""$\lambda$, solving $\lambda^2 (\tfrac12 + \alpha^2 \mathrm{E}[(e^x - 1)^2; x < 0]) = 1$.

    >>> print(selu_scale().evalf(30))
    1.05070098735548049341933498529
    """

    def closed_form(self) -> sp.Expr:
        r"""$1/\sqrt{\tfrac12 + \alpha^2 (E[e^{2x}; x<0] - 2E[e^x; x<0] + \tfrac12)}$."""
        below = _SECOND - 2 * _FIRST + sp.Rational(1, 2)
        return 1 / sp.sqrt(sp.Rational(1, 2) + selu_alpha().doit() ** 2 * below)

    def _name(self, printer: Any) -> str:
        return r"\lambda_{01}"


class Selu(Activation):
    r"""$f(x) = \lambda x$ for $x > 0$ and $\lambda\alpha(e^x - 1)$ below.

    $\lambda$ and $\alpha$ are the solutions of $\mathrm{E}[f] = 0$, $\mathrm{E}[f^2] = 1$ at
    $q = 1$, exact; frameworks round them to doubles.

    >>> print(Selu().variance(1).evalf(30))
    1.00000000000000000000000000000
    """

    name = "selu"
    expression = sp.Piecewise(
        (selu_scale() * x, x > 0), (selu_scale() * selu_alpha() * (sp.exp(x) - 1), True)
    )
    nondecreasing = True
    homogeneous = False
    reference = cite("selu", "the definition of SELU")
    torch = ("aten.selu", "aten.selu_", "aten.elu", "aten.elu_")
    onnx = ("Selu",)
    torch_module = "SELU()"

    @classmethod
    def read(cls, operator: str, arguments: Mapping[str, Any]) -> Activation | None:
        """With the published constants, which may come as those of an ELU."""
        alpha, scale = _PUBLISHED
        scale_given = arguments.get("gamma", arguments.get("scale", scale))
        near = (arguments.get("alpha", alpha) / alpha - 1, scale_given / scale - 1)
        return cls() if max(map(abs, near)) < 1e-6 else None  # ONNX keeps them in single precision
