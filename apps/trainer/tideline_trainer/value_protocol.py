"""Which windows a value model learns from and is tested on, when twelve months are longer than what a shop has behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Floats, Floats32, Strings
from .errors import TrainerError
from .features import DAY_MS, HORIZON_DAYS, place_of
from .history import Cut, History, Source, Span
from .lifetime import Lifetime
from .mbg import Buying, logit_of_none
from .protocol import (
    LONG_HISTORY_DAYS,
    MOST_ROWS,
    TESTS,
    WARM_UP_DAYS,
    Plan,
    Rows,
    missing_rows,
    rolled_back,
    sampled,
    to_test,
    to_validate,
)

YEAR_DAYS = 365
LEARNT_DAYS = (365, 180, 90)
"""Windows that can be learnt from; the longest that leaves room for a validation and a test of a year is taken."""


@dataclass(frozen=True)
class ValuePlan(Plan):
    """Cut-offs of a value model. `horizon_days` is the window it learns from, `test_days` the one it is tested on."""

    test_days: int

    @staticmethod
    def possible(span: Span) -> list[ValuePlan]:
        """Plans for a history of that length, the best first; the last one is there always.

        A year is tested where a window to learn from and one to validate on lie before it, else 90 days.
        """
        days = (span.last - span.first) / DAY_MS
        yearly = [ValuePlan(span, learnt, YEAR_DAYS) for learnt in LEARNT_DAYS if days >= WARM_UP_DAYS + 2 * learnt + YEAR_DAYS]
        return [*yearly, ValuePlan(span, LEARNT_DAYS[-1], LEARNT_DAYS[-1])]

    @property
    def step_days(self) -> int:
        """30 days, 15 in a short history, whatever the horizon."""
        return 30 if (self.span.last - self.span.first) / DAY_MS >= LONG_HISTORY_DAYS else 15

    @property
    def roll_days(self) -> int:
        """Distance of two tests."""
        return 30

    def tests(self) -> list[int]:
        """Cut-offs whose test window is over and before which a model can be trained and validated; newest first."""
        newest = self.span.last - self.test_days * DAY_MS
        return [test for test in rolled_back(newest, self.roll_days, TESTS) if self.validations(test)]

    @property
    def projection(self) -> bool:
        """Whether twelve months are said from shorter windows: below three years of history."""
        return self.horizon_days < YEAR_DAYS

    @property
    def words(self) -> str:
        """What kind of a year it is, for the card and the page."""
        if not self.projection:
            return "learnt from and tested on windows of twelve months"
        learnt = f"a projection: learnt from windows of {self.horizon_days} days, carried on to twelve months"
        return learnt + ("; tested on twelve months" if self.test_days == YEAR_DAYS else "; twelve months could not be tested")


def value_history(source: Source) -> tuple[History, ValuePlan]:
    """A shop's history in windows of the best plan that it has customers enough for: a young shop had few a year ago.

    Raises TrainerError `too-little-data`, which names every number that is missing for the least demanding one.
    """
    lacking: list[str] = []
    whole = History(source, LEARNT_DAYS[-1])
    for plan in ValuePlan.possible(whole.span):
        history = whole.of(plan.horizon_days)
        lacking = missing_for_value(history, plan)
        if not lacking:
            return history, plan
    raise TrainerError("too-little-data", f"Too little data for predicted values: {'; '.join(lacking)}.")


def missing_for_value(history: History, plan: ValuePlan) -> list[str]:
    """What a shop lacks for a plan, in words."""
    if lacking := history.lacks(plan.days_needed):
        return lacking
    # What is served is learnt from customers whatever their number, but not from none who ever paid.
    served = [
        f"{missing} in the rows to be {role}"
        for role, at in to_validate(plan, plan.validations(plan.span.last)[0])
        for missing in missing_money(history.cut(at), plan.horizon_days)
    ]
    return list(dict.fromkeys([*missing_for(history, plan, to_test(plan, plan.tests()[0])), *served]))


def usable_value_tests(history: History, plan: ValuePlan) -> list[int]:
    """Test cut-offs with rows and money enough, newest first."""
    return [test for test in plan.tests() if not missing_for(history, plan, to_test(plan, test))]


def missing_for(history: History, plan: ValuePlan, needed: list[tuple[str, int]]) -> list[str]:
    """What cut-offs lack for what they are needed for, in words; see `to_test`."""
    lacking = [
        f"{missing} in the rows to be {role}"
        for role, at in needed
        for missing in missing_rows(history, at)
        or missing_money(history.cut(at), plan.test_days if role == "tested on" else plan.horizon_days)
    ]
    return list(dict.fromkeys(lacking))


def missing_money(cut: Cut, days: int) -> list[str]:
    """What a cut-off lacks where prices begin late, or end: without them nobody has a worth, or nothing came that ranks anybody."""
    if not np.any(cut.frame.column("money_total") > 0):
        return ["no order has an amount"]
    return [] if np.any(cut.net_within(days) > 0) else [f"no order of the {days} days after has an amount"]


@dataclass(frozen=True)
class ValueRows:
    """Training rows of several cut-offs under each other: features, offset, and the net sales that came."""

    X: Floats32
    offset: Floats
    net: Floats
    customers: Strings
    cut_offs: tuple[int, ...]

    @property
    def as_labels(self) -> Rows:
        """For gates that look at a yes or no: whether nothing came."""
        return Rows(self.X, nothing(self.net), self.customers, self.cut_offs)


def nothing(net: Floats) -> Bools:
    """Whether a customer brought nothing."""
    return np.asarray(net <= 0, dtype=np.bool_)


def value_features(cut: Cut, model: Buying) -> Floats32:
    """[N, F] as served: `mbg_logit` is over the horizon of churn, whatever this model learns from."""
    X = cut.frame.X.copy()
    X[:, place_of("mbg_logit")] = logit_of_none(model, cut.purchases, HORIZON_DAYS)
    return X


def loss_per_doubling(history: History, plan: ValuePlan, lifetime: Lifetime, now: int) -> float:
    """What has to be added to the logarithm of MBG/NBD's money when the window doubles.

    Of the same customers at the same cut-offs the total that came is compared with the total that was said, over the window
    that is learnt from and over twice that window. A shop whose orders come in clumps looks to MBG/NBD as if its customers
    left: it is right for a month and half wrong for a year. 0 where a year is learnt from, or nothing is over yet.
    """
    days = plan.horizon_days
    came, said = np.zeros(2), np.zeros(2)
    for at in plan.training(now) if plan.projection else []:
        if at + 2 * days * DAY_MS <= now:
            cut = history.cut(at)
            X = value_features(cut, lifetime.buying)
            came += [cut.net_within(days).sum(), cut.net_within(2 * days).sum()]
            said += [lifetime.expected(X, days).sum(), lifetime.expected(X, 2 * days).sum()]
    if not (came > 0).all() or not (said > 0).all():
        return 0.0
    once, twice = np.log(came) - np.log(said)
    return float(twice - once)


def value_rows(history: History, plan: ValuePlan, lifetime: Lifetime, now: int) -> ValueRows:
    """All closed cut-offs before `now`, with the models of `now`; a share of the customers beyond 250,000 rows."""
    cuts = [history.cut(at) for at in plan.training(now)]
    keep = min(1.0, MOST_ROWS / max(sum(len(cut.frame.customers) for cut in cuts), 1))
    masks = [sampled(cut.frame.customers, keep) for cut in cuts]
    X = np.concatenate([value_features(cut, lifetime.buying)[mask] for cut, mask in zip(cuts, masks, strict=True)])
    return ValueRows(
        X=X,
        offset=lifetime.offset(X, plan.horizon_days),
        net=np.concatenate([cut.net_within(plan.horizon_days)[mask] for cut, mask in zip(cuts, masks, strict=True)]),
        customers=np.concatenate([cut.frame.customers[mask] for cut, mask in zip(cuts, masks, strict=True)]),
        cut_offs=tuple(cut.as_of for cut in cuts),
    )
