"""Boosted trees that say a day of a series directly, as a multiple of what the series would sell by the whole shop's last month."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np

from .additive import AdditiveScore, Forest
from .arrays import Floats, Floats32
from .boosted import tree_of
from .demand_methods import HORIZON_DAYS, LEAST_LEVEL, SHARE_DAYS
from .demand_series import Panel, weekday_of

MOST_ROWS = 120_000
"""Of the training: past origins lie a week apart, or more weeks where that would be more rows."""
MOST_SERIES = 150
"""Of a level: what all series have in common is learnt from that many, of all sizes: the largest of today are those that grew."""
FEATURES = (
    "own_28", "own_7", "size", "shop_7", "shop_14", "shop_56", "shop_91", "shop_182",
    "horizon", "weekday", "year_ago_week", "year_ago_3_days", "year_ago_month", "season_sin", "season_cos",
)  # fmt: skip
PARAMETERS = {
    "objective": "poisson",
    "learning_rate": 0.05,
    "num_leaves": 8,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    # Newton's step of a Poisson leaf has no bound where next to nothing is expected: e^50 of a level was said of a real shop's products.
    # So all rounds together say e^5 at most.
    "max_delta_step": 0.7,
    "deterministic": True,
    "force_row_wise": True,
    # So few rows: two threads would wait for one another most of the time.
    "num_threads": 1,
    "seed": 1,
    "verbose": -1,
}
ROUNDS = 150


def mean_before(values: Floats, days: int) -> Floats:
    """Mean of the last days, fewer where there are fewer."""
    return np.asarray(values[..., -days:].mean(axis=-1))


def levels_of(panel: Panel) -> Floats:
    """[N] units a day: the shop's of the last 28 days, by the share that the series had in the last 91. The rest is said on top of it."""
    total = panel.total
    share = panel.units[:, -SHARE_DAYS:].sum(axis=1) / max(float(total[-SHARE_DAYS:].sum()), 1.0)
    return np.asarray(np.maximum(share * mean_before(total, 28), LEAST_LEVEL))


def demand_rows(panel: Panel) -> Floats32:
    """[N, H, F]: what was known at the origin about each series and each day ahead. Ratios are logarithms; NaN: no year ago."""
    total, level = panel.total, levels_of(panel)
    month = mean_before(total, 28)

    def own(days: int) -> Floats:
        return np.asarray(np.log((mean_before(panel.units, days) + 0.02) / (level + 0.02)))

    def shop(days: int) -> float:
        return float(np.log((mean_before(total, days) + 0.1) / (month + 0.1)))

    of_series = np.stack([own(28), own(7), np.log(level)], axis=1)
    of_shop = np.array([shop(days) for days in (7, 14, 56, 91, 182)])
    ahead = np.arange(HORIZON_DAYS)
    past = np.arange(panel.origin - min(SHARE_DAYS, len(total)), panel.origin)
    recent = total[-len(past) :]
    by_weekday = np.array([recent[weekday_of(past) == day].mean() for day in range(7)]) / max(float(recent.mean()), 1e-9)
    angle = 2.0 * np.pi * ((panel.origin + ahead) % 365.25) / 365.25
    of_day = np.stack([ahead + 1.0, by_weekday[weekday_of(panel.origin + ahead)], *year_ago(total), np.sin(angle), np.cos(angle)], axis=1)
    count = len(panel.keys)
    rows = np.concatenate(
        [
            np.broadcast_to(of_series[:, None, :], (count, HORIZON_DAYS, of_series.shape[1])),
            np.broadcast_to(of_shop, (count, HORIZON_DAYS, len(of_shop))),
            np.broadcast_to(of_day, (count, HORIZON_DAYS, of_day.shape[1])),
        ],
        axis=2,
    )
    return rows.astype(np.float32)


def year_ago(total: Floats) -> list[Floats]:
    """[H] each: how the days about the same date a year ago (7, 3, 29 of them) stood to the 28 days before that origin; NaN without."""
    start = len(total) - 365
    if start < 28:
        return [np.full(HORIZON_DAYS, np.nan)] * 3
    before = total[start - 28 : start].mean()
    found = []
    for around in (3, 1, 14):
        means = [total[start + ahead - around : start + ahead + around + 1].mean() for ahead in range(HORIZON_DAYS)]
        found.append(np.log((np.array(means) + 0.1) / (before + 0.1)))
    return found


class BoostedDemand:
    """One model of a level, learnt from every week up to an origin whose days ahead were over by then."""

    def __init__(self, panel: Panel) -> None:
        past = panel.origin - panel.first_day - SHARE_DAYS
        series = min(len(panel.keys), MOST_SERIES)
        step = 7 * max(1, -(-series * HORIZON_DAYS * past // (7 * MOST_ROWS)))
        self.cut_offs = list(range(panel.origin - 1, panel.first_day + SHARE_DAYS - 1, -step))
        by_size = panel.units[:, -365:].sum(axis=1).argsort(kind="stable")
        chosen = by_size[np.linspace(0, len(by_size) - 1, series).round().astype(np.int64)]
        some = panel.only(chosen)
        X, y, weight = [], [], []
        for day in self.cut_offs:
            known = some.before(day)
            over = min(panel.origin - day, HORIZON_DAYS)
            level = levels_of(known)
            X.append(demand_rows(known)[:, :over].reshape(-1, len(FEATURES)))
            happened = some.units[:, day - panel.first_day : day - panel.first_day + over]
            y.append((happened / level[:, None]).reshape(-1))
            weight.append(np.repeat(level, over))
        self.rows = sum(len(each) for each in y)
        data = lgb.Dataset(np.concatenate(X), np.concatenate(y), weight=np.concatenate(weight))
        self.booster = lgb.train(PARAMETERS, data, num_boost_round=ROUNDS)

    def score(self) -> AdditiveScore:
        """The trees node by node: the logarithm of what comes on top of the level."""
        forest = Forest(tuple(tree_of(info["tree_structure"]) for info in self.booster.dump_model()["tree_info"]))
        return AdditiveScore(sum(tree.mean for tree in forest.trees), (), (forest,))

    def forecast(self, panel: Panel) -> Floats:
        """[N, H]."""
        rows = demand_rows(panel)
        ratio = np.asarray(self.booster.predict(rows.reshape(-1, len(FEATURES))))
        return np.asarray(levels_of(panel)[:, None] * ratio.reshape(rows.shape[:2]))
