"""Unpooling: each unit back to the place it was the maximum at, zeros elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from symvar.geometry import require_size
from symvar.layers.base import Call, Example, Layer, PerAxis, Shape, per_axis, whole_sizes
from symvar.primitives import Copy, Primitive
from symvar.reference import cite


@dataclass(frozen=True)
class MaxUnpool(Layer):
    """A map as before a max-pool whose windows tile: one unit of each window, the others zero.

    Which place a unit goes to is random, each as likely as another; every mean over units is that
    of units put at the first place of their window, which is how the layer lowers.

    Args:
        window: the size of the pool's windows per axis.
        rest: positions behind the last window per axis, which are zero.
    """

    window: PerAxis
    rest: PerAxis = 0

    name = "maxunpool"
    reference = cite("zeiler", "section 2.1")
    torch = ("aten.max_unpool2d", "aten.max_unpool3d")
    onnx = ("MaxUnpool",)

    def shape(self, before: Shape) -> Shape:
        """Each axis times its window, and the rest."""
        sizes = whole_sizes(before, "maxunpool")
        windows, rests = self._along(sizes)
        space = zip(sizes[1:], windows, rests, strict=True)
        return (sizes[0], *(size * window + rest for size, window, rest in space))

    def lower(self, before: Shape) -> tuple[Primitive, ...]:
        """Copies at the first place of each window, zeros at the others."""
        sizes = whole_sizes(before, "maxunpool")
        along = []
        for size, window, rest in zip(sizes[1:], *self._along(sizes), strict=True):
            placed = [at if tap == 0 else None for at in range(size) for tap in range(window)]
            along.append((*placed, *(None,) * rest))
        return (Copy(sizes, (tuple(range(sizes[0])), *along)),)

    def _along(self, sizes: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        windows = per_axis(self.window, len(sizes) - 1, "window")
        rests = per_axis(self.rest, len(sizes) - 1, "rest")
        for window, rest in zip(windows, rests, strict=True):
            require_size("window", window)
            require_size("rest", rest, positive=False)
        return tuple(map(int, windows)), tuple(map(int, rests))

    @classmethod
    def from_torch(cls, call: Call) -> Layer:
        """``aten.max_unpoolNd``, of a pool whose windows tile from the first place on."""
        sizes = [
            divmod(int(after), int(before))
            for before, after in zip(call.input_shape[1:], call.output_shape[1:], strict=True)
        ]
        call.require(all(by for by, _ in sizes), "a map that grows", str(call.output_shape))
        return cls(tuple(by for by, _ in sizes), tuple(rest for _, rest in sizes))

    @classmethod
    def from_onnx(cls, call: Call) -> Layer:
        """``MaxUnpool``, of a pool whose windows tile from the first place on."""
        axes = len(call.input_shape) - 1
        kernel, stride = (call.integers(name, axes, 1) for name in ("kernel_shape", "strides"))
        pads = call.integers("pads", 2 * axes, 0)
        tiled = kernel == stride and not any(pads)
        call.require(tiled, "windows that tile, no padding", f"{kernel}, {stride}, {pads}")
        return cls(kernel)


MaxUnpool.examples = (
    Example(
        "windows of four",
        MaxUnpool((2, 2)),
        (2, 2, 3),
        "lambda x: F.max_unpool2d(x, places(x, 2), 2)",
    ),
    Example(
        "with a rest",
        MaxUnpool((2, 2), (1, 0)),
        (1, 2, 2),
        "lambda x: F.max_unpool2d(x, places(x, 2, 1), 2, output_size=(5, 4))",
    ),
)
