"""How columns lie, by hand; and the best possible in the results."""

from __future__ import annotations

import numpy as np
import pytest

from tideline_trainer.features import DAY_MS, feature_list
from tideline_trainer.metrics import auc, log_loss
from tideline_trainer.reference import distribution, reference_of
from tideline_trainer.train import evaluate

from . import distance
from .posterior import Law
from .shops import START, simulate


def test_tenths_of_a_column_and_what_is_missing_apart() -> None:
    values = np.concatenate([np.arange(1, 21), np.full(5, np.nan)]).astype(np.float32)
    found = distribution(np.random.default_rng(1).permutation(values))
    assert found["edges"] == [2, 4, 6, 8, 10, 12, 14, 16, 18]
    assert found["shares"] == pytest.approx([2 / 25] * 10)
    assert found["missing"] == pytest.approx(0.2)
    # The same as scoreboard.spec.ts has it.
    assert distribution(np.array([0] * 8 + [5, 7], dtype=np.float32)) == {"edges": [0, 5], "shares": [0.8, 0.1, 0.1], "missing": 0.0}
    assert distribution(np.empty(0)) == {"edges": [], "shares": [0.0], "missing": 0.0}
    assert distribution(np.full(4, np.nan))["missing"] == 1.0


def test_edges_are_float32_to_the_bit() -> None:
    X = np.random.default_rng(2).normal(size=(500, len(feature_list()))).astype(np.float32)
    reference = reference_of(X, np.linspace(0, 1, 500) / 3)
    assert reference["rows"] == 500
    for column, feature in enumerate(feature_list()):
        assert all(np.float32(edge) in X[:, column] for edge in reference["features"][feature.name]["edges"])
    assert all(float(np.float32(edge)) == edge for edge in reference["score"]["edges"])


@pytest.mark.thorough
def test_the_best_possible_stands_beside_the_models_of_each_population(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = simulate(1_600, 420.0, seed=21)
    # The posterior counts days from the start of the simulated world; this shop has its own.
    monkeypatch.setattr(distance, "START_MS", START)
    evaluation = evaluate(shop)
    names = np.array([f"C{customer:05d}" for customer, orders in enumerate(shop.orders) for _ in orders], dtype=object)
    times = np.array([START + at * DAY_MS for orders in shop.orders for at, _ in orders])
    distance.note_best("seed", evaluation, names, times, 90)
    groups = evaluation.results["tests"][0]["populations"]
    test = evaluation.newest
    best = distance.best_possible(Law("seed"), test, names, times, 90)
    assert groups["all"]["best"] == {"auc": auc(test.churned, best), "log_loss": log_loss(test.churned, best)}
    active = test.frame.column("recency") <= 180
    assert groups["active 180 days"]["best"]["log_loss"] == log_loss(test.churned[active], best[active])
    assert {name for name, group in groups.items() if "best" in group} == {name for name, group in groups.items() if "models" in group}
