"""The level of the probabilities: their shape is learnt from rows, but how many will order moves with the season.

churn.md section 3: fit MBG/NBD a year before, find the factor M on the horizon with which its mean met what then
happened, and let the model's mean meet that of today's MBG/NBD with the same factor. The slope is left alone: a Platt fit
on the last closed window makes it worse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from .arrays import Floats, sigmoid
from .features import DAY_MS
from .history import History
from .mbg import probability_of_none

YEAR_DAYS = 365
HISTORY_BEFORE_DAYS = 180
UNCERTAIN = "level uncertain: less than a year and a half of data"
AS_LEARNT = "level as learnt: MBG/NBD does not meet what happened a year before, so it says nothing of the season"
MOST_SEASON = 3.0
"""No season is three times as busy as another; a factor beyond it makes up for a model that does not fit the shop."""


@dataclass(frozen=True)
class Level:
    """What the mean probability at an instant should be; `target` is None where nobody can tell."""

    target: float | None
    season: float | None
    """M: how many days of an ordinary season the same days of last year were worth, per day."""
    seasons_seen: bool
    """Whether the same season a year before is in the data, with half a year before it."""

    @property
    def words(self) -> str:
        """For the card and the page."""
        if not self.seasons_seen:
            return UNCERTAIN
        if self.target is None or self.season is None:
            return AS_LEARNT
        return f"level set to a mean of {self.target:.3f} (season {self.season:.2f}, as a year before)"


def expected_level(history: History, now: int) -> Level:
    """The level by what happened a year before `now`; needs 180 days of history before that."""
    then = now - YEAR_DAYS * DAY_MS
    if then < history.span.first + HISTORY_BEFORE_DAYS * DAY_MS:
        return Level(None, None, False)
    if len(history.cut(then).churned) == 0:
        return Level(None, None, False)
    before = history.cut(then)
    seen = float(before.churned.mean())

    def miss(log_season: float) -> float:
        days = history.horizon * float(np.exp(log_season))
        return float(probability_of_none(before.mbg, before.purchases, days).mean()) - seen

    log_season = root(miss, float(np.log(MOST_SEASON)))
    if log_season is None:
        return Level(None, None, True)
    season = float(np.exp(log_season))
    cut = history.cut(now)
    target = float(probability_of_none(cut.mbg, cut.purchases, history.horizon * season).mean())
    return Level(target, season, True)


def shift_to(logits: Floats, target: float | None) -> float:
    """What to add to every logit so that the mean probability is the target; 0 without one."""
    if target is None or len(logits) == 0:
        return 0.0
    return root(lambda by: float(sigmoid(logits + by).mean()) - target, 10.0) or 0.0


def root(miss: Callable[[float], float], bound: float) -> float | None:
    """Where a monotone function is 0 between -bound and bound; None when it is not."""
    low, high = miss(-bound), miss(bound)
    return float(brentq(miss, -bound, bound, xtol=1e-10)) if low * high <= 0 else None
