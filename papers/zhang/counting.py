"""Parameters of the four networks of section 5, counted layer by layer.

Each count is an expression in the number of classes and in ``bias``: 1 where the convolutions
carry one bias per output channel, 0 where they carry none. Batch normalisation has a gain and a
shift per channel; the dense layer has biases.
"""

from __future__ import annotations

import sympy as sp

CLASSES = sp.Symbol("K", positive=True, integer=True)
BIAS = sp.Symbol("b", nonnegative=True, integer=True)

VGG = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))


def conv(before: int, after: int, kernel: int) -> sp.Expr:
    return after * (before * kernel**2 + BIAS)


def norm(channels: int) -> int:
    return 2 * channels


def dense(features: int) -> sp.Expr:
    return (features + 1) * CLASSES


def vgg19() -> sp.Expr:
    """Sixteen 3x3 convolutions, each with BN, and one dense layer on 512 features."""
    total, before = sp.Integer(0), 3
    for channels, times in VGG:
        for _ in range(times):
            total += conv(before, channels, 3) + norm(channels)
            before = channels
    return total + dense(before)


def resnet(blocks: int) -> sp.Expr:
    """Widths 16, 32, 64; two convolutions a block; shortcuts without parameters."""
    total, before = conv(3, 16, 3) + norm(16), 16
    for channels in (16, 32, 64):
        for _ in range(blocks):
            total += conv(before, channels, 3) + conv(channels, channels, 3) + 2 * norm(channels)
            before = channels
    return total + dense(before)


def densenet_bc(layers: int, growth: int) -> sp.Expr:
    """Three dense blocks of bottleneck layers, each transition halving the channels."""
    channels = 2 * growth
    total = conv(3, channels, 3)
    for block in range(3):
        for _ in range(layers):
            total += norm(channels) + conv(channels, 4 * growth, 1)
            total += norm(4 * growth) + conv(4 * growth, growth, 3)
            channels += growth
        if block < 2:
            total += norm(channels) + conv(channels, channels // 2, 1)
            channels //= 2
    return total + norm(channels) + dense(channels)


def wide_resnet(blocks: int, factor: int) -> sp.Expr:
    """Pre-activation blocks; a 1x1 convolution as shortcut where the width changes."""
    total, before = conv(3, 16, 3), 16
    for channels in (16 * factor, 32 * factor, 64 * factor):
        for _ in range(blocks):
            total += norm(before) + conv(before, channels, 3)
            total += norm(channels) + conv(channels, channels, 3)
            if before != channels:
                total += conv(before, channels, 1)
            before = channels
    return total + norm(before) + dense(before)


NETWORKS = {
    "VGGNet-19": vgg19(),
    "ResNet-110": resnet(18),
    "DenseNet-100": densenet_bc(16, 12),
    "WideResNet28-10": wide_resnet(4, 10),
}
