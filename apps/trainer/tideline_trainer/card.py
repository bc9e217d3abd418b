"""The model card: what the model says, how good it is beside what, and what it does not know."""

from __future__ import annotations

from typing import Any

import numpy as np

from .additive import AdditiveScore
from .arrays import Floats32
from .evaluation import Test
from .features import feature_list
from .figures import churn_figures, importances


def card_files(content: dict[str, Any], test: Test, score: AdditiveScore, X: Floats32) -> dict[str, bytes]:
    """`churn.md` and its pictures below `churn-figures/`; `content` is the manifest."""
    newest = content["metrics"]["tests"][0]
    parts = [
        heading(content),
        tests_table(content),
        populations_table(newest),
        threshold_table(newest),
        against_table(content),
        importance_table(score, X),
        limits(content, newest),
    ]
    pictures = {f"churn-figures/{name}": file for name, file in churn_figures(test, score, X).items()}
    return {**pictures, "churn.md": ("\n\n".join(parts) + "\n").encode("utf8")}


def heading(content: dict[str, Any]) -> str:
    """What it is."""
    training, horizon = content["training"], content["horizonDays"]
    permuted = content["metrics"]["permutedAuc"]
    rows = f"{training['rows']:,} rows at {len(training['cutOffs'])} cut-offs from {training['from'][:10]}"
    return f"""# Churn of {content["shop"]}

Probability of no order in the next {horizon} days, for every customer with an order. A returned order is an order.

| | |
|---|---|
| model | {content["model"]}, chosen by validation log loss among {", ".join(content["choice"]["logLoss"])} |
| trained | {rows}; what happened is known until {training["to"][:10]} |
| level | {content["calibration"]["words"]} |
| file | `{content["file"]}`, SHA-256 `{content["sha256"]}`, at most {content["largestDifference"]:.1e} from the trainer's library |
| leak gates | no feature alone above an AUC of .95, labels dealt at random {permuted:.3f} (.500 wanted), no model above .98 |"""


def tests_table(content: dict[str, Any]) -> str:
    """Each test cut-off, every candidate."""
    lines = [
        "## Tests",
        "Each line is a cut-off in the past: choice and training know nothing of what came after it.",
        "",
        "| cut-off | customers | without an order | model | AUC | PR churn | PR stay | log loss | Brier | ECE | top-decile lift |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for test in content["metrics"]["tests"]:
        group = test["populations"]["all"]
        for name, row in group["models"].items():
            mark = "**" if name == test["chosen"] else ""
            lines.append(
                f"| {test['asOf'][:10]} | {row['customers']:,} | {row['churn_rate']:.3f} | {mark}{name}{mark} | {row['auc']:.3f} | "
                f"{row['pr_churn']:.3f} | {row['pr_stay']:.3f} | {row['log_loss']:.3f} | {row['brier']:.3f} | {row['ece']:.3f} | "
                f"{row['top_decile_lift']:.2f} |"
            )
        lines.append(f"| {test['asOf'][:10]} | | | recency rule | {group['recencyAuc']:.3f} | | | | | | |")
    newest = content["metrics"]["tests"][0]
    low, high = newest["intervals"]["auc"]
    loss_low, loss_high = newest["intervals"]["logLoss"]
    lines += [
        "",
        f"Bold: chosen at that cut-off. 95 % over resampled customers, newest cut-off: AUC {low:.3f} to {high:.3f}, "
        f"log loss {loss_low:.3f} to {loss_high:.3f}.",
        "",
        "![ROC](churn-figures/roc.svg) ![Precision and recall](churn-figures/precision-recall.svg)",
    ]
    return "\n".join(lines)


def populations_table(newest: dict[str, Any]) -> str:
    """The newest test by group of customers."""
    chosen = newest["chosen"]
    lines = [
        "## By group of customers",
        f"The chosen model ({chosen}) at the newest cut-off. Orders count days with an order; new: first order within 90 days; "
        "high value: the tenth with the most money. The marketer can act on those active in the last 180 days.",
        "",
        "| group | customers | without an order | AUC | RFM logistic | recency | log loss | ECE |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, group in newest["populations"].items():
        if "models" not in group:
            lines.append(f"| {name} | {group['customers']:,} | too few to say | | | | | |")
            continue
        row, rfm = group["models"][chosen], group["models"]["rfm-logistic"]
        lines.append(
            f"| {name} | {row['customers']:,} | {row['churn_rate']:.3f} | {row['auc']:.3f} | {rfm['auc']:.3f} | "
            f"{group['recencyAuc']:.3f} | {row['log_loss']:.3f} | {row['ece']:.3f} |"
        )
    lines += [
        "",
        "![Calibration](churn-figures/calibration.svg) ![Lift](churn-figures/lift.svg)",
        "",
        "| decile | customers | predicted | happened |",
    ]
    lines.append("|---|---|---|---|")
    for number, group in enumerate(newest["populations"]["all"]["deciles"], 1):
        lines.append(f"| {number} | {group['count']:,} | {group['predicted']:.3f} | {group['happened']:.3f} |")
    return "\n".join(lines)


def threshold_table(newest: dict[str, Any]) -> str:
    """A yes or no, beside the rule that always says the same."""
    group = newest["populations"]["all"]
    said, rule = group["atThreshold"], group["majority"]
    lines = [
        f"## At the threshold {said['threshold']:.2f}",
        "Found on the validation cut-offs as the largest recall minus false alarms. Positive means: no order will come.",
        "",
        "| | model | always what most do |",
        "|---|---|---|",
    ]
    for name, key in (
        ("said so, and no order came", "true_positive"),
        ("said so, but an order came", "false_positive"),
        ("did not say so, and no order came", "false_negative"),
        ("did not say so, and an order came", "true_negative"),
    ):
        lines.append(f"| {name} | {said[key]:,} | {rule[key]:,} |")
    lines += [f"| {key} | {said[key]:.3f} | {rule[key]:.3f} |" for key in ("accuracy", "precision", "recall", "f1")]
    return "\n".join(lines)


def against_table(content: dict[str, Any]) -> str:
    """Is it worth it."""
    lines = [
        "## Against the baselines",
        "Log loss of what was chosen minus the baseline's, over all tests; below 0 is better. The interval draws customers.",
        "",
        "| baseline | difference | 95 % | |",
        "|---|---|---|---|",
    ]
    for name, row in content["metrics"]["against"].items():
        words = "better" if row["high"] < 0 else "worse" if row["low"] > 0 else "no clear difference"
        lines.append(f"| {name} | {row['difference']:+.4f} | {row['low']:+.4f} to {row['high']:+.4f} | {words} |")
    return "\n".join(lines)


def importance_table(score: AdditiveScore, X: Floats32) -> str:
    """What moves the score."""
    values = importances(score, X)
    lines = [
        "## What moves it",
        "How far a feature moves the logit from its mean over the customers of today, on average. The model is the sum of "
        "these functions and a base.",
        "",
        "| feature | reason | change |",
        "|---|---|---|",
    ]
    for column in np.argsort(-values):
        if values[column] >= 0.005:
            feature = feature_list()[column]
            lines.append(f"| {feature.name} | {feature.group} | {values[column]:.3f} |")
    return "\n".join([*lines, "", "![Effects](churn-figures/effects.svg)"])


def limits(content: dict[str, Any], newest: dict[str, Any]) -> str:
    """What it does not know."""
    lines = ["## What it does not know", "", "- Why somebody stays away, and whether a message would change it."]
    if content["calibration"]["level"] == "uncertain":
        lines.append(
            f"- Whether its level holds ({content['calibration']['words'].removeprefix('level uncertain: ')}): all probabilities may be "
            "off by several points together."
        )
    elif content["calibration"]["level"] == "as-learnt":
        lines.append("- A season other than those it learnt from: the level of all probabilities is that of the windows before.")
    rfm = content["metrics"]["against"]["rfm-logistic"]
    if rfm["high"] >= 0:
        lines.append(
            "- More than recency, frequency and money tell: on this history it is not clearly better than a logistic regression on them."
        )
    lines.append(
        f"- Guests, and customers after {content['training']['asOf'][:10]} whose ways have changed: train again from time to time."
    )
    if newest["populations"]["all"]["models"][newest["chosen"]]["auc"] > 0.95:
        lines.append("- **An AUC above .95 is a leak alarm, not a success. Look at the features before you use it.**")
    return "\n".join(lines)
