"""What stands on an edge: one channel's random field, and how a gradient passes back through it.

Fields that are a Gaussian field or a function of one keep that field until a mix or a fixed
linear map ends it, so that activation and pooling may come in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from symvar.errors import NeedsFact
from symvar.field.functions import Function
from symvar.field.kernels import Kernel, total
from symvar.field.pools import Pool
from symvar.theories.origins import Origins

Pull = Callable[[Kernel], Kernel]
"""From the gradient's field at a signal to the one at the signal before."""


@dataclass(frozen=True, eq=False)
class Signal:
    """One channel of an edge: a field of which only the second moments are known.

    Args:
        channels: how many there are, alike.
        kernel: its second moments.
        origins: the randomness it is a function of, given the signals before the last mix.
        before: the signal it is a function of, which gradients are pulled back to; none for one
            that a mix, a join or the input made.
        pull: how.
        centred: whether every unit has mean zero over the weights.
        nonnegative: whether no unit is below zero.
        summands: of a sum, each summand and what stands for it in the sum.
        log_variance: over networks, of the logarithm of the second moment, where typical ones
            are asked for; None for units of a model without widths.
    """

    channels: int
    kernel: Kernel
    origins: Origins
    before: Signal | None = field(default=None, kw_only=True)
    pull: Pull | None = field(default=None, kw_only=True)
    centred: bool = field(default=False, kw_only=True)
    nonnegative: bool = field(default=False, kw_only=True)
    summands: tuple[tuple[Signal, Signal], ...] = field(default=(), kw_only=True)
    log_variance: float | None = field(default=0.0, kw_only=True)

    words: ClassVar[str] = "units of which only second moments are known"

    @cached_property
    def depth(self) -> int:
        """How many signals before it lead back to one that a mix, a join or the input made."""
        return 0 if self.before is None else self.before.depth + 1

    @property
    def line(self) -> Iterator[Signal]:
        """Itself and every signal before it, back to where one was made."""
        signal: Signal | None = self
        while signal is not None:
            yield signal
            signal = signal.before

    @property
    def units(self) -> int:
        """Of all channels."""
        return self.channels * self.kernel.positions


@dataclass(frozen=True, eq=False)
class Gaussian(Signal):
    """A Gaussian field of mean zero."""

    words: ClassVar[str] = "Gaussian units"


@dataclass(frozen=True, eq=False)
class Activated(Signal):
    """A function of every unit of a Gaussian field."""

    source: Gaussian = field(kw_only=True)
    function: Function = field(kw_only=True)

    words: ClassVar[str] = "units behind an activation"


@dataclass(frozen=True, eq=False)
class Largest(Signal):
    """The largest of each window of a Gaussian field, through a function that does not decrease."""

    source: Gaussian = field(kw_only=True)
    pool: Pool = field(kw_only=True)

    words: ClassVar[str] = "units behind a maximum"


@dataclass(frozen=True, eq=False)
class Joint:
    """Channels of several kinds side by side.

    Args:
        parts: in the order of the channels.
    """

    parts: tuple[Signal, ...]

    @property
    def channels(self) -> int:
        """All of them."""
        return sum(part.channels for part in self.parts)

    @cached_property
    def kernel(self) -> Kernel:
        """The mean over channels."""
        shares = [part.channels / self.channels for part in self.parts]
        return total([part.kernel for part in self.parts], shares)


Edge = Signal | Joint


def parts_of(edge: Edge) -> tuple[Signal, ...]:
    """The parts of an edge; itself if all its channels are alike."""
    return edge.parts if isinstance(edge, Joint) else (edge,)


def each_part(edge: Edge, change: Callable[[Signal], Signal]) -> Edge:
    """Every part changed."""
    return Joint(tuple(map(change, edge.parts))) if isinstance(edge, Joint) else change(edge)


def gaussian(channels: int, kernel: Kernel) -> Gaussian:
    """What a mix of new weights makes."""
    return Gaussian(channels, kernel, Origins.new(), centred=True)


def derived(signal: Signal, kernel: Kernel, pull: Pull, *, keeps_law: bool) -> Signal:
    """A signal behind a fixed linear map of units of one channel.

    Args:
        signal: what it is made of.
        kernel: its second moments.
        pull: see :class:`Signal`.
        keeps_law: whether Gaussian units stay Gaussian.
    """
    kind = Gaussian if keeps_law and isinstance(signal, Gaussian) else Signal
    return kind(
        signal.channels, kernel, signal.origins, before=signal, pull=pull,
        centred=signal.centred, nonnegative=signal.nonnegative,
    )  # fmt: skip


def refused(need: str, have: str) -> NeedsFact:
    """The error for a fact that does not hold here."""
    return NeedsFact(
        "theory field", need=need, have=have,
        remedy="end the branch in a weighted layer first, or use theory iid",
    )  # fmt: skip
