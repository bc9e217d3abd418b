"""How far forecasts of units were from what was sold."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .arrays import Floats


@dataclass(frozen=True)
class DemandQuality:
    """Of windows of several series at several origins. Shares but for MAE and RMSE, which are units a window; NaN: not defined."""

    windows: int
    units: float
    """Mean units a window."""
    wape: float
    """Sum of absolute errors over sum of units."""
    mase: float
    """Mean absolute error over that of the naive forecast (the window before again) inside the history: below 1 is better."""
    bias: float
    """Forecast less happened, over happened."""
    mape: float
    """Mean absolute share; not defined where a window sold nothing."""
    mae: float
    rmse: float
    r2: float


def demand_quality(happened: Floats, said: Floats, naive: Floats) -> DemandQuality:
    """Of windows in any shape; `naive` is the scale of MASE of each: Hyndman and Koehler, Int. J. of Forecasting 22 (2006)."""
    error = said - happened
    total = float(happened.sum())
    scaled = naive > 0
    varied = float(((happened - happened.mean()) ** 2).sum())
    return DemandQuality(
        windows=happened.size,
        units=float(happened.mean()),
        wape=float(np.abs(error).sum()) / total if total > 0 else math.nan,
        mase=float((np.abs(error)[scaled] / naive[scaled]).mean()) if scaled.any() else math.nan,
        bias=float(error.sum()) / total if total > 0 else math.nan,
        mape=float((np.abs(error) / happened).mean()) if (happened > 0).all() else math.nan,
        mae=float(np.abs(error).mean()),
        rmse=float(np.sqrt((error**2).mean())),
        r2=1.0 - float((error**2).sum()) / varied if varied > 0 else math.nan,
    )


def naive_scale(units: Floats, days: int) -> Floats:
    """[N] mean absolute difference of a window of so many days to the one before, over the history [N, T]; 0 for one window alone."""
    sums = np.cumsum(np.pad(units, ((0, 0), (1, 0))), axis=1)
    windows = sums[:, days:] - sums[:, :-days]
    if windows.shape[1] <= days:
        return np.zeros(len(units))
    return np.asarray(np.abs(windows[:, days:] - windows[:, :-days]).mean(axis=1))
