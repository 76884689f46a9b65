"""What stands around a weighted layer: the activations next to it, a norm behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

from symvar.activations.base import Activation
from symvar.activations.identity import Identity
from symvar.errors import NeedsFact
from symvar.graph.network import Network
from symvar.primitives import Mix, Pointwise, Primitive, Standardise

Found = TypeVar("Found")
LINEAR: Activation = Identity()


def activation_before(net: Network, name: str) -> Activation:
    """The activation nearest before a node, on the way from the weighted layers before it.

    Pooling, norms, joins and rearrangements are passed over; the identity where none stands there.

    Raises:
        NeedsFact: where several branches bring different ones.
    """
    last = _last_met(net)
    return _only({each for fed in net.feeding(name) for each in last[fed]}, name, "before")


def activation_behind(net: Network, name: str) -> Activation:
    """The activation nearest behind a node, on the way to the weighted layers that read it.

    Raises:
        NeedsFact: where several branches have different ones.
    """
    return _only(_next_met(net)[name], name, "behind")


def normalised(net: Network, name: str) -> bool:
    """Whether every way on from a node meets a norm before the next weighted layer.

    Behind a sum, the norm of the sum counts as the norm of each summand.
    """
    return _next_norm(net)[name] == {True}


def classifiers(net: Network) -> frozenset[str]:
    """The weighted nodes behind which no other stands."""
    return frozenset(node.name for node in net.weighted if not _leads_on(net)[node.name])


def _only(found: Iterable[Activation], name: str, side: str) -> Activation:
    distinct = set(found)
    if len(distinct) == 1:
        return distinct.pop()
    names = ", ".join(sorted(each.name for each in distinct))
    raise NeedsFact(
        f"node {name!r}",
        need=f"one activation {side} the layer",
        have=f"several, in different branches: {names}",
        remedy="use asv-forward or asv-backward, which take each branch as it is",
    )


@lru_cache(maxsize=4)
def _last_met(net: Network) -> dict[str, set[Activation]]:
    """The activations last met on the ways to the end of each node."""
    met: dict[str, set[Activation]] = {}
    for node in net:
        before = {each for fed in net.feeding(node.name) for each in met[fed]}
        own = next(_said(reversed(node.primitives), _activation), None)
        met[node.name] = {own} if own is not None else before or {LINEAR}
    return met


@lru_cache(maxsize=4)
def _next_met(net: Network) -> dict[str, set[Activation]]:
    return _first_met(net, _activation, LINEAR)


@lru_cache(maxsize=4)
def _next_norm(net: Network) -> dict[str, set[bool]]:
    return _first_met(net, _norm, False)


@lru_cache(maxsize=4)
def _leads_on(net: Network) -> dict[str, bool]:
    """Whether a weighted node stands somewhere behind each node."""
    found: dict[str, bool] = {}
    for node in reversed(list(net)):
        after = net.graph.successors(node.name)
        found[node.name] = any(found[each] or net[each].mix is not None for each in after)
    return found


def _first_met(
    net: Network, of: Callable[[Primitive], Found | None], end: Found
) -> dict[str, set[Found]]:
    """What is first met on the ways on from the end of each node; ``end`` behind the last."""
    entering: dict[str, set[Found]] = {}
    leaving: dict[str, set[Found]] = {}
    for node in reversed(list(net)):
        after = {each for name in net.graph.successors(node.name) for each in entering[name]}
        leaving[node.name] = after or {end}
        own = next(_said(node.primitives, of), None)
        entering[node.name] = leaving[node.name] if own is None else {own}
    return leaving


def _said(
    primitives: Iterable[Primitive], of: Callable[[Primitive], Found | None]
) -> Iterator[Found]:
    return (found for each in primitives if (found := of(each)) is not None)


def _activation(primitive: Primitive) -> Activation | None:
    if isinstance(primitive, Mix):
        return LINEAR
    found = primitive.activation if isinstance(primitive, Pointwise) else None
    return None if found == LINEAR else found


def _norm(primitive: Primitive) -> bool | None:
    if isinstance(primitive, Standardise):
        return True
    return False if isinstance(primitive, Mix) else None
