"""A shop that sells in memory: units by a known law, orders that are told late."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tideline_trainer.demand_series import DemandKnown, Level, known_of

START = 18_000


@dataclass
class SmallDemand:
    """Sales as rows (product, day of the sale, day at which they were known, units), categories, and the day of the clock."""

    sales: list[tuple[str, int, int, int]]
    category_of: dict[str, str]
    today: int
    asked: list[int] = field(default_factory=list)

    def last_day(self) -> int:
        return self.today

    def known_at(self, day: int) -> DemandKnown:
        self.asked.append(day)
        sold: dict[str, dict[int, int]] = {}
        for product, when, known, units in self.sales:
            if when < day and known < day:
                of_product = sold.setdefault(product, {})
                of_product[when] = of_product.get(when, 0) + units
        products = sorted(sold)
        return known_of(
            day,
            np.array(products, dtype=object),
            np.array([self.category_of[product] for product in products], dtype=object),
            [np.array(sorted(sold[product]), dtype=np.int64) for product in products],
            [np.array([sold[product][when] for when in sorted(sold[product])], dtype=np.int64) for product in products],
        )

    def clumps(self, day: int, days: int) -> dict[Level, float]:
        return {"category": 1.0, "product": 1.0}


def poisson_shop(days: int = 330, *, products: int = 12, rate: float = 6.0, growth: float = 0.002, seed: int = 1) -> SmallDemand:
    """Products of three categories that sell Poisson numbers, more at weekends, a little more each day."""
    random = np.random.default_rng(seed)
    week = np.array([0.8, 0.9, 0.9, 1.0, 1.1, 1.3, 1.0])
    sales = []
    for number in range(products):
        for at in range(days):
            mean = rate / (1 + number) * week[(START + at + 3) % 7] * (1 + growth * at)
            units = int(random.poisson(mean))
            if units:
                sales.append((f"P{number:02d}", START + at, START + at, units))
    return SmallDemand(sales, {f"P{number:02d}": "ABC"[number % 3] for number in range(products)}, START + days)
