"""Additive gradient boosting: each tree looks at one feature, so contributions are exact and equal to TreeSHAP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np

from .additive import AdditiveScore, Forest, Leaf, Linear, Node, Tree
from .arrays import Bools, Floats, Floats32, cores
from .features import feature_list, place_of

TREES = 450
LEAVES = 8

PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": LEAVES,
    "learning_rate": 0.02,
    "min_data_in_leaf": 60,
    "lambda_l2": 5.0,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "monotone_constraints_method": "basic",
    # The same rows give the same trees, whatever the number of threads.
    "deterministic": True,
    "force_row_wise": True,
    "seed": 1,
    "verbosity": -1,
}


@dataclass(frozen=True)
class Boosted:
    """LightGBM with one feature per tree; `offset` is the MBG logit's centre when the trees start from it."""

    booster: lightgbm.Booster
    offset: float | None

    @staticmethod
    def fit(X: Floats32, label: Bools, *, from_mbg: bool, trees: int = TREES) -> Boosted:
        """Fits on float32 rows [N, F]: what is served is float32 too."""
        features = feature_list()
        offset: float | None = None
        start: Floats | None = None
        if from_mbg:
            known = X[:, place_of("mbg_logit")].astype(np.float64)
            offset = float(np.nanmean(known)) if np.isfinite(known).any() else 0.0
            start = np.where(np.isnan(known), offset, known)
        data = lightgbm.Dataset(X, label.astype(np.float32), init_score=start, free_raw_data=True)
        parameters = {
            **PARAMETERS,
            "num_threads": cores(),
            "interaction_constraints": [[column] for column in range(len(features))],
            "monotone_constraints": [feature.sign for feature in features],
        }
        return Boosted(lightgbm.train(parameters, data, num_boost_round=trees), offset)

    def logit(self, X: Floats32) -> Floats:
        """The library's own raw prediction, plus the offset it does not add by itself."""
        trees = np.asarray(self.booster.predict(X, raw_score=True), dtype=np.float64)
        if self.offset is None:
            return trees
        known = X[:, place_of("mbg_logit")].astype(np.float64)
        return trees + np.where(np.isnan(known), self.offset, known)

    def score(self) -> AdditiveScore:
        """The trees node by node; the base is the mean prediction over the training rows."""
        forest = Forest(tuple(tree_of(info["tree_structure"]) for info in self.booster.dump_model()["tree_info"]))
        base = sum(tree.mean for tree in forest.trees)
        if self.offset is None:
            return AdditiveScore(base, (), (forest,))
        start = Linear(place_of("mbg_logit"), "identity", self.offset, 1.0)
        return AdditiveScore(base + self.offset, (start,), (forest,))


def tree_of(node: dict[str, Any]) -> Tree:
    """One node of LightGBM's dump with all below it.

    Thresholds stay as they are here: the graph rounds them. Where training saw no NaN, LightGBM takes one as 0.
    """
    if "leaf_value" in node:
        return Leaf(float(node.get("leaf_count", 1)), float(node["leaf_value"]))
    if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
        raise ValueError(f"A split of a kind that is not exported: {node['decision_type']}, {node['missing_type']}")
    left = tree_of(node["left_child"])
    right = tree_of(node["right_child"])
    count = left.count + right.count
    nan_left = bool(node["default_left"]) if node["missing_type"] == "NaN" else float(node["threshold"]) >= 0.0
    mean = (left.count * left.mean + right.count * right.mean) / count
    return Node(int(node["split_feature"]), float(node["threshold"]), nan_left, left, right, count, mean)
