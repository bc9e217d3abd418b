"""MBG/NBD and BG/NBD: buying while alive and silent drop-out, fitted by maximum likelihood.

A customer has x repeat purchase days, the last one `tx` days after the first, and is `T` days old. While alive it buys
as a Poisson process whose rate is gamma(r, alpha) over customers; after each purchase it drops out with a probability
that is beta(a, b) over customers. BG/NBD (Fader, Hardie, Lee 2005) knows no drop-out after the first purchase; MBG/NBD
(Batislam, Denizel, Filiztekin 2007) does, so that a customer with one order can be lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from .arrays import Floats

Variant = Literal["mbg", "bg"]


@dataclass(frozen=True)
class Purchases:
    """Customers as the models see them, one entry each: repeat purchase days, day of the last one, age; days."""

    x: Floats
    tx: Floats
    T: Floats

    @staticmethod
    def of(repeat_days: Floats, recency: Floats, tenure: Floats) -> Purchases:
        """From the three features; all float64, days."""
        age = np.maximum(tenure.astype(np.float64), 0.0)
        x = np.maximum(repeat_days.astype(np.float64), 0.0)
        last = np.clip(age - recency.astype(np.float64), 0.0, age)
        return Purchases(x, last, age)


@dataclass(frozen=True)
class Buying:
    """The four parameters of either model; alpha in days."""

    r: float
    alpha: float
    a: float
    b: float
    variant: Variant = "mbg"


def log_likelihood(model: Buying, customers: Purchases) -> Floats:
    """Log-likelihood of each customer, including the factor that does not depend on the drop-out.

    MBG/NBD: Batislam et al. 2007, eq. 3 as in churn.md section 4. BG/NBD: Fader et al. 2005, eq. 6.
    """
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x, tx, T = customers.x, customers.tx, customers.T
    buying = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    if model.variant == "mbg":
        alive = betaln(a, b + x + 1) - (r + x) * np.log(alpha + T)
        gone = betaln(a + 1, b + x) - (r + x) * np.log(alpha + tx)
    else:
        alive = betaln(a, b + x) - (r + x) * np.log(alpha + T)
        # Nobody drops out before the first repeat purchase; the beta function there would be one of b - 1.
        repeated = np.maximum(x, 1.0)
        gone = np.where(x > 0, betaln(a + 1, b + repeated - 1) - (r + x) * np.log(alpha + tx), -np.inf)
    return np.asarray(buying + np.logaddexp(alive, gone) - betaln(a, b), dtype=np.float64)


def log_odds_gone(model: Buying, customers: Purchases) -> Floats:
    """Logarithm of the odds that a customer has dropped out; -infinity where BG/NBD rules it out."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x, tx, T = customers.x, customers.tx, customers.T
    silence = (r + x) * (np.log(alpha + T) - np.log(alpha + tx))
    if model.variant == "mbg":
        gone = np.log(a) - np.log(b + x) + silence
    else:
        gone = np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1.0) - 1) + silence, -np.inf)
    return np.asarray(gone, dtype=np.float64)


def probability_alive(model: Buying, customers: Purchases) -> Floats:
    """Probability that a customer has not dropped out yet. It is no churn score: see `probability_of_none`."""
    return np.asarray(np.exp(-np.logaddexp(0.0, log_odds_gone(model, customers))), dtype=np.float64)


def probability_of_none(model: Buying, customers: Purchases, horizon: float) -> Floats:
    """Probability of no purchase in the next `horizon` days: dropped out, or alive and silent."""
    alive = probability_alive(model, customers)
    age = model.alpha + customers.T
    some = -np.expm1((model.r + customers.x) * (np.log(age) - np.log(age + horizon)))
    return np.asarray(1.0 - alive * some, dtype=np.float64)


def logit_of_none(model: Buying, customers: Purchases, horizon: float) -> Floats:
    """The feature `mbg_logit`: logit of `probability_of_none`, from both tails without loss.

    In logarithms to the end, as features.sql has it: of a busy customer who left long ago P(alive) is below the least float.
    """
    age = model.alpha + customers.T
    some_if_alive = -np.expm1((model.r + customers.x) * (np.log(age) - np.log(age + horizon)))
    log_some = np.log(some_if_alive) - np.logaddexp(0.0, log_odds_gone(model, customers))
    return np.asarray(np.log1p(-np.exp(log_some)) - log_some, dtype=np.float64)


def fit(customers: Purchases, variant: Variant = "mbg") -> Buying:
    """Maximum likelihood by Nelder-Mead on the logs of the parameters.

    Customers of the same x and the same whole days are one row with a count: 50,000 of them are some thousand rows.
    """
    rows = np.column_stack((customers.x, np.rint(customers.tx), np.rint(customers.T)))
    unique, counts = np.unique(rows, axis=0, return_counts=True)
    grouped = Purchases(unique[:, 0], unique[:, 1], unique[:, 2])
    total = float(counts.sum())

    def loss(logs: Floats) -> float:
        # Beyond these the likelihood is flat (a shop where nobody drops out, or everybody is alike) and exp overflows.
        if np.any(np.abs(logs) > 12.0):
            return 1e6 + float(np.abs(logs).sum())
        r, alpha, a, b = np.exp(logs)
        return -float(counts @ log_likelihood(Buying(r, alpha, a, b, variant), grouped)) / total

    # Started from an ordinary shop: a purchase in some months, one in ten gone after each.
    typical = max(float(np.median(customers.T)), 1.0)
    best = None
    for scale in (0.3, 1.5):
        start = np.log([0.8, scale * typical, 0.5, 2.0])
        found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-9, "maxiter": 4000})
        if best is None or found.fun < best.fun:
            best = found
    r, alpha, a, b = (float(value) for value in np.exp(cast(Floats, best.x if best is not None else start)))
    return Buying(r, alpha, a, b, variant)
