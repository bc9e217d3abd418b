"""Expected money of a customer over a horizon before anything is learnt: MBG/NBD purchase days times Gamma-Gamma worth.

The logarithm of it is the offset that value models start from. Expected purchase days are an integral over the drop-out
probability p: of somebody alive with rate lambda, (1 - exp(-lambda p H)) / p (Fader, Hardie, Lee 2005, eq. 10), and
lambda is gamma(r + x, alpha + T). It is summed over Gauss-Jacobi nodes of the prior beta(a, b), each weighted by
(1 - p)^(x + 1): so the same few operations make it in the served graph, where no hypergeometric function is at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import roots_jacobi

from .arrays import Floats, Floats32
from .features import place_of
from .gamma_gamma import GammaGamma, expected_worth
from .gamma_gamma import fit as fit_worth
from .mbg import Buying, Purchases, probability_alive

NODES = 128
LEAST_MONEY = 1e-6
"""Of the shop's currency: keeps the logarithm where a customer is expected to bring nothing."""
SHAPES = (1e-2, 100.0)
"""Between these a beta density is told apart from its limits, and its nodes are exact; see `drop_out`."""


@lru_cache(maxsize=64)
def drop_out(a: float, b: float) -> tuple[Floats, Floats]:
    """Nodes and weights (sum 1) of beta(a, b), exact for polynomials up to degree 255.

    Shapes beyond `SHAPES` are drawn in with their mean kept: there everybody drops out alike, or nearly nobody does.
    """
    scale = min(1.0, SHAPES[1] / max(a, b))
    shapes = (max(a * scale, SHAPES[0]), max(b * scale, SHAPES[0]))
    nodes, weights = roots_jacobi(NODES, shapes[1] - 1, shapes[0] - 1)
    return np.asarray((nodes + 1) / 2, dtype=np.float64), np.asarray(weights / weights.sum(), dtype=np.float64)


def expected_purchases(model: Buying, customers: Purchases, horizon: float) -> Floats:
    """[N]: expected purchase days in the next `horizon` days, by MBG/NBD."""
    p, weights = drop_out(model.a, model.b)
    shape = (model.r + customers.x)[:, None]
    age = (model.alpha + customers.T)[:, None]
    posterior = weights * np.exp((customers.x[:, None] + 1) * np.log1p(-p))
    if_alive = -np.expm1(-shape * np.log1p(p * horizon / age)) / p
    days = (posterior * if_alive).sum(axis=1) / posterior.sum(axis=1)
    return np.asarray(probability_alive(model, customers) * days, dtype=np.float64)


@dataclass(frozen=True)
class Lifetime:
    """Both models of one instant."""

    buying: Buying
    worth: GammaGamma

    @staticmethod
    def fit(buying: Buying, X: Floats32) -> Lifetime:
        """Gamma-Gamma on the rows of an instant, beside the MBG/NBD of it."""
        days, mean = worth_of_days(X)
        return Lifetime(buying, fit_worth(days, mean))

    def expected(self, X: Floats32, horizon: float) -> Floats:
        """[N]: expected money over the horizon."""
        days, mean = worth_of_days(X)
        return expected_purchases(self.buying, purchases_of(X), horizon) * expected_worth(self.worth, days, mean)

    def offset(self, X: Floats32, horizon: float) -> Floats:
        """[N]: its logarithm."""
        return np.asarray(np.log(np.maximum(self.expected(X, horizon), LEAST_MONEY)), dtype=np.float64)


def purchases_of(X: Floats32) -> Purchases:
    """The rows as MBG/NBD sees them."""
    x, recency, tenure = (X[:, place_of(name)].astype(np.float64) for name in ("repeat_days", "recency", "tenure"))
    return Purchases.of(x, recency, tenure)


def worth_of_days(X: Floats32) -> tuple[Floats, Floats]:
    """Purchase days, and the mean money of one; gross sales less discounts."""
    days = np.maximum(X[:, place_of("repeat_days")].astype(np.float64), 0.0) + 1
    return days, np.expm1(np.maximum(X[:, place_of("money_total")].astype(np.float64), 0.0)) / days
