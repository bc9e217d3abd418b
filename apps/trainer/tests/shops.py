"""Small simulated shops in memory: orders by the law of MBG/NBD, features by plain arithmetic, apart from the SQL."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from tideline_trainer.features import DAY_MS, Frame, feature_list
from tideline_trainer.history import After, Span

NAN = math.nan
START = 1_600_000_000_000 // DAY_MS * DAY_MS


@dataclass
class SmallShop:
    """Orders of each customer: instants in days since the start, and amounts."""

    orders: list[list[tuple[float, float]]]
    days: float

    def span(self) -> Span:
        return Span(START, START + int(self.days * DAY_MS))

    def frame(self, as_of: int) -> Frame:
        now = (as_of - START) / DAY_MS
        ids, rows = [], []
        for customer, orders in enumerate(self.orders):
            known = [order for order in orders if order[0] <= now]
            if known:
                ids.append(f"C{customer:05d}")
                rows.append(features_of(known, now))
        return Frame(as_of, np.array(ids, dtype=object), np.array(rows, dtype=np.float32).reshape(-1, len(feature_list())))

    def after(self, as_of: int, horizon_days: int) -> After:
        now = (as_of - START) / DAY_MS
        later = {f"C{k:05d}": [m for t, m in orders if now < t <= now + horizon_days] for k, orders in enumerate(self.orders)}
        ids = [customer for customer, amounts in later.items() if amounts]
        return After(np.array(ids, dtype=object), np.array([sum(later[customer]) for customer in ids], dtype=np.float64))


def simulate(
    customers: int,
    days: float = 500.0,
    *,
    r: float = 0.8,
    alpha: float = 40.0,
    a: float = 0.9,
    b: float = 4.0,
    seed: int = 1,
    season: float = 0.0,
    year: float = 365.0,
) -> SmallShop:
    """MBG/NBD customers that arrive evenly; `season` makes the rate swing by that share over the year."""
    random = np.random.default_rng(seed)
    shop: list[list[tuple[float, float]]] = []
    for first in np.sort(random.uniform(0.0, days, customers)):
        rate = random.gamma(r) / alpha
        gone = random.beta(a, b)
        usual = math.exp(random.normal(4.0, 0.5))
        orders = [(float(first), usual * math.exp(random.normal(0.0, 0.4)))]
        at = float(first)
        while random.uniform() >= gone:
            while True:
                at += random.exponential(1.0 / (rate * (1.0 + season)))
                wave = 1.0 + season * math.sin(2 * math.pi * at / year)
                if at > days or random.uniform() * (1.0 + season) < wave:
                    break
            if at > days:
                break
            orders.append((at, usual * math.exp(random.normal(0.0, 0.4))))
        shop.append(orders)
    return SmallShop(shop, days)


def features_of(orders: list[tuple[float, float]], now: float) -> list[float]:
    """One row of the contract, `mbg_logit` NaN; no returns and no baskets here."""
    times = [t for t, _ in orders]
    amounts = [amount for _, amount in orders]
    starts = [t for k, t in enumerate(times) if k == 0 or math.floor(t) != math.floor(times[k - 1])]
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
    n = len(gaps)
    since = now - times[-1]
    tenure = now - times[0]
    mean = sum(gaps) / n if n else NAN
    std = math.sqrt(sum((g - mean) ** 2 for g in gaps) / n) if n else NAN
    weights = [2 ** ((k + 1 - n) / 2) for k in range(n)]
    ewma = sum(g * w for g, w in zip(gaps, weights, strict=True)) / sum(weights) if n else NAN
    most = max(gaps) if n else NAN
    last = gaps[-1] if n else NAN

    def decayed(half: float) -> float:
        return sum(2 ** (-(now - t) / half) for t in times)

    money = sum(amount * 2 ** (-(now - t) / 120) for t, amount in orders)
    log_mean = math.log1p(sum(amounts) / len(amounts))
    log_last = math.log1p(amounts[-1])
    angle = 2 * math.pi * now / 365.25
    return [
        since, tenure, n, mean, std, most, last, ewma,
        since / mean, since / ewma, since / most, (since - mean) / (std + 3), std / mean, math.log(last / mean) if n else NAN,
        decayed(14), decayed(45), decayed(120), decayed(365),
        money, math.log1p(sum(amounts)), log_mean, math.log1p(max(amounts)), log_last, log_last - log_mean,
        len(times) / (tenure + 1), 0.0, 0.0, NAN, 1.0, 1.0, 1.0, NAN, math.sin(angle), math.cos(angle), NAN,
    ]  # fmt: skip
