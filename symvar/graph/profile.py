"""What a propagation found: one row per weighted layer, and what was assumed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

import sympy as sp

from symvar import registry
from symvar.extras import require_package
from symvar.geometry import Size
from symvar.graph.fans import Fans
from symvar.graph.fans import warnings as fan_warnings
from symvar.integrals import Known, enclose

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from symvar.schemes.optimum import Optimum

DIGITS = 17
"""Significant digits of the decimals in exported profiles; each is proven."""


@dataclass(frozen=True)
class Row:
    r"""One weighted layer.

    Args:
        name: its node.
        op: the layer's operation.
        fan_in: interior inputs per output.
        fan_out: interior outputs per input.
        connections: $e$, the (input unit, output unit) pairs joined.
        window: units in the window of the pooling behind it; 1 without pooling.
        weight_variance: $\sigma_w^2$.
        forward: $q$, the second moment of its pre-activations.
        backward: the second moment of the gradient there.
        backward_input: $r$ of the layer before, the same at the layer's input.
        correlation: between two pre-activations of a channel, such as those of a window, or of a
            unit on two inputs; zero where units are independent. Not given by theory field, where
            it differs from pair to pair: see ``symvar.graph.fields``.
    """

    name: str
    op: str
    fan_in: Size
    fan_out: Size
    connections: Size
    window: Size
    weight_variance: sp.Expr
    forward: sp.Expr
    backward: sp.Expr
    backward_input: sp.Expr
    correlation: sp.Expr

    def exact(self) -> dict[str, Any]:
        """The entries by column, exact."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def enclosed(self) -> bool:
        """Whether a number of it is kept as a proven ball, its exact form being too long."""
        moments = (self.weight_variance, self.forward, self.backward, self.backward_input)
        return any(value.has(Known) for value in moments)


@dataclass(frozen=True)
class Setting:
    """What an initialised module's parameter was set to.

    Args:
        role: weight, bias, norm scale, norm shift, slope or other.
        law: the distribution it was drawn from, ``"zero"``, ``"one"``, or ``"kept"``: as it was.
        deviation: the standard deviation of its entries, mean zero; of kept ones, their root mean
            square. None for a constant.
    """

    role: str
    law: str
    deviation: float | None


COLUMNS = tuple(field.name for field in fields(Row))


@dataclass(frozen=True)
class Profile:
    """The moments of a network under one scheme and one theory.

    Args:
        rows: one per weighted layer, in topological order.
        scheme: the scheme's name; None where the variances are symbols.
        theory: the theory's name.
        input: the kind of input.
        assumptions: what was assumed, and at which nodes (none listed: at all).
        parameters: what the parameters of an initialised module were set to, by their names.
        fans: exact fans beside those of ``torch.nn.init``, one for each row.
        boundaries: the nodes a partial import stopped and started anew at.
        optimum: how near to one a scheme that minimises that brought all moments.
    """

    rows: tuple[Row, ...]
    scheme: str | None
    theory: str
    input: str
    assumptions: Mapping[str, tuple[str, ...]]
    parameters: Mapping[str, Setting] = field(default_factory=dict)
    fans: tuple[Fans, ...] = ()
    boundaries: tuple[str, ...] = ()
    optimum: Optimum | None = None

    @property
    def warnings(self) -> Mapping[str, tuple[str, ...]]:
        """Each way the fans of ``torch.nn.init`` differ from the exact ones, and at which nodes."""
        return fan_warnings(self.fans)

    def __getitem__(self, name: str) -> Row:
        found: Row = registry.pick({row.name: row for row in self.rows}, name, "layer")
        return found

    def floats(self, column: str) -> list[float]:
        """A column as doubles.

        Raises:
            ArgumentError: where an entry holds symbols.
        """
        return [float(enclose(sp.sympify(getattr(row, column)), DIGITS).mid) for row in self.rows]

    @property
    def enclosed(self) -> tuple[str, ...]:
        r"""The rows with a number that is kept as a ball, of relative radius below $2^{-120}$.

        Every other number is exact.
        """
        return tuple(row.name for row in self.rows if row.enclosed)

    def to_json(self) -> str:
        """Every entry with its exact form and, where it is a number, its proven digits."""
        table: dict[str, Any] = {
            "schema": "symvar/profile/1",
            "scheme": self.scheme,
            "theory": self.theory,
            "input": self.input,
            "assumptions": {text: list(nodes) for text, nodes in self.assumptions.items()},
            "enclosed": list(self.enclosed),
            "rows": [
                {name: _entry(value) for name, value in row.exact().items()} for row in self.rows
            ],
        }
        table["fans"] = [_fans(each) for each in self.fans]
        table["warnings"] = {text: list(nodes) for text, nodes in self.warnings.items()}
        table["boundaries"] = list(self.boundaries)
        if self.optimum is not None:
            table["optimum"] = self.optimum.to_dict()
        if self.parameters:
            table["parameters"] = {name: asdict(each) for name, each in self.parameters.items()}
        return json.dumps(table, indent=1, ensure_ascii=False) + "\n"

    def to_frame(self) -> Any:
        """A pandas frame of the exact entries.

        Raises:
            MissingExtra: without pandas.
        """
        pd = require_package("pandas", "frames")
        return pd.DataFrame([row.exact() for row in self.rows], columns=list(COLUMNS))

    def to_latex(self) -> str:
        """The table of exact variances and decimal moments as LaTeX (booktabs)."""
        from symvar.emit.profiles import latex_table

        return latex_table(self)

    def plot(self) -> Figure:
        """Forward and backward moments against depth.

        Raises:
            MissingExtra: without matplotlib.
        """
        from symvar.emit.plots import against_depth

        return against_depth([self])

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        from symvar.emit.profiles import html_table, text_table

        return {"text/plain": text_table(self), "text/html": html_table(self)}

    def __str__(self) -> str:
        from symvar.emit.profiles import text_table

        return text_table(self)


def _fans(fans: Fans) -> dict[str, Any]:
    """The fans of a row, sizes and the border factor as exact text where they are no integers."""
    entries = ((field.name, getattr(fans, field.name)) for field in fields(fans))
    return {
        name: list(value)
        if isinstance(value, tuple)
        else value
        if isinstance(value, (str, int))
        else str(value)
        for name, value in entries
        if name not in ("fan_in", "fan_out", "op")
    }


def _entry(value: Any) -> Any:
    if isinstance(value, (str, int)):
        return value
    if value.is_Integer:
        return int(value)
    exact = None if value.has(Known) else str(value)
    entry = {"exact": exact, "srepr": sp.srepr(value)}
    if not value.free_symbols:
        entry["value"], entry["radius"] = enclose(value, DIGITS).decimal(DIGITS)
    return entry
