"""The card of forecasts: what they say, how far off they were, and how good one could be."""

from __future__ import annotations

from typing import Any


def demand_card(content: dict[str, Any]) -> str:
    """Markdown; `content` is the manifest."""
    parts = [
        f"""# Demand of {content["shop"]}

Units from {content["origin"]} to the end of each of the next 30 days, per category and product: {content["label"]}.

Each line below is what was said at {len(content["origins"])} weekly origins, {content["origins"][-1]} to {content["origins"][0]},
from what was known then: corrections, cancellations and orders that were told later changed nothing. Candidate and interval of an
origin were chosen by origins whose windows were over.""",
        *(level_part(level, each) for level, each in content["levels"].items()),
        """## What it does not know

- Stock that ran out: what could not be sold looks like what nobody wanted.
- Campaigns and prices to come, but for what the same dates a year ago did to the whole shop.
- Products without a sale so far: they have no forecast.
- Floor: the error of one who knows the true mean of every series. Buyers come one by one, so what one takes at once cannot be known.""",
    ]
    return "\n\n".join(parts) + "\n"


def level_part(level: str, content: dict[str, Any]) -> str:
    """One level: each window, each candidate, and what was chosen for what kind of series."""
    lines = [f"## By {level}"]
    for days, found in content["tests"].items():
        lines += [
            "",
            f"{days} days, {found['models']['chosen']['units']:,.1f} units on average; floor {found['floor']:.3f}; "
            f"{found['coverage']:.1%} inside the interval of 90 %.",
            "",
            "| candidate | WAPE | MASE | bias | MAPE | MAE | RMSE | R2 |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for name, row in found["models"].items():
            mape = f"{row['mape']:.3f}" if row["mape"] == row["mape"] else "-"
            lines.append(
                f"| {name} | {row['wape']:.3f} | {row['mase']:.3f} | {row['bias']:+.3f} | {mape} | {row['mae']:.2f} | "
                f"{row['rmse']:.2f} | {row['r2']:.3f} |"
            )
    lines += ["", "| kind of series | chosen now |", "|---|---|"]
    lines += [f"| {group} | {name} |" for group, name in content["choice"].items()]
    return "\n".join(lines)
