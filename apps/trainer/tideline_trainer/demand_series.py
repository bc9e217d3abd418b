"""Units by day: one row per series, as a shop knew them at the start of a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from .arrays import Floats, Ints, Strings

Level = Literal["category", "product"]
LEVELS: tuple[Level, ...] = ("category", "product")


@dataclass(frozen=True)
class Panel:
    """Units of each series on each day before `origin`; days are the shop's, counted since 1970."""

    origin: int
    """The first day that is not known: horizon 1."""
    keys: Strings
    """[N] categories or products, ascending."""
    units: Floats
    """[N, T]; column T - 1 is the day before the origin."""

    total: Floats
    """[T] of the whole shop, whichever of its series are here."""

    @property
    def first_day(self) -> int:
        """The day of column 0."""
        return self.origin - int(self.units.shape[1])

    @property
    def first_sales(self) -> Ints:
        """[N] column of the first sale; 0 without one."""
        sold = self.units > 0
        return np.asarray(sold.argmax(axis=1) if sold.shape[1] else np.zeros(len(sold), dtype=np.int64))

    def before(self, origin: int) -> Panel:
        """The same as if it ended earlier; what was corrected later stays corrected."""
        days = origin - self.first_day
        return Panel(origin, self.keys, self.units[:, :days], self.total[:days])

    def only(self, rows: Ints) -> Panel:
        """Some of the series."""
        return Panel(self.origin, self.keys[rows], self.units[rows], self.total)

    def aligned(self, keys: Strings) -> Floats:
        """[len(keys), T] rows of those keys, zeros for one that had no sale yet."""
        place = {key: row for row, key in enumerate(self.keys)}
        rows = np.array([place.get(key, len(self.keys)) for key in keys], dtype=np.int64)
        return np.asarray(np.vstack([self.units, np.zeros((1, self.units.shape[1]))])[rows])


MOST_TIMES = 50.0
"""A day of a product is believed up to so many times its other days, each and one unit more."""
ALONE_DAYS, LEAST_DAYS = 3, 28
"""So many days stand alone, and are no others; the others are those since the first sale, of a month at least."""


@dataclass(frozen=True)
class DemandKnown:
    """Both levels as known at the start of a day."""

    levels: dict[Level, Panel]
    category_of: Strings
    """[N] of each product."""

    def believed(self) -> DemandKnown:
        """The same without what stands far above all other days of a product, as forecasts are made of it.

        An order of 74,000 units by mistake, of a product that sells one a month, would be most of what the shop is expected to sell. What
        happened is counted as it happened.
        """
        panel = self.levels["product"]
        units = panel.units
        since = np.maximum(units.shape[1] - panel.first_sales, LEAST_DAYS)
        alone = np.sort(units, axis=1)[:, -ALONE_DAYS:].sum(axis=1)
        others = (units.sum(axis=1) - alone) / (since - ALONE_DAYS)
        return known_as(panel.origin, panel.keys, self.category_of, np.minimum(units, MOST_TIMES * (others + 1.0)[:, None]))


class DemandSource(Protocol):
    """What demand is learnt from: the store, or a shop in memory."""

    def last_day(self) -> int:
        """The day that has not ended yet at the shop's clock, counted since 1970."""
        ...

    def known_at(self, day: int) -> DemandKnown:
        """What was known when that day began."""
        ...

    def clumps(self, day: int, days: int) -> dict[Level, float]:
        """Sum of squares over sum of what a buyer takes of a series in so many days: the variance over the mean of the sales."""
        ...


def known_of(origin: int, products: Strings, categories: Strings, days: list[Ints], units: list[Ints]) -> DemandKnown:
    """Panels of one row per product: its category, its days with a sale and the units of each. Days from the origin on are left out."""
    first = min((int(each.min()) for each in days if len(each)), default=origin)
    width = max(origin - first, 0)
    of_products = np.zeros((len(products), width))
    for row, (when, how_many) in enumerate(zip(days, units, strict=True)):
        there = when < origin
        of_products[row, when[there] - first] = how_many[there]
    sold = of_products.sum(axis=1) > 0
    products, categories, of_products = products[sold], categories[sold], of_products[sold]
    return known_as(origin, products, categories, of_products)


def known_as(origin: int, products: Strings, categories: Strings, units: Floats) -> DemandKnown:
    """Both levels of the units [N, T] of products."""
    names = np.array(sorted(set(categories)), dtype=object)
    of_categories = np.stack([units[categories == name].sum(axis=0) for name in names]) if len(names) else np.zeros((0, units.shape[1]))
    total = np.asarray(units.sum(axis=0))
    levels: dict[Level, Panel] = {
        "category": Panel(origin, names, of_categories, total),
        "product": Panel(origin, products, units, total),
    }
    return DemandKnown(levels, categories)


def weekday_of(day: Ints | int) -> Ints:
    """0 is Monday: the first of January 1970 was a Thursday."""
    return np.asarray((np.asarray(day) + 3) % 7)


def date_of(day: int) -> str:
    """`2025-12-31` of days since 1970."""
    return str(np.datetime64(day, "D"))
