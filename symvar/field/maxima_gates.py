r"""Which unit of one window and which of another pass the gradient on, together.

For windows without a common unit the joint law is taken by chaoses, as the products of the maxima
are: the mean and the linear part are those of the windows, as $\mathrm{E}[\partial_i f'(M) g_p] =
\mathrm{E}[\partial_i \partial_p M]$; beyond, a window counts as a function of its weighted mean.
A common unit that is the largest of both windows is the largest of their union. The sum of a
window's cells is kept; single cells are good to a few percent.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from symvar.field.maxima import Places, WindowLaw, distinct
from symvar.field.maxima_pairs import correlations
from symvar.field.maxima_points import first_chances
from symvar.field.maxima_shapes import Rising
from symvar.field.normal import Array

Shared: TypeAlias = npt.NDArray[np.bool_]

_SAME = 1e-4  # blocks of unions that differ by less are one: no more is known of them


def joint_gates(
    covariance: Array,
    first: WindowLaw,
    inputs: Places,
    second: WindowLaw,
    others: Places,
    apply: Rising | Literal["relu"] | None = "relu",
) -> Array:
    r"""(W, T, W', T'): $\mathrm{E}[f'(M) f'(M');\ i \text{ and } j \text{ are the largest}]$.

    Args:
        covariance: (P, P) of all units.
        first: the law of W windows.
        inputs: (W, T), the units each of them holds.
        second: the law of W' windows.
        others: (W', T').
        apply: what the laws were made with.

    >>> from symvar.field.maxima import window_law
    >>> law = window_law(np.eye(2)[None])
    >>> here = np.array([[0, 1]])
    >>> joint_gates(np.eye(2), law, here, law, here)[0, :, 0].round(5).tolist()
    [[0.375, 0.0], [0.0, 0.375]]
    """
    found = _by_chaoses(covariance, first, inputs, second, others)
    common = inputs[:, :, None, None] == others
    kinds: dict[bytes, list[tuple[int, int]]] = {}
    for one, two in np.argwhere(common.any(axis=(1, 3))):
        kinds.setdefault(common[one, :, two].tobytes(), []).append((one, two))
    for members in kinds.values():
        left, right = np.array(members).T
        shared = common[left[0], :, right[0]]
        cells = found[left, :, right]
        whole = cells.sum(axis=(1, 2))
        for i, j in np.argwhere(shared):
            if shared.any(axis=1).all() and shared.any(axis=0).all():
                passed = first.gates[left, i]
            else:
                kept = ~shared.any(axis=1)
                union = np.concatenate([inputs[left, i, None], inputs[left][:, kept],
                                        np.delete(others[right], j, axis=1)], axis=1)  # fmt: skip
                top, positive = _first_is_largest(covariance[union[:, :, None], union[:, None]])
                totals = first.gates[left].sum(axis=1) * second.gates[right].sum(axis=1)
                passed = positive if apply == "relu" else top * np.sqrt(totals)
            cells[:, i, j] = passed
        found[left, :, right] = _settled(
            cells, shared, whole, first.gates[left], second.gates[right]
        )
    return found


def _settled(cells: Array, shared: Shared, whole: Array, gates: Array, others: Array) -> Array:
    """The cells of windows with common units, those of one common unit being known.

    Two different common units cannot each be the largest of both; one that is the largest of its
    window has the rest of its gate where a unit of the other window alone is larger.
    """
    ours: Shared = np.asarray(shared.any(axis=1))
    theirs: Shared = np.asarray(shared.any(axis=0))
    known = np.where(shared, cells, 0.0)
    rows = np.where(ours[:, None] & ~theirs, cells, 0.0)
    rows *= _scale(gates - known.sum(axis=2), rows.sum(axis=2))[:, :, None]
    columns = np.where(~ours[:, None] & theirs, cells, 0.0)
    columns *= _scale(others - known.sum(axis=1), columns.sum(axis=1))[:, None, :]
    done = known + rows + columns
    apart = np.where(~ours[:, None] & ~theirs, cells, 0.0)
    remains = _scale(whole - done.sum(axis=(1, 2)), apart.sum(axis=(1, 2)))
    return done + apart * remains[:, None, None]


def _scale(wanted: Array, there: Array) -> Array:
    return np.maximum(wanted, 0.0) / np.maximum(there, 1e-300)


def _by_chaoses(
    covariance: Array, first: WindowLaw, inputs: Places, second: WindowLaw, others: Places
) -> Array:
    block = covariance[inputs.reshape(-1)][:, others.reshape(-1)]
    known = block.reshape(*inputs.shape, *others.shape)
    turned = (first.bends @ known.reshape(*inputs.shape, -1)).reshape(*inputs.shape, *others.shape)
    linear = (turned.transpose(2, 0, 1, 3) @ second.bends[:, None]).transpose(1, 2, 0, 3)
    overlap = np.einsum("wiuj,wi,uj->wu", known, first.weights, second.weights, optimize=True)
    ratio = correlations(first.spread[:, None], second.spread, overlap)
    one, two = _slopes(first), _slopes(second)
    rest = np.zeros_like(ratio)
    for k in range(one.shape[1] - 1, 1, -1):
        rest = (rest + one[:, None, k] * two[:, k]) * ratio
    constant = one[:, None, 0] * two[:, 0] + rest * ratio
    scale = first.weights[:, :, None, None] * second.weights
    return constant[:, None, :, None] * scale + linear


def _slopes(law: WindowLaw) -> Array:
    r"""The Hermite coefficients of $f'(M)$: those of M are its integral."""
    order = np.sqrt(np.arange(1, law.coefficients.shape[1]))
    return law.coefficients[:, 1:] * order / np.maximum(law.spread, 1e-100)[:, None]


def _first_is_largest(blocks: Array) -> tuple[Array, Array]:
    """The probability that the first of each block's units is the largest; and positive too."""
    size = blocks.shape[1]
    scale = np.maximum(np.einsum("wii->w", blocks) / size, 1e-280)
    unit = blocks / scale[:, None, None]
    pick, where = distinct(unit[:, *np.triu_indices(size)], _SAME)
    top, positive = first_chances(unit[pick], 1)
    return top[where, 0], positive[where, 0]
