"""Trees of one feature are a step function together: one tree says it, balanced, in a fraction of the time.

450 trees of 8 leaves are 450 walks of three splits for each customer, and a search for the next crossing asks for each of
them five to thirty times. What they add up to per feature has some hundred steps: one walk of seven.
"""

from __future__ import annotations

import numpy as np

from .additive import Forest, Leaf, Node, Tree
from .arrays import Bools, Floats


def merged(forests: tuple[Forest, ...]) -> tuple[Forest, ...]:
    """The same function of the features: one tree for each that trees of its own look at, then all others as they are."""
    own: dict[int, list[tuple[float, Tree]]] = {}
    others: list[Forest] = []
    for forest in forests:
        mixed = []
        for tree in forest.trees:
            split_on = features_of(tree)
            if len(split_on) == 1:
                own.setdefault(next(iter(split_on)), []).append((forest.weight, tree))
            else:
                mixed.append(tree)
        if mixed:
            others.append(Forest(tuple(mixed), forest.weight))
    steps = tuple(steps_of(feature, trees) for feature, trees in sorted(own.items()))
    return (*((Forest(steps),) if steps else ()), *others)


def steps_of(feature: int, trees: list[tuple[float, Tree]]) -> Tree:
    """One balanced tree of the sum; its means are what was moved so far: nothing, then at a leaf all of it.

    NaN has a leaf of its own, right of the root: every number is at most infinite.
    """
    edges = np.unique(np.concatenate([thresholds_of(tree) for _, tree in trees]))
    # A step ends at its threshold, which belongs to it.
    at = np.concatenate([edges, [np.inf, np.nan]])
    sums = np.zeros(len(at))
    for weight, tree in trees:
        sums += weight * moved_by(tree, at)
    unknown, sums, ends = float(sums[-1]), sums[:-1], at[:-1]
    # Neighbours that say the same are one step.
    ending = np.append(sums[1:] != sums[:-1], True)
    steps = list(zip(sums[ending].tolist(), ends[ending].tolist(), strict=True))

    def balanced(low: int, high: int) -> Tree:
        if low == high:
            return Leaf(0, steps[low][0])
        middle = (low + high) // 2
        return Node(feature, steps[middle][1], False, balanced(low, middle), balanced(middle + 1, high), 0, 0.0)

    return Node(feature, float("inf"), False, balanced(0, len(steps) - 1), Leaf(0, unknown), 0, 0.0)


def moved_by(tree: Tree, values: Floats) -> Floats:
    """[N]: what a tree of one feature moves the score by, at values of it."""
    moved = np.zeros(len(values))

    def walk(at: Tree, mask: Bools) -> None:
        if isinstance(at, Leaf):
            moved[mask] = at.mean - tree.mean
            return
        left = np.where(np.isnan(values), at.nan_left, values <= at.threshold)
        walk(at.left, mask & left)
        walk(at.right, mask & ~left)

    walk(tree, np.ones(len(values), dtype=np.bool_))
    return moved


def features_of(tree: Tree) -> set[int]:
    """Which features a tree splits on."""
    return set() if isinstance(tree, Leaf) else {tree.feature} | features_of(tree.left) | features_of(tree.right)


def thresholds_of(tree: Tree) -> list[float]:
    """All of a tree."""
    return [] if isinstance(tree, Leaf) else [tree.threshold, *thresholds_of(tree.left), *thresholds_of(tree.right)]
