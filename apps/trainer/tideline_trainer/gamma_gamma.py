"""Gamma-Gamma: what a purchase day of a customer is worth, drawn towards the shop's mean where little was seen of it.

A customer's days are worth gamma(p, nu) each, and nu is gamma(q, gamma) over customers; the worth does not depend on how
often somebody buys (Fader, Hardie 2013, "The Gamma-Gamma Model of Monetary Value"; Fader, Hardie, Lee 2005, "RFM and CLV").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from .arrays import Floats


@dataclass(frozen=True)
class GammaGamma:
    """p and q are shapes; gamma is money."""

    p: float
    q: float
    gamma: float


def log_likelihood(model: GammaGamma, days: Floats, mean: Floats) -> Floats:
    """Log-likelihood of each customer's mean worth of a day, over that many days; both above 0. Fader, Hardie 2013, eq. 1a."""
    p, q, gamma = model.p, model.q, model.gamma
    shapes = gammaln(p * days + q) - gammaln(p * days) - gammaln(q)
    money = q * np.log(gamma) + (p * days - 1) * np.log(mean) + p * days * np.log(days) - (p * days + q) * np.log(gamma + days * mean)
    return np.asarray(shapes + money, dtype=np.float64)


def expected_worth(model: GammaGamma, days: Floats, mean: Floats) -> Floats:
    """Expected worth of a customer's next purchase day: a weighted mean of the shop's and its own. Fader, Hardie 2013, eq. 5."""
    return np.asarray(model.p * (model.gamma + days * mean) / (model.p * days + model.q - 1), dtype=np.float64)


def fit(days: Floats, mean: Floats) -> GammaGamma:
    """Maximum likelihood by Nelder-Mead on the logs of the parameters, over customers who paid anything.

    q stays above 1: below it nobody has an expected worth.
    """
    paid = (mean > 0) & (days > 0)
    counts, money = days[paid], mean[paid]
    # A shop's currency may be worth little: parameters are looked for in units of its median day.
    unit = float(np.median(money))

    def model_of(logs: Floats) -> GammaGamma:
        p, above_one, gamma = np.exp(logs)
        return GammaGamma(float(p), 1.0 + float(above_one), float(gamma))

    def loss(logs: Floats) -> float:
        # Beyond these the likelihood is flat: every day is worth the same, or customers are all alike.
        if np.any(np.abs(logs) > 12.0):
            return 1e6 + float(np.abs(logs).sum())
        return -float(log_likelihood(model_of(logs), counts, money / unit).mean())

    best = None
    for start in (np.log([2.0, 2.0, 2.0]), np.log([6.0, 3.0, 15.0])):
        found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-10, "maxiter": 4000})
        if best is None or found.fun < best.fun:
            best = found
    model = model_of(cast(Floats, best.x if best is not None else start))
    return GammaGamma(model.p, model.q, model.gamma * unit)
