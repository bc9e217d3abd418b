"""Gates that a model must pass before anybody sees it: too good is a leak until shown otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import lightgbm
import numpy as np
from numpy.typing import NDArray

from .arrays import Bools, Floats, Floats32, cores
from .errors import TrainerError
from .features import DAY_MS, feature_list
from .metrics import auc
from .protocol import Rows

HIGHEST_AUC = 0.98
HIGHEST_FEATURE_AUC = 0.95
PERMUTED_BAND = 0.02

Fit = Callable[[Rows], Callable[[Floats32], Floats]]
"""Fits on rows and gives the scores of others."""


def refuse_too_good(measured: float) -> None:
    """Raises `leak` for an AUC above .98: over a horizon of weeks nobody knows that much."""
    if measured > HIGHEST_AUC:
        raise TrainerError(
            "leak",
            f"The model is too good: AUC {measured:.3f} on customers it has not seen, above {HIGHEST_AUC}. Something in "
            "the features tells what happens after the cut-off. Look at features.sql before you train again.",
        )


def refuse_open_windows(cut_offs: Iterable[int], horizon_days: int, now: int) -> None:
    """Raises `leak` when a window that is learnt or chosen from was not over at `now`: it would hold what is to be foretold."""
    late = max(cut_offs) + horizon_days * DAY_MS - now
    if late > 0:
        raise TrainerError(
            "leak",
            f"A window of {horizon_days} days that is learnt from ends {late / DAY_MS:.1f} days after the cut-off that nothing may be "
            "known behind. Look at the plan of cut-offs before you train again.",
        )


def refuse_telling_feature(X: Floats32, churned: Bools) -> None:
    """Raises `leak` when one column alone, or its being absent, ranks the labels with an AUC above .95 either way."""
    for column, feature in enumerate(feature_list()):
        known = X[:, column].astype(np.float64)
        # What is absent ranks below everything: an absence that tells is seen as well.
        ranked = auc(churned, np.nan_to_num(known, nan=-1e30))
        if max(ranked, 1 - ranked) > HIGHEST_FEATURE_AUC:
            raise TrainerError(
                "leak",
                f"The feature {feature.name} alone ranks the customers with an AUC of {max(ranked, 1 - ranked):.3f}, "
                f"above {HIGHEST_FEATURE_AUC}: it tells the label. Look at how it is computed.",
            )


def permuted_auc(rows: Rows, X: Floats32, churned: Bools, fit: Fit, *, seed: int = 1) -> tuple[float, float]:
    """Mean AUC with labels dealt at random, in training and test, and its standard error when nothing leaks.

    A row's label follows from the row alone: were it in the training and in the test, it would have the same label in both,
    and a model that learns by heart would be found out. For the same reason rows that are equal count once: a shop that tells
    dates without a time has many, and their labels are one draw. So many times that three standard errors fit into the band,
    five at least; small shops stop at 25.
    """
    random = np.random.default_rng(seed)
    X, rate = once_each(X), float(churned.mean())
    ones = max(round(rate * len(X)), 1)
    zeros = max(len(X) - ones, 1)
    # Mann-Whitney under no difference.
    error = float(np.sqrt((ones + zeros + 1) / (12.0 * ones * zeros)))
    times = int(np.clip(np.ceil((3 * error / PERMUTED_BAND) ** 2), 5, 25))
    values = []
    for _ in range(times):
        factors: NDArray[np.uint64] = np.asarray(random.integers(1, 2**63, X.shape[1]), dtype=np.uint64) | np.uint64(1)
        dealt = Rows(rows.X, dealt_labels(rows.X, factors, float(rows.churned.mean())), rows.customers, rows.cut_offs)
        values.append(auc(dealt_labels(X, factors, rate), fit(dealt)(X)))
    return float(np.mean(values)), error / float(np.sqrt(times))


def once_each(X: Floats32) -> Floats32:
    """The rows without repetitions, bit for bit, in their order."""
    _, first = np.unique(np.ascontiguousarray(X).view(np.uint32), axis=0, return_index=True)
    return X[np.sort(first)]


def learns_by_heart(rows: Rows) -> Callable[[Floats32], Floats]:
    """Boosting that keeps single rows in mind: no candidate does, so a row that leaks would hardly show with one of them."""
    parameters = {
        "objective": "binary",
        "num_leaves": 255,
        "min_data_in_leaf": 1,
        "learning_rate": 0.3,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": cores(),
        "seed": 1,
        "verbosity": -1,
    }
    booster = lightgbm.train(parameters, lightgbm.Dataset(rows.X, rows.churned.astype(np.float32)), num_boost_round=20)
    return lambda X: np.asarray(booster.predict(X, raw_score=True), dtype=np.float64)


def dealt_labels(X: Floats32, factors: NDArray[np.uint64], rate: float) -> Bools:
    """Labels that look random and follow from the bits of a row; a share of `rate` is true."""
    bits = np.ascontiguousarray(X).view(np.uint32).astype(np.uint64)
    mixed = (bits * factors).sum(axis=1, dtype=np.uint64)
    # The product's low bits hardly move: the steps of splitmix64 spread them.
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return np.asarray(mixed < np.uint64(min(int(rate * 2**64), 2**64 - 1)), dtype=np.bool_)


def refuse_learning_from_noise(measured: float, error: float) -> None:
    """Raises `leak` when permuted labels could be predicted: test rows reach the training, or rows are misjoined."""
    band = max(PERMUTED_BAND, 3 * error)
    if not abs(measured - 0.5) <= band:
        raise TrainerError(
            "leak",
            f"With labels dealt at random the model still ranks customers with an AUC of {measured:.3f}; it must be "
            f"0.500 +- {band:.3f}. Rows of the test reach the training.",
        )
