"""The card's pictures: ROC, precision and recall, calibration, lift, and the effect of each feature."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from .additive import AdditiveScore, Node, transformed
from .arrays import Bools, Floats, Floats32, Ints
from .evaluation import Test
from .features import feature_list
from .metrics import deciles
from .steps import moved_by

SHOWN = 12
STYLE = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "tideline"}


def churn_figures(test: Test, score: AdditiveScore, X: Floats32) -> dict[str, bytes]:
    """SVG files by name."""
    return svg_files(
        {
            "roc": lambda: roc(test),
            "precision-recall": lambda: precision_recall(test),
            "calibration": lambda: calibration(test),
            "lift": lambda: lift(test),
            "effects": lambda: effects(score, X),
        }
    )


def svg_files(pictures: dict[str, Callable[[], Any]]) -> dict[str, bytes]:
    """Draws pictures as SVG files, by name; the same data give the same bytes."""
    files: dict[str, bytes] = {}
    with plt.rc_context(STYLE):
        for name, draw in pictures.items():
            figure, file = draw(), BytesIO()
            figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
            plt.close(figure)
            files[f"{name}.svg"] = file.getvalue()
    return files


def ranked(label: Bools, score: Floats) -> tuple[Ints, Ints]:
    """Hits and misses above each distinct score, from the highest down."""
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hits = np.cumsum(label[order])[ends]
    return hits, ends + 1 - hits


def roc(test: Test) -> Any:
    """All candidates and the recency rule."""
    figure, axes = plt.subplots(figsize=(4.4, 4.0))
    for name, said in {**test.probabilities, "recency": test.recency}.items():
        hits, misses = ranked(test.churned, said)
        heavy = name == test.choice.name
        axes.plot(
            np.append(0, misses) / max(misses[-1], 1),
            np.append(0, hits) / max(hits[-1], 1),
            label=name,
            lw=2 if heavy else 0.9,
            zorder=2 + heavy,
        )
    axes.plot([0, 1], [0, 1], color="0.8", lw=0.8)
    axes.set(xlabel="share of those who ordered", ylabel="share of those who did not", title="ROC")
    axes.legend(frameon=False, fontsize=7)
    return figure


def precision_recall(test: Test) -> Any:
    """Both ways: finding those who will not order, and those who will."""
    figure, axes = plt.subplots(figsize=(4.4, 4.0))
    for name, label, said in (("no order", test.churned, test.chosen), ("an order", ~test.churned, 1 - test.chosen)):
        hits, misses = ranked(label, said)
        (line,) = axes.plot(hits / max(hits[-1], 1), hits / (hits + misses), label=f"finds: {name}")
        axes.axhline(label.mean(), color=line.get_color(), lw=0.7, ls=":")
    axes.set(xlabel="recall", ylabel="precision", ylim=(0, 1.02), title="Precision and recall (dotted: everybody)")
    axes.legend(frameon=False, fontsize=7)
    return figure


def calibration(test: Test) -> Any:
    """Predicted against happened by decile, with the customers in each."""
    figure, axes = plt.subplots(figsize=(4.4, 4.0))
    groups = deciles(test.churned, test.chosen)
    axes.plot([0, 1], [0, 1], color="0.8", lw=0.8)
    axes.plot([g.predicted for g in groups], [g.happened for g in groups], marker="o", ms=4)
    for group in groups:
        axes.annotate(f"{group.count:,}", (group.predicted, group.happened), xytext=(4, -9), textcoords="offset points", fontsize=6)
    axes.set(
        xlabel="predicted probability of no order", ylabel="share without an order", xlim=(0, 1), ylim=(0, 1), title="Calibration by decile"
    )
    return figure


def lift(test: Test) -> Any:
    """Rate in each decile, highest first, over the rate of all."""
    figure, axes = plt.subplots(figsize=(4.4, 3.2))
    groups = list(reversed(deciles(test.churned, test.chosen)))
    axes.bar(range(1, len(groups) + 1), [group.happened / test.churned.mean() for group in groups], color="0.5")
    axes.axhline(1, color="0.2", lw=0.8)
    axes.set(
        xlabel="tenth of the customers, most at risk first", ylabel="times the average", title="Lift", xticks=range(1, len(groups) + 1)
    )
    return figure


def effects(score: AdditiveScore, X: Floats32) -> Any:
    """The functions themselves: the model is their sum, so nothing is left out."""
    importance = importances(score, X)
    columns = [column for column in np.argsort(-importance)[:SHOWN] if importance[column] > 1e-9]
    figure, grid = plt.subplots(4, 3, figsize=(9, 9), sharey=True)
    for axes, column in zip(grid.flat, columns, strict=False):
        known = X[:, column][np.isfinite(X[:, column])].astype(np.float64)
        low, high = np.quantile(known, [0.01, 0.99])
        at = np.linspace(low, high, 200)
        axes.plot(at, effect(score, int(column), at), drawstyle="steps-mid")
        axes.axhline(0, color="0.8", lw=0.7)
        axes.set_title(feature_list()[column].name)
    for axes in list(grid.flat)[len(columns) :]:
        axes.set_axis_off()
    figure.supylabel("change of the logit of no order")
    figure.tight_layout()
    return figure


def effect(score: AdditiveScore, column: int, values: Floats) -> Floats:
    """Contribution of one feature at values of it, in logits; where trees mix features, of its own splits alone."""
    X = np.full((len(values), len(feature_list())), np.nan, dtype=np.float32)
    X[:, column] = values
    sum_of = np.zeros(len(values))
    for term in score.linear:
        if term.feature == column:
            sum_of += term.coefficient * (transformed(X, column, term.transform, term.centre) - term.centre)
    for forest in score.forests:
        for tree in forest.trees:
            if isinstance(tree, Node) and tree.feature == column:
                sum_of += forest.weight * moved_by(tree, X[:, column].astype(np.float64))
    return sum_of


def importances(score: AdditiveScore, X: Floats32) -> Floats:
    """[F]: how far contributions lie from their mean over rows, on average, in logits.

    What is the same for everybody today, as the season is, tells no customer from another and counts nothing.
    """
    rows = X[np.random.default_rng(1).integers(0, len(X), min(len(X), 5000))]
    moved = [effect(score, column, rows[:, column].astype(np.float64)) for column in range(X.shape[1])]
    return np.array([float(np.abs(each - each.mean()).mean()) for each in moved])
