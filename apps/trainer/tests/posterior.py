"""The best possible churn probability on a simulated shop: Bayes, by somebody who knows the law and sees the orders.

Given a customer's visit rate nu and drop-out hazard mu, the next order after one at t has the survival function
exp(-nu A(t, u)) (1 - q + q exp(-kappa (u - t))): no visit, and no follow-up of the last order. A is the integral of the
season times the dip after the first order. So the likelihood of all orders is a product over the gaps, times the
integral over when the relation ended after the last one. nu and mu are integrated over a grid with their prior, which is a
mixture over the five types.

What it does not use: the hour of the day that orders are moved to, a customer's own response to campaigns (their mean
stands for it), what was bought. Two follow-ups that wait at once are taken for one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import gamma

from tideline_trainer.arrays import Floats

WORLD: dict[str, Any] = json.loads((Path(__file__).parent / "world.json").read_text("utf8"))
START_MS = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000)
HELD_OUT = 0.1
RATES, HAZARDS, ENDS = 56, 24, 48


@dataclass(frozen=True)
class Buyer:
    """Days since the start of the world: all orders by the cut-off, oldest first, and refunds after the last of them."""

    orders: Floats
    refunds: Floats


class Law:
    """A profile's constants, the season by day, and the prior on a grid."""

    def __init__(self, profile: str, days: int = 2000) -> None:
        constants = WORLD["profiles"][profile]
        self.q, self.kappa = float(constants["q"]), float(constants["kappa"])
        self.rho, self.tau, self.delta = float(constants["rho"]), float(constants["tau"]), float(constants["delta"])
        self._constants = constants
        self.season = season(days)
        self.edges = np.arange(days + 1, dtype=np.float64)
        self._plain = np.append(0.0, np.cumsum(self.season))
        within = self.tau * (np.exp(-self.edges[:-1] / self.tau) - np.exp(-self.edges[1:] / self.tau))
        self._dipped = np.append(0.0, np.cumsum(self.season * within))

    def exposure(self, start: Floats, end: Floats, first: float) -> Floats:
        """Integral of the season times the dip from `start` to `end`: expected visits at a rate of one a day."""
        plain = np.interp(end, self.edges, self._plain) - np.interp(start, self.edges, self._plain)
        dipped = np.interp(end, self.edges, self._dipped) - np.interp(start, self.edges, self._dipped)
        return np.asarray(plain - self.rho * np.exp(first / self.tau) * dipped, dtype=np.float64)

    def intensity(self, at: Floats, first: float) -> Floats:
        """Season times dip at an instant."""
        return np.asarray(self.season[at.astype(np.int64)] * (1 - self.rho * np.exp(-(at - first) / self.tau)), dtype=np.float64)

    @cached_property
    def rates(self) -> Floats:
        """Grid of nu."""
        return np.geomspace(self._constants["nu"] * 1e-3, self._constants["nu"] * 30, RATES)

    @cached_property
    def hazards(self) -> Floats:
        """Grid of mu."""
        return np.geomspace(self._constants["mu"] * 1e-3, self._constants["mu"] * 25, HAZARDS)

    @cached_property
    def prior(self) -> Floats:
        """[rates, hazards]: the mixture over types, with the width of the grid's cells (even in logs)."""
        both = np.zeros((RATES, HAZARDS))
        for kind in WORLD["types"]:
            r, s = self._constants["r"], self._constants["s"]
            rate = gamma.pdf(self.rates, r, scale=self._constants["nu"] * kind["rate"] / r) * self.rates
            hazard = gamma.pdf(self.hazards, s, scale=self._constants["mu"] * kind["dropout"] / s) * self.hazards
            both += kind["weight"] * np.outer(rate / rate.sum(), hazard / hazard.sum())
        return both

    def gaps(self, buyer: Buyer) -> Floats:
        """[rates]: log-likelihood of the orders after the first, given that the relation lasted."""
        earlier, later, first = buyer.orders[:-1], buyer.orders[1:], float(buyer.orders[0])
        if len(later) == 0:
            return np.zeros(RATES)
        follow = np.exp(-self.kappa * (later - earlier))
        visits = np.outer(self.rates, self.intensity(later, first)) * (1 - self.q + self.q * follow) + self.q * self.kappa * follow
        total = self.exposure(earlier, later, first).sum()
        return np.asarray(np.log(np.maximum(visits, 1e-300)).sum(axis=1) - self.rates * total, dtype=np.float64)

    def silent_until(self, buyer: Buyer, end: float) -> Floats:
        """[rates, hazards]: probability of no order from the last one to `end`, alive or not, and alive at the last one."""
        first, last = float(buyer.orders[0]), float(buyer.orders[-1])
        # Follow-ups decide within a day, drop-out within years: points lie closer at the beginning.
        at = last + (end - last) * np.linspace(0.0, 1.0, ENDS) ** 3
        still = np.exp(-np.outer(self.rates, self.exposure(np.full(ENDS, last), at, first)))
        still *= 1 - self.q + self.q * np.exp(-self.kappa * (at - last))
        still *= (1 - self.delta) ** np.searchsorted(np.sort(buyer.refunds), at, side="right")
        alive = np.exp(-np.outer(at - first, self.hazards))
        # Between two points the relation ends with the difference of `alive`; nobody orders after it.
        ends = (still[:, :-1] + still[:, 1:]) / 2 @ (alive[:-1] - alive[1:]) + np.outer(still[:, -1], alive[-1])
        for number, refund in enumerate(np.sort(buyer.refunds)):
            if last < refund <= end:
                silent = np.exp(-self.rates * self.exposure(np.array([last]), np.array([refund]), first))
                silent *= (1 - self.q + self.q * np.exp(-self.kappa * (refund - last))) * (1 - self.delta) ** number * self.delta
                ends += np.outer(silent, np.exp(-(refund - first) * self.hazards))
        return np.asarray(ends, dtype=np.float64)

    def churn(self, buyer: Buyer, now: float, horizon: float) -> float:
        """Probability of no order in `(now, now + horizon]`."""
        gaps = self.gaps(buyer)
        weight = self.prior * np.exp(gaps - gaps.max())[:, None]
        known = float((weight * self.silent_until(buyer, now)).sum())
        silent = float((weight * self.silent_until(buyer, now + horizon)).sum())
        return silent / known


def season(days: int) -> Floats:
    """Weekday x month x campaigns by day of the world, mean 1 over its history; campaigns as most customers feel them."""
    history = int(WORLD["D"])
    length = max(days, history)
    number = np.arange(length)
    weekday = np.array(WORLD["weekday"])[number % 7]
    month = np.array(WORLD["month"])
    place = ((number + 0.5) % 365.25) / 365.25 * 12 - 0.5
    before = np.floor(place).astype(np.int64)
    share = place - before
    plain = weekday * (month[before % 12] * (1 - share) + month[(before + 1) % 12] * share)
    uplift = np.zeros(length)
    for year in range(2024, 2031):
        new_year = (datetime(year, 1, 1, tzinfo=UTC) - datetime(2024, 1, 1, tzinfo=UTC)).days
        for kind in WORLD["campaign_kinds"]:
            start = new_year + kind["first_day_of_year"] - 1
            uplift[start : start + kind["days"]] += kind["uplift"]
    factor = plain * (1 + (1 - HELD_OUT) * uplift)
    return np.asarray((factor / factor[:history].mean())[:days], dtype=np.float64)


def churn_of_all(
    law: Law, customers: Floats, times: Floats, refunds: dict[str, float], wanted: Floats, now: float, horizon: float
) -> Floats:
    """Of each customer in `wanted`.

    `customers` and `times` are the shop's orders (days since the start of the world), in any order; those after `now` are
    not looked at. `refunds` is the last known refund by customer.
    """
    known = times <= now
    ids, days = customers[known].astype(str), times[known]
    order = np.lexsort((days, ids))
    ids, days = ids[order], days[order]
    names, starts = np.unique(ids, return_index=True)
    orders = dict(zip(names.tolist(), np.split(days, starts[1:]), strict=True))
    said = []
    for customer in wanted:
        mine = orders[str(customer)]
        refund = refunds.get(str(customer), -1.0)
        said.append(law.churn(Buyer(mine, np.array([refund]) if refund > mine[-1] else np.array([])), now, horizon))
    return np.array(said)
