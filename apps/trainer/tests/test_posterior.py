"""The posterior against plain integration, and against customers drawn from the law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from tideline_trainer.arrays import Floats
from tideline_trainer.metrics import deciles, expected_calibration_error

from .posterior import WORLD, Buyer, Law, season


def test_the_season_has_mean_one_and_black_friday() -> None:
    days = season(1000)
    assert days[:731].mean() == pytest.approx(1.0)
    # 2025-11-22 to 25: days 691 to 694; a Tuesday there beats the Tuesday a week before by 1 + .9 x 1.1.
    assert days[694] / days[687] == pytest.approx(1.99, rel=0.02)


def test_exposure_is_the_integral_of_intensity() -> None:
    law = Law("seed")
    first = 100.25
    # Piece by piece: the season jumps at midnight.
    whole = sum(
        quad(lambda t: float(law.intensity(np.array([t]), first)[0]), max(day, 130.5), min(day + 1, 200.75))[0] for day in range(130, 201)
    )
    assert law.exposure(np.array([130.5]), np.array([200.75]), first)[0] == pytest.approx(whole, rel=2e-3)


@pytest.mark.parametrize("orders", [[20.0], [20.0, 20.3, 95.0], [20.0, 60.0, 100.0, 130.0, 180.0]])
def test_against_plain_integration(orders: list[float]) -> None:
    """No season, no dip, no follow-ups: NBD with an exponential lifetime, integrated by adaptive quadrature."""
    law = Law("seed")
    law.q, law.rho = 0.0, 0.0
    law.season = np.ones(2000)
    law._plain = np.arange(2001.0)
    now, horizon = 250.0, 90.0
    constants = WORLD["profiles"]["seed"]
    above = below = 0.0
    n = len(orders) - 1

    def silent(rate: Floats, hazard: float, end: float) -> Floats:
        life, quiet = orders[-1] - orders[0], end - orders[-1]
        both = hazard + rate
        return np.asarray(math.exp(-hazard * life) * (hazard / both * -np.expm1(-both * quiet) + np.exp(-both * quiet)))

    hazards, weights = np.polynomial.legendre.leggauss(120)
    for kind in WORLD["types"]:
        scale = constants["mu"] * kind["dropout"] / constants["s"]
        top = 14 * scale
        for node, weight in zip((hazards + 1) / 2 * top, weights * top / 2, strict=True):
            density = kind["weight"] * weight * gamma.pdf(node, constants["s"], scale=scale)
            nu = gamma(constants["r"], scale=constants["nu"] * kind["rate"] / constants["r"])
            grid = (np.arange(4000) + 0.5) / 4000 * 0.15
            sure = nu.pdf(grid) * grid**n * np.exp(-grid * (orders[-1] - orders[0]))
            for end, into in ((now, 0), (now + horizon, 1)):
                part = float(np.sum(sure * silent(grid, float(node), end)))
                if into:
                    above += density * part
                else:
                    below += density * part
    said = law.churn(Buyer(np.array(orders), np.array([])), now, horizon)
    assert said == pytest.approx(above / below, abs=3e-3)


def simulate(law: Law, constants: dict[str, float], random: np.random.Generator, until: float) -> list[float]:
    """One buyer's orders by the law of docs/simulation.md, without returns."""
    kind = WORLD["types"][random.choice(5, p=[k["weight"] for k in WORLD["types"]])]
    rate = constants["nu"] * kind["rate"] * random.gamma(constants["r"]) / constants["r"]
    hazard = constants["mu"] * kind["dropout"] * random.gamma(constants["s"]) / constants["s"]
    first = random.uniform(0, until - 1)
    end = min(until, first + random.exponential(1 / hazard))
    bound = float(law.season.max())
    visits = first + np.cumsum(random.exponential(1 / (rate * bound), max(1, int(rate * bound * until * 3) + 20)))
    queue = [first] + [float(t) for t in visits if t < end and random.uniform() * bound < law.intensity(np.array([t]), first)[0]]
    orders = []
    while queue:
        at = queue.pop(0)
        if at < end:
            orders.append(at)
            if random.uniform() < law.q:
                queue.append(at + random.exponential(1 / law.kappa))
    return sorted(orders)


@pytest.mark.parametrize("profile", ["seed", "rich"])
def test_what_it_says_comes_true(profile: str) -> None:
    law, random = Law(profile), np.random.default_rng(8)
    said, happened = [], []
    for _ in range(4_000):
        orders = np.array(simulate(law, WORLD["profiles"][profile], random, 640.0))
        known = orders[orders <= 550.0]
        if len(known):
            said.append(law.churn(Buyer(known, np.array([])), 550.0, 90.0))
            happened.append(not np.any((orders > 550.0) & (orders <= 640.0)))
    label, probability = np.array(happened), np.array(said)
    assert probability.mean() == pytest.approx(label.mean(), abs=2.5 * math.sqrt(0.25 / len(label)))
    assert expected_calibration_error(deciles(label, probability)) < 0.03


def test_a_return_after_the_last_order_makes_silence_likelier() -> None:
    law = Law("seed")
    orders = np.array([100.0, 160.0])
    without = law.churn(Buyer(orders, np.array([])), 300.0, 90.0)
    returned = law.churn(Buyer(orders, np.array([170.0])), 300.0, 90.0)
    assert without < returned < without + 0.1
