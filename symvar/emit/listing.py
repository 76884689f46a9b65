"""A network node by node: shapes, windows, fans, deviations, moments, and what was assumed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import sympy as sp

from symvar.emit.numbers import SHORT, compact, fitted
from symvar.emit.profiles import WIDTH, short
from symvar.graph.fans import Fans, fans
from symvar.graph.network import Network, Node
from symvar.graph.profile import Profile, Row
from symvar.primitives import Boundary

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

DIFFERS = "†"
"""Marks fans that the framework's helper gives differently."""

STOP = "■"
"""Marks an operator that symvar does not read."""

LONGEST = 34
"""A longer node name is cut at its beginning."""


@dataclass(frozen=True)
class Column:
    """One column of a listing.

    Args:
        head: its head.
        cells: one for each node.
        keep: how long it stays where there is little room; the lowest goes first.
        left: whether it is set from the left.
    """

    head: str
    cells: tuple[str, ...]
    keep: int
    left: bool = False

    @property
    def width(self) -> int:
        """Characters it takes."""
        return max(len(each) for each in (*self.head.split("\n"), *self.cells))


@dataclass(frozen=True)
class Listing:
    """A network and its profiles, scheme beside scheme.

    Args:
        net: the network.
        profiles: of it, under one theory each.
        remarks: where weights come from and what was left out, where there are several theories.
        neighbours: for a scheme, the correlations of neighbours under theory field.
    """

    net: Network
    profiles: tuple[Profile, ...]
    remarks: tuple[str, ...] = ()
    neighbours: Mapping[str | None, Sequence[float]] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes in topological order."""
        return tuple(self.net)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every column there is; under several theories, those of the first scheme."""
        return self.columns_of(self.parts[0])

    @property
    def theories(self) -> tuple[str, ...]:
        """The theories by name."""
        return tuple(dict.fromkeys(each.theory for each in self.profiles))

    @property
    def schemes(self) -> tuple[str | None, ...]:
        """The schemes by name."""
        return tuple(dict.fromkeys(each.scheme for each in self.profiles))

    @property
    def parts(self) -> tuple[tuple[Profile, ...], ...]:
        """The profiles of each table: all, or under several theories those of a scheme."""
        if len(self.theories) < 2:
            return (self.profiles,)
        return tuple(
            tuple(each for each in self.profiles if each.scheme == scheme)
            for scheme in self.schemes
        )

    def columns_of(self, profiles: Sequence[Profile]) -> tuple[Column, ...]:
        """Every column of one of the parts."""
        several = len(self.theories) > 1
        moments = self._beside(profiles) if several else map(self._of, profiles)
        flags = Column("flags", tuple(self._flags(node.name) for node in self.nodes), 8, left=True)
        return (*self._shared(), *(column for each in moments for column in each), flags)

    def fitting(
        self, width: int, between: int = 1, profiles: Sequence[Profile] | None = None
    ) -> tuple[Column, ...]:
        """The columns that fit so many characters."""
        kept = list(self.columns_of(profiles or self.parts[0]))
        while len(kept) > 1 and sum(each.width + between for each in kept) > width:
            least = min(each.keep for each in kept)
            if least >= 9:
                break
            kept = [each for each in kept if each.keep > least]
        return tuple(kept)

    @cached_property
    def footnotes(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """The letter of each assumption made somewhere, with its text and nodes."""
        placed: dict[str, dict[str, None]] = {}
        for profile in self.profiles:
            for text, nodes in profile.assumptions.items():
                if nodes:
                    placed.setdefault(text, {}).update(dict.fromkeys(nodes))
        return {
            lettered(place): (self.assumed_by(text), tuple(nodes))
            for place, (text, nodes) in enumerate(placed.items())
        }

    @property
    def everywhere(self) -> tuple[str, ...]:
        """What was assumed everywhere."""
        texts = (
            text
            for profile in self.profiles
            for text, nodes in profile.assumptions.items()
            if not nodes
        )
        return tuple(self.assumed_by(text) for text in dict.fromkeys(texts))

    def assumed_by(self, text: str) -> str:
        """An assumption, led by the theories that make it where not all do."""
        theirs = dict.fromkeys(each.theory for each in self.profiles if text in each.assumptions)
        return text if len(theirs) == len(self.theories) else f"{', '.join(theirs)}: {text}"

    @property
    def optima(self) -> tuple[str, ...]:
        """How near to one the schemes that minimise that brought all moments."""
        return tuple(
            f"{each.scheme}, theory {each.theory}: {each.optimum}"
            for each in self.profiles
            if each.optimum is not None
        )

    @cached_property
    def fans(self) -> dict[str, Fans]:
        """The fans of weighted nodes."""
        return {each.name: each for each in fans(self.net)}

    @property
    def marks(self) -> dict[str, str]:
        """The marks that occur, with their meaning."""
        found = {}
        why = dict.fromkeys(
            text.removeprefix("fans: ") for each in self.fans.values() for text in each.warnings
        )
        if why:
            found[DIFFERS] = "; ".join(why)
        if any(stops(node) for node in self.nodes):
            found[STOP] = "an operator symvar does not read: the analysis starts anew behind it"
        return found

    def _shared(self) -> list[Column]:
        windows = {row.name: row.window for row in self.profiles[0].rows}
        found = [
            self._column("layer", lambda node: fitted(_marked(node), LONGEST), 9, left=True),
            self._column("op", _operation, 1, left=True),
            self._column("shape", lambda node: "×".join(map(str, node.after)), 6, left=True),
            self._column("window", lambda node: _beyond(windows.get(node.name)), 5),
            self._of_weighted("fan in", lambda fans: str(fans.fan_in), 7),
            self._of_weighted("fan out", lambda fans: str(fans.fan_out), 4),
        ]
        if any(each.warnings for each in self.fans.values()):
            found.append(self._of_weighted(f"torch's{DIFFERS}", _helper, 3))
        if any(each.border != 1 for each in self.fans.values()):
            found.append(self._of_weighted("border", _border, 2))
        return found

    def _of_weighted(self, head: str, cell: Callable[[Fans], str], keep: int) -> Column:
        known = self.fans
        return self._column(
            head, lambda node: cell(known[node.name]) if node.name in known else "", keep
        )

    def _column(
        self, head: str, cell: Callable[[Node], str], keep: int, left: bool = False
    ) -> Column:
        return Column(head, tuple(map(cell, self.nodes)), keep, left)

    def _of(self, profile: Profile) -> list[Column]:
        alone = len(self.profiles) == 1
        heads = ("", "", "") if alone else thirds(profile.scheme or "symbols")
        names = ("σ", "forward" if alone else "forw.", "backward" if alone else "backw.")
        return [
            self._moment(profile, f"{head}\n{name}" if head else name, cell)
            for head, name, cell in zip(heads, names, (_deviation, *BOTH), strict=True)
        ]

    def _beside(self, profiles: Sequence[Profile]) -> Iterator[list[Column]]:
        """The one deviation, and the moments under each theory."""
        yield [self._moment(profiles[0], "σ", _deviation)]
        for each in profiles:
            yield [
                self._moment(each, f"{each.theory}\nforw.", BOTH[0]),
                self._moment(each, "backw.", BOTH[1]),
            ]

    def _moment(self, profile: Profile, head: str, cell: Callable[[Row], sp.Expr]) -> Column:
        rows = {row.name: row for row in profile.rows}
        cells = (_number(cell(rows[node.name])) if node.name in rows else "" for node in self.nodes)
        return Column(head, tuple(cells), 9)

    def _flags(self, name: str) -> str:
        return " ".join(letter for letter, (_, nodes) in self.footnotes.items() if name in nodes)


def _deviation(row: Row) -> sp.Expr:
    return sp.sqrt(row.weight_variance)


BOTH: tuple[Callable[[Row], sp.Expr], ...] = (lambda row: row.forward, lambda row: row.backward)
"""Forward and backward."""


def lettered(place: int) -> str:
    """The letters a to z, then aa, ab and so on.

    >>> lettered(0), lettered(25), lettered(26)
    ('a', 'z', 'aa')
    """
    first, last = divmod(place, 26)
    return (lettered(first - 1) if first else "") + chr(ord("a") + last)


def thirds(title: str) -> tuple[str, str, str]:
    """A title over three columns, cut at its hyphens.

    >>> thirds("kaiming-fan-in")
    ('kaiming-', 'fan-in', '')
    """
    first, hyphen, rest = title.partition("-")
    return first + hyphen, rest, ""


def stops(node: Node) -> bool:
    """Whether the analysis stops there and starts anew."""
    return any(isinstance(each, Boundary) for each in node.primitives)


def _helper(fans: Fans) -> str:
    return f"{fans.helper_fan_in}/{fans.helper_fan_out}" if fans.warnings else ""


def _border(fans: Fans) -> str:
    return "" if fans.border == 1 else short(fans.border, 3)


def _marked(node: Node) -> str:
    return f"{node.name} {STOP}" if stops(node) else node.name


def _operation(node: Node) -> str:
    name = str(getattr(node.layer, "operator", getattr(node.layer, "function", node.layer.name)))
    return SHORT.get(name, name)


def _beyond(window: object) -> str:
    return "" if window in (None, 1) else str(window)


def _number(value: sp.Expr) -> str:
    return str(value) if value.free_symbols else compact(float(value))


def table(listing: Listing, width: int, profiles: Sequence[Profile] | None = None) -> Table:
    """The terminal table of the columns that fit."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0, show_edge=False)
    kept = listing.fitting(width, profiles=profiles)
    deep = max(each.head.count("\n") for each in kept)
    for column in kept:
        head = "\n" * (deep - column.head.count("\n")) + column.head
        made.add_column(head, justify="left" if column.left else "right", no_wrap=True)
    for place, node in enumerate(listing.nodes):
        style = None if node.mix else "dim"
        made.add_row(*(column.cells[place] for column in kept), style=style)
    return made


def title(listing: Listing) -> str:
    """The first line: size, theories, input."""
    first = listing.profiles[0]
    theories = ", ".join(listing.theories)
    word = "theory" if len(listing.theories) == 1 else "theories"
    layers = f"{len(listing.net.weighted)} weighted layers"
    return (
        f"{layers}, {listing.net.parameter_count} parameters, input "
        f"{'×'.join(map(str, listing.net.input.after))}; {word} {theories}, {first.input} input"
    )


def show(listing: Listing, console: Console | None = None) -> None:
    """Print the table, what its marks mean, and what was assumed."""
    from rich.console import Console

    if console is None:
        console = Console() if sys.stdout.isatty() else Console(width=WIDTH)

    def say(text: str) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=not console.is_terminal)

    say(title(listing) + "\n")
    for place, part in enumerate(listing.parts):
        if len(listing.parts) > 1:
            say("\n" * (place > 0) + (part[0].scheme or "symbols"))
        console.print(table(listing, console.width, part))
    for mark, text in listing.marks.items():
        say(f"{mark}  {text}")
    say("\nassumed:")
    for text in listing.everywhere:
        say(f"-  {text}")
    for letter, (text, nodes) in listing.footnotes.items():
        say(f"{letter}  {text} [{some(nodes)}]")
    for text in (*listing.remarks, *listing.optima):
        say(f"\n{text}")


def some(nodes: Sequence[str]) -> str:
    """Nodes by name, the first six of many."""
    shown = ", ".join(nodes[:6])
    return shown if len(nodes) <= 6 else f"{shown} and {len(nodes) - 6} more"
