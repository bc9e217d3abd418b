"""Feature rows for tests of models: a shop's rows, and rows made nasty."""

from __future__ import annotations

from functools import cache

import numpy as np

from tideline_trainer.additive import Forest, Leaf, Node
from tideline_trainer.arrays import Bools, Floats32
from tideline_trainer.boosted import Boosted
from tideline_trainer.features import DAY_MS
from tideline_trainer.history import History

from .shops import START, simulate


@cache
def shop_rows() -> tuple[Floats32, Bools]:
    """Rows of three cut-offs of a small shop, with labels."""
    history = History(simulate(2_500, 500.0, seed=11), 90)
    cuts = [history.cut(START + day * DAY_MS) for day in (250, 310, 370)]
    mbg = cuts[-1].mbg
    return np.concatenate([cut.rows(mbg) for cut in cuts]), np.concatenate([cut.churned for cut in cuts])


def nasty_rows(count: int, boosted: Boosted, seed: int = 3) -> Floats32:
    """Rows drawn from the shop's with, each in a share of the cells: NaN, the very thresholds, and their neighbours."""
    X, _ = shop_rows()
    random = np.random.default_rng(seed)
    rows = X[random.integers(0, len(X), count)].copy()
    for column in range(rows.shape[1]):
        rows[:, column] = rows[random.permutation(count), column]
    rows *= random.uniform(0.8, 1.2, rows.shape).astype(np.float32)
    for column, edges in thresholds(boosted).items():
        near = np.array(edges, dtype=np.float64)[random.integers(0, len(edges), count)].astype(np.float32)
        step = random.integers(-1, 2, count)
        near = np.where(
            step < 0,
            np.nextafter(near, np.float32(-np.inf)),
            np.where(step > 0, np.nextafter(near, np.float32(np.inf)), near),
        )
        rows[:, column] = np.where(random.uniform(size=count) < 0.4, near, rows[:, column])
    rows[random.uniform(size=rows.shape) < 0.15] = np.nan
    rows[random.uniform(size=rows.shape) < 0.02] = 0.0
    return rows


def thresholds(boosted: Boosted) -> dict[int, list[float]]:
    """All splits by feature."""
    found: dict[int, list[float]] = {}

    def walk(tree: Node | Leaf) -> None:
        if isinstance(tree, Node):
            found.setdefault(tree.feature, []).append(tree.threshold)
            walk(tree.left)
            walk(tree.right)

    for forest in boosted.score().forests:
        assert isinstance(forest, Forest)
        for tree in forest.trees:
            walk(tree)
    return found


def nasty_rows_between(X: Floats32, count: int, keep: list[int], seed: int = 4) -> Floats32:
    """Rows drawn from a shop's, each column apart, with NaN in a share of the cells; the columns in `keep` stay whole rows'."""
    random = np.random.default_rng(seed)
    drawn = random.integers(0, len(X), count)
    rows = X[drawn].copy()
    others = [column for column in range(X.shape[1]) if column not in keep]
    for column in others:
        rows[:, column] = rows[random.permutation(count), column]
        rows[random.uniform(size=count) < 0.2, column] = np.nan
    return rows
