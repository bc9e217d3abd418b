"""Figures by hand, and against scikit-learn where it has them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sklearn_log_loss

from tideline_trainer import metrics


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    probability = np.round(random.uniform(0.01, 0.99, 3000), 2)
    return random.uniform(size=3000) < probability, probability


def test_against_the_library(rows: tuple[np.ndarray, np.ndarray]) -> None:
    label, probability = rows
    assert metrics.auc(label, probability) == pytest.approx(roc_auc_score(label, probability), abs=1e-12)
    assert metrics.average_precision(label, probability) == pytest.approx(average_precision_score(label, probability), abs=1e-12)
    assert metrics.log_loss(label, probability) == pytest.approx(sklearn_log_loss(label, probability), abs=1e-12)
    assert metrics.brier(label, probability) == pytest.approx(brier_score_loss(label, probability), abs=1e-12)


def test_auc_of_a_handful() -> None:
    label = np.array([True, False, True, False])
    # Pairs: .9>.4, .9>.1, .4=.4 half, .4>.1: 3.5 of 4.
    assert metrics.auc(label, np.array([0.9, 0.4, 0.4, 0.1])) == 0.875
    assert np.isnan(metrics.auc(np.array([True, True]), np.array([0.1, 0.2])))


def test_calibration_of_two_groups() -> None:
    label = np.array([True] * 30 + [False] * 70)
    groups = metrics.deciles(label, np.full(100, 0.5))
    assert [group.count for group in groups] == [10] * 10
    # Ties are cut in their order: three tenths where all happened, seven where nothing did, each half away.
    assert metrics.expected_calibration_error(groups) == pytest.approx(0.5)
    random = np.random.default_rng(1)
    honest = random.uniform(size=100_000)
    happened = random.uniform(size=100_000) < honest
    assert metrics.expected_calibration_error(metrics.deciles(happened, honest)) < 0.006


def test_lift_shares_tied_places() -> None:
    label = np.array([True] * 5 + [False] * 15)
    perfect = np.array([0.9] * 5 + [0.1] * 15)
    # Two places, five tied at the top that all happened.
    assert metrics.top_decile_lift(label, perfect) == pytest.approx(4.0)
    assert metrics.top_decile_lift(label, np.full(20, 0.5)) == pytest.approx(1.0)


def test_threshold_beside_the_majority() -> None:
    label = np.array([True, True, False, False, False])
    said = metrics.at_threshold(label, np.array([0.9, 0.2, 0.8, 0.1, 0.1]), 0.5)
    assert (said.true_positive, said.false_positive, said.false_negative, said.true_negative) == (1, 1, 1, 2)
    assert (said.accuracy, said.precision, said.recall, said.f1) == (0.6, 0.5, 0.5, 0.5)
    nobody = metrics.majority(label)
    assert (nobody.accuracy, nobody.precision, nobody.recall, nobody.f1) == (0.6, 0.0, 0.0, 0.0)
    assert metrics.youden_threshold(label, np.array([0.9, 0.6, 0.5, 0.1, 0.1])) == 0.6


def test_bootstrap_keeps_a_customer_together(rows: tuple[np.ndarray, np.ndarray]) -> None:
    label, probability = rows
    low, high = metrics.bootstrap(len(label), lambda take: metrics.auc(label[take], probability[take]))
    assert low < metrics.auc(label, probability) < high
    # Each customer ten times over: without groups the interval would be a third as wide.
    tenfold = np.repeat(label, 10)
    ids = np.repeat(np.arange(len(label)), 10)
    plain = metrics.bootstrap(len(tenfold), lambda take: float(tenfold[take].mean()))
    grouped = metrics.bootstrap(len(tenfold), lambda take: float(tenfold[take].mean()), groups=ids)
    assert (grouped[1] - grouped[0]) > 2.5 * (plain[1] - plain[0])
