"""Zeros laid around a map straight before the layer that reads it, as that layer's own padding.

Counted there, the zeros at the border are read as often as they truly are; as units of a padded map
they would be read as often as the others.
"""

from __future__ import annotations

from dataclasses import replace

from symvar.errors import UnsupportedOperator
from symvar.geometry import is_number
from symvar.layers.activate import Activate
from symvar.layers.avgpool import AvgPool
from symvar.layers.base import Layer, Padding, sides
from symvar.layers.conv import Conv
from symvar.layers.maxpool import MaxPool
from symvar.layers.pad import Pad

Edges = list[tuple[str, str]]


def fuse_padding(layers: dict[str, Layer], edges: Edges) -> None:
    """Take every zero padding into the layers that read it, where all of them can; in place."""
    readers: dict[str, list[str]] = {}
    feeding: dict[str, str] = {}
    for before, behind in edges:
        readers.setdefault(before, []).append(behind)
        feeding[behind] = before
    gone: dict[str, str] = {}
    for key, layer in list(layers.items()):
        if not (isinstance(layer, Pad) and layer.mode in ("zero", "lowest")):
            continue
        source = gone.get(feeding[key], feeding[key])
        rectified = isinstance(layers[source], Activate) and layers[source] == Activate("relu")
        fused = {each: _padded(layers[each], layer, rectified) for each in readers.get(key, [])}
        if fused and all(each is not None for each in fused.values()):
            layers.update({name: each for name, each in fused.items() if each is not None})
            gone[key] = source
            del layers[key]
        elif layer.mode == "lowest":
            raise UnsupportedOperator(
                f"node {key!r}",
                need="max-pools alone, without ceil mode, straight behind padding by -inf",
                have=", ".join(sorted({layers[each].name for each in fused})) or "an output",
                remedy="pad with zeros, or give the padding to the pool",
            )
    edges[:] = [
        (gone.get(before, before), behind) for before, behind in edges if behind not in gone
    ]


def _padded(layer: Layer, pad: Pad, rectified: bool) -> Layer | None:
    """The layer with more padding; None where it would not be the same.

    The maximum of rectified units does not feel zeros, and no maximum feels minus infinity; an
    average feels zeros where padding counts.
    """
    padding, lowest = pad.padding, pad.mode == "lowest"
    match layer:
        case MaxPool(ceil=False) if rectified or lowest:
            return replace(layer, padding=_sum(layer.padding, padding))
        case _ if lowest:
            return None
        case Conv():
            return replace(layer, padding=_sum(layer.padding, padding))
        case AvgPool(ceil=False) if layer.counts_padding or _none(layer.padding):
            return replace(layer, padding=_sum(layer.padding, padding), counts_padding=True)
    return None


def _sum(own: Padding, more: Padding) -> Padding:
    axes = next((len(each) for each in (own, more) if isinstance(each, tuple)), 0)
    if not axes:
        assert not isinstance(own, tuple)
        assert not isinstance(more, tuple)
        return own + more
    low, high = sides(own, axes)
    further_low, further_high = sides(more, axes)
    pairs = zip(low, further_low, high, further_high, strict=True)
    return tuple((a + b, c + d) for a, b, c, d in pairs)


def _none(padding: Padding) -> bool:
    entries = padding if isinstance(padding, tuple) else (padding,)
    flat = [part for each in entries for part in (each if isinstance(each, tuple) else (each,))]
    return all(is_number(each) and each == 0 for each in flat)
