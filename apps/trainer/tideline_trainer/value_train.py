"""From a shop's history to a published model of twelve months' value, or to the reason why there is none."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from .arrays import Floats32
from .errors import TrainerError
from .export import LARGEST_DIFFERENCE
from .features import feature_list
from .gates import learns_by_heart, permuted_auc, refuse_learning_from_noise, refuse_telling_feature, refuse_too_good
from .graph import build
from .graph_offset import build_offset
from .history import Source
from .manifest import FORMAT, PACKAGES, features_sha256, iso, json_bytes, replace_files, sha256_of
from .measures import Measure, figure
from .metrics import auc
from .train import refuse_other_features
from .value_card import value_card_files
from .value_evaluation import ValueFitted, ValueProcedure, ValueTest, value_results
from .value_metrics import normalised_gini, value_quality
from .value_protocol import YEAR_DAYS, nothing, usable_value_tests, value_features, value_history, value_rows

HIGHEST_GINI = 0.98


@dataclass(frozen=True)
class ValueEvaluation:
    """The procedure on one shop, after it passed every gate."""

    procedure: ValueProcedure
    tests: list[ValueTest]
    results: dict[str, Any]
    permuted: float


def evaluate_value(source: Source, say: Callable[[str], None] = lambda text: None) -> ValueEvaluation:
    """Rolls the procedure forward over the test cut-offs.

    Raises TrainerError `too-little-data` or `leak`: nothing that failed a gate is shown as a result.
    """
    history, plan = value_history(source)
    say(f"{history.days:.0f} days of history; {plan.words}")
    usable = usable_value_tests(history, plan)
    newest = usable[0]
    cut = history.cut(newest)
    net = cut.net_within(plan.test_days)
    refuse_telling_feature(value_features(cut, cut.mbg), nothing(net))
    procedure = ValueProcedure(history, plan)
    tests = []
    for now in usable:
        test = procedure.test(now)
        tests.append(test)
        refuse_too_good(auc(nothing(test.net), -test.chosen))
        refuse_knowing_values(normalised_gini(test.net, test.chosen))
        say(f"tested {test.choice.name} on {plan.test_days} days, {len(test.net)} customers")
    fitted = tests[0].fitted
    rows = value_rows(history, plan, fitted.lifetime, newest)
    X = value_features(cut, fitted.lifetime.buying)
    permuted, error = permuted_auc(rows.as_labels, X, nothing(net), learns_by_heart)
    refuse_learning_from_noise(permuted, error)
    return ValueEvaluation(procedure, tests, value_results(tests), permuted)


def refuse_knowing_values(gini: float) -> None:
    """Raises `leak` for a ranking of money that is nearly perfect: over months nobody knows that much."""
    if gini > HIGHEST_GINI:
        raise TrainerError(
            "leak",
            f"The model is too good: Gini {gini:.3f} of a perfect ranking's on customers it has not seen, above {HIGHEST_GINI}. "
            "Something in the features tells what comes after the cut-off. Look at features.sql before you train again.",
        )


def value_measures(evaluation: ValueEvaluation) -> list[Measure]:
    """Figures of the newest test; there is no bar but the gates, and that the chosen one is not worse than its offset."""
    test, plan = evaluation.tests[0], evaluation.procedure.plan
    measures = [figure("clv: projection", float(plan.projection), "0 or 1"), figure("clv: days tested", plan.test_days, "days")]
    for name in (test.choice.name, "mbg-gamma-gamma", "again"):
        known = value_quality(test.net, test.values[name])
        label = f"clv, {'chosen, ' if name == test.choice.name else ''}{name}"
        measures += [
            figure(f"{label}: decile error", known.decile_error, "share"),
            figure(f"{label}: Gini of a perfect ranking's", known.gini, "share"),
            figure(f"{label}: bias", known.bias, "share"),
            figure(f"{label}: R2", known.r2, "share"),
            figure(f"{label}: MAE", known.mae, "money"),
            figure(f"{label}: RMSE", known.rmse, "money"),
            figure(f"{label}: MAPE of those who bought", known.mape, "share"),
        ]
    return list(dict.fromkeys(measures))


def publish_value(evaluation: ValueEvaluation, source: Source, shop: str, out: Path) -> dict[str, Any]:
    """Trains on everything up to the last event and writes `clv.onnx`, `clv-offset.onnx`, the card `clv.md` and `clv.json`.

    Returns the manifest. Raises TrainerError `export-differs` before anything is written.
    """
    procedure = evaluation.procedure
    history, now = procedure.history, procedure.history.span.last
    choice, fitted = procedure.choose(now), procedure.at(now)
    X = value_features(history.cut(now), fitted.lifetime.buying)
    refuse_other_features(source, now, fitted.lifetime.buying, X)
    files = value_files(fitted, choice.name, shop)
    difference = refuse_other_values(files, fitted, choice.name, X)
    content = value_manifest(shop, files, evaluation, fitted, choice.name, difference)
    content["choice"] = {
        "decileError": choice.decile_errors,
        "gini": choice.ginis,
        "validatedAt": [iso(at) for at in choice.cut_offs],
    }
    card = value_card_files(content, evaluation.tests[0], fitted.over(choice.name, YEAR_DAYS).score(), X)
    replace_files(out, {**card, **files, "clv.json": json_bytes(content, indent=2)})
    return content


def value_files(fitted: ValueFitted, name: str, shop: str) -> dict[str, bytes]:
    """Both graphs."""
    names = [feature.name for feature in feature_list()]
    about = {"shop": shop, "kind": "clv", "model": name}
    graphs = {
        "clv.onnx": build(fitted.over(name, YEAR_DAYS).score(), names, about, "log"),
        "clv-offset.onnx": build_offset(fitted.lifetime, YEAR_DAYS, names, about),
    }
    return {file: bytes(graph.SerializeToString(deterministic=True)) for file, graph in graphs.items()}


def refuse_other_values(files: dict[str, bytes], fitted: ValueFitted, name: str, X: Floats32) -> float:
    """Runs both graphs behind each other, also with NaN in the trees' columns, and compares.

    Raises TrainerError `export-differs` when a value is further than a share of 1e-5 from the library's; returns the largest.
    """
    session, offset_session = (
        onnxruntime.InferenceSession(files[file], providers=["CPUExecutionProvider"]) for file in ("clv.onnx", "clv-offset.onnx")
    )
    (offset,) = offset_session.run(["offset"], {"features": X})
    holed = X.copy()
    holed[np.random.default_rng(1).uniform(size=X.shape) < 0.1] = np.nan
    worst = 0.0
    for rows in (X, holed):
        (value,) = session.run(["value"], {"features": rows, "offset": offset})
        wanted = fitted.over(name, YEAR_DAYS).value(rows, fitted.lifetime.offset(X, YEAR_DAYS))
        # A ratio, which is a difference of logarithms; a NaN is worse than any.
        apart = np.nan_to_num(np.abs(value.astype(np.float64) / wanted - 1.0), nan=np.inf)
        worst = max(worst, float(apart.max()) if len(rows) else 0.0)
    if not worst <= LARGEST_DIFFERENCE:
        raise TrainerError(
            "export-differs",
            f"The exported value model differs from the trainer's library by a share of {worst:.2g}, more than {LARGEST_DIFFERENCE}: "
            "it is not published. graph.py, graph_offset.py or a package changed; run the trainer's tests.",
        )
    return worst


def value_manifest(
    shop: str, files: dict[str, bytes], evaluation: ValueEvaluation, fitted: ValueFitted, name: str, difference: float
) -> dict[str, Any]:
    """What serves both files, and what a page shows of them."""
    plan = evaluation.procedure.plan
    return {
        "format": FORMAT,
        "kind": "clv",
        "shop": shop,
        "label": f"net sales in ({{as_of}}, {{as_of}} + {YEAR_DAYS} days]; at least 0",
        "horizonDays": YEAR_DAYS,
        "learntHorizonDays": plan.horizon_days,
        "testedHorizonDays": plan.test_days,
        "projection": plan.projection,
        "words": plan.words,
        "lossPerDoubling": fitted.per_doubling,
        "model": name,
        "file": "clv.onnx",
        "sha256": sha256_of(files["clv.onnx"]),
        "offset": {"file": "clv-offset.onnx", "sha256": sha256_of(files["clv-offset.onnx"]), "inputs": ["features"], "outputs": ["offset"]},
        "inputs": ["features", "offset"],
        "outputs": ["value", "contrib"],
        "features": [asdict(feature) for feature in feature_list()],
        "featuresSha256": features_sha256(),
        "base": fitted.over(name, YEAR_DAYS).score().base,
        "mbg": {key: getattr(fitted.lifetime.buying, key) for key in ("r", "alpha", "a", "b")},
        "gammaGamma": asdict(fitted.lifetime.worth),
        "training": {
            "asOf": iso(fitted.now),
            "from": iso(fitted.cut_offs[0]),
            "to": iso(fitted.cut_offs[-1] + plan.horizon_days * 86_400_000),
            "cutOffs": [iso(at) for at in fitted.cut_offs],
            "rows": fitted.rows,
        },
        "metrics": {**evaluation.results, "permutedAuc": evaluation.permuted},
        "largestDifference": difference,
        "versions": {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}},
    }
