r"""tau of max-pooling over very many units.

The largest of T normals lies at M with $T Q(M)$ close to an exponential variable E. From
$\log Q(s) = -s^2/2 - \tfrac12 \log(2\pi s^2) + \log(1 - s^{-2} + 3 s^{-4} - \dots)$, $y = M^2$
solves $y + \log y + 2/y - 5/y^2 + O(y^{-3}) = 2\log T - 2\log E - \log 2\pi$, whose right side
has mean $c = 2\log T + 2\gamma - \log 2\pi$ and variance $2\pi^2/3$, gamma Euler's constant.
With w + log w = c, $y = w - 2/w + 7/w^2 + O(w^{-3})$ at the mean, and the curvature
$y'' = 1/y^2 + O(y^{-3})$ adds $\tfrac12 \cdot \tfrac{2\pi^2}{3} / w^2$:

$$\tau_T = w - \frac2w + \frac{7 + \pi^2/3}{w^2} + O(w^{-3}), \qquad
  w = W\!\left(\frac{e^{2\gamma} T^2}{2\pi}\right).$$

The order of the error is derived, its constant is measured: $|\mathrm{error}| \le 66/w^3$ is
enclosed in balls, in the tests, for every T from 1 to 256 and
for T = 10^k, k = 4, 5, 6, 10, 30, 100, 300.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.integrals.arguments import positive_integer

ERROR_CONSTANT = 66


def tau_asymptotic(T: Any) -> tuple[sp.Expr, sp.Expr]:
    r"""The expansion of $\tau_T$ of max-pooling independent units, and its error term.

    Args:
        T: the window, a positive integer or a symbol declared one.

    Returns:
        The expansion to $w^{-2}$, and $66/w^3$, which bounds the error for every T that was
        enclosed: 1 to 256, and powers of ten from 10^4 to 10^300.

    Raises:
        ArgumentError: T no positive integer.

    >>> value, error = tau_asymptotic(10**6)
    >>> value.evalf(6), error.evalf(2)
    (23.7129, 0.0049)
    """
    window = positive_integer(T, "window T")
    w = sp.LambertW(sp.exp(2 * sp.EulerGamma) * window**2 / (2 * sp.pi))
    return w - 2 / w + (7 + sp.pi**2 / 3) / w**2, ERROR_CONSTANT / w**3
