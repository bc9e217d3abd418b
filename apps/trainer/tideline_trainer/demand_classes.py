"""Of what kind the sales of a series are, and what nobody can forecast of them."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy.special import gammaln

from .arrays import Floats, Strings
from .demand_series import Panel

DemandClass = Literal["smooth", "erratic", "intermittent", "lumpy"]
CLASSES: tuple[DemandClass, ...] = ("smooth", "erratic", "intermittent", "lumpy")
LONGEST_GAP, LARGEST_VARIATION = 1.32, 0.49
"""Syntetos, Boylan and Croston, Journal of the Operational Research Society 56 (2005), 495-503."""
CLASS_DAYS = 365


def classes_of(panel: Panel) -> Strings:
    """[N] class of each series, by its last year since its first sale.

    ADI is days per day with a sale, CV2 the squared coefficient of variation of what those days sold. A series without a sale in that
    year is intermittent.
    """
    units = panel.units[:, -CLASS_DAYS:]
    sold = units > 0
    days = sold.sum(axis=1)
    begins = np.maximum(panel.first_sales - (panel.units.shape[1] - units.shape[1]), 0)
    gap = (units.shape[1] - begins) / np.maximum(days, 1)
    mean = units.sum(axis=1) / np.maximum(days, 1)
    spread = np.where(sold, (units - mean[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(days, 1)
    varied = spread / np.maximum(mean, 1e-9) ** 2 >= LARGEST_VARIATION
    rare = (gap >= LONGEST_GAP) | (days == 0)
    return np.where(rare, np.where(varied, "lumpy", "intermittent"), np.where(varied, "erratic", "smooth")).astype(object)


def attainable_error(mean: Floats, clump: float) -> Floats:
    """Expected absolute error, as a share of the mean, of one who knows the true mean of units that come in clumps.

    `clump` is the variance over the mean (1: Poisson). So many units are taken as `clump` times a Poisson number; its mean absolute
    deviation is 2 exp(-m) m^(floor(m) + 1) / floor(m)! (De Moivre; Johnson, Kemp and Kotz, Univariate Discrete Distributions, 4.3).
    """
    m = np.maximum(np.asarray(mean, dtype=np.float64) / clump, 1e-12)
    whole = np.floor(m)
    return np.asarray(2.0 * np.exp(-m + whole * np.log(m) - gammaln(whole + 1.0)))


def floor_of(happened: Floats, clump: float) -> float:
    """WAPE of one who knows the mean of each: taken as what happened, which is it up to that very error."""
    there = happened[happened > 0]
    if len(there) == 0:
        return math.nan
    return float((attainable_error(there, clump) * there).sum() / there.sum())
