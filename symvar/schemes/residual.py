"""Residual branches of a network: what Fixup needs to know of each weighted layer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import networkx as nx

from symvar.errors import NeedsFact
from symvar.graph.network import Network
from symvar.primitives import Standardise, Sum


@dataclass(frozen=True)
class Branch:
    """A weighted layer's place in a residual branch.

    Args:
        depth: m, the weighted layers on the longest way through the branch.
        last: whether it is the last of them.
    """

    depth: int
    last: bool


@dataclass(frozen=True)
class Residual:
    """The residual structure of a network.

    Args:
        sums: L, the number of residual sums.
        places: the place of every weighted layer that stands in a residual branch.
    """

    sums: int
    places: dict[str, Branch]


@lru_cache(maxsize=4)
def residual(net: Network) -> Residual:
    """The residual sums of a network, and its weighted layers in their branches.

    A sum is residual where one of the ways from its fork (the last node that every way to the sum
    passes) holds more weighted layers than the others; that way is the branch, the others are
    shortcuts, projections included.

    Raises:
        NeedsFact: for a sum whose ways hold equally many, or for a norm in a branch.
    """
    joined = [
        node.name
        for node in net
        if len(set(net.feeding(node.name))) > 1
        and any(isinstance(each, Sum) for each in node.primitives)
    ]
    if not joined:
        return Residual(0, {})
    forks = nx.immediate_dominators(nx.DiGraph(net.graph), net.input.name)
    places: dict[str, Branch] = {}
    for name in joined:
        ways = [_between(net, forks[name], fed) for fed in dict.fromkeys(net.feeding(name))]
        depths = [_depth(net, way) for way in ways]
        branch, depth = ways[depths.index(max(depths))], max(depths)
        if depths.count(depth) > 1:
            raise NeedsFact(
                f"node {name!r}",
                need="one branch with more weighted layers than the shortcuts beside it",
                have=f"ways with {', '.join(map(str, depths))} weighted layers",
                remedy="use asv-forward for sums that are no residual blocks",
            )
        _refuse_norms(net, branch)
        mixes = [each for each in branch if net[each].mix is not None]
        ends = set(mixes) - set(_reached(net, mixes, branch))
        places |= {each: Branch(depth, each in ends) for each in mixes}
    return Residual(len(joined), places)


def _between(net: Network, fork: str, end: str) -> list[str]:
    """The nodes on the ways from a fork, itself left out, to an end, in topological order."""
    found: set[str] = set()
    waiting = [end]
    while waiting:
        name = waiting.pop()
        if name != fork and name not in found:
            found.add(name)
            waiting += net.feeding(name)
    return sorted(found, key=_ranks(net).__getitem__)


@lru_cache(maxsize=4)
def _ranks(net: Network) -> dict[str, int]:
    return {node.name: rank for rank, node in enumerate(net)}


def _depth(net: Network, way: Iterable[str]) -> int:
    depths: dict[str, int] = {}
    for name in way:
        before = max((depths.get(fed, 0) for fed in net.feeding(name)), default=0)
        depths[name] = before + (net[name].mix is not None)
    return max(depths.values(), default=0)


def _reached(net: Network, mixes: Iterable[str], branch: Iterable[str]) -> Iterable[str]:
    """The weighted layers of a branch from which another of its weighted layers is reached."""
    inside = set(branch)
    leads: dict[str, bool] = {}
    for name in reversed(list(branch)):
        after = [each for each in net.graph.successors(name) if each in inside]
        leads[name] = any(leads[each] or net[each].mix is not None for each in after)
    return (name for name in mixes if leads[name])


def _refuse_norms(net: Network, branch: Iterable[str]) -> None:
    for name in branch:
        if any(isinstance(each, Standardise) for each in net[name].primitives):
            raise NeedsFact(
                net[name].place,
                need="residual branches without norms, which Fixup replaces",
                have="a norm",
                remedy="remove the norms, or use asv-forward",
            )
