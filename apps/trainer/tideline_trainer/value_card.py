"""The card of a value model: what it says, whether groups bring that, and what kind of a year it is."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from .additive import AdditiveScore
from .arrays import Floats, Floats32
from .features import feature_list
from .figures import importances, svg_files
from .value_evaluation import ValueTest
from .value_metrics import value_deciles


def value_card_files(content: dict[str, Any], test: ValueTest, score: AdditiveScore, X: Floats32) -> dict[str, bytes]:
    """`clv.md` and its pictures below `clv-figures/`; `content` is the manifest."""
    pictures = svg_files({"deciles": lambda: deciles_picture(test), "gain": lambda: gain_picture(test)})
    parts = [heading(content), tests_table(content), groups_table(content), moves_table(score, X), limits(content)]
    named = {f"clv-figures/{name}": file for name, file in pictures.items()}
    return {**named, "clv.md": ("\n\n".join(parts) + "\n").encode("utf8")}


def heading(content: dict[str, Any]) -> str:
    """What it is."""
    training, offset = content["training"], content["offset"]
    kind = "**A projection.** " if content["projection"] else ""
    rows = f"{training['rows']:,} rows at {len(training['cutOffs'])} cut-offs from {training['from'][:10]}"
    apart = f"at most a share of {content['largestDifference']:.1e} from the trainer's library"
    files = f"`{content['file']}`, SHA-256 `{content['sha256']}`; its offset `{offset['file']}`, SHA-256 `{offset['sha256']}`; {apart}"
    permuted = f"labels dealt at random {content['metrics']['permutedAuc']:.3f} (.500 wanted)"
    chosen = f"chosen among {', '.join(content['choice']['gini'])}: of those within .01 of the best Gini the least decile error"
    return f"""# Predicted value of customers of {content["shop"]}

{kind}Net sales in the next {content["horizonDays"]} days, for every customer with an order; money is the shop's.

| | |
|---|---|
| model | {content["model"]}, {chosen} |
| the year | {content["words"]} |
| trained | {rows}; what came is known until {training["to"][:10]} |
| files | {files} |
| leak gates | no feature alone above an AUC of .95, {permuted}, no Gini above .98 |"""


def tests_table(content: dict[str, Any]) -> str:
    """Each test cut-off, every candidate."""
    lines = [
        "## Tests",
        f"Each line is a cut-off in the past, {content['testedHorizonDays']} days long. Decile error: money that lies wrong between "
        "predicted and happened tenths, as a share of what came. Gini: of a perfect ranking's. `again`: "
        "what a customer brought so far, in no more than one such window, comes again.",
        "",
        "| cut-off | customers | model | happened | predicted | bias | decile error | Gini | R2 | MAE | RMSE | MAPE of buyers |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for test in content["metrics"]["tests"]:
        for name, row in test["populations"]["all"]["models"].items():
            mark = "**" if name == test["chosen"] else ""
            lines.append(
                f"| {test['asOf'][:10]} | {row['customers']:,} | {mark}{name}{mark} | {row['happened']:.2f} | {row['predicted']:.2f} | "
                f"{row['bias']:+.1%} | {row['decile_error']:.3f} | {row['gini']:.3f} | {row['r2']:.3f} | "
                f"{row['mae']:.2f} | {row['rmse']:.2f} | {row['mape']:.2f} |"
            )
    intervals = content["metrics"]["tests"][0]["intervals"]
    lines += [
        "",
        f"Bold: chosen. 95 % over resampled customers, newest cut-off: Gini {intervals['gini'][0]:.3f} to {intervals['gini'][1]:.3f}, "
        f"bias {intervals['bias'][0]:+.1%} to {intervals['bias'][1]:+.1%}. MAE never chooses: "
        "the model that wins it says too little of nearly everybody.",
    ]
    return "\n".join(lines)


def groups_table(content: dict[str, Any]) -> str:
    """The newest test by group, and its deciles."""
    newest = content["metrics"]["tests"][0]
    lines = ["## By group of customers", "", "| group | customers | happened | predicted | bias | Gini |", "|---|---|---|---|---|---|"]
    for name, group in newest["populations"].items():
        if "models" not in group:
            lines.append(f"| {name} | {group['customers']:,} | too few to say | | | |")
            continue
        row = group["models"][newest["chosen"]]
        lines.append(
            f"| {name} | {row['customers']:,} | {row['happened']:.2f} | {row['predicted']:.2f} | {row['bias']:+.1%} | {row['gini']:.3f} |"
        )
    lines += [
        "",
        "![Deciles](clv-figures/deciles.svg) ![Gain](clv-figures/gain.svg)",
        "",
        "| decile | customers | predicted | happened |",
        "|---|---|---|---|",
    ]
    for number, tenth in enumerate(newest["populations"]["all"]["deciles"], 1):
        lines.append(f"| {number} | {tenth['count']:,} | {tenth['predicted']:.2f} | {tenth['happened']:.2f} |")
    return "\n".join(lines)


def moves_table(score: AdditiveScore, X: Floats32) -> str:
    """What moves it away from MBG/NBD times Gamma-Gamma."""
    values = importances(score, X)
    lines = ["## What moves it", "How far a feature moves the logarithm of the value from MBG/NBD times Gamma-Gamma, on average.", ""]
    moved = [column for column in np.argsort(-values) if values[column] >= 0.005]
    if not moved:
        return "\n".join([*lines, "None does: the chosen model is MBG/NBD times Gamma-Gamma, at most with another level."])
    lines += ["| feature | reason | change |", "|---|---|---|"]
    lines += [f"| {feature_list()[column].name} | {feature_list()[column].group} | {values[column]:.3f} |" for column in moved]
    return "\n".join(lines)


def limits(content: dict[str, Any]) -> str:
    """What it does not know."""
    lines = ["## What it does not know", "", "- Costs: it is net sales, not profit. No interest is taken off for what comes late."]
    if content["projection"]:
        lines.append(f"- A year of its own: {content['words']}.")
    bias = content["metrics"]["tests"][0]["populations"]["all"]["models"][content["metrics"]["tests"][0]["chosen"]]["bias"]
    wrong = f"{abs(bias):.1%} too {'high' if bias > 0 else 'low'}"
    lines.append(f"- The level: at the newest test the total was {wrong}. Use it to rank and to compare groups.")
    return "\n".join(lines)


def deciles_picture(test: ValueTest) -> Any:
    """Predicted beside happened by tenth."""
    figure, axes = plt.subplots(figsize=(4.4, 3.6))
    groups = value_deciles(test.net, test.chosen)
    at = np.arange(1, len(groups) + 1)
    axes.bar(at - 0.2, [group.predicted for group in groups], width=0.4, label="predicted", color="0.4")
    axes.bar(at + 0.2, [group.happened for group in groups], width=0.4, label="happened", color="0.75")
    axes.set(xlabel="tenth of the customers, lowest prediction first", ylabel="money per customer", xticks=at, title="Deciles")
    axes.legend(frameon=False, fontsize=7)
    return figure


def gain_picture(test: ValueTest) -> Any:
    """Share of the money with the best share of the customers."""
    figure, axes = plt.subplots(figsize=(4.4, 3.6))

    def curve(ranking: Floats, **style: Any) -> None:
        money = np.cumsum(test.net[np.argsort(-ranking, kind="stable")])
        axes.plot(np.arange(1, len(money) + 1) / len(money), money / max(money[-1], 1e-9), **style)

    for name, said in test.values.items():
        curve(said, label=name, lw=2 if name == test.choice.name else 0.9)
    curve(test.net, label="perfect", lw=0.8, ls=":", color="0.4")
    axes.plot([0, 1], [0, 1], color="0.8", lw=0.8)
    axes.set(xlabel="share of the customers, best first", ylabel="share of the money", title="Gain")
    axes.legend(frameon=False, fontsize=7)
    return figure
