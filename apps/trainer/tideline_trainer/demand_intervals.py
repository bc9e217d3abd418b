"""Intervals from the errors that forecasts made: nothing is assumed of how they are spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Ints

PROBABILITIES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.975, 0.99)
KNOTS = (1, 3, 7, 14, 21, 30)
"""Days ahead at which errors are ranked; between two of them quantiles are interpolated."""
LEAST_UNITS = 0.02
LEVEL_ERROR = 0.1


def spread_of(said: Floats) -> Floats:
    """What an error is divided by: that of a count grows as its root, that of a level as the level, about a tenth of it in a month."""
    return np.asarray(np.sqrt(said + LEAST_UNITS + (LEVEL_ERROR * said) ** 2))


def origins_apart(origins: Ints, days: int) -> float:
    """How many windows of so many days the time of some origins holds side by side; never more than there are origins."""
    return min(float(len(origins)), float(origins.max() - origins.min()) / days + 1.0)


def independent(errors: Floats, origins: Ints, days: int) -> float:
    """How many independent errors some are worth that were made at `origins`, of windows of so many days.

    Windows of one origin have that time in common: one season comes early for all. By the design effect of clusters (Kish 1965, 5.4), the
    correlation within an origin from the analysis of variance, as if each origin had as many. Windows that lie over one another count as
    one. Of a single origin it cannot be seen what they have in common: it is one.
    """
    names, place, sizes = np.unique(origins, return_inverse=True, return_counts=True)
    apart = origins_apart(names, days)
    each = len(errors) / len(names)
    if len(names) == 1 or each <= 1.0:
        return apart
    means = np.bincount(place, errors) / sizes
    between = float((sizes * (means - errors.mean()) ** 2).sum()) / (len(names) - 1)
    within = float(((errors - means[place]) ** 2).sum()) / (len(errors) - len(names))
    spread = between + (each - 1.0) * within
    common = max((between - within) / spread, 0.0) if spread > 0.0 else 1.0
    return apart * each / (1.0 + (each - 1.0) * common)


def ranked(errors: Floats, count: float) -> Floats:
    """[len(PROBABILITIES)] errors at each probability, drawn apart from the middle for as many independent ones as there are."""
    share = np.minimum(np.abs(2.0 * np.array(PROBABILITIES) - 1.0) * (count + 1.0) / count, 1.0)
    above = np.array(PROBABILITIES) >= 0.5
    place = np.where(above, 0.5 + share / 2.0, 0.5 - share / 2.0) * (len(errors) + 1)
    rank = np.where(above, np.ceil(place), np.floor(place)).astype(int)
    return np.asarray(np.sort(errors)[np.clip(rank, 1, len(errors)) - 1])


@dataclass(frozen=True)
class Intervals:
    """`quantiles` [len(KNOTS), len(PROBABILITIES)] of (happened - said) / spread, of units from the origin to the end of a day."""

    quantiles: Floats
    errors: int
    """Windows of 30 days they rest on; of shorter ones there are as many or more."""

    @staticmethod
    def of_errors(said: Floats, happened: Floats, origins: Ints) -> Intervals:
        """From [M, H] sums up to each day ahead, said at `origins` [M]; NaN in `happened` where that day has not ended.

        Split conformal (Vovk, Gammerman and Shafer 2005): of n independent errors (n + 1) / n of a central share p hold what comes with
        probability p, all of them at most. There are fewer independent errors than windows: see `independent`.
        """
        rows: list[Floats] = []
        for day in KNOTS:
            over = np.isfinite(happened[:, day - 1])
            errors = (happened[over, day - 1] - said[over, day - 1]) / spread_of(said[over, day - 1])
            if len(errors) == 0:
                rows.append(rows[-1] if rows else np.zeros(len(PROBABILITIES)))
                continue
            rows.append(ranked(errors, independent(errors, origins[over], day)))
        return Intervals(np.array(rows), int(np.isfinite(happened[:, KNOTS[-1] - 1]).sum()))

    def at(self, said: Floats) -> Floats:
        """[N, H, Q] quantiles of the sums [N, H]: never below zero, never falling from day to day or from one probability to the next."""
        days = np.arange(1, said.shape[1] + 1)
        scaled = np.stack([np.interp(days, KNOTS, self.quantiles[:, q]) for q in range(len(PROBABILITIES))], axis=1)
        found = np.maximum(said[:, :, None] + spread_of(said)[:, :, None] * scaled[None], 0.0)
        return np.asarray(np.maximum.accumulate(np.maximum.accumulate(found, axis=1), axis=2))
