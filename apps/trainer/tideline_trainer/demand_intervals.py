"""Intervals from the errors that forecasts made: nothing is assumed of how they are spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Floats

PROBABILITIES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.975, 0.99)
KNOTS = (1, 3, 7, 14, 21, 30)
"""Days ahead at which errors are ranked; between two of them quantiles are interpolated."""
LEAST_UNITS = 0.02
LEVEL_ERROR = 0.1


def spread_of(said: Floats) -> Floats:
    """What an error is divided by: that of a count grows as its root, that of a level as the level, about a tenth of it in a month."""
    return np.asarray(np.sqrt(said + LEAST_UNITS + (LEVEL_ERROR * said) ** 2))


@dataclass(frozen=True)
class Intervals:
    """`quantiles` [len(KNOTS), len(PROBABILITIES)] of (happened - said) / spread, of units from the origin to the end of a day."""

    quantiles: Floats
    errors: int
    """Windows of 30 days they rest on; of shorter ones there are as many or more."""

    @staticmethod
    def of_errors(said: Floats, happened: Floats) -> Intervals:
        """From [M, H] sums up to each day ahead; NaN in `happened` where that day has not ended.

        Split conformal: the quantile of M errors is the ceil(p (M + 1))-th (Vovk, Gammerman and Shafer 2005), the largest one at most.
        """
        rows: list[Floats] = []
        for day in KNOTS:
            over = np.isfinite(happened[:, day - 1])
            errors = np.sort((happened[over, day - 1] - said[over, day - 1]) / spread_of(said[over, day - 1]))
            if len(errors) == 0:
                rows.append(rows[-1] if rows else np.zeros(len(PROBABILITIES)))
                continue
            rank = np.ceil(np.array(PROBABILITIES) * (len(errors) + 1)).astype(int)
            rows.append(errors[np.clip(rank, 1, len(errors)) - 1])
        return Intervals(np.array(rows), int(np.isfinite(happened[:, KNOTS[-1] - 1]).sum()))

    def at(self, said: Floats) -> Floats:
        """[N, H, Q] quantiles of the sums [N, H]: never below zero, never falling from day to day or from one probability to the next."""
        days = np.arange(1, said.shape[1] + 1)
        scaled = np.stack([np.interp(days, KNOTS, self.quantiles[:, q]) for q in range(len(PROBABILITIES))], axis=1)
        found = np.maximum(said[:, :, None] + spread_of(said)[:, :, None] * scaled[None], 0.0)
        return np.asarray(np.maximum.accumulate(np.maximum.accumulate(found, axis=1), axis=2))
