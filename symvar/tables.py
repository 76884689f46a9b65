"""The lookup table of pooling constants, in every format a framework or a paper reads.

>>> table = build(max_window=2, digits=10)
>>> [(entry.name, entry.pool, entry.window, entry.value) for entry in table.entries[:2]]
[('tau', 'max', 1, '0.5000000000'), ('tau', 'max', 2, '0.9091549431')]
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from importlib.resources import files
from typing import Any

import numpy as np
import sympy as sp

from symvar.emit.latex import booktabs
from symvar.errors import ArgumentError
from symvar.extras import require_package
from symvar.integrals import Enclosure, enclose, gamma, tau, tau_enclosures
from symvar.integrals.arguments import pool_name
from symvar.integrals.certified import checked_digits
from symvar.integrals.shared import LARGEST_TABLE

SCHEMA = "symvar/pool-constants/1"
DOUBLE_DIGITS = 25  # enough to round to a double, whatever is printed

_EQUATIONS = {("tau", "max"): 12, ("tau", "avg"): 13, ("gamma", "max"): 15, ("gamma", "avg"): 16}
_READABLE = 10  # beyond this window 1 - 2^-T is left as it stands
_GROUP = 5  # digits between spaces in LaTeX
_SMALL = r">{\footnotesize}"  # per column: a float goes back to the normal size
_DIGITS = r">{\footnotesize\raggedright\spaceskip.25em\arraybackslash}p{0.59\linewidth}"
_LONGEST = 160  # LaTeX of a closed form that still fits its column; dilogarithms do not
_ALIGN = f"{_SMALL}l{_DIGITS}{_SMALL}l"

Progress = Callable[[Iterable[sp.Expr]], Iterable[sp.Expr]]


@dataclass(frozen=True)
class Entry:
    """One constant.

    Args:
        name: ``"tau"`` or ``"gamma"``.
        pool: ``"max"`` or ``"avg"``.
        window: how many units are pooled.
        value: decimal digits, each proven: the true value lies within one unit of the last.
        radius: a bound on the distance from ``value`` to the true value.
        closed_form: the closed form as sympy prints it, where one is known.
        srepr: the named expression; the names are those of ``symvar.integrals`` and sympy.
        latex: the closed form in LaTeX, where one is known.
        source: the equation that defines it.
        double: the double nearest to the true value.
    """

    name: str
    pool: str
    window: int
    value: str
    radius: str
    closed_form: str | None
    srepr: str
    latex: str | None
    source: str
    double: float


TEXT_COLUMNS = tuple(field.name for field in fields(Entry) if field.name != "double")


@dataclass(frozen=True)
class PoolingTable:
    """The constants of windows 1 to some largest one, as text or as an array file.

    Args:
        digits: significant digits of every value.
        entries: the constants, by pooling, then name, then window.
    """

    digits: int
    entries: tuple[Entry, ...]

    def to_json(self) -> str:
        """JSON, schema ``symvar/pool-constants/1``: numbers are decimal strings."""
        constants = [{key: getattr(entry, key) for key in TEXT_COLUMNS} for entry in self.entries]
        content = {"schema": SCHEMA, "digits": self.digits, "constants": constants}
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    def to_csv(self) -> str:
        """Comma-separated values under a header; an unknown closed form is empty."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(TEXT_COLUMNS)
        writer.writerows([getattr(entry, name) for name in TEXT_COLUMNS] for entry in self.entries)
        return out.getvalue()

    def to_markdown(self) -> str:
        """A Markdown table with the closed forms as formulas."""
        lines = ["| constant | pooling | T | value | closed form | source |"]
        lines.append("|---|---|---:|---|---|---|")
        for entry in self.entries:
            cells = (f"${_symbol(entry)}$", entry.pool, str(entry.window), entry.value)
            formula = f"${entry.latex}$" if entry.latex else ""
            lines.append(f"| {' | '.join((*cells, formula, entry.source))} |")
        return "\n".join(lines) + "\n"

    def to_latex(self) -> str:
        """A table for a paper: a fragment that needs booktabs and longtable."""
        rows = [
            (
                f"${_symbol(entry)}$",
                _grouped(entry.value),
                _fitting(entry.latex),
            )
            for entry in self.entries
        ]
        caption = f"Pooling constants to {self.digits} proven significant digits"
        table = booktabs(("", "value", "closed form"), rows, align=_ALIGN, caption=caption)
        return f"\\begingroup\\renewcommand{{\\arraystretch}}{{1.3}}\n{table}\\endgroup\n"

    def to_npz(self) -> bytes:
        """A NumPy archive: ``window`` and one float64 array per constant, correctly rounded."""
        arrays: dict[str, np.ndarray[Any, Any]] = {}
        for key in dict.fromkeys((entry.name, entry.pool) for entry in self.entries):
            chosen = [entry for entry in self.entries if (entry.name, entry.pool) == key]
            arrays["window"] = np.array([entry.window for entry in chosen], dtype="<i8")
            arrays["_".join(key)] = np.array([entry.double for entry in chosen], dtype="<f8")
        return _archive(arrays)

    def to_frame(self) -> Any:
        """A pandas frame with the columns of the CSV and ``double``.

        Raises:
            MissingExtra: pandas is not installed.
        """
        pd = require_package("pandas", "frames")
        return pd.DataFrame([asdict(entry) for entry in self.entries])

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


def build(
    max_window: int = 64,
    digits: int = 50,
    pool: Sequence[str] = ("max", "avg"),
    progress: Progress | None = None,
) -> PoolingTable:
    """Computes tau and gamma of every window from 1 to the largest, in certified balls.

    Args:
        max_window: the largest window.
        digits: significant digits of every value.
        pool: the poolings wanted, of ``"max"`` and ``"avg"``.
        progress: wraps the constants while they are computed, like ``rich.progress.track``.

    Raises:
        ArgumentError: an argument outside its domain.
    """
    count = checked_digits(digits)
    if not isinstance(max_window, int) or isinstance(max_window, bool) or max_window < 1:
        raise ArgumentError(
            "max_window",
            need="a whole number, 1 or more",
            have=repr(max_window),
            remedy="use max_window=64",
        )
    if max_window > LARGEST_TABLE:
        raise ArgumentError(
            "max_window",
            need=f"at most {LARGEST_TABLE}",
            have=str(max_window),
            remedy="enclose(tau(T)) takes a larger window by itself",
        )
    names = (pool,) if isinstance(pool, str) else pool
    pools = dict.fromkeys(pool_name(name).name for name in names)
    if not pools:
        raise ArgumentError("pool", need="a pooling", have="none", remedy='use pool=("max", "avg")')
    constants: Iterable[sp.Expr] = [
        constant(window, name)
        for name in pools
        for constant in (tau, gamma)
        for window in range(1, max_window + 1)
    ]
    accuracy = max(count, DOUBLE_DIGITS)
    together = dict[sp.Expr, Enclosure]()
    if "max" in pools:
        balls = tau_enclosures(max_window, accuracy)
        together = {tau(window): ball for window, ball in enumerate(balls, start=1)}
    return PoolingTable(
        count,
        tuple(
            _entry(constant, together.get(constant) or enclose(constant, accuracy), count)
            for constant in (constants if progress is None else progress(constants))
        ),
    )


def shipped() -> PoolingTable:
    """The table that comes with symvar: windows 1 to 64, 50 digits, both poolings.

    ``symvar tables --out symvar/data`` makes it; a test compares every byte.

    >>> shipped().entries[3].value[:12]
    '1.5437850115'
    """
    text = files("symvar").joinpath("data", "pool_constants.json").read_text(encoding="utf-8")
    content = json.loads(text)
    entries = (
        Entry(**constant, double=float(Fraction(constant["value"])))
        for constant in content["constants"]
    )
    return PoolingTable(content["digits"], tuple(entries))


def _entry(constant: sp.Expr, ball: Enclosure, digits: int) -> Entry:
    value, radius = ball.decimal(digits)
    name, closed = type(constant).__name__, _shown(constant)
    return Entry(
        name=name,
        pool=constant.pool,
        window=int(constant.window),
        value=value,
        radius=radius,
        closed_form=None if closed is None else str(closed),
        srepr=sp.srepr(constant),
        latex=None if closed is None else sp.latex(closed),
        source=f"asv ({_EQUATIONS[name, constant.pool]})",
        double=float(ball),
    )


def _shown(constant: sp.Expr) -> sp.Expr | None:
    """The closed form as a reader wants it: no fraction of twenty digits for 1 - 2^-64."""
    window = int(constant.window)
    if isinstance(constant, gamma) and constant.pool == "max" and window > _READABLE:
        two = sp.UnevaluatedExpr(sp.Integer(2))
        with sp.evaluate(False):
            return (1 - two**-window) / sp.Integer(window)
    return constant.closed_form()


def _symbol(entry: Entry) -> str:
    above = r"^{\mathrm{avg}}" if entry.pool == "avg" else ""
    return rf"\{entry.name}{above}_{{{entry.window}}}"


def _fitting(formula: str | None) -> str:
    """A closed form in the column's width, or the word for what it is made of."""
    if formula is None:
        return ""
    return f"${formula}$" if len(formula) <= _LONGEST else "dilogarithms"


def _grouped(value: str) -> str:
    r"""Digits in groups of five, between which a line may break.

    >>> _grouped("1.23456789e-7")
    '1.23456 789$\\cdot 10^{-7}$'
    """
    mantissa, _, exponent = value.partition("e")
    whole, dot, rest = mantissa.partition(".")
    groups = " ".join(rest[start : start + _GROUP] for start in range(0, len(rest), _GROUP))
    return whole + dot + groups + (rf"$\cdot 10^{{{exponent}}}$" if exponent else "")


def _archive(arrays: dict[str, np.ndarray[Any, Any]]) -> bytes:
    """What ``numpy.savez`` writes, but the same bytes at any time on any machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            member = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system = 3
            archive.writestr(member, content.getvalue())
    return out.getvalue()


FORMATS: dict[str, tuple[str, Callable[[PoolingTable], str | bytes]]] = {
    "json": ("json", PoolingTable.to_json),
    "csv": ("csv", PoolingTable.to_csv),
    "latex": ("tex", PoolingTable.to_latex),
    "markdown": ("md", PoolingTable.to_markdown),
    "npz": ("npz", PoolingTable.to_npz),
}
"""File suffix and renderer of each format."""
