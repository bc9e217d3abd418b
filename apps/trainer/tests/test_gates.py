"""Each gate refuses what it is there for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tideline_trainer.arrays import Floats, Floats32
from tideline_trainer.baselines import RfmLogistic
from tideline_trainer.errors import TrainerError
from tideline_trainer.features import place_of
from tideline_trainer.gates import (
    dealt_labels,
    learns_by_heart,
    permuted_auc,
    refuse_learning_from_noise,
    refuse_telling_feature,
    refuse_too_good,
)
from tideline_trainer.protocol import Rows

from .rows import shop_rows


def halves() -> tuple[Rows, Floats32, np.ndarray]:
    X, churned = shop_rows()
    half = len(X) // 2
    ids = np.array([str(k) for k in range(half)], dtype=object)
    return Rows(X[:half], churned[:half], ids, ()), X[half:], churned[half:]


def test_too_good_is_a_leak() -> None:
    with pytest.raises(TrainerError, match=r"AUC 0\.981"):
        refuse_too_good(0.981)
    refuse_too_good(0.979)


def test_a_feature_that_tells_the_label() -> None:
    X, churned = shop_rows()
    refuse_telling_feature(X, churned)
    random = np.random.default_rng(1)
    told = X.copy()
    # Lower is churned: either direction tells.
    told[:, place_of("basket_lines")] = -churned.astype(np.float64) + random.normal(0, 0.3, len(churned))
    with pytest.raises(TrainerError, match="basket_lines alone") as refusal:
        refuse_telling_feature(told, churned)
    assert refusal.value.code == "leak"
    absent = X.copy()
    absent[churned, place_of("return_recency")] = np.nan
    absent[~churned, place_of("return_recency")] = 5.0
    with pytest.raises(TrainerError, match="return_recency alone"):
        refuse_telling_feature(absent, churned)


def rfm(rows: Rows) -> Callable[[Floats32], Floats]:
    return RfmLogistic.fit(rows.X, rows.churned).logit


def test_permuted_labels_teach_an_honest_model_nothing() -> None:
    rows, X, churned = halves()
    measured, error = permuted_auc(rows, X, churned, rfm)
    assert 3 * error <= 0.021
    refuse_learning_from_noise(measured, error)
    assert measured == pytest.approx(0.5, abs=0.02)


def test_rows_that_are_equal_are_no_more_than_one() -> None:
    # A shop of dates without times: many customers of one order are the same row.
    rows, X, churned = halves()
    few, many = X[:250], np.repeat(X[:250], 12, axis=0)
    measured, error = permuted_auc(rows, many, np.repeat(churned[:250], 12), rfm)
    assert (measured, error) == pytest.approx(permuted_auc(rows, few, churned[:250], rfm))
    assert error > 0.007
    refuse_learning_from_noise(measured, error)


def test_a_pipeline_that_trains_on_its_test_is_refused() -> None:
    rows, X, churned = halves()
    measured, error = permuted_auc(rows, X, churned, learns_by_heart)
    refuse_learning_from_noise(measured, error)
    ids = np.concatenate([rows.customers, rows.customers[: len(X)]])
    both = Rows(np.concatenate([rows.X, X]), np.concatenate([rows.churned, churned]), ids, ())
    measured, error = permuted_auc(both, X, churned, learns_by_heart)
    with pytest.raises(TrainerError, match="Rows of the test reach the training"):
        refuse_learning_from_noise(measured, error)


def test_dealt_labels_keep_the_rate_and_follow_the_row() -> None:
    X, churned = shop_rows()
    factors = np.asarray(np.random.default_rng(4).integers(1, 2**63, X.shape[1]), dtype=np.uint64)
    dealt = dealt_labels(X, factors, 0.7)
    assert dealt.mean() == pytest.approx(0.7, abs=0.03)
    assert (dealt_labels(X[::-1], factors, 0.7) == dealt[::-1]).all()
    assert abs(float(np.corrcoef(dealt, churned)[0, 1])) < 0.06


def test_the_band_is_that_of_the_protocol() -> None:
    refuse_learning_from_noise(0.519, 0.004)
    for measured in (0.521, 0.479, float("nan")):
        with pytest.raises(TrainerError):
            refuse_learning_from_noise(measured, 0.004)
