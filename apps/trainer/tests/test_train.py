"""From a history to files, whole; and the refusals, which write nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from tideline_trainer import train
from tideline_trainer.additive import AdditiveScore
from tideline_trainer.arrays import Floats, Floats32, sigmoid
from tideline_trainer.calibration import Level
from tideline_trainer.candidates import NAMES
from tideline_trainer.errors import TrainerError
from tideline_trainer.evaluation import Procedure
from tideline_trainer.export import onnx_bytes, refuse_other_answers
from tideline_trainer.features import DAY_MS, Frame, feature_list, place_of
from tideline_trainer.history import History
from tideline_trainer.measures import of_tests
from tideline_trainer.protocol import Plan
from tideline_trainer.reference import reference_of
from tideline_trainer.train import Evaluation, evaluate, publish
from tideline_trainer.value_train import evaluate_value

from .shops import SmallShop, simulate


@cache
def shop() -> SmallShop:
    return simulate(1_600, 420.0, seed=21)


@cache
def evaluation() -> Evaluation:
    return evaluate(shop())


def test_a_model_is_published_with_its_manifest(tmp_path: Path) -> None:
    content = publish(evaluation(), shop(), "small", tmp_path / "models")
    file = (tmp_path / "models" / "churn.onnx").read_bytes()
    stored = json.loads((tmp_path / "models" / "churn.json").read_text("utf8"))
    assert stored["sha256"] == hashlib.sha256(file).hexdigest()
    assert [row["name"] for row in stored["features"]] == [feature.name for feature in feature_list()]
    assert stored["horizonDays"] == 90
    assert stored["model"] == min(stored["choice"]["logLoss"], key=stored["choice"]["logLoss"].get)
    assert stored["calibration"]["level"] == "uncertain"
    assert stored["largestDifference"] <= 1e-5
    assert set(stored["metrics"]["tests"][0]["populations"]) >= {"all", "active 180 days", "1 order", "2-4 orders", "5 or more orders"}
    # No window that was not over: the last label ends with the history.
    assert stored["training"]["to"] == stored["training"]["asOf"]
    assert content["base"] == stored["base"]
    card = (tmp_path / "models" / "churn.md").read_text("utf8")
    for figure in ("roc", "precision-recall", "calibration", "lift", "effects"):
        assert f"churn-figures/{figure}.svg" in card
        assert (tmp_path / "models" / "churn-figures" / f"{figure}.svg").stat().st_size > 2000
    assert "all probabilities may be off by several points" in card
    reference = stored["reference"]
    assert list(reference["features"]) == [feature.name for feature in feature_list()]
    for column in (*reference["features"].values(), reference["score"]):
        assert len(column["shares"]) == len(column["edges"]) + 1
        assert sum(column["shares"]) + column["missing"] == pytest.approx(1.0)
    assert "best" not in stored["metrics"]["tests"][0]["populations"]["all"]
    assert stored["sha256"] in card
    session = onnxruntime.InferenceSession(file)
    history = evaluation().procedure.history
    cut = history.cut(history.span.last)
    X = cut.rows(cut.mbg)
    probability, contributions = session.run(["prob", "contrib"], {"features": X})
    fitted = evaluation().procedure.at(history.span.last)
    # The reference is of the customers of that instant, once each, and of the file's own answers.
    assert reference["rows"] == len(cut.frame.customers) < stored["training"]["rows"]
    assert reference == json.loads(json.dumps(reference_of(X, fitted.probability(stored["model"], X, False))))
    assert np.abs(probability - fitted.probability(stored["model"], X, False)).max() <= 1e-5
    assert np.abs(sigmoid(stored["base"] + contributions.astype(np.float64).sum(axis=1)) - probability).max() <= 1e-5


def test_the_same_history_gives_the_same_bytes() -> None:
    # Fits alone: what is measured on the way to them goes into no file but the manifest.
    files = []
    for _ in range(2):
        history = History(simulate(700, 330.0, seed=22), 90)
        fitted = Procedure(history, Plan(history.span, 90)).at(history.span.last)
        files.append([onnx_bytes(fitted.model(name, True), {"shop": "small"}) for name in fitted.models])
    assert files[0] == files[1]
    assert len(set(files[0])) == len(NAMES)


def test_the_measures_hold_on_an_ordinary_shop() -> None:
    measures = of_tests(evaluation().tests, evaluation().results)
    assert [each.measure for each in measures if not each.ok] == []
    best = evaluation().newest
    assert best.churned.mean() == pytest.approx(best.chosen.mean(), abs=0.08)


def test_a_level_that_the_newest_test_spoke_against_is_published_as_uncertain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    believed = Level(0.1, 0.6, True, "level moved by +0.100 in logits")
    monkeypatch.setattr(Procedure, "level", lambda *_: believed)
    newest = evaluation().newest
    said = {**newest.probabilities, newest.choice.name: np.minimum(newest.chosen + 0.2, 1.0)}
    wrong = replace(newest, probabilities=said, level=believed)
    content = publish(replace(evaluation(), tests=[wrong]), shop(), "small", tmp_path)
    assert wrong.ece > 0.06
    assert content["calibration"] == {"level": "uncertain", "words": content["calibration"]["words"], "mean": 0.6, "season": 0.1}
    assert f"(ECE) was {wrong.ece:.3f} at the newest test, above 0.060; level moved" in content["calibration"]["words"]
    card = (tmp_path / "churn.md").read_text("utf8")
    assert f"Whether its level holds (the calibration error (ECE) was {wrong.ece:.3f}" in card


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_training_that_is_killed_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "replace_files", killed)
    with pytest.raises(KeyboardInterrupt):
        publish(evaluation(), shop(), "small", tmp_path)
    assert list(tmp_path.iterdir()) == []


class Leaking(SmallShop):
    """Its `lines_last` knows whether an order will come."""

    def frame(self, as_of: int) -> Frame:
        frame = super().frame(as_of)
        ordered = np.isin(frame.customers, self.after(as_of, 90).customers)
        frame.X[:, place_of("lines_last")] = ordered
        return frame


def test_a_leaking_feature_stops_everything() -> None:
    with pytest.raises(TrainerError, match="lines_last alone"):
        evaluate(Leaking(shop().orders, shop().days))


class LeakingInParts(SmallShop):
    """Two features that tell the label only together with others: each alone stays below its own bar."""

    def frame(self, as_of: int) -> Frame:
        frame = super().frame(as_of)
        ordered = np.isin(frame.customers, self.after(as_of, 90).customers)
        random = np.random.default_rng(as_of // DAY_MS)
        for name in ("lines_last", "basket_lines", "basket_units", "bought_before"):
            frame.X[:, place_of(name)] = ordered * 1.9 + random.normal(size=len(ordered))
        return frame


def test_a_model_that_is_too_good_stops_everything() -> None:
    with pytest.raises(TrainerError, match="too good"):
        evaluate(LeakingInParts(shop().orders, shop().days))


def test_windows_that_reach_beyond_the_cut_off_stop_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    def training(plan: Plan, now: int) -> list[int]:
        return [at + (plan.horizon_days - 1) * DAY_MS for at in closed(plan, now)]

    closed = Plan.training
    monkeypatch.setattr(Plan, "training", training)
    with pytest.raises(TrainerError, match=r"ends 89\.0 days after the cut-off") as refusal:
        evaluate(shop())
    assert refusal.value.code == "leak"
    with pytest.raises(TrainerError, match=r"ends 89\.0 days after the cut-off"):
        evaluate_value(shop())


def test_validations_that_reach_beyond_the_cut_off_stop_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = Plan.validations
    monkeypatch.setattr(Plan, "validations", lambda plan, now: [at + DAY_MS for at in closed(plan, now)])
    for stopped in (evaluate, evaluate_value):
        with pytest.raises(TrainerError, match=r"ends 1\.0 days after the cut-off"):
            stopped(shop())


def test_a_procedure_that_trains_on_its_test_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "permuted_auc", lambda *_: (0.56, 0.005))
    with pytest.raises(TrainerError, match="dealt at random"):
        evaluate(simulate(1_600, 330.0, seed=22))


class Wrong:
    """An export that is not the model."""

    def logit(self, X: Floats32) -> Floats:
        return np.zeros(len(X))

    def score(self) -> AdditiveScore:
        return AdditiveScore(0.01)


def test_an_export_that_says_something_else_is_refused() -> None:
    X = np.zeros((5, len(feature_list())), dtype=np.float32)
    with pytest.raises(TrainerError, match="not published"):
        refuse_other_answers(onnx_bytes(Wrong(), {}), Wrong(), X)


class Moved(SmallShop):
    """What it serves is not what it gave for training."""

    def served(self, as_of: int, mbg: dict[str, str]) -> Frame:
        assert set(mbg) == {"mbg_r", "mbg_alpha", "mbg_a", "mbg_b"}
        frame = self.frame(as_of)
        frame.X[3, 0] += 1.0
        return frame


def test_rows_that_are_served_otherwise_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="would be served differ"):
        publish(evaluation(), Moved(shop().orders, shop().days), "small", tmp_path / "models")
    assert not (tmp_path / "models").exists()
