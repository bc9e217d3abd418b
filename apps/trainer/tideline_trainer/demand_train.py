"""From a shop's history to forecasts of what it will sell, each with how good such forecasts were."""

from __future__ import annotations

import math
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from .arrays import Floats, Strings
from .demand_boosted import FEATURES, BoostedDemand, demand_rows, levels_of
from .demand_card import demand_card
from .demand_classes import attainable_error, classes_of, floor_of
from .demand_evaluation import (
    CANDIDATES,
    WINDOWS,
    Choice,
    RollingOrigin,
    Tried,
    candidates,
    chosen_of,
    intervals_of,
    quantiles_by,
    said_by,
)
from .demand_intervals import PROBABILITIES, Intervals
from .demand_metrics import DemandQuality, demand_quality
from .demand_series import LEVELS, DemandSource, Level, Panel, date_of
from .errors import TrainerError
from .export import LARGEST_DIFFERENCE
from .graph import build
from .manifest import FORMAT, PACKAGES, json_bytes, replace_files, sha256_of
from .measures import Measure, at_most, figure

LOW, HIGH = 0.05, 0.95
"""Ends of the interval that is shown and whose coverage is counted."""
FLOOR_TIMES = 1.25


@dataclass(frozen=True)
class Tested:
    """One origin with the procedure as it stood then: its choice and its intervals from origins whose windows were over."""

    tried: Tried
    said: Floats
    quantiles: Floats


@dataclass(frozen=True)
class DemandEvaluation:
    """The procedure rolled forward over a shop."""

    rolled: RollingOrigin
    tests: dict[Level, list[Tested]]
    clumps: dict[int, dict[Level, float]]
    """By days of a window."""


def evaluate_demand(source: DemandSource, say: Callable[[str], None] = lambda text: None) -> DemandEvaluation:
    """Rolls the procedure forward. Raises TrainerError `too-little-data`."""
    rolled = RollingOrigin(source, say)
    tests: dict[Level, list[Tested]] = {}
    for level in LEVELS:
        tests[level] = []
        for tried in rolled.tests(level):
            closed = rolled.closed(level, tried.origin)
            choice, _ = chosen_of(closed)
            said = said_by(tried, choice)
            tests[level].append(Tested(tried, said, quantiles_by(tried.classes, said, intervals_of(closed, choice))))
    return DemandEvaluation(rolled, tests, {days: source.clumps(rolled.last_day, days) for days in WINDOWS})


@dataclass(frozen=True)
class Windows:
    """Windows of so many days of a level over all tests: what happened and what was said, flat; and whose they are."""

    keys: Strings
    happened: Floats
    naive: Floats
    said: dict[str, Floats]
    low: Floats
    high: Floats

    def of(self, key: str) -> Windows:
        """Those of one series."""
        own = self.keys == key
        said = {name: each[own] for name, each in self.said.items()}
        return Windows(self.keys[own], self.happened[own], self.naive[own], said, self.low[own], self.high[own])

    def quality(self, name: str = "chosen") -> DemandQuality:
        """Of one candidate."""
        return demand_quality(self.happened, self.said[name], self.naive)

    @property
    def coverage(self) -> float:
        """Share of windows inside the interval."""
        return float(((self.happened >= self.low) & (self.happened <= self.high)).mean())


def windows_of(tests: list[Tested], days: int) -> Windows:
    """Of the tests whose windows of that length are over."""
    there = [test for test in tests if test.tried.over(days)]
    low, high = PROBABILITIES.index(LOW), PROBABILITIES.index(HIGH)

    def flat(pick: Callable[[Tested], Any]) -> Any:
        return np.concatenate([pick(test) for test in there])

    def of_candidate(name: str) -> Callable[[Tested], Any]:
        return lambda test: test.tried.said[name][:, days - 1]

    return Windows(
        keys=flat(lambda test: test.tried.panel.keys),
        happened=flat(lambda test: test.tried.happened[:, days - 1]),
        naive=flat(lambda test: test.tried.scale(days)),
        said={
            "chosen": flat(lambda test: test.said[:, days - 1]),
            **{name: flat(of_candidate(name)) for name in CANDIDATES},
        },
        low=flat(lambda test: test.quantiles[:, days - 1, low]),
        high=flat(lambda test: test.quantiles[:, days - 1, high]),
    )


def demand_measures(evaluation: DemandEvaluation, law: bool) -> list[Measure]:
    """Figures of all tests; the bar is 1.25 times the floor of category and week, where the law that made the shop is known."""
    measures = [figure("demand: origins tested", len(evaluation.tests["category"]), "weeks")]
    for level in LEVELS:
        for days in WINDOWS:
            windows = windows_of(evaluation.tests[level], days)
            label = f"demand: {level}, {days} days"
            chosen, floor = windows.quality(), floor_of(windows.happened, evaluation.clumps[days][level])
            measures.append(figure(f"{label}: floor", floor, "WAPE"))
            barred = law and level == "category" and days == WINDOWS[0]
            bar = FLOOR_TIMES * floor
            measures.append(
                at_most(f"{label}: WAPE", chosen.wape, "WAPE", bar) if barred else figure(f"{label}: WAPE", chosen.wape, "WAPE")
            )
            measures += [figure(f"{label}: WAPE of {name}", windows.quality(name).wape, "WAPE") for name in CANDIDATES]
            measures += [
                figure(f"{label}: MASE", chosen.mase, "ratio"),
                figure(f"{label}: bias", chosen.bias, "share"),
                figure(f"{label}: MAE", chosen.mae, "units"),
                figure(f"{label}: RMSE", chosen.rmse, "units"),
                figure(f"{label}: R2", chosen.r2, "share"),
                figure(f"{label}: coverage of 90 %", windows.coverage, "share"),
            ]
            if math.isfinite(chosen.mape):
                measures.append(figure(f"{label}: MAPE", chosen.mape, "share"))
    return measures


def publish_demand(evaluation: DemandEvaluation, shop: str, out: Path) -> dict[str, Any]:
    """Learns from everything up to the last day that ended and writes a level's trees, `demand.json`, `demand.md` and the forecasts.

    Returns the manifest. Raises TrainerError `export-differs` before anything is written.
    """
    rolled = evaluation.rolled
    files: dict[str, bytes] = {}
    levels: dict[str, Any] = {}
    series: list[dict[str, Any]] = []
    worst = 0.0
    for level in LEVELS:
        panel = rolled.now.levels[level]
        boosted = BoostedDemand(panel)
        name = f"demand-{level}.onnx"
        files[name] = bytes(
            build(boosted.score(), list(FEATURES), {"shop": shop, "kind": "demand"}, "log").SerializeToString(deterministic=True)
        )
        worst = max(worst, refuse_other_units(files[name], boosted, panel))
        past = rolled.closed(level, rolled.last_day)
        choice, errors = chosen_of(past)
        intervals = intervals_of(past, choice)
        series += series_of(evaluation, level, boosted, choice, intervals)
        levels[level] = {
            "file": name,
            "sha256": sha256_of(files[name]),
            "rows": boosted.rows,
            "choice": choice,
            "errors": errors,
            "errorsRanked": {group: each.errors for group, each in intervals.items()},
            "tests": {str(days): level_results(evaluation, level, days) for days in WINDOWS},
        }
    content = {
        "format": FORMAT,
        "kind": "demand",
        "shop": shop,
        "label": "units of orders that are not cancelled, from the origin to the end of a day of the shop; a return takes none back",
        "origin": date_of(rolled.last_day),
        "origins": [date_of(test.tried.origin) for test in evaluation.tests["category"]],
        "features": list(FEATURES),
        "levels": levels,
        "largestDifference": worst,
        "versions": {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}},
    }
    forecast = {"shop": shop, "origin": content["origin"], "probabilities": list(PROBABILITIES), "series": series}
    files["demand.md"] = demand_card(content).encode("utf8")
    # In one line: a thousand products are three hundred thousand numbers.
    files["demand-forecast.json"] = json_bytes(forecast, separators=(",", ":"))
    files["demand.json"] = json_bytes(content, indent=2)
    replace_files(out, files)
    return content


def series_of(
    evaluation: DemandEvaluation, level: Level, boosted: BoostedDemand, choice: Choice, intervals: dict[str, Intervals]
) -> list[dict[str, Any]]:
    """A forecast of every series that sold before: means and quantiles of the sums up to each day, and how good the tests were."""
    panel = evaluation.rolled.now.levels[level]
    classes = classes_of(panel)
    said = {name: np.cumsum(daily, axis=1) for name, daily in candidates(panel, boosted).items()}
    chosen = np.stack([said[choice[group]][row] for row, group in enumerate(classes)]) if len(classes) else np.zeros((0, 1))
    quantiles = quantiles_by(classes, chosen, intervals)
    windows = {days: windows_of(evaluation.tests[level], days) for days in WINDOWS}
    return [
        {
            "level": level,
            "key": str(key),
            "class": str(classes[row]),
            "method": choice[classes[row]],
            "mean": rounded(chosen[row]),
            "quantiles": [rounded(each) for each in quantiles[row]],
            "measures": {
                str(days): own_measures(windows[days].of(key), float(chosen[row, days - 1]), evaluation.clumps[days][level])
                for days in WINDOWS
            },
        }
        for row, key in enumerate(panel.keys)
    ]


def rounded(values: Floats) -> list[float]:
    """Thousandths of a unit: more digits than a forecast has, fewer than a float."""
    return [float(each) for each in np.round(values, 3)]


def own_measures(windows: Windows, expected: float, clump: float) -> dict[str, float]:
    """Of one series: its tests, and the error that one would make who knew its mean."""
    quality = windows.quality() if len(windows.keys) else None
    return {
        "tests": len(windows.keys),
        "wape": quality.wape if quality else math.nan,
        "mase": quality.mase if quality else math.nan,
        "bias": quality.bias if quality else math.nan,
        "mape": quality.mape if quality else math.nan,
        "coverage": windows.coverage if quality else math.nan,
        "attainable": float(attainable_error(np.array([expected]), clump)[0]),
    }


def level_results(evaluation: DemandEvaluation, level: Level, days: int) -> dict[str, Any]:
    """Of a level: every candidate and the chosen one, the floor, the coverage."""
    windows = windows_of(evaluation.tests[level], days)
    clump = evaluation.clumps[days][level]
    qualities = {name: asdict(windows.quality(name)) for name in ("chosen", *CANDIDATES)}
    return {"models": qualities, "clump": clump, "floor": floor_of(windows.happened, clump), "coverage": windows.coverage}


def refuse_other_units(file: bytes, boosted: BoostedDemand, panel: Panel) -> float:
    """Runs a graph on today's rows, also with NaN, and compares.

    Raises TrainerError `export-differs` when a forecast is further than a share of 1e-5 from the library's; returns the largest.
    """
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    rows = demand_rows(panel).reshape(-1, len(FEATURES))
    holed = rows.copy()
    holed[np.random.default_rng(1).uniform(size=rows.shape) < 0.1] = np.nan
    offset = np.repeat(np.log(levels_of(panel)), demand_rows(panel).shape[1]).astype(np.float32)
    worst = 0.0
    for each in (rows, holed):
        (value,) = session.run(["value"], {"features": each, "offset": offset})
        wanted = np.asarray(boosted.booster.predict(each)) * np.exp(offset.astype(np.float64))
        worst = max(worst, float(np.nan_to_num(np.abs(value / wanted - 1.0), nan=np.inf).max()) if len(each) else 0.0)
    if not worst <= LARGEST_DIFFERENCE:
        raise TrainerError(
            "export-differs",
            f"The exported trees differ from the trainer's library by a share of {worst:.2g}, more than {LARGEST_DIFFERENCE}: they are "
            "not published. graph.py or a package changed; run the trainer's tests.",
        )
    return worst
