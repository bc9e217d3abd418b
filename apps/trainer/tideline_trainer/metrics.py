"""How good a probability is: ranking, calibration, and what a threshold does; each as a plain number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from scipy.stats import rankdata

from .arrays import Bools, Floats, Ints


def auc(label: Bools, score: Floats) -> float:
    """Area under the ROC curve (Mann-Whitney, ties count half); NaN when only one class is there."""
    positives = int(label.sum())
    negatives = len(label) - positives
    if positives == 0 or negatives == 0:
        return float("nan")
    ranks = rankdata(score)
    return float((ranks[label].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_precision(label: Bools, score: Floats) -> float:
    """Area under the precision-recall curve as a step function; tied scores are one step. NaN without a positive."""
    positives = int(label.sum())
    if positives == 0:
        return float("nan")
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(label[order])
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    recall = hits[ends] / positives
    precision = hits[ends] / (ends + 1)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def log_loss_each(label: Bools, probability: Floats) -> Floats:
    """Log loss of each row, in nats; probabilities are kept 1e-7 from the ends."""
    inside = np.clip(probability, 1e-7, 1 - 1e-7)
    return np.asarray(-np.where(label, np.log(inside), np.log1p(-inside)), dtype=np.float64)


def log_loss(label: Bools, probability: Floats) -> float:
    """Mean log loss, in nats."""
    return float(log_loss_each(label, probability).mean())


def brier(label: Bools, probability: Floats) -> float:
    """Mean squared distance of probability and outcome."""
    return float(np.mean((probability - label) ** 2))


@dataclass(frozen=True)
class Decile:
    """One tenth of the customers, by predicted probability: how many, what was predicted, what happened."""

    count: int
    predicted: float
    happened: float


def deciles(label: Bools, probability: Floats) -> list[Decile]:
    """Ten groups of (nearly) equal size from the lowest probability to the highest."""
    order = np.argsort(probability, kind="stable")
    return [
        Decile(len(part), float(probability[part].mean()), float(label[part].mean())) for part in np.array_split(order, 10) if len(part) > 0
    ]


def expected_calibration_error(groups: list[Decile]) -> float:
    """Distance of predicted and happened over the deciles, weighted by their counts."""
    total = sum(group.count for group in groups)
    return sum(group.count * abs(group.predicted - group.happened) for group in groups) / total


def error_by_chance(groups: list[Decile]) -> float:
    """The calibration error that a perfect model is expected to have with so many customers.

    In each group the mean distance of a binomial share from its probability, in the normal approximation.
    """
    total = sum(group.count for group in groups)
    spread = sum(group.count * np.sqrt(group.predicted * (1.0 - group.predicted) / group.count) for group in groups)
    return float(np.sqrt(2.0 / np.pi) * spread / total)


def top_decile_lift(label: Bools, score: Floats) -> float:
    """Rate in the tenth of the highest score, over the rate of all; tied scores share their places."""
    size = max(1, round(len(score) / 10))
    edge = np.sort(score)[-size]
    above = score > edge
    tied = score == edge
    # Customers of the same score cannot be told apart: the places left are filled with their average.
    hits = float(label[above].sum()) + (size - int(above.sum())) * float(label[tied].mean())
    return float(hits / size / label.mean()) if label.any() else float("nan")


@dataclass(frozen=True)
class AtThreshold:
    """What a yes or no at one threshold does; positive means: no order will come."""

    threshold: float
    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int
    accuracy: float
    precision: float
    recall: float
    f1: float


def at_threshold(label: Bools, probability: Floats, threshold: float) -> AtThreshold:
    """Confusion matrix and its figures; precision, recall and F1 are 0 where they would divide by 0."""
    said = probability >= threshold
    tp = int(np.sum(said & label))
    fp = int(np.sum(said & ~label))
    fn = int(np.sum(~said & label))
    tn = int(np.sum(~said & ~label))
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return AtThreshold(threshold, tp, fp, fn, tn, (tp + tn) / len(label), precision, recall, f1)


def majority(label: Bools) -> AtThreshold:
    """The rule that always says what most customers do, whatever it is told."""
    probability = np.full(len(label), 1.0 if label.mean() >= 0.5 else 0.0)
    return at_threshold(label, probability, 0.5)


def youden_threshold(label: Bools, probability: Floats) -> float:
    """The threshold with the largest recall - false positive rate (Youden 1950)."""
    order = np.argsort(-probability, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(probability[order])), len(probability) - 1)
    hits = np.cumsum(label[order])[ends]
    misses = (ends + 1) - hits
    gain = hits / max(int(label.sum()), 1) - misses / max(int((~label).sum()), 1)
    return float(probability[order][ends[int(np.argmax(gain))]])


@dataclass(frozen=True)
class Quality:
    """One model on one group of customers."""

    customers: int
    churn_rate: float
    auc: float
    pr_churn: float
    pr_stay: float
    log_loss: float
    brier: float
    ece: float
    top_decile_lift: float

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return asdict(self)


def quality(label: Bools, probability: Floats) -> Quality:
    """All figures that need no threshold."""
    return Quality(
        customers=len(label),
        churn_rate=float(label.mean()),
        auc=auc(label, probability),
        pr_churn=average_precision(label, probability),
        pr_stay=average_precision(~label, 1.0 - probability),
        log_loss=log_loss(label, probability),
        brier=brier(label, probability),
        ece=expected_calibration_error(deciles(label, probability)),
        top_decile_lift=top_decile_lift(label, probability),
    )


def bootstrap(
    rows: int, measure: Callable[[Ints], float], *, times: int = 200, seed: int = 1, groups: Ints | None = None
) -> tuple[float, float]:
    """95 % interval of a figure over resampled customers.

    `measure` gets indices of rows, drawn with repetition. `groups` names the customer of each row where one has several
    rows (cut-offs): all of a customer's rows are drawn together.
    """
    random = np.random.default_rng(seed)
    if groups is None:
        draws = (random.integers(0, rows, rows) for _ in range(times))
    else:
        order = np.argsort(groups, kind="stable")
        starts = np.flatnonzero(np.append(True, np.diff(groups[order]) != 0))
        blocks = np.split(order, starts[1:])
        draws = (np.concatenate([blocks[k] for k in random.integers(0, len(blocks), len(blocks))]) for _ in range(times))
    values = [measure(draw) for draw in draws]
    low, high = np.nanquantile(values, [0.025, 0.975])
    return float(low), float(high)
