"""Predicted values: their figures by hand, their graphs against the library, from a history to files, and the refusals."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from tideline_trainer import value_train
from tideline_trainer.additive import AdditiveScore
from tideline_trainer.errors import TrainerError
from tideline_trainer.features import DAY_MS, Frame, feature_list, place_of
from tideline_trainer.history import After, History, Span
from tideline_trainer.lifetime import Lifetime
from tideline_trainer.value_evaluation import ValueProcedure, chosen_of
from tideline_trainer.value_metrics import decile_error, normalised_gini, value_deciles, value_quality
from tideline_trainer.value_models import ValueModel, fit_value_models
from tideline_trainer.value_protocol import ValuePlan, usable_value_tests, value_features, value_history, value_rows
from tideline_trainer.value_train import (
    ValueEvaluation,
    evaluate_value,
    publish_value,
    refuse_knowing_values,
    refuse_other_values,
    value_files,
    value_measures,
)

from .rows import nasty_rows_between
from .shops import START, SmallShop, simulate

ROWS = 50_000


@cache
def shop() -> SmallShop:
    return simulate(2_200, 620.0, seed=31)


@cache
def evaluation() -> ValueEvaluation:
    return evaluate_value(shop())


def test_figures_by_hand() -> None:
    happened, said = np.array([0.0, 0.0, 10.0, 30.0]), np.array([1.0, 2.0, 12.0, 20.0])
    found = value_quality(happened, said)
    assert (found.happened, found.predicted, found.mae) == (10.0, 8.75, 3.75)
    assert found.bias == pytest.approx(-0.125)
    # Each is a tenth of its own: (1 + 2 + 2 + 10) / 40.
    assert found.decile_error == pytest.approx(0.375)
    assert found.gini == pytest.approx(1.0)
    assert found.rmse == pytest.approx(np.sqrt((1 + 4 + 4 + 100) / 4))
    assert found.r2 == pytest.approx(1 - 109 / 600)
    assert found.mape == pytest.approx((0.2 + 1 / 3) / 2)
    assert normalised_gini(happened, np.ones(4)) == pytest.approx(0.0)
    assert normalised_gini(happened, -said) == pytest.approx(-1.0)
    assert np.isnan(decile_error(value_deciles(np.zeros(4), said)))


def test_the_choice_is_by_deciles_among_those_that_rank_well() -> None:
    errors = {"near": 0.2, "calibrated": 0.1, "best": 0.3}
    assert chosen_of(errors, {"near": 0.595, "calibrated": 0.55, "best": 0.6}, ()).name == "near"
    assert chosen_of(errors, {"near": 0.595, "calibrated": 0.595, "best": 0.6}, ()).name == "calibrated"


@pytest.mark.parametrize(
    ("days", "learnt", "tested"), [(310, 90, 90), (574, 90, 90), (576, 90, 365), (731, 90, 365), (800, 180, 365), (1126, 365, 365)]
)
def test_every_window_is_over_before_it_is_used(days: int, learnt: int, tested: int) -> None:
    plan = ValuePlan.possible(Span(START, START + days * DAY_MS))[0]
    assert (plan.horizon_days, plan.test_days, plan.projection) == (learnt, tested, learnt < 365)
    assert ("projection" in plan.words) == plan.projection
    tests = plan.tests()
    assert tests
    for now in tests:
        assert now + tested * DAY_MS <= plan.span.last
        for validation in plan.validations(now):
            assert validation + learnt * DAY_MS <= now
            assert all(at + learnt * DAY_MS <= validation for at in plan.training(validation))


def test_rows_hold_what_came_within_the_window() -> None:
    orders = [[(10.0, 5.0), (100.0, 7.0), (129.9, 1.0)], [(10.0, 5.0), (130.1, 9.0)], [(20.0, 4.0)]]
    cut = History(SmallShop(orders, 400.0), 90).cut(START + 40 * DAY_MS)
    assert cut.net_within(90).tolist() == [8.0, 0.0, 0.0]
    assert cut.net_within(365).tolist() == [8.0, 9.0, 0.0]


def test_both_graphs_say_what_the_library_says() -> None:
    procedure = evaluation().procedure
    now = procedure.history.span.last
    fitted = procedure.at(now)
    X = value_features(procedure.history.cut(now), fitted.lifetime.buying)
    names = ("recency", "tenure", "repeat_days", "money_total")
    rows = nasty_rows_between(X, ROWS, keep=[place_of(name) for name in names])
    for name in fitted.models:
        assert refuse_other_values(value_files(fitted, name, "small"), fitted, name, rows) <= 1e-5
    score = fitted.over("boosted", 365).score()
    session = onnxruntime.InferenceSession(value_files(fitted, "boosted", "small")["clv.onnx"])
    value, contributions = session.run(["value", "contrib"], {"features": rows, "offset": np.full(ROWS, 2.5, dtype=np.float32)})
    assert np.abs(np.log(value) - (2.5 + score.base + contributions.astype(np.float64).sum(axis=1))).max() <= 1e-5
    assert np.isnan(rows).mean() > 0.1
    assert np.abs(contributions).max() > 0.05


def test_a_value_model_is_published(tmp_path: Path) -> None:
    content = publish_value(evaluation(), shop(), "small", tmp_path)
    stored = json.loads((tmp_path / "clv.json").read_text("utf8"))
    assert stored["sha256"] == hashlib.sha256((tmp_path / "clv.onnx").read_bytes()).hexdigest()
    assert stored["offset"]["sha256"] == hashlib.sha256((tmp_path / "clv-offset.onnx").read_bytes()).hexdigest()
    assert (stored["kind"], stored["horizonDays"], stored["learntHorizonDays"], stored["projection"]) == ("clv", 365, 90, True)
    assert stored["largestDifference"] <= 1e-5
    assert stored["model"] == content["model"]
    card = (tmp_path / "clv.md").read_text("utf8")
    assert "**A projection.**" in card
    for words in ("decile error", "Gini", "R2", "MAE", "RMSE", "MAPE", stored["sha256"], stored["offset"]["sha256"]):
        assert words in card
    for figure in ("deciles", "gain"):
        assert (tmp_path / "clv-figures" / f"{figure}.svg").stat().st_size > 2000
    again = publish_value(evaluation(), shop(), "small", tmp_path / "again")
    assert again == content


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_training_that_is_killed_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value_train, "replace_files", killed)
    with pytest.raises(KeyboardInterrupt):
        publish_value(evaluation(), shop(), "small", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_it_says_of_a_year_comes_true() -> None:
    test = evaluation().tests[0]
    assert test.net.sum() > 0
    found = value_quality(test.net, test.chosen)
    assert abs(found.bias) < 0.25
    assert found.gini > value_quality(test.net, test.values["again"]).gini
    assert len(value_measures(evaluation())) > 15


def test_boosting_learns_what_the_offset_does_not_know() -> None:
    # Money doubles for those with a second feature's mark; neither MBG/NBD nor Gamma-Gamma sees it.
    history = History(simulate(2_000, 500.0, seed=33), 90)
    plan = ValuePlan(history.span, 90, 90)
    now = START + 400 * DAY_MS
    cut = history.cut(now)
    lifetime = Lifetime.fit(cut.mbg, cut.frame.X)
    rows = value_rows(history, plan, lifetime, now)
    marked = np.arange(len(rows.X)) % 2 == 0
    rows.X[:, place_of("basket_lines")] = np.where(marked, 9.0, 1.0)
    rows.net[marked] *= 4.0
    models = fit_value_models(rows)
    said = models["boosted"].value(rows.X, rows.offset)
    assert said[marked].sum() / said[~marked].sum() > 2.5
    assert said.sum() == pytest.approx(rows.net.sum(), rel=1e-6)
    # Begun anywhere but at the offset, trees and offset would count the same money twice.
    assert decile_error(value_deciles(rows.net, said)) < 0.1
    assert models["mbg-gamma-gamma"].score() == AdditiveScore(0.0)


def test_too_little_says_what_is_missing() -> None:
    with pytest.raises(TrainerError, match="50 days are missing") as refusal:
        evaluate_value(simulate(800, 250.0))
    assert refusal.value.code == "too-little-data"
    free = SmallShop([[(at, 0.0) for at, _ in orders] for orders in shop().orders], shop().days)
    with pytest.raises(TrainerError, match="no order has an amount"):
        evaluate_value(free)


def priced(first: float, last: float = 1_000.0) -> SmallShop:
    """The shop with amounts from one day to another."""
    return SmallShop([[(at, m if first <= at <= last else 0.0) for at, m in orders] for orders in shop().orders], shop().days)


def test_prices_that_begin_late_are_told_and_a_shorter_plan_tried() -> None:
    # A year is tested from day 255 and validated from day 165: no price by then, or none in the window that is learnt from.
    for first in (130.0, 200.0, 300.0):
        _, plan = value_history(priced(first))
        assert (plan.horizon_days, plan.test_days) == (90, 90)
    assert value_history(priced(60.0))[1].test_days == 365
    with pytest.raises(TrainerError, match="no order has an amount in the rows to be trained on") as refusal:
        value_history(priced(400.0))
    assert refusal.value.code == "too-little-data"
    with pytest.raises(TrainerError, match="no order of the 90 days after has an amount in the rows to be validated on"):
        value_history(priced(0.0, last=440.0))


def test_older_cut_offs_without_prices_are_left_out() -> None:
    # Tests at 530, 500, 470, each validated 90 days before and trained 180 days before.
    history, plan = value_history(priced(310.0))
    assert plan.test_days == 90
    assert usable_value_tests(history, plan) == plan.tests()[:2]
    choice = ValueProcedure(history, plan).choose(plan.tests()[0])
    assert choice.cut_offs == tuple(plan.validations(plan.tests()[0])[:2])


def test_a_young_shop_is_tested_on_a_shorter_window() -> None:
    # Long enough for a year, but a year ago there was hardly anybody.
    young = SmallShop([[(1.0, 5.0)], *[[(at + 250.0, m) for at, m in orders] for orders in simulate(900, 400.0, seed=35).orders]], 650.0)
    history, plan = value_history(young)
    assert (history.horizon, plan.test_days) == (90, 90)
    assert "could not be tested" in plan.words


def test_what_is_lost_on_the_way_to_a_year_is_made_up_for() -> None:
    # Every order is followed by another after hours: MBG/NBD takes such clumps for customers who leave.
    single = simulate(1_500, 730.0, a=0.3, b=8.0, seed=36).orders
    clumps = SmallShop([sorted((at + later, m) for at, m in orders for later in (0.0, 1.1, 2.3)) for orders in single], 730.0)
    history, plan = value_history(clumps)
    procedure = ValueProcedure(history, plan)
    now = plan.tests()[0]
    fitted, net = procedure.at(now), history.cut(now).net_within(365)
    X = value_features(history.cut(now), fitted.lifetime.buying)
    plain = fitted.models["levelled"].value(X, fitted.lifetime.offset(X, 365)).sum() / net.sum()
    carried = fitted.value("levelled", X, 365).sum() / net.sum()
    assert plan.horizon_days == 90
    assert fitted.per_doubling > 0.05
    assert abs(np.log(carried)) < 0.6 * abs(np.log(plain))
    assert fitted.over("levelled", 90) == fitted.models["levelled"]


class Watched(SmallShop):
    """Remembers the end of every window it was asked for."""

    def after(self, as_of: int, horizon_days: int) -> After:
        ends.append(as_of + horizon_days * DAY_MS)
        return super().after(as_of, horizon_days)


ends: list[int] = []


def test_no_window_is_opened_before_it_is_over() -> None:
    watched = Watched(simulate(1_200, 731.0, seed=37).orders, 731.0)
    _, plan = value_history(watched)
    now = plan.tests()[0]
    ends.clear()
    fresh = ValueProcedure(History(watched, plan.horizon_days), plan)
    fresh.choose(now)
    fitted = fresh.at(now)
    assert fitted.per_doubling != 0.0
    assert ends
    assert max(ends) == now


class Telling(SmallShop):
    """Its `lines_last` knows what will come."""

    def frame(self, as_of: int) -> Frame:
        frame = super().frame(as_of)
        after = self.after(as_of, 365)
        frame.X[:, place_of("lines_last")] = np.isin(frame.customers, after.customers)
        return frame


def test_a_feature_that_tells_stops_everything() -> None:
    with pytest.raises(TrainerError, match="lines_last alone"):
        evaluate_value(Telling(shop().orders, shop().days))
    with pytest.raises(TrainerError, match="too good"):
        refuse_knowing_values(0.985)


def test_an_export_that_says_something_else_is_refused() -> None:
    procedure = evaluation().procedure
    fitted = procedure.at(procedure.history.span.last)
    files = value_files(fitted, "boosted", "small")
    fitted.models["other"] = ValueModel(fitted.models["boosted"].booster, fitted.models["boosted"].level + 1e-4)
    X = np.zeros((5, len(feature_list())), dtype=np.float32)
    with pytest.raises(TrainerError, match="not published"):
        refuse_other_values(files, fitted, "other", X)
    del fitted.models["other"]
