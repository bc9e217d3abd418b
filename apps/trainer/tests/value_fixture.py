"""The small value model that `libs/scoring` is tested with: `python -m tests.value_fixture DIR [TREES] [ROWS]`.

Writes `clv.onnx`, `clv-offset.onnx`, their manifest `clv.json`, `value-rows.f32` ([N, F]) and `value-expected.f32` ([N, 2 + F]:
offset and value by the trainer's libraries, contributions by onnxruntime), little-endian float32. The boosted candidate, whichever
would be chosen: it is the one with trees. Again after features.sql changed: the manifest holds its hash.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnxruntime

from tideline_trainer.features import place_of
from tideline_trainer.lifetime import Lifetime
from tideline_trainer.manifest import write_json
from tideline_trainer.value_evaluation import ValueFitted, ValueProcedure
from tideline_trainer.value_models import fit_value_models
from tideline_trainer.value_protocol import YEAR_DAYS, loss_per_doubling, value_features, value_history, value_rows
from tideline_trainer.value_train import ValueEvaluation, refuse_other_values, value_files, value_manifest

from .rows import nasty_rows_between
from .scoring_fixture import legal
from .shops import simulate

CHOSEN = "boosted"
OF_THE_OFFSET = ("repeat_days", "recency", "tenure", "money_total")


def main(directory: Path, trees: int, count: int) -> None:
    """Trains on a made shop and writes the five files."""
    history, plan = value_history(simulate(2_200, 620.0, seed=31))
    now = history.span.last
    cut = history.cut(now)
    lifetime = Lifetime.fit(cut.mbg, cut.frame.X)
    rows = value_rows(history, plan, lifetime, now)
    lost = loss_per_doubling(history, plan, lifetime, now)
    fitted = ValueFitted(now, lifetime, fit_value_models(rows, trees), plan.horizon_days, lost, rows.cut_offs, len(rows.X))
    X = value_features(cut, lifetime.buying)
    half = count // 2
    asked = legal(np.concatenate([X[:half], nasty_rows_between(X, count - half, [place_of(name) for name in OF_THE_OFFSET])]))
    files = value_files(fitted, CHOSEN, "fixture")
    difference = refuse_other_values(files, fitted, CHOSEN, asked)
    offset = lifetime.offset(asked, YEAR_DAYS)
    value = fitted.value(CHOSEN, asked, YEAR_DAYS)
    session = onnxruntime.InferenceSession(files["clv.onnx"], providers=["CPUExecutionProvider"])
    (contributions,) = session.run(["contrib"], {"features": asked, "offset": offset.astype(np.float32)})

    directory.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (directory / name).write_bytes(data)
    (directory / "value-rows.f32").write_bytes(asked.astype("<f4").tobytes())
    (directory / "value-expected.f32").write_bytes(np.column_stack([offset, value, contributions]).astype("<f4").tobytes())
    evaluation = ValueEvaluation(ValueProcedure(history, plan), [], {"tests": []}, 0.5)
    content = value_manifest("fixture", files, evaluation, fitted, CHOSEN, difference)
    write_json(directory / "clv.json", {**content, "choice": {"decileError": {}, "gini": {}, "validatedAt": []}})


if __name__ == "__main__":
    folder, *sizes = sys.argv[1:]
    main(Path(folder), *(int(size) for size in sizes or ("40", "200")))
