"""Numbers and names for people: few digits, few characters."""

from __future__ import annotations

import math

SHORT = {
    "batchnorm": "bn",
    "layernorm": "ln",
    "groupnorm": "gn",
    "instancenorm": "in",
    "localresponsenorm": "lrn",
}
"""Names where there is little room."""


def decimal(value: float, digits: int = 4) -> str:
    """A number to so many digits, trailing zeros kept where they are known.

    >>> decimal(2), decimal(1 / 3), decimal(123456.0), decimal(1.5e-9), decimal(float("nan"))
    ('2', '0.3333', '1.235e+05', '1.5e-09', '?')
    """
    return f"{value:.{digits}g}" if math.isfinite(value) else "?"


def compact(value: float) -> str:
    """A number in at most seven characters.

    >>> compact(1), compact(0.0123456), compact(123456), compact(1.02e-5)
    ('1', '0.0123', '1.2e5', '1e-5')
    """
    if not math.isfinite(value):
        return "?"
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def latex_decimal(value: float, digits: int = 4) -> str:
    r"""The same inside a LaTeX formula, powers of ten written out.

    >>> latex_decimal(1 / 300000)
    '3.333 \\times 10^{-6}'
    """
    if not math.isfinite(value):
        return r"\text{?}"
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    return mantissa + (rf" \times 10^{{{int(exponent)}}}" if exponent else "")


def fitted(name: str, room: int) -> str:
    """A name in so many characters; its end is what tells it from others.

    >>> fitted("layer1.0.conv1", 20), fitted("features.denseblock1.conv1", 12)
    ('layer1.0.conv1', '…lock1.conv1')
    """
    return name if len(name) <= room else "…" + name[len(name) - room + 1 :]
