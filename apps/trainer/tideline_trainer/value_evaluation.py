"""The procedure for values, rolled forward: choose by deciles and ranking at closed windows, fit, look at what came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .arrays import Floats, Floats32
from .features import Frame
from .gates import refuse_open_windows
from .history import History
from .lifetime import Lifetime
from .manifest import iso
from .metrics import bootstrap
from .protocol import populations, to_validate
from .value_metrics import decile_error, normalised_gini, value_deciles, value_quality
from .value_models import NAMES, ValueModel, fit_value_models
from .value_protocol import ValuePlan, loss_per_doubling, missing_for, value_features, value_rows

NEAR_BEST_GINI = 0.01
LEAST_OF_A_SLICE = 50


@dataclass(frozen=True)
class ValueFitted:
    """The candidates of one instant by name."""

    now: int
    lifetime: Lifetime
    models: dict[str, ValueModel]
    learnt_days: int
    per_doubling: float
    """What MBG/NBD loses, in logarithms, when the window doubles; see `loss_per_doubling`."""
    cut_offs: tuple[int, ...]
    rows: int

    def over(self, name: str, horizon: float) -> ValueModel:
        """A candidate for a horizon: what it learnt stays a factor on the offset, with what is lost on the way made up for."""
        model = self.models[name]
        if name == "mbg-gamma-gamma":
            return model
        return replace(model, level=model.level + self.per_doubling * float(np.log2(horizon / self.learnt_days)))

    def value(self, name: str, X: Floats32, horizon: float) -> Floats:
        """[N]: money in the next `horizon` days."""
        return self.over(name, horizon).value(X, self.lifetime.offset(X, horizon))


@dataclass(frozen=True)
class ValueChoice:
    """Mean validation figures by candidate, and which one they choose."""

    name: str
    decile_errors: dict[str, float]
    ginis: dict[str, float]
    cut_offs: tuple[int, ...]


@dataclass(frozen=True)
class ValueTest:
    """One test cut-off: what every candidate said, and what came."""

    now: int
    frame: Frame
    net: Floats
    choice: ValueChoice
    fitted: ValueFitted
    values: dict[str, Floats]
    """Of every candidate, and of `again`: what a customer brought so far, per window of the test at most once, comes again."""

    @property
    def chosen(self) -> Floats:
        """Values of the chosen candidate."""
        return self.values[self.choice.name]


class ValueProcedure:
    """Fits of one shop; each instant is fitted once."""

    def __init__(self, history: History, plan: ValuePlan) -> None:
        self.history = history
        self.plan = plan
        self._fits: dict[int, ValueFitted] = {}

    def at(self, now: int) -> ValueFitted:
        """All candidates as of an instant."""
        known = self._fits.get(now)
        if known is None:
            cut = self.history.cut(now)
            lifetime = Lifetime.fit(cut.mbg, cut.frame.X)
            rows = value_rows(self.history, self.plan, lifetime, now)
            refuse_open_windows(rows.cut_offs, self.plan.horizon_days, now)
            known = self._fits[now] = ValueFitted(
                now,
                lifetime,
                fit_value_models(rows),
                self.plan.horizon_days,
                loss_per_doubling(self.history, self.plan, lifetime, now),
                rows.cut_offs,
                len(rows.X),
            )
        return known

    def choose(self, now: int) -> ValueChoice:
        """Of those that rank within .01 of the best Gini, the least decile error; means over the windows that are over at `now`."""
        newest, *older = self.plan.validations(now)
        enough = [at for at in older if not missing_for(self.history, self.plan, to_validate(self.plan, at))]
        refuse_open_windows((newest, *enough), self.plan.horizon_days, now)
        errors: dict[str, list[float]] = {name: [] for name in NAMES}
        ginis: dict[str, list[float]] = {name: [] for name in NAMES}
        for at in (newest, *enough):
            cut, fitted = self.history.cut(at), self.at(at)
            net, X = cut.net_within(self.plan.horizon_days), value_features(cut, fitted.lifetime.buying)
            for name in NAMES:
                said = fitted.value(name, X, self.plan.horizon_days)
                errors[name].append(decile_error(value_deciles(net, said)))
                ginis[name].append(normalised_gini(net, said))
        return chosen_of(
            {n: float(np.mean(e)) for n, e in errors.items()}, {n: float(np.mean(g)) for n, g in ginis.items()}, (newest, *enough)
        )

    def test(self, now: int) -> ValueTest:
        """Chooses and fits as of `now`, then opens the window after it."""
        choice, fitted, cut = self.choose(now), self.at(now), self.history.cut(now)
        X = value_features(cut, fitted.lifetime.buying)
        values = {name: fitted.value(name, X, self.plan.test_days) for name in NAMES}
        money = np.expm1(cut.frame.column("money_total").astype(np.float64))
        values["again"] = money * self.plan.test_days / np.maximum(cut.frame.column("tenure"), self.plan.test_days)
        return ValueTest(now, cut.frame, cut.net_within(self.plan.test_days), choice, fitted, values)


def chosen_of(errors: dict[str, float], ginis: dict[str, float], cut_offs: tuple[int, ...]) -> ValueChoice:
    """Never by MAE: its winner says too little of nearly everybody, since most bring nothing."""
    good = [name for name in errors if ginis[name] >= max(ginis.values()) - NEAR_BEST_GINI]
    return ValueChoice(min(good, key=lambda name: errors[name]), errors, ginis, cut_offs)


def value_results(tests: list[ValueTest]) -> dict[str, Any]:
    """What the tests showed, newest first, as plain data."""
    return {"tests": [of_value_test(test) for test in tests]}


def of_value_test(test: ValueTest) -> dict[str, Any]:
    """Every candidate on every population of a test; slices below 50 customers only say how many they are."""
    groups: dict[str, Any] = {}
    for name, mask in populations(test.frame).items():
        net = test.net[mask]
        groups[name] = {"customers": int(mask.sum())}
        if len(net) < LEAST_OF_A_SLICE or net.sum() <= 0:
            continue
        groups[name]["models"] = {model: value_quality(net, said[mask]).as_dict() for model, said in test.values.items()}
        groups[name]["deciles"] = [vars(group) for group in value_deciles(net, test.chosen[mask])]
    net, said = test.net, test.chosen
    return {
        "asOf": iso(test.now),
        "chosen": test.choice.name,
        "validation": {"decileError": test.choice.decile_errors, "gini": test.choice.ginis},
        "trainedOn": {"cutOffs": len(test.fitted.cut_offs), "rows": test.fitted.rows},
        "intervals": {
            "gini": list(bootstrap(len(net), lambda take: normalised_gini(net[take], said[take]))),
            "bias": list(bootstrap(len(net), lambda take: float(said[take].sum() / net[take].sum() - 1.0))),
        },
        "populations": groups,
    }
