"""What an activation says of itself, and the Gaussian moments that follow from its expression."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import sympy as sp

from symvar.errors import ArgumentError
from symvar.geometry import Size
from symvar.integrals import Expectation, GaussianProduct, LargestMoment, expect
from symvar.numbers import as_written
from symvar.reference import Reference
from symvar.symbols import x


class UnitFunction(ABC):
    """One unit made of Gaussian pre-activations: its moments, and what follows from them."""

    @abstractmethod
    def second_moment(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        """The second moment of the unit, the largest of a window of such pre-activations."""

    @abstractmethod
    def mean(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        """Its mean."""

    @abstractmethod
    def slope(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        """The second moment of its derivative, summed over the pre-activations."""

    @abstractmethod
    def product(self, q: sp.Expr, correlation: sp.Expr) -> sp.Expr:
        """The mean product of two such units whose pre-activations correlate pair by pair."""

    def variance(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\mathrm{Var} f(\sqrt{q} M_T)$."""
        return self.second_moment(q, window) - self.mean(q, window) ** 2

    def correlation(self, q: sp.Expr, correlation: sp.Expr) -> sp.Expr:
        r"""The correlation of $f(u)$ and $f(v)$, given that of $u$ and $v$."""
        centre = self.mean(q) ** 2
        return (self.product(q, correlation) - centre) / (self.second_moment(q) - centre)

    def forward_gain(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$q / \mathrm{E}[f(\sqrt{q} M_T)^2]$: the fan-in times $\sigma_w^2$ that keeps q."""
        return q / self.second_moment(q, window)

    def backward_gain(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$1 / \mathrm{E}[f'(\sqrt{q} M_T)^2]$: the fan-out times $\sigma_w^2$ that keeps r.

        r is the gradient's second moment at the pre-activations, summed over the window's units.
        """
        return 1 / self.slope(q, window)


class Activation(UnitFunction):
    r"""A function applied to every unit, with its moments under a Gaussian.

    The argument is $\sqrt{q}\,M_T$, $M_T$ the maximum of $T$ independent standard normals;
    $T = 1$ is the plain Gaussian of variance $q$. What a file does not give in closed form is
    the expectation of its expression: closed where `expect` knows a closed form and q is a number
    or a symbol, else under the name that `enclose` has digits for. (A formula as q keeps the
    name, for formulas inside formulas double at every layer.)

    A file that has parameters is a frozen dataclass whose fields they are, with defaults.

    Attributes:
        name: the name users and files call it by.
        expression: the function, a sympy expression in ``symvar.symbols.x``.
        nondecreasing: whether it commutes with a maximum.
        homogeneous: whether $f(cx) = c f(x)$ for $c \geq 0$, so that scales pass through.
        even: whether $f(-x) = f(x)$ and f does not decrease on $x > 0$.
        reference: where it comes from.
        torch: the ``torch.export`` operators that apply it, overload left out.
        onnx: the ONNX operators that apply it.
        torch_module: the same function in the names of ``torch.nn``, for the contract tests.
    """

    required: ClassVar[tuple[str, ...]] = ("expression", "reference", "torch_module")
    name: ClassVar[str]
    expression: sp.Expr
    even: ClassVar[bool] = False
    reference: ClassVar[Reference]
    torch: ClassVar[tuple[str, ...]] = ()
    onnx: ClassVar[tuple[str, ...]] = ()
    torch_module: ClassVar[str]

    @property
    @abstractmethod
    def nondecreasing(self) -> bool:
        """See the class."""

    @property
    @abstractmethod
    def homogeneous(self) -> bool:
        """See the class."""

    def second_moment(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\mathrm{E}[f(\sqrt{q} M_T)^2]$."""
        return moment(self.expression**2, q, window)

    def mean(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\mathrm{E}[f(\sqrt{q} M_T)]$."""
        return moment(self.expression, q, window)

    def slope(self, q: sp.Expr, window: Size = 1) -> sp.Expr:
        r"""$\mathrm{E}[f'(\sqrt{q} M_T)^2]$."""
        return moment(sp.diff(self.expression, x) ** 2, q, window)

    def input_product(self, q: sp.Expr) -> sp.Expr:
        r"""$\mathrm{E}[u f(u)]$, $u$ Gaussian of variance q."""
        return moment(x * self.expression, q, 1)

    def product(self, q: sp.Expr, correlation: sp.Expr) -> sp.Expr:
        r"""$\mathrm{E}[f(u) f(v)]$, $u, v$ Gaussian of variance q and of this correlation."""
        return GaussianProduct(self.expression, x, q, correlation)

    def largest_second_moment(self, q: sp.Expr, window: Size) -> sp.Expr:
        r"""$\mathrm{E}[(\max_{i \leq T} f(u_i))^2]$, $u_i$ independent Gaussians of variance q.

        The same as `second_moment` where f is nondecreasing. Where f is even and rises with
        $|x|$, the unit of largest $|u|$ wins, so the density is
        $T \phi(u) \operatorname{erf}(|u|/\sqrt 2)^{T-1}$. For another f it is a `LargestMoment`.
        """
        if self.nondecreasing:
            return self.second_moment(q, window)
        if not self.even:
            return LargestMoment(self.expression, x, q, window)
        others = sp.erf(sp.Abs(x) / sp.sqrt(2 * sp.sympify(q))) ** (sp.sympify(window) - 1)
        return moment(window * self.expression**2 * others, q, 1)

    @classmethod
    def read(cls, operator: str, arguments: Mapping[str, Any]) -> Activation | None:
        """The activation an operator applies; ``None`` where its arguments make it another.

        Args:
            operator: one of this class's `torch` or `onnx`.
            arguments: the operator's arguments by the framework's names.
        """
        return cls()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Activation) and self.expression == other.expression

    def __hash__(self) -> int:
        return hash(self.expression)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def moment(f: sp.Expr, q: sp.Expr, window: Size) -> sp.Expr:
    r"""$\mathrm{E}[f(\sqrt{q} M_T)]$, opened where q is a number or a symbol and T = 1."""
    variance = sp.sympify(q)
    if window == 1 and (variance.is_Rational or variance.is_Symbol):
        return expect(f, x, variance)
    return Expectation(f, x, variance, 0, window)


def parameter(value: Any, name: str) -> sp.Expr:
    """A parameter as an exact real number, decimals as they are written, or as an expression.

    Raises:
        ArgumentError: for what is neither.

    >>> parameter(0.1, "slope")
    1/10
    """
    number = as_written(value)
    if number is not None and number.is_extended_real and number.is_finite:
        return number
    raise ArgumentError(
        name, need="a real number", have=repr(value), remedy="write it as a decimal or a fraction"
    )
