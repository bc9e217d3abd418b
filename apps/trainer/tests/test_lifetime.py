"""Gamma-Gamma and expected purchases against known parameters, closed forms, and customers drawn by the law."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import hyp2f1

from tideline_trainer.arrays import Floats
from tideline_trainer.gamma_gamma import GammaGamma, expected_worth, fit, log_likelihood
from tideline_trainer.lifetime import drop_out, expected_purchases
from tideline_trainer.mbg import Buying, Purchases, probability_alive

TRUE = GammaGamma(p=3.5, q=4.2, gamma=160.0)


def drawn(customers: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Purchase days, their mean worth, and the true mean of each customer."""
    random = np.random.default_rng(seed)
    days = np.asarray(1.0 + random.geometric(0.4, customers), dtype=np.float64)
    rate = np.asarray(random.gamma(TRUE.q, 1 / TRUE.gamma, customers), dtype=np.float64)
    mean = np.asarray(random.gamma(TRUE.p * days) / rate / days, dtype=np.float64)
    return days, mean, np.asarray(TRUE.p / rate, dtype=np.float64)


def test_the_parameters_are_found_again() -> None:
    days, mean, _ = drawn(40_000, 3)
    found = fit(days, mean)
    assert found.p == pytest.approx(TRUE.p, rel=0.05)
    assert found.q == pytest.approx(TRUE.q, rel=0.05)
    assert found.gamma == pytest.approx(TRUE.gamma, rel=0.08)
    assert log_likelihood(found, days, mean).sum() >= log_likelihood(TRUE, days, mean).sum()


def test_the_currency_does_not_matter() -> None:
    days, mean, _ = drawn(3_000, 4)
    one, other = fit(days, mean), fit(days, mean * 10_000)
    assert (other.p, other.q) == pytest.approx((one.p, one.q), rel=1e-3)
    assert other.gamma == pytest.approx(one.gamma * 10_000, rel=1e-3)


def test_the_expectation_is_that_of_the_law() -> None:
    days, mean, truth = drawn(200_000, 5)
    said = expected_worth(TRUE, days, mean)
    for least, most in ((2, 2), (3, 4), (5, 99)):
        group = (days >= least) & (days <= most)
        assert said[group].mean() == pytest.approx(truth[group].mean(), rel=0.02)
    # Nobody's own mean is as near to the truth.
    assert np.mean((said - truth) ** 2) < 0.8 * np.mean((mean - truth) ** 2)


def test_a_worth_by_hand() -> None:
    # p = 2, q = 3, gamma = 10, two days of 4: 2 (10 + 8) / (4 + 3 - 1) = 6.
    assert expected_worth(GammaGamma(2, 3, 10), np.array([2.0]), np.array([4.0]))[0] == pytest.approx(6.0)


@pytest.mark.parametrize(("a", "b"), [(0.9, 3.2), (0.2, 1.0), (1.7, 8.0), (4.0, 60.0)])
def test_expected_purchases_are_the_closed_form(a: float, b: float) -> None:
    # Batislam, Denizel, Filiztekin 2007, after Euler's transformation of the series (Abramowitz, Stegun 15.3.3).
    model = Buying(0.8, 25.0, a, b)
    x = np.array([0.0, 0.0, 1.0, 5.0, 40.0, 300.0])
    age = np.array([30.0, 500.0, 60.0, 200.0, 600.0, 900.0])
    last = np.array([0.0, 0.0, 12.0, 190.0, 590.0, 899.0])
    customers = Purchases(x, last, age)
    for horizon in (30.0, 365.0):
        z = horizon / (model.alpha + age + horizon)
        series = hyp2f1(a - 1, a + b - model.r, a + b + x, z)
        closed = (a + b + x) / (a - 1) * (1 - (1 - z) ** (a - 1) * series)
        assert expected_purchases(model, customers, horizon) == pytest.approx(probability_alive(model, customers) * closed, rel=1e-6)


def test_expected_purchases_come_true() -> None:
    random = np.random.default_rng(6)
    model, count = Buying(0.9, 30.0, 0.8, 3.0), 60_000
    age, horizon = 200.0, 365.0
    rate, gone = random.gamma(model.r, 1 / model.alpha, count), random.beta(model.a, model.b, count)
    x, last, later = np.zeros(count), np.zeros(count), np.zeros(count)
    at, alive = np.zeros(count), random.uniform(size=count) >= gone
    while alive.any():
        at[alive] += random.exponential(1 / rate[alive])
        alive &= at < age + horizon
        before = alive & (at < age)
        x[before] += 1
        last[before] = at[before]
        later[alive & (at >= age)] += 1
        alive &= random.uniform(size=count) >= gone
    said = expected_purchases(model, Purchases(x, last, np.full(count, age)), horizon)
    assert said.mean() == pytest.approx(later.mean(), rel=0.03)
    for least, most in ((0, 0), (1, 3), (4, 999)):
        group = (x >= least) & (x <= most)
        assert said[group].mean() == pytest.approx(later[group].mean(), rel=0.06)


@pytest.mark.parametrize(("a", "b"), [(1e-5, 1e-5), (1e-5, 1e5), (1e5, 1e-5), (1e5, 1e5), (20.0, 5e4)])
def test_parameters_at_the_end_of_their_range_give_numbers(a: float, b: float) -> None:
    nodes, weights = drop_out(a, b)
    assert np.isfinite(nodes).all()
    assert np.isfinite(weights).all()
    customers = Purchases(np.array([0.0, 3.0, 900.0]), np.array([0.0, 50.0, 990.0]), np.array([10.0, 90.0, 1000.0]))
    said = expected_purchases(Buying(0.8, 25.0, a, b), customers, 365.0)
    assert np.isfinite(said).all()
    assert (said >= 0).all()
