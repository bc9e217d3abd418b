"""Forecasts that need no training, of every series of a panel at once: each gives [N, H] expected units a day, never below zero."""

from __future__ import annotations

import numpy as np

from .arrays import Bools, Floats, Ints
from .demand_series import Panel, weekday_of

HORIZON_DAYS = 30
SHARE_DAYS = 91
"""What a series takes of the shop is told by a quarter."""
LEAST_LEVEL = 0.003
"""Units a day: a product that sold nothing in a quarter is not dead."""
THETA_DAYS = 365
"""Theta looks back a year: longer ago the level tells nothing, and a trend of years is no trend of a month."""
SMOOTHINGS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3)
WEEKDAY_PRIOR_UNITS = 20.0
"""A series counts as if it had sold so many units more by the weekdays of the whole shop: a product with five sales has no week."""


def seasonal_naive(panel: Panel) -> Floats:
    """The last week again."""
    return tiled(weeks_back(panel, 1))


def weekday_mean(panel: Panel) -> Floats:
    """The mean of each weekday over the last four weeks."""
    return tiled(weeks_back(panel, 4))


def weeks_back(panel: Panel, weeks: int) -> Floats:
    """[N, 7] mean of so many last weeks, by day of a week that begins at the origin's weekday."""
    return np.asarray(panel.units[:, -7 * weeks :].reshape(len(panel.keys), weeks, 7).mean(axis=1))


def tiled(week: Floats) -> Floats:
    """[N, H] of [N, 7]."""
    return np.asarray(week[:, np.arange(HORIZON_DAYS) % 7])


def theta(panel: Panel) -> Floats:
    """Theta with a multiplicative week: simple exponential smoothing with half the slope of the line, as drift.

    Assimakopoulos and Nikolopoulos, International Journal of Forecasting 16 (2000); in this form Hyndman and Billah, 19 (2003):
    level + slope / 2 (h - 1 + (1 - (1 - a)^n) / a). The smoothing `a` is the one of a grid with the least squared one-day error.
    A series begins at its first sale.
    """
    units = panel.units[:, -THETA_DAYS:]
    count, width = units.shape
    weekdays = weekday_of(np.arange(panel.origin - width, panel.origin))
    week = weekday_factors(units, weekdays)
    level_of = units / week[:, weekdays]
    begins = np.maximum(panel.first_sales - (panel.units.shape[1] - width), 0)
    place = np.arange(width)[None, :]
    there = place >= begins[:, None]
    n = there.sum(axis=1)
    level, smoothing = smoothed(level_of, there, n)
    since = np.where(there, place - begins[:, None], 0.0)
    mean_at, mean_of = since.sum(axis=1) / n, np.where(there, level_of, 0.0).sum(axis=1) / n
    apart = np.where(there, since - mean_at[:, None], 0.0)
    slope = (apart * np.where(there, level_of - mean_of[:, None], 0.0)).sum(axis=1) / np.maximum((apart**2).sum(axis=1), 1.0)
    # A line through three weeks would be a cliff in a month.
    slope = np.where(n >= 2 * HORIZON_DAYS, slope, 0.0)
    ahead = np.arange(HORIZON_DAYS)[None, :] + ((1.0 - (1.0 - smoothing) ** n) / smoothing)[:, None]
    line = level[:, None] + slope[:, None] / 2.0 * ahead
    target = weekday_of(panel.origin + np.arange(HORIZON_DAYS))
    return np.asarray(np.maximum(line, 0.0) * week[:, target]).reshape(count, HORIZON_DAYS)


def weekday_factors(units: Floats, weekdays: Ints) -> Floats:
    """[N, 7] share of each weekday times seven, drawn towards that of the whole shop; never zero."""
    days = np.bincount(weekdays, minlength=7)
    of_shop = np.bincount(weekdays, weights=units.sum(axis=0), minlength=7) / np.maximum(days, 1)
    shop = of_shop / max(of_shop.sum(), 1e-9)
    own = np.stack([units[:, weekdays == day].sum(axis=1) for day in range(7)], axis=1) / np.maximum(days, 1)
    mixed = own * 7.0 + WEEKDAY_PRIOR_UNITS * shop / np.maximum(days.mean(), 1.0)
    return np.asarray(np.maximum(7.0 * mixed / np.maximum(mixed.sum(axis=1, keepdims=True), 1e-12), 0.05))


def smoothed(values: Floats, there: Bools, n: Ints) -> tuple[Floats, Floats]:
    """Last level and smoothing of each series: the one of the grid with the least squared error, one day ahead."""
    first = (np.cumsum(there, axis=1) <= 28) & there
    start = np.where(first, values, 0.0).sum(axis=1) / np.maximum(np.minimum(n, 28), 1)
    grid = np.array(SMOOTHINGS)[:, None]
    level = np.repeat(start[None, :], len(SMOOTHINGS), axis=0)
    error = np.zeros_like(level)
    for at in range(values.shape[1]):
        miss = np.where(there[:, at], values[:, at] - level, 0.0)
        error += miss * miss
        level += grid * miss
    best = error.argmin(axis=0)
    return level[best, np.arange(values.shape[0])], np.array(SMOOTHINGS)[best]
