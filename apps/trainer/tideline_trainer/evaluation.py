"""The whole procedure, rolled forward: at each test cut-off choose by validation, fit, and look at what happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Floats, Floats32, Strings
from .baselines import recency_rule
from .candidates import NAMES, Fitted, fit_at
from .features import Frame
from .history import History
from .mbg import probability_of_none
from .metrics import log_loss_each, youden_threshold
from .protocol import Plan, missing_rows


@dataclass(frozen=True)
class Choice:
    """Which candidate has the best validation log loss, and the threshold found there."""

    name: str
    log_losses: dict[str, float]
    threshold: float
    cut_offs: tuple[int, ...]


@dataclass(frozen=True)
class Test:
    """One test cut-off: what every candidate said, and what happened."""

    now: int
    frame: Frame
    X: Floats32
    churned: Bools
    choice: Choice
    fitted: Fitted
    probabilities: dict[str, Floats]
    """Of every candidate, and of `bg-nbd`, which is compared but not exported."""
    recency: Floats

    @property
    def customers(self) -> Strings:
        """Ids of the rows."""
        return self.frame.customers

    @property
    def chosen(self) -> Floats:
        """Probabilities of the chosen candidate."""
        return self.probabilities[self.choice.name]


class Procedure:
    """Fits of one shop; each instant is fitted once."""

    def __init__(self, history: History, plan: Plan) -> None:
        self.history = history
        self.plan = plan
        self._fits: dict[int, Fitted] = {}

    def at(self, now: int) -> Fitted:
        """All candidates as of an instant."""
        known = self._fits.get(now)
        if known is None:
            known = self._fits[now] = fit_at(self.history, self.plan, now)
        return known

    def choose(self, now: int) -> Choice:
        """By the mean log loss over the validation cut-offs whose windows are over at `now`.

        The newest one is always used (`usable_tests` saw to it); older ones only when they have rows enough.
        """
        newest, *older = self.plan.validations(now)
        usable = [newest] + [
            at for at in older if not missing_rows(self.history, at) and not missing_rows(self.history, self.plan.training(at)[-1])
        ]
        labels: list[Bools] = []
        said: dict[str, list[Floats]] = {name: [] for name in NAMES}
        for at in usable:
            cut = self.history.cut(at)
            fitted = self.at(at)
            labels.append(cut.churned)
            for name in NAMES:
                said[name].append(fitted.probability(name, cut.rows(cut.mbg)))
        # Each window counts the same: an older one has fewer customers, not less to say.
        losses = {name: float(np.mean([log_loss_each(y, p).mean() for y, p in zip(labels, said[name], strict=True)])) for name in NAMES}
        best = min(NAMES, key=lambda name: losses[name])
        threshold = youden_threshold(np.concatenate(labels), np.concatenate(said[best]))
        return Choice(best, losses, threshold, tuple(usable))

    def test(self, now: int) -> Test:
        """Chooses and fits as of `now`, then opens the window after it."""
        choice = self.choose(now)
        fitted = self.at(now)
        cut = self.history.cut(now)
        X = cut.rows(cut.mbg)
        probabilities = {name: fitted.probability(name, X) for name in NAMES}
        probabilities["bg-nbd"] = probability_of_none(cut.bg, cut.purchases, self.history.horizon)
        return Test(now, cut.frame, X, cut.churned, choice, fitted, probabilities, recency_rule(X))
