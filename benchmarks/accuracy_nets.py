"""The networks the theories are held against, as wide as a processor bears."""

from __future__ import annotations

from collections.abc import Callable

from symvar import sequential
from symvar.graph.builder import Builder
from symvar.graph.network import Network
from symvar.layers import Add, BatchNorm, Conv, Dense, Flatten, GlobalAvgPool, MaxPool
from symvar.layers.base import Layer
from symvar.zoo import load
from symvar.zoo.resnet_cifar import shortcut

VGG = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


def vgg(depth: int, size: int) -> Network:
    """The convolutions of the source, and a head of 512 in place of 4096."""
    body: list[Layer | str] = []
    for width, count in zip((64, 128, 256, 512, 512), VGG[depth], strict=True):
        for _ in range(count):
            body += [Conv(width, 3, padding=1), "relu"]
        body.append(MaxPool(2))
    return sequential([*body, Flatten(), Dense(512), "relu", Dense(512)], input=(3, size, size))


def plain(depth: int, width: int = 128) -> Network:
    """As in the residual paper, without shortcuts; eight times as wide."""
    body: list[Layer | str] = [Conv(width, 3, padding=1, bias=False), "relu"]
    for stage in range(3):
        for place in range((depth - 2) // 3):
            stride = 2 if stage and not place else 1
            body += [Conv(width << stage, 3, stride, 1, bias=False), "relu"]
    return sequential([*body, GlobalAvgPool(flat=True), Dense(512)], input=(3, 32, 32))


def resnet(depth: int, norm: bool, width: int = 64) -> Network:
    """The residual network for small images with identity skips, with and without batch norm."""
    net = Builder((3, 32, 32))

    def conv(out: int, stride: int = 1) -> list[Layer]:
        made: list[Layer] = [Conv(out, 3, stride, 1, bias=False)]
        return [*made, BatchNorm()] if norm else made

    here = net.chain([*conv(width), "relu"], "input")
    for stage in range(3):
        for place in range((depth - 2) // 6):
            out, stride = width << stage, 2 if stage and not place else 1
            branch = net.chain([*conv(out, stride), "relu", *conv(out)], here)
            skip = net.chain(shortcut(out // 2), here) if stride == 2 else here
            here = net.chain(["relu"], net.node(Add(), skip, branch))
    net.chain([GlobalAvgPool(flat=True), Dense(512)], here)
    return net.network()


def unpadded() -> Network:
    """No zeros at borders, widths of 512."""
    body: list[Layer | str] = []
    for _ in range(2):
        body += [Conv(512, 3), "relu", Conv(512, 3), "relu", MaxPool(2)]
    return sequential([*body, Flatten(), Dense(512)], input=(3, 16, 16))


def odd_windows() -> Network:
    """Windows of 3 that tile, of 3 that overlap, and of 2 by 3."""
    body: list[Layer | str] = [Conv(512, 5, padding=2), "relu", MaxPool(3)]
    body += [Conv(512, 3, padding=1), "relu", MaxPool(3, 2), Conv(512, 3, padding=1), "relu"]
    body += [MaxPool((2, 3)), Conv(512, 3, padding=1), "relu", Flatten(), Dense(512)]
    return sequential(body, input=(3, 31, 31))


NETS: dict[str, tuple[Callable[[], Network], int]] = {
    "vgg16-32": (lambda: vgg(16, 32), 300),
    "vgg19-32": (lambda: vgg(19, 32), 300),
    "plain20": (lambda: plain(20), 50),
    "plain32": (lambda: plain(32), 30),
    "plain44": (lambda: plain(44), 20),
    "plain56": (lambda: plain(56), 20),
    "lenet5-dense": (lambda: load("lenet5-dense"), 400),
    "unpadded": (unpadded, 150),
    "odd-windows": (odd_windows, 200),
    "resnet20-no-bn": (lambda: resnet(20, False), 60),
    "resnet20-bn": (lambda: resnet(20, True), 12),
    "alexnet": (lambda: load("alexnet"), 60),
    "vgg16-224": (lambda: vgg(16, 224), 16),
    "vgg19-224": (lambda: vgg(19, 224), 16),
}
"""Each network with the number of draws it is run for."""
