"""Figures against their bars, printed as the measuring commands of this repository do."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from typing import Any

from .calibration import HIGHEST_ECE
from .evaluation import Test
from .metrics import auc, quality


@dataclass(frozen=True)
class Measure:
    """One figure; `bar` is null where there is none."""

    measure: str
    value: float
    unit: str
    bar: float | None
    ok: bool


def at_most(measure: str, value: float, unit: str, bar: float) -> Measure:
    """A figure that must not be larger than its bar."""
    return Measure(measure, round(value, 4), unit, round(bar, 4), value <= bar)


def at_least(measure: str, value: float, unit: str, bar: float) -> Measure:
    """A figure that must reach its bar."""
    return Measure(measure, round(value, 4), unit, round(bar, 4), value >= bar)


def figure(measure: str, value: float, unit: str) -> Measure:
    """A figure without a bar."""
    return Measure(measure, round(value, 4), unit, None, True)


def of_tests(tests: list[Test], results: dict[str, Any]) -> list[Measure]:
    """The bars that hold for any shop, and the figures of the newest test beside them."""
    newest = tests[0]
    chosen = quality(newest.churned, newest.chosen)
    measures = [
        figure("churn: customers of the newest test", chosen.customers, "customers"),
        figure("churn: rate", chosen.churn_rate, "share"),
        figure("churn: AUC", chosen.auc, "AUC"),
        figure("churn: AUC minus that of rfm-logistic", chosen.auc - auc(newest.churned, newest.probabilities["rfm-logistic"]), "AUC"),
        figure("churn: log loss", chosen.log_loss, "nats"),
    ]
    certain = newest.level.certain
    measures.append(
        at_most("churn: ECE" if certain else "churn: ECE, level said to be uncertain", newest.ece, "share", HIGHEST_ECE if certain else 1.0)
    )
    for baseline, against in results["against"].items():
        measures.append(at_most(f"churn: log loss minus {baseline}, lower end of 95 %", against["low"], "nats", 0.0))
    return measures


def report(measures: list[Measure]) -> int:
    """Prints a table and one JSON line, last; gives the exit code."""
    for each in measures:
        bar = "" if each.bar is None else f"  (bar {each.bar:g})"
        print(f"{'ok    ' if each.ok else 'MISSED'} {each.measure:<60} {each.value:>12g} {each.unit}{bar}")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    on = f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system().lower()} {platform.machine()}, Python {platform.python_version()}"
    print(json.dumps([{**asdict(each), "machine": on} for each in measures]))
    return 0 if measures and all(each.ok for each in measures) else 1
