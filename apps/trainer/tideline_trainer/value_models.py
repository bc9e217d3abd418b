"""Candidates for the value of a customer: each is the offset of its lifetime models plus an additive score, in logarithms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np

from .additive import AdditiveScore, Forest
from .arrays import Floats, Floats32, cores
from .boosted import tree_of
from .features import feature_list
from .value_protocol import ValueRows

NAMES = ("mbg-gamma-gamma", "levelled", "boosted")
TREES = 300

PARAMETERS: dict[str, Any] = {
    "objective": "tweedie",
    "tweedie_variance_power": 1.5,
    "num_leaves": 8,
    "learning_rate": 0.03,
    "min_data_in_leaf": 100,
    "lambda_l2": 5.0,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 1,
    "verbosity": -1,
}


@dataclass(frozen=True)
class ValueModel:
    """What is added to the logarithm of the offset: trees of one feature each, if any, and a level."""

    booster: lightgbm.Booster | None
    level: float

    def above_offset(self, X: Floats32) -> Floats:
        """[N]: logarithm of value over offset, by the model's own library."""
        if self.booster is None:
            return np.full(len(X), self.level)
        return np.asarray(self.booster.predict(X, raw_score=True), dtype=np.float64) + self.level

    def value(self, X: Floats32, offset: Floats) -> Floats:
        """[N]: expected money."""
        return np.asarray(np.exp(offset + self.above_offset(X)), dtype=np.float64)

    def score(self) -> AdditiveScore:
        """The same as base and contributions."""
        if self.booster is None:
            return AdditiveScore(self.level)
        forest = Forest(tuple(tree_of(info["tree_structure"]) for info in self.booster.dump_model()["tree_info"]))
        return AdditiveScore(sum(tree.mean for tree in forest.trees) + self.level, (), (forest,))


def boosted(rows: ValueRows, trees: int = TREES) -> lightgbm.Booster:
    """Tweedie of power 1.5 from the offset, one feature per tree: most bring nothing, a few bring much."""
    # Trees see money in units of the shop's mean: the same trees, whatever the currency.
    unit = max(float(rows.net.mean()), 1e-9)
    data = lightgbm.Dataset(rows.X, rows.net / unit, init_score=rows.offset - np.log(unit), free_raw_data=True)
    parameters = {
        **PARAMETERS,
        "num_threads": cores(),
        "interaction_constraints": [[column] for column in range(len(feature_list()))],
    }
    return lightgbm.train(parameters, data, num_boost_round=trees)


def levelled(booster: lightgbm.Booster | None, rows: ValueRows) -> ValueModel:
    """With the level at which the training rows' total is met: what a Tweedie likelihood weighs down are the large values."""
    plain = ValueModel(booster, 0.0)
    said = float(plain.value(rows.X, rows.offset).sum())
    came = float(rows.net.sum())
    return ValueModel(booster, float(np.log(came / said)) if came > 0 and said > 0 else 0.0)


def fit_value_models(rows: ValueRows, trees: int = TREES) -> dict[str, ValueModel]:
    """Every candidate on the same rows."""
    return {
        "mbg-gamma-gamma": ValueModel(None, 0.0),
        "levelled": levelled(None, rows),
        "boosted": levelled(boosted(rows, trees), rows),
    }
