"""Forecasts from past days, each from what was known then, and what is learnt from how far off they were."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import t as student

from .arrays import Bools, Floats, Strings
from .demand_boosted import BoostedDemand
from .demand_classes import CLASSES, classes_of
from .demand_intervals import Intervals, origins_apart
from .demand_methods import HORIZON_DAYS, seasonal_naive, theta, weekday_mean
from .demand_metrics import naive_scale
from .demand_regression import regression
from .demand_series import LEVELS, DemandKnown, DemandSource, Level, Panel, date_of
from .errors import TrainerError

CANDIDATES = ("seasonal-naive", "weekday-mean", "theta", "regression", "boosted", "blend")
WINDOWS = (7, 28)
"""Days of the sums that are compared."""
TESTS, VALIDATIONS = 26, 13
CLOSED_WEEKS = 4
"""Weeks after which a window of 28 days is over."""
RETRAINED_WEEKS = 4
WARM_UP_DAYS = 120
FEWEST_VALIDATIONS = 4
FEWEST_ORIGINS = 2 * CLOSED_WEEKS + FEWEST_VALIDATIONS - 1
"""The newest test whose 28 days are over lies `CLOSED_WEEKS` back; the newest origin that it is chosen by, as many weeks before that."""
USUAL, MARGIN = "blend", 0.05
"""A mean of forecasts errs less than either, nearly always (Bates and Granger, Operational Research Quarterly 20, 1969): another
candidate is taken where its error was less by a twentieth at least, and by more than a quarter of a year shows by chance."""
CERTAINTY = 0.95
"""Of one candidate; the nearest of five is less sure than that, and the margin comes on top."""
FEWEST_ERRORS = 50
"""A class with fewer windows is chosen for, and given intervals, together with all of its level."""


def candidates(panel: Panel, boosted: BoostedDemand) -> dict[str, Floats]:
    """[N, H] units a day of each candidate; the blend is the mean of Theta, the regression and the trees."""
    lines, shop, trees = theta(panel), regression(panel), boosted.forecast(panel)
    return {
        "seasonal-naive": seasonal_naive(panel),
        "weekday-mean": weekday_mean(panel),
        "theta": lines,
        "regression": shop,
        "boosted": trees,
        "blend": (lines + shop + trees) / 3.0,
    }


@dataclass(frozen=True)
class Tried:
    """What was said of a level at one origin, and what came."""

    origin: int
    panel: Panel
    said: dict[str, Floats]
    """[N, H] of each candidate: units from the origin to the end of each day."""
    happened: Floats
    """[N, H] the same, as finally known; NaN where the day has not ended."""

    @cached_property
    def classes(self) -> Strings:
        """[N]."""
        return classes_of(self.panel)

    def scale(self, days: int) -> Floats:
        """[N] of MASE."""
        return naive_scale(self.panel.units, days)

    def over(self, days: int) -> bool:
        """Whether windows of so many days are over."""
        return bool(np.isfinite(self.happened[:, days - 1]).all())


Choice = dict[str, str]
"""Candidate by class of series."""


class RollingOrigin:
    """All weekly origins of a shop, both levels, newest first."""

    def __init__(self, source: DemandSource, say: Callable[[str], None] = lambda text: None) -> None:
        self.last_day = source.last_day()
        self.happened: DemandKnown = source.known_at(self.last_day)
        self.now = self.happened.believed()
        panel = self.now.levels["product"]
        days = self.last_day - panel.first_day
        needed = WARM_UP_DAYS + 7 * FEWEST_ORIGINS
        if days < needed:
            raise TrainerError(
                "too-little-data",
                f"Too little data for forecasts of demand: {needed} days of sales are needed, there are {days}: {needed - days} days are "
                "missing.",
                date_of(self.last_day + needed - days),
            )
        weeks = min((days - WARM_UP_DAYS) // 7, TESTS + VALIDATIONS + CLOSED_WEEKS - 1)
        self.origins = [self.last_day - 7 * (week + 1) for week in range(weeks)]
        self.tried: dict[Level, list[Tried]] = {level: [] for level in LEVELS}
        trained: dict[Level, BoostedDemand] = {}
        for number in reversed(range(weeks)):
            origin = self.origins[number]
            known = source.known_at(origin).believed()
            for level in LEVELS:
                # Oldest first: a model that is some weeks old knows nothing of them.
                if level not in trained or number % RETRAINED_WEEKS == RETRAINED_WEEKS - 1:
                    trained[level] = BoostedDemand(known.levels[level])
                self.tried[level].insert(0, self._tried(known.levels[level], trained[level], level))
            say(f"{weeks - number} of {weeks} past origins")

    def _tried(self, panel: Panel, boosted: BoostedDemand, level: Level) -> Tried:
        said = {name: np.cumsum(daily, axis=1) for name, daily in candidates(panel, boosted).items()}
        final = self.happened.levels[level]
        begin = panel.origin - final.first_day
        came = final.aligned(panel.keys)[:, begin : begin + HORIZON_DAYS]
        happened = np.full((len(panel.keys), HORIZON_DAYS), np.nan)
        happened[:, : came.shape[1]] = np.cumsum(came, axis=1)
        return Tried(panel.origin, panel, said, happened)

    def closed(self, level: Level, now: int) -> list[Tried]:
        """The newest origins whose windows of 28 days were over at a day."""
        return [tried for tried in self.tried[level] if tried.origin + WINDOWS[-1] <= now][:VALIDATIONS]

    def tests(self, level: Level) -> list[Tried]:
        """Origins before which there is enough to choose by, newest first."""
        return [tried for tried in self.tried[level][:TESTS] if len(self.closed(level, tried.origin)) >= FEWEST_VALIDATIONS]


def chosen_of(validated: list[Tried]) -> tuple[Choice, dict[str, dict[str, float]]]:
    """The candidate of each class by its errors over past origins, and those: the mean of WAPE over 7 and 28 days."""
    apart = origins_apart(np.array([tried.origin for tried in validated]), WINDOWS[-1])
    choice: Choice = {}
    errors: dict[str, dict[str, float]] = {}
    for group in CLASSES:
        own = [tried.classes == group for tried in validated]
        if sum(int(rows.sum()) for rows in own) < FEWEST_ERRORS:
            own = [np.ones(len(tried.panel.keys), dtype=np.bool_) for tried in validated]
        found = {name: errors_at_origins(validated, own, name) for name in CANDIDATES}
        choice[group] = best_of(found, apart)
        errors[group] = {name: float(each.mean()) for name, each in found.items()}
    return choice, errors


def best_of(errors: dict[str, Floats], apart: float) -> str:
    """The candidate with the least error, where that is less than the usual one's by the margin, and by more than chance.

    `errors` [K] at each origin; `apart`: as many of them as are independent. One-sided paired t test: what wins a quarter of a year by luck
    loses the next one.
    """
    best = min(errors, key=lambda name: float(errors[name].mean()))
    gain = errors[USUAL] - errors[best]
    noise = float(gain.std(ddof=1)) / math.sqrt(apart)
    enough = max(MARGIN * float(errors[USUAL].mean()), float(student.ppf(CERTAINTY, apart - 1.0)) * noise)
    return best if gain.mean() > enough else USUAL


def errors_at_origins(validated: list[Tried], rows: list[Bools], name: str) -> Floats:
    """[K] shares of the units of a mean origin, the mean of both windows: their mean is that of both WAPE."""
    found = []
    for days in WINDOWS:
        there = [(tried.said[name][own, days - 1], tried.happened[own, days - 1]) for tried, own in zip(validated, rows, strict=True)]
        missed = np.array([np.abs(said - happened).sum() for said, happened in there])
        found.append(missed / max(float(np.mean([happened.sum() for _, happened in there])), 1e-9))
    return np.asarray(np.mean(found, axis=0))


def said_by(tried: Tried, choice: Choice) -> Floats:
    """[N, H] sums, each series by the candidate of its class."""
    found = np.zeros_like(tried.said[CANDIDATES[0]])
    for group, name in choice.items():
        own = tried.classes == group
        found[own] = tried.said[name][own]
    return found


def intervals_of(past: list[Tried], choice: Choice) -> dict[str, Intervals]:
    """By class of series, from the errors that its candidate made at past origins."""
    said = np.concatenate([said_by(tried, choice) for tried in past])
    happened = np.concatenate([tried.happened for tried in past])
    classes = np.concatenate([tried.classes for tried in past])
    origins = np.repeat([tried.origin for tried in past], [len(tried.panel.keys) for tried in past])
    found: dict[str, Intervals] = {}
    for group in CLASSES:
        own = classes == group
        rows = own if int(own.sum()) >= FEWEST_ERRORS else np.ones_like(own)
        found[group] = Intervals.of_errors(said[rows], happened[rows], origins[rows])
    return found


def quantiles_by(classes: Strings, said: Floats, intervals: dict[str, Intervals]) -> Floats:
    """[N, H, Q]."""
    found = np.zeros((*said.shape, next(iter(intervals.values())).quantiles.shape[1]))
    for group, each in intervals.items():
        own = classes == group
        found[own] = each.at(said[own])
    return found
