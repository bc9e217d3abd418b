"""MBG/NBD and BG/NBD against the integrals they are closed forms of, and against customers whose law is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import roots_jacobi
from scipy.stats import gamma

from tideline_trainer.features import DAY_MS
from tideline_trainer.history import History
from tideline_trainer.mbg import (
    Buying,
    Purchases,
    Variant,
    fit,
    log_likelihood,
    logit_of_none,
    probability_alive,
    probability_of_none,
)

from .shops import START, simulate

R, ALPHA, A, B = 0.8, 25.0, 0.9, 3.2
CUSTOMERS = [(0, 0.0, 30.0), (0, 0.0, 400.0), (1, 12.0, 60.0), (4, 90.0, 91.0), (4, 20.0, 200.0), (9, 300.0, 340.0)]


def one(x: int, tx: float, age: float) -> Purchases:
    return Purchases(np.array([float(x)]), np.array([tx]), np.array([age]))


def likelihoods(variant: Variant, x: int, tx: float, age: float, horizon: float) -> tuple[float, float, float]:
    """By quadrature over rate and drop-out: likelihood, its part that is alive, its part without an order in the horizon."""
    chances = x + 1 if variant == "mbg" else x
    # Trapezoids in log(rate) converge faster than any power; Gauss-Jacobi nodes carry the beta density exactly.
    logs = np.linspace(math.log(1e-25), math.log(10.0), 20_001)
    rate = np.exp(logs)
    rate_weight = gamma.pdf(rate, R, scale=1 / ALPHA) * rate * (logs[1] - logs[0])
    nodes, node_weight = roots_jacobi(60, B - 1, A - 1)
    p = (nodes + 1) / 2
    p_weight = node_weight / node_weight.sum()
    still = p_weight @ (1 - p) ** chances
    left = p_weight @ (p * (1 - p) ** (chances - 1)) if chances > 0 else 0.0
    alive = still * rate**x * np.exp(-rate * age)
    gone = left * rate**x * np.exp(-rate * tx)
    none = gone + alive * np.exp(-rate * horizon)
    return float(rate_weight @ (alive + gone)), float(rate_weight @ alive), float(rate_weight @ none)


@pytest.mark.parametrize("variant", ["mbg", "bg"])
@pytest.mark.parametrize("customer", CUSTOMERS)
def test_closed_forms_are_the_integrals(variant: Variant, customer: tuple[int, float, float]) -> None:
    model = Buying(R, ALPHA, A, B, variant)
    everything, alive, none = likelihoods(variant, *customer, 90.0)
    person = one(*customer)
    assert log_likelihood(model, person)[0] == pytest.approx(math.log(everything), abs=1e-9)
    assert probability_alive(model, person)[0] == pytest.approx(alive / everything, abs=1e-9)
    assert probability_of_none(model, person, 90.0)[0] == pytest.approx(none / everything, abs=1e-9)


def test_a_value_by_hand() -> None:
    # r = alpha = a = b = 1, x = 0, tx = 0, T = 1: L = B(1,2)/2 + B(2,1)/1 = 1/4 + 1/2; P(alive) = 1/3.
    model = Buying(1.0, 1.0, 1.0, 1.0)
    person = one(0, 0.0, 1.0)
    assert math.exp(log_likelihood(model, person)[0]) == pytest.approx(0.75)
    assert probability_alive(model, person)[0] == pytest.approx(1 / 3)
    # H = 2: alive and silent with (1 + 1)/(1 + 1 + 2) = 1/2, so 1 - 1/3 x 1/2.
    assert probability_of_none(model, person, 2.0)[0] == pytest.approx(5 / 6)
    assert logit_of_none(model, person, 2.0)[0] == pytest.approx(math.log(5))


def test_bg_nbd_believes_that_every_first_buyer_is_alive() -> None:
    assert probability_alive(Buying(R, ALPHA, A, B, "bg"), one(0, 0.0, 3000.0))[0] == 1.0
    assert probability_alive(Buying(R, ALPHA, A, B), one(0, 0.0, 3000.0))[0] < 0.6


def test_parameters_are_recovered_from_simulated_customers() -> None:
    shop = simulate(20_000, 700.0, r=0.8, alpha=30.0, a=0.9, b=4.0, seed=7)
    frame = shop.frame(START + 700 * DAY_MS)
    model = fit(Purchases.of(frame.column("repeat_days"), frame.column("recency"), frame.column("tenure")))
    # Two orders on one day are one purchase day, so rates come out a little low.
    assert model.r == pytest.approx(0.8, rel=0.1)
    assert model.alpha / model.r == pytest.approx(30.0 / 0.8, rel=0.1)
    assert model.a / (model.a + model.b) == pytest.approx(0.9 / 4.9, rel=0.1)


def test_its_probabilities_come_true() -> None:
    history = History(simulate(6_000, 600.0, seed=3), 90)
    cut = history.cut(START + 480 * DAY_MS)
    said = probability_of_none(cut.mbg, cut.purchases, 90)
    assert said.mean() == pytest.approx(cut.churned.mean(), abs=0.015)


def test_the_logit_keeps_both_tails() -> None:
    model = Buying(R, ALPHA, A, B)
    sure = logit_of_none(model, one(40, 60.0, 4000.0), 90.0)[0]
    busy = logit_of_none(model, one(4000, 4000.0, 4000.0), 90.0)[0]
    assert np.isfinite([sure, busy]).all()
    assert sure > 60
    assert busy < -5
    # Of those P(alive) is below the least float; the logarithm of the odds of having left is all that is left of the formula.
    for x, tx, age in ((1_250, 1_825.0, 3_650.0), (780, 1_095.0, 3_000.0)):
        gone = math.log(A / (B + x)) + (R + x) * math.log((ALPHA + age) / (ALPHA + tx))
        none = math.log1p(-(((ALPHA + age) / (ALPHA + age + 90)) ** (R + x)))
        assert logit_of_none(model, one(x, tx, age), 90.0)[0] == pytest.approx(gone - none)
        assert gone > 745
    assert logit_of_none(model, one(3, 20.0, 90.0), 90.0)[0] == pytest.approx(
        float(np.log(p := probability_of_none(model, one(3, 20.0, 90.0), 90.0)[0]) - np.log1p(-p))
    )


def test_grouping_changes_nothing_but_days() -> None:
    random = np.random.default_rng(2)
    age = np.rint(random.uniform(50, 500, 400))
    x = random.poisson(2, 400).astype(float)
    tx = np.where(x > 0, np.rint(age * random.uniform(0, 1, 400)), 0.0)
    people = Purchases(x, tx, age)
    found = fit(people)
    nearby = [Buying(found.r * f, found.alpha * g, found.a, found.b) for f, g in ((1.02, 1.0), (0.98, 1.0), (1.0, 1.02), (1.0, 0.98))]
    assert all(log_likelihood(found, people).sum() > log_likelihood(other, people).sum() for other in nearby)
