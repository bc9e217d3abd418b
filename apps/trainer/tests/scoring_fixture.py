"""The small model that `libs/scoring` is tested with: `python -m tests.scoring_fixture DIR [TREES] [ROWS]`.

Writes `churn.onnx`, its manifest `churn.json`, `rows.f32` ([N, F]) and `expected.f32` ([N, 1 + F]: probability by the
libraries, contributions by onnxruntime), both little-endian float32. The blend of all candidates: trees, logs, a plain
line, and season and returns that may go either way. Again after features.sql changed: the manifest holds its hash.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnxruntime

from tideline_trainer.arrays import Bools, Floats, Floats32, sigmoid
from tideline_trainer.baselines import MbgScore, RfmLogistic
from tideline_trainer.blend import Blend
from tideline_trainer.boosted import Boosted
from tideline_trainer.calibration import level_of
from tideline_trainer.candidates import Fitted
from tideline_trainer.evaluation import Choice
from tideline_trainer.export import LARGEST_DIFFERENCE, onnx_bytes, refuse_other_answers
from tideline_trainer.features import DAY_MS, place_of
from tideline_trainer.history import History
from tideline_trainer.manifest import manifest, write_json

from .rows import nasty_rows
from .shops import START, simulate

MAY_BE_NAN = ("return_recency", "bought_before", "mbg_logit")
CUT_OFFS = tuple(START + day * DAY_MS for day in range(240, 610, 30))


def main(directory: Path, trees: int, count: int) -> None:
    """Trains on a made shop and writes the four files."""
    history = History(simulate(2_000, 720.0, seed=5), 90)
    cuts = [history.cut(at) for at in CUT_OFFS]
    mbg = cuts[-1].mbg
    X = np.concatenate([cut.rows(mbg) for cut in cuts])
    label = lived(X, np.concatenate([cut.churned for cut in cuts]), np.random.default_rng(2))
    plain = Boosted.fit(X, label, from_mbg=False, trees=trees)
    members = (
        RfmLogistic.fit(X, label),
        MbgScore.fit(X, label),
        plain,
        Boosted.fit(X, label, from_mbg=True, trees=trees // 3),
    )
    model = Blend.of(*members)
    file = onnx_bytes(model, {"shop": "fixture", "kind": "churn", "model": "blend"})
    rows = legal(np.concatenate([X[:: max(1, len(X) // (count - count // 2))][: count - count // 2], nasty_rows(count // 2, plain)]))
    difference = refuse_other_answers(file, model, rows)
    assert difference <= LARGEST_DIFFERENCE
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    (contributions,) = session.run(["contrib"], {"features": rows})
    expected = np.column_stack([sigmoid(model.logit(rows)), contributions]).astype("<f4")

    directory.mkdir(parents=True, exist_ok=True)
    (directory / "churn.onnx").write_bytes(file)
    (directory / "rows.f32").write_bytes(rows.astype("<f4").tobytes())
    (directory / "expected.f32").write_bytes(expected.tobytes())
    fitted = Fitted(CUT_OFFS[-1], {"blend": model}, mbg, None, CUT_OFFS, len(X))
    content = manifest(
        shop="fixture",
        horizon_days=90,
        model=file,
        score=model.score(),
        fitted=fitted,
        choice=Choice("blend", {}, 0.5, (), {}, 0),
        level=level_of(model.logit(X), None, 0, False),
        metrics={"tests": [], "against": {}, "permutedAuc": 0.5},
        largest_difference=difference,
    )
    write_json(directory / "churn.json", content)


def lived(X: Floats32, churned: Bools, random: np.random.Generator) -> Bools:
    """Gives the rows returns, baskets and products, in place, and lets them and the season have a say in the label."""
    size = len(X)
    column = {name: X[:, place_of(name)] for name in ("tenure", "repeat_days", "season_sin", "season_cos")}
    orders = column["repeat_days"] + 1
    returned = random.uniform(size=size) < 0.25
    since = np.where(returned, random.uniform(0.0, 1.0, size) * column["tenure"], np.nan)
    lines = random.gamma(3.0, 1.0, size) + 1
    X[:, place_of("returns")] = returned
    X[:, place_of("return_share")] = returned / orders
    X[:, place_of("return_recency")] = since
    X[:, place_of("basket_lines")] = lines
    X[:, place_of("basket_units")] = lines * random.uniform(1.0, 3.0, size)
    X[:, place_of("lines_last")] = np.rint(lines)
    X[:, place_of("bought_before")] = np.where(random.uniform(size=size) < 0.1, np.nan, random.uniform(0.0, 1.0, size))
    logit: Floats = np.where(churned, 1.2, -1.2) + 2.5 * column["season_sin"] - 1.0 * column["season_cos"]
    logit = logit + np.where(returned & (since < 60), 1.2, 0.0) - 0.3 * (lines - 4) * 0.5
    return np.asarray(random.uniform(size=size) < sigmoid(logit), dtype=np.bool_)


def legal(rows: Floats32) -> Floats32:
    """NaN only where a feature may be undefined: gaps and what is made of them, and MAY_BE_NAN."""
    free = {place_of(name) for name in MAY_BE_NAN}
    free |= set(range(place_of("gap_mean"), place_of("gap_trend") + 1))
    kept = rows.copy()
    for place in set(range(rows.shape[1])) - free:
        kept[np.isnan(kept[:, place]), place] = 1.0
    return kept


if __name__ == "__main__":
    folder, *sizes = sys.argv[1:]
    main(Path(folder), *(int(size) for size in sizes or ("90", "300")))
