"""How good a model that is already published is on a shop: at cut-offs that it may never have seen, of any history."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from .arrays import Floats, Floats32
from .calibration import HIGHEST_ECE
from .errors import TrainerError
from .features import DAY_MS, HORIZON_DAYS, feature_list
from .history import History, Source, Span
from .manifest import FORMAT, features_sha256, sha256_of
from .mbg import Buying
from .measures import Measure, at_most, figure
from .metrics import quality
from .protocol import TESTS, WARM_UP_DAYS, Plan, populations, rolled_back
from .results import LEAST_OF_A_SLICE
from .value_metrics import value_quality
from .value_protocol import value_features

MEASURED = ("all", "active 180 days")
BETWEEN_TESTS_DAYS = 30


class Published:
    """A churn model and its manifest, as the scorer takes them."""

    def __init__(self, directory: Path) -> None:
        """Raises TrainerError `model-unreadable` for what is no published model."""
        self.manifest = manifest_in(directory, "churn")
        self.mbg = buying_of(self.manifest)
        self._session = session(directory, self.manifest)

    def probability(self, X: Floats32) -> Floats:
        """P(no order in the horizon) of rows whose `mbg_logit` is by `mbg`."""
        return np.asarray(self._session.run(["prob"], {"features": X})[0], dtype=np.float64)


class PublishedValue:
    """Both files of predicted values and their manifest, as the API takes them."""

    def __init__(self, directory: Path) -> None:
        """Raises TrainerError `model-unreadable` for what is no published model."""
        self.manifest = manifest_in(directory, "clv")
        self.mbg = buying_of(self.manifest)
        self.days = int(self.manifest["horizonDays"])
        self._session = session(directory, self.manifest)
        self._offset = session(directory, self.manifest["offset"])

    def value(self, X: Floats32) -> Floats:
        """[N]: money in the next `days` days, of rows whose `mbg_logit` is by `mbg`."""
        (offset,) = self._offset.run(["offset"], {"features": X})
        return np.asarray(self._session.run(["value"], {"features": X, "offset": offset})[0], dtype=np.float64)


def manifest_in(directory: Path, kind: str) -> dict[str, Any]:
    """The manifest of a kind of model, which this build must be able to ask.

    Raises TrainerError `model-unreadable`, or `features-differ` where rows of this build would mean something else to the model.
    """
    try:
        manifest: dict[str, Any] = json.loads((directory / f"{kind}.json").read_text("utf8"))
        is_kind, version, names = manifest["kind"], manifest["format"], [row["name"] for row in manifest["features"]]
        statement = manifest["featuresSha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainerError("model-unreadable", f"{directory} holds no published model of {kind}: {error!r}") from None
    if is_kind != kind:
        raise TrainerError("model-unreadable", f"{kind}.json in {directory} is of kind {is_kind}. Name a directory with a model of {kind}.")
    if version != FORMAT:
        raise TrainerError("model-unreadable", f"{kind}.json in {directory} has format {version}, this build reads format {FORMAT}.")
    wanted = [feature.name for feature in feature_list()]
    if names != wanted:
        place, its, here = next(each for each in zip(count(1), [*names, "none"], [*wanted, "none"], strict=False) if each[1] != each[2])
        raise TrainerError("features-differ", f"The model in {directory} has {its} as feature {place}, this build {here}. Train it again.")
    if statement != features_sha256():
        raise TrainerError(
            "features-differ",
            f"The features of the model in {directory} have the right names, but were computed by another statement. Train it again.",
        )
    return manifest


def session(directory: Path, named: dict[str, Any]) -> onnxruntime.InferenceSession:
    """A file that a manifest names with its hash, opened. Raises TrainerError `model-unreadable`."""
    try:
        file = (directory / str(named["file"])).read_bytes()
        sha256 = named["sha256"]
    except (OSError, KeyError, TypeError) as error:
        raise TrainerError("model-unreadable", f"{directory} holds no published model: {error!r}") from None
    if sha256_of(file) != sha256:
        raise TrainerError(
            "model-unreadable", f"{named['file']} in {directory} is not the one of its manifest: it was cut short or changed."
        )
    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


def buying_of(manifest: dict[str, Any]) -> Buying:
    """The parameters by which a model's `mbg_logit` is computed. Raises TrainerError `model-unreadable`."""
    try:
        r, alpha, a, b = (float(manifest["mbg"][name]) for name in ("r", "alpha", "a", "b"))
    except (KeyError, TypeError, ValueError) as error:
        raise TrainerError("model-unreadable", f"The manifest lacks a parameter of MBG/NBD: {error!r}") from None
    return Buying(r, alpha, a, b)


def of_published(model: Published, source: Source) -> list[Measure]:
    """Every test cut-off of the shop, newest first: rank, log loss, calibration, and whether the level holds.

    Slices below 50 customers, or where all did the same, only say how many they are. Raises TrainerError `too-little-data`
    where there is no other.
    """
    history = History(source, HORIZON_DAYS)
    measures: list[Measure] = []
    for at in Plan(history.span, HORIZON_DAYS).tests():
        cut = history.cut(at)
        said = model.probability(cut.rows(model.mbg))
        groups = populations(cut.frame)
        for name in MEASURED:
            mask = groups[name]
            label, where = cut.churned[mask], f"{at_day(at)}, {name}"
            measures.append(figure(f"{where}: customers", len(label), "customers"))
            if len(label) < LEAST_OF_A_SLICE or label.all() or not label.any():
                continue
            found = quality(label, said[mask])
            measures += [
                figure(f"{where}: AUC", found.auc, "AUC"),
                figure(f"{where}: log loss", found.log_loss, "nats"),
                figure(f"{where}: mean predicted", float(said[mask].mean()), "share"),
                figure(f"{where}: happened", found.churn_rate, "share"),
                at_most(f"{where}: ECE", found.ece, "share", HIGHEST_ECE),
            ]
    return measured(measures, HORIZON_DAYS)


def measured(measures: list[Measure], days: int) -> list[Measure]:
    """The measures. Raises TrainerError `too-little-data` where they are none, or nothing but counts of customers."""
    if not measures:
        raise TrainerError("too-little-data", f"No window of {days} days of this shop is over, with a history before it.")
    if all(each.unit == "customers" for each in measures):
        raise TrainerError(
            "too-little-data",
            f"No window of {days} days of this shop has {LEAST_OF_A_SLICE} customers of whom some bought and some did not, so a model "
            "cannot be measured on it.",
        )
    return measures


def of_published_value(model: PublishedValue, source: Source) -> list[Measure]:
    """Cut-offs whose window is over, thirty days apart, newest first: whether the total and groups come true, and who is found.

    Slices below 50 customers, or that brought nothing, only say how many they are. Raises TrainerError `too-little-data` where
    there is no other.
    """
    history = History(source, HORIZON_DAYS)
    measures: list[Measure] = []
    for at in ended(history.span, model.days):
        cut = history.cut(at)
        groups = populations(cut.frame)
        net, said = cut.net_within(model.days), model.value(value_features(cut, model.mbg))
        for name in MEASURED:
            mask = groups[name]
            came, where = net[mask], f"{at_day(at)}, {name}"
            measures.append(figure(f"{where}: customers", len(came), "customers"))
            if len(came) < LEAST_OF_A_SLICE or came.sum() <= 0:
                continue
            found = value_quality(came, said[mask])
            measures += [
                figure(f"{where}: mean predicted", found.predicted, "money"),
                figure(f"{where}: mean of what came", found.happened, "money"),
                figure(f"{where}: bias", found.bias, "share"),
                figure(f"{where}: decile error", found.decile_error, "share"),
                figure(f"{where}: Gini of a perfect ranking's", found.gini, "share"),
                figure(f"{where}: R2", found.r2, "share"),
            ]
    return measured(measures, model.days)


def ended(span: Span, days: int) -> list[int]:
    """Cut-offs with a window of so many days behind them and a history before them, newest first."""
    newest = span.last - days * DAY_MS
    return [at for at in rolled_back(newest, BETWEEN_TESTS_DAYS, TESTS) if at >= span.first + WARM_UP_DAYS * DAY_MS]


def at_day(at: int) -> str:
    """The date of an instant, UTC."""
    return str(np.datetime64(at, "ms").astype("datetime64[D]"))
