"""The days of a whole shop by Poisson regression, shared out among its series: a trend that may bend, the week, the year, and what the
same days of a year ago had of their own.

What moves all series at once, growth, season, a sale of every July, is most of the error of a week of a category, and one series alone
shows too little of it. Harmonic regression: Hyndman and Athanasopoulos, Forecasting: Principles and Practice (3rd edition, 2021), 10.5; a
trend of small bends: Taylor and Letham, The American Statistician 72 (2018), 37-45.
"""

from __future__ import annotations

import numpy as np

from .arrays import Floats, Ints
from .demand_methods import HORIZON_DAYS, LEAST_LEVEL, SHARE_DAYS
from .demand_series import Panel, weekday_of

YEAR = 365.25
HARMONICS = 2
BEND_DAYS, LAST_BEND_DAYS, FIRST_BEND_DAYS = 56, 35, 60
"""Between two bends; from the last one to the origin; from the first day to the first one."""
BEND_SD, WEEKDAY_SD, SEASON_SD = 0.15, 0.3, 0.12
"""How much is expected before any sale is seen, in logarithms: of a bend, a year; of a weekday; of the year's first harmonic."""
YEAR_AGO_DAYS, LEAST_YEAR_AGO_DAYS = 365, 60
AROUND_DAYS = 5
"""A single day of a year ago is mostly chance: it is taken with so many days on each side."""
LEAST_SHARE_DAYS = 28
"""A series' share is that of a quarter, or of the days since its first sale; what was sold once, yesterday, is of a month."""
MOST_WEEKS = 3.0
"""No day is said to be more than so many times a day of the best week so far: a line through a few weeks may lead anywhere."""
STEPS, LONGEST_STEP = 30, 1.0


def regression(panel: Panel) -> Floats:
    """[N, H] units a day of each series: the shop's day by the regression, times the share of the series."""
    return np.asarray(np.maximum(shares_of(panel)[:, None] * shop_ahead(panel.total, panel.origin)[None, :], LEAST_LEVEL))


def shares_of(panel: Panel) -> Floats:
    """[N] of the shop's units; together one at most, for what a new product sells others may not."""
    units, total = panel.units[:, -SHARE_DAYS:], panel.total[-SHARE_DAYS:]
    width = units.shape[1]
    begins = np.clip(panel.first_sales - (panel.units.shape[1] - width), 0, max(width - LEAST_SHARE_DAYS, 0))
    since = np.cumsum(total[::-1])[::-1]
    shares = units.sum(axis=1) / np.maximum(since[begins], 1.0)
    return np.asarray(shares / max(float(shares.sum()), 1.0))


def shop_ahead(total: Floats, origin: int) -> Floats:
    """[H] expected units of the shop on each day from the origin on."""
    width = len(total)
    days = np.arange(origin - width, origin + HORIZON_DAYS)
    terms, prior = design(days, origin)
    known = terms[:width]
    own = np.zeros(len(days))
    weights, dispersion = fitted(known, total, own[:width], prior)
    if width - YEAR_AGO_DAYS >= LEAST_YEAR_AGO_DAYS:
        own[YEAR_AGO_DAYS:] = peculiar(total, np.exp(known @ weights), dispersion)[: len(days) - YEAR_AGO_DAYS]
        weights, _ = fitted(known, total, own[:width], prior)
    said = np.exp(np.clip(terms[width:] @ weights + own[width:], -10.0, 15.0))
    return np.asarray(np.minimum(said, MOST_WEEKS * best_week(total)))


def design(days: Ints, origin: int) -> tuple[Floats, Floats]:
    """[T, P] of each day: 1, the trend, its bends, weekdays, harmonics of the year. [P] how firmly each is drawn to zero: 1 / variance."""
    bends = np.arange(origin - LAST_BEND_DAYS, days[0] + FIRST_BEND_DAYS, -BEND_DAYS)
    years = (days - origin) / YEAR
    angle = 2.0 * np.pi * days / YEAR
    columns = [np.ones_like(years), years, *(np.maximum(days - bend, 0) / YEAR for bend in bends)]
    columns += [(weekday_of(days) == weekday) - 1.0 / 7.0 for weekday in range(7)]
    for times in range(1, HARMONICS + 1):
        columns += [np.sin(times * angle), np.cos(times * angle)]
    seasons = np.repeat(np.arange(1, HARMONICS + 1), 2) / SEASON_SD**2
    prior = np.concatenate([np.zeros(2), np.full(len(bends), BEND_SD**-2), np.full(7, WEEKDAY_SD**-2), seasons])
    return np.stack(columns, axis=1), prior


def fitted(terms: Floats, units: Floats, offset: Floats, prior: Floats) -> tuple[Floats, float]:
    """[P] weights of a Poisson regression with that prior, by Newton's steps, and the variance over the mean, at least 1."""
    weights = np.zeros(terms.shape[1])
    weights[0] = np.log(units.mean() + 0.1)
    dispersion = 1.0
    for _ in range(STEPS):
        mean = np.exp(np.clip(terms @ weights + offset, -10.0, 15.0))
        slope = terms.T @ (units - mean) / dispersion - prior * weights
        curve = (terms * mean[:, None]).T @ terms / dispersion + np.diag(prior + 1e-8)
        # A whole step from far away would overshoot by hundreds of logarithms.
        step = np.clip(np.linalg.solve(curve, slope), -LONGEST_STEP, LONGEST_STEP)
        weights += step
        dispersion = max(1.0, float(((units - mean) ** 2 / mean).mean()))
        if np.abs(step).max() < 1e-6:
            break
    return weights, dispersion


def peculiar(units: Floats, expected: Floats, dispersion: float) -> Floats:
    """[T] logarithm of how the days around each stood to what was expected, drawn to zero by the part that is chance."""
    happened, mean = around(units), around(expected)
    ratio = np.log((happened + 1.0) / (mean + 1.0))
    chance = dispersion / np.maximum(mean, 1.0)
    signal = max(float((ratio**2 - chance).mean()), 0.0)
    return np.asarray(ratio * signal / (signal + chance))


def best_week(total: Floats) -> float:
    """Units a day of the week that sold most."""
    return float(np.convolve(total, np.ones(7) / 7.0, mode="valid").max(initial=0.0))


def around(values: Floats) -> Floats:
    """[T] sums of each day and those about it."""
    return np.convolve(values, np.ones(2 * AROUND_DAYS + 1), mode="same")
