"""The whole procedure, rolled forward: at each test cut-off choose by validation, fit, and look at what happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Floats, Floats32, Strings
from .baselines import recency_rule
from .calibration import Level, level_of
from .candidates import NAMES, Fitted, fit_at
from .features import Frame
from .gates import refuse_open_windows
from .history import History
from .mbg import probability_of_none
from .metrics import deciles, error_by_chance, expected_calibration_error, log_loss, youden_threshold
from .protocol import Plan, missing_rows, to_validate


@dataclass(frozen=True)
class Choice:
    """Which candidate has the best validation log loss, and the threshold found there."""

    name: str
    log_losses: dict[str, float]
    threshold: float
    cut_offs: tuple[int, ...]
    in_season: dict[str, bool]
    """Whether a candidate is moved by what it missed a year before: where that made no closed window worse."""
    tried: int
    """Closed windows on which that could be tried."""


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
    level: Level
    """Of the chosen candidate."""

    @property
    def customers(self) -> Strings:
        """Ids of the rows."""
        return self.frame.customers

    @property
    def chosen(self) -> Floats:
        """Probabilities of the chosen candidate."""
        return self.probabilities[self.choice.name]

    @property
    def ece(self) -> float:
        """How far these lie from what happened, by decile."""
        return expected_calibration_error(deciles(self.churned, self.chosen))

    @property
    def ece_by_chance(self) -> float:
        """How far those of a perfect model would lie from it, with so many customers."""
        return error_by_chance(deciles(self.churned, self.chosen))


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
            known = fit_at(self.history, self.plan, now)
            self.remember(known)
        return known

    def remember(self, fitted: Fitted) -> None:
        """A fit that stands for its instant from now on."""
        self._fits[fitted.now] = fitted

    def choose(self, now: int) -> Choice:
        """By the mean log loss over the validation cut-offs whose windows are over at `now`.

        The newest one is always used (`usable_tests` saw to it); older ones only when they have rows enough.
        """
        newest, *older = self.plan.validations(now)
        usable = [newest] + [at for at in older if not any(missing_rows(self.history, needed) for _, needed in to_validate(self.plan, at))]
        refuse_open_windows(usable, self.plan.horizon_days, now)
        cuts = [self.history.cut(at) for at in usable]
        labels = [cut.churned for cut in cuts]
        fits = [self.at(at) for at in usable]

        def answers(name: str, in_season: bool) -> list[Floats]:
            return [fitted.probability(name, cut.rows(cut.mbg), in_season) for fitted, cut in zip(fits, cuts, strict=True)]

        tried = sum(fitted.seasons is not None for fitted in fits)
        in_season = {
            name: tried > 0
            and all(
                log_loss(y, moved) <= log_loss(y, p) for y, moved, p in zip(labels, answers(name, True), answers(name, False), strict=True)
            )
            for name in NAMES
        }
        said = {name: answers(name, in_season[name]) for name in NAMES}
        # Each window counts the same: an older one has fewer customers, not less to say.
        losses = {name: float(np.mean([log_loss(y, p) for y, p in zip(labels, said[name], strict=True)])) for name in NAMES}
        best = min(NAMES, key=lambda name: losses[name])
        threshold = youden_threshold(np.concatenate(labels), np.concatenate(said[best]))
        return Choice(best, losses, threshold, tuple(usable), in_season, tried)

    def level(self, choice: Choice, fitted: Fitted, X: Floats32) -> Level:
        """The chosen candidate's, for the customers of the instant it was fitted at."""
        name = choice.name
        season = None if fitted.seasons is None else fitted.seasons[name]
        return level_of(fitted.models[name].logit(X), season, choice.tried, choice.in_season[name])

    def test(self, now: int) -> Test:
        """Chooses and fits as of `now`, then opens the window after it."""
        choice = self.choose(now)
        fitted = self.at(now)
        cut = self.history.cut(now)
        X = cut.rows(cut.mbg)
        probabilities = {name: fitted.probability(name, X, choice.in_season[name]) for name in NAMES}
        probabilities["bg-nbd"] = probability_of_none(cut.bg, cut.purchases, self.history.horizon)
        level = self.level(choice, fitted, X)
        return Test(now, cut.frame, X, cut.churned, choice, fitted, probabilities, recency_rule(X), level)
