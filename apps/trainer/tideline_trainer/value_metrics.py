"""How good a predicted value is: whether groups bring what was said, and whether the best customers are found."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from scipy.stats import rankdata

from .arrays import Floats


@dataclass(frozen=True)
class ValueDecile:
    """One tenth of the customers, by predicted value: how many, mean prediction, mean of what came."""

    count: int
    predicted: float
    happened: float


def value_deciles(happened: Floats, predicted: Floats) -> list[ValueDecile]:
    """Ten groups of (nearly) equal size from the lowest prediction to the highest."""
    order = np.argsort(predicted, kind="stable")
    return [
        ValueDecile(len(part), float(predicted[part].mean()), float(happened[part].mean()))
        for part in np.array_split(order, 10)
        if len(part) > 0
    ]


def decile_error(groups: list[ValueDecile]) -> float:
    """Money that lies wrong between predicted and happened deciles, as a share of what came; NaN when nothing came."""
    total = sum(group.count * group.happened for group in groups)
    wrong = sum(group.count * abs(group.predicted - group.happened) for group in groups)
    return wrong / total if total > 0 else float("nan")


def gini(happened: Floats, ranking: Floats) -> float:
    """How much of the money lies with those ranked high; 0 at random. Ties share their rank. NaN when nothing came."""
    total, count = float(happened.sum()), len(happened)
    if total <= 0:
        return float("nan")
    return float(2.0 * (rankdata(ranking) @ happened) / (count * total) - (count + 1) / count)


def normalised_gini(happened: Floats, ranking: Floats) -> float:
    """Over that of a perfect ranking."""
    best = gini(happened, happened)
    return gini(happened, ranking) / best if best > 0 else float("nan")


@dataclass(frozen=True)
class ValueQuality:
    """One model on one group of customers; money is the shop's. MAPE is over those who brought anything."""

    customers: int
    happened: float
    predicted: float
    bias: float
    decile_error: float
    gini: float
    r2: float
    mae: float
    rmse: float
    mape: float

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return asdict(self)


def value_quality(happened: Floats, predicted: Floats) -> ValueQuality:
    """All figures. `happened` and `predicted` among them are means per customer."""
    wrong = predicted - happened
    spread = float(np.sum((happened - happened.mean()) ** 2))
    some = happened > 0
    return ValueQuality(
        customers=len(happened),
        happened=float(happened.mean()),
        predicted=float(predicted.mean()),
        bias=float(predicted.sum() / happened.sum() - 1.0) if happened.sum() > 0 else float("nan"),
        decile_error=decile_error(value_deciles(happened, predicted)),
        gini=normalised_gini(happened, predicted),
        r2=1.0 - float(np.sum(wrong**2)) / spread if spread > 0 else float("nan"),
        mae=float(np.abs(wrong).mean()),
        rmse=float(np.sqrt(np.mean(wrong**2))),
        mape=float(np.mean(np.abs(wrong[some]) / happened[some])) if some.any() else float("nan"),
    )
