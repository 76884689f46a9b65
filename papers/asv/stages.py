"""Pooling windows of two layers that follow each other, on numbers of both signs."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import cache

from .cases import Case
from .geometry import SEED
from .setting import T, whole

(BLOCKS,) = whole("M,")

SIGNS = f"windows of 1 to 4 units, of both signs and of negative ones only; seed {SEED}"
STAGES = f"windows of 1 to 4 units, followed by layers with windows of 1 to 3; seed {SEED}"


@cache
def windows() -> tuple[Case, ...]:
    """Rectified units of each window, their maximum, and the unrectified maximum."""
    found = []
    for size, blocks in ((1, 2), (2, 1), (2, 3), (3, 2), (4, 2)):
        rows = [*_blocks(size, blocks), [-at for at in range(3, 3 + size)]]
        rectified = {
            (at, rank): entry if entry > 0 else 0
            for at, row in enumerate(rows, 1)
            for rank, entry in enumerate(row, 1)
        }
        tensors = {
            "rectified": rectified,
            "top": {(at,): sorted(row)[-1] for at, row in enumerate(rows, 1)},
            "z": {
                (at,): sorted(rectified[at, rank] for rank in range(1, size + 1))[-1]
                for at in range(1, blocks + 2)
            },
        }
        found.append(Case({T: size, BLOCKS: blocks + 1}, tensors))
    return tuple(found)


@cache
def stage_cases() -> tuple[Case, ...]:
    """The windows of the layer before beside those of the layer itself."""
    found = []
    for size, later, blocks in ((2, 1, 1), (1, 2, 2), (2, 3, 3), (4, 2, 2), (3, 1, 2)):
        flat = [entry for row in _blocks(size, blocks) for entry in row]
        rectified = [entry if entry > 0 else 0 for entry in flat]
        cut = [rectified[at : at + size] for at in range(0, len(flat), size)]
        tensors = {
            "r": {(at,): entry for at, entry in enumerate(rectified, 1)},
            "mean": {(at,): Fraction(sum(row), size) for at, row in enumerate(cut, 1)},
            "own": _positions(size, blocks),
            "later": _positions(later, blocks),
            "size": {(1,): later},
        }
        found.append(Case({T: size, BLOCKS: blocks}, tensors))
    return tuple(found)


def _blocks(size: int, blocks: int) -> list[list[int]]:
    draw = random.Random(f"{SEED} {size} {blocks}")
    signs = [[draw.randint(-9, 9) for _ in range(size)] for _ in range(blocks)]
    return [[*row[:-1], abs(row[-1]) + 1] for row in signs]


def _positions(size: int, blocks: int) -> dict[tuple[int, ...], int]:
    return {
        (at, rank): size * (at - 1) + rank
        for at in range(1, blocks + 1)
        for rank in range(1, size + 1)
    }
