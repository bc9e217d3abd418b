"""From a shop's history to a published model, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import Floats32
from .calibration import as_tested
from .card import card_files
from .errors import TrainerError
from .evaluation import Procedure, Test
from .export import onnx_bytes, refuse_other_answers
from .features import HORIZON_DAYS
from .gates import learns_by_heart, permuted_auc, refuse_learning_from_noise, refuse_telling_feature, refuse_too_good
from .history import History, Source
from .manifest import json_bytes, manifest, replace_files
from .metrics import auc
from .protocol import require_enough, training_rows, usable_tests
from .reference import reference_of
from .results import of_all


@dataclass(frozen=True)
class Evaluation:
    """The procedure on one shop, after it passed every gate."""

    procedure: Procedure
    tests: list[Test]
    results: dict[str, Any]
    permuted: float

    @property
    def newest(self) -> Test:
        """The test at the shop's last closed window."""
        return self.tests[0]


def evaluate(source: Source, say: Callable[[str], None] = lambda text: None, horizon_days: int = HORIZON_DAYS) -> Evaluation:
    """Rolls the procedure forward over the test cut-offs.

    Raises TrainerError `too-little-data` or `leak`: nothing that failed a gate is shown as a result.
    """
    history = History(source, horizon_days)
    plan = require_enough(history)
    usable = usable_tests(history, plan)
    say(f"{history.days:.0f} days of history; {len(usable)} test cut-offs, {plan.step_days} days between cut-offs")
    newest = usable[0]
    cut = history.cut(newest)
    # Before anything is fitted: a column that tells the label makes every later figure worthless.
    refuse_telling_feature(cut.rows(cut.mbg), cut.churned)
    procedure = Procedure(history, plan)
    tests = []
    for now in usable:
        test = procedure.test(now)
        tests.append(test)
        refuse_too_good(auc(test.churned, test.chosen))
        say(f"tested {test.choice.name} on {len(test.churned)} customers; {test.level.words}")
    permuted, error = permuted_auc(training_rows(history, plan, newest), tests[0].X, cut.churned, learns_by_heart)
    refuse_learning_from_noise(permuted, error)
    return Evaluation(procedure, tests, of_all(tests), permuted)


def publish(evaluation: Evaluation, source: Source, shop: str, out: Path) -> dict[str, Any]:
    """Trains on everything up to the last event and writes `churn.onnx`, the card `churn.md` and `churn.json`.

    Returns the manifest. Raises TrainerError `export-differs` before anything is written.
    """
    procedure = evaluation.procedure
    history = procedure.history
    now = history.span.last
    choice = procedure.choose(now)
    fitted = procedure.at(now)
    model = fitted.model(choice.name, choice.in_season[choice.name])
    cut = history.cut(now)
    X = cut.rows(cut.mbg)
    refuse_other_features(source, now, fitted.mbg, X)
    file = onnx_bytes(model, {"shop": shop, "kind": "churn", "model": choice.name})
    difference = refuse_other_answers(file, model, X)
    content = manifest(
        shop=shop,
        horizon_days=history.horizon,
        model=file,
        score=model.score(),
        fitted=fitted,
        choice=choice,
        level=as_tested(
            procedure.level(choice, fitted, X), evaluation.newest.level, evaluation.newest.ece, evaluation.newest.ece_by_chance
        ),
        metrics={**evaluation.results, "permutedAuc": evaluation.permuted},
        largest_difference=difference,
        # Of the customers of one instant, as drift is measured: the training rows are of many, most of them of a younger shop.
        reference=reference_of(X, fitted.probability(choice.name, X, choice.in_season[choice.name])),
    )
    card = card_files(content, evaluation.newest, model.score(), X)
    replace_files(out, {**card, "churn.onnx": file, "churn.json": json_bytes(content, indent=2)})
    return content


def refuse_other_features(source: Source, now: int, mbg: Any, X: Floats32) -> None:
    """Raises TrainerError `features-differ` when the rows that will be served are not the rows that were trained on.

    The column `mbg_logit` was computed here; the store computes it from the same parameters. Both are float32 of days
    that are float32 themselves, which leaves a few units in the sixth place.
    """
    served = getattr(source, "served", None)
    if served is None:
        return
    numbers = {f"mbg_{name}": repr(float(getattr(mbg, name))) for name in ("r", "alpha", "a", "b")}
    rows = served(now, numbers).X
    same = np.isclose(rows, X, rtol=1e-4, atol=1e-4, equal_nan=True) if rows.shape == X.shape else np.zeros(1, dtype=bool)
    if not same.all():
        raise TrainerError(
            "features-differ",
            f"{int((~same).sum())} cells of the rows that would be served differ from those that were trained on. Did the shop's "
            "past change while it was read? Train again; if it stays, features.sql and mbg.py disagree.",
        )
