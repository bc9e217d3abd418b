"""Which instants are trained on, validated on and tested on: never a window that was not over by then."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Floats32, Strings
from .errors import TrainerError
from .features import DAY_MS, Frame
from .history import History, Span

WARM_UP_DAYS = 30
"""Before that nobody has a history worth a row."""
LONG_HISTORY_DAYS = 730
TESTS = 3
VALIDATIONS = 3
MOST_ROWS = 250_000
LEAST_CUSTOMERS = 200
LEAST_OF_A_KIND = 40
"""Customers that must have churned, and that must have stayed, in a window before a model is trained on it."""


@dataclass(frozen=True)
class Plan:
    """Cut-offs on one grid that ends at the shop's last event."""

    span: Span
    horizon_days: int

    @property
    def step_days(self) -> int:
        """15 days of 90; 30 when there are two years, which makes rows enough."""
        long = (self.span.last - self.span.first) / DAY_MS >= LONG_HISTORY_DAYS
        return max(1, self.horizon_days // (3 if long else 6))

    @property
    def roll_days(self) -> int:
        """Distance of two tests."""
        return self.step_days * max(1, round(self.horizon_days / 3 / self.step_days))

    def training(self, now: int) -> list[int]:
        """Cut-offs s with s + horizon <= now, oldest first."""
        newest = now - self.horizon_days * DAY_MS
        oldest = self.span.first + WARM_UP_DAYS * DAY_MS
        return list(reversed(range(newest, oldest - 1, -self.step_days * DAY_MS)))

    def tests(self) -> list[int]:
        """Cut-offs whose horizon is over and before which a model can be trained and validated; newest first."""
        newest = self.span.last - self.horizon_days * DAY_MS
        return [test for test in rolled_back(newest, self.roll_days, TESTS) if self.validations(test)]

    def validations(self, now: int) -> list[int]:
        """Cut-offs whose horizon is over at `now` and before which there is something to train on; newest first."""
        newest = now - self.horizon_days * DAY_MS
        return [validation for validation in rolled_back(newest, self.roll_days, VALIDATIONS) if self.training(validation)]

    @property
    def days_needed(self) -> int:
        """A window to train on, one to validate on, one to test on, and the first days before them."""
        return 3 * self.horizon_days + WARM_UP_DAYS


def rolled_back(newest: int, days: int, count: int) -> list[int]:
    """So many cut-offs, so many days apart, newest first."""
    return [newest - k * days * DAY_MS for k in range(count)]


def require_enough(history: History) -> Plan:
    """The plan of a shop.

    Raises TrainerError `too-little-data`, which names every number that is missing.
    """
    plan = Plan(history.span, history.horizon)
    if lacking := history.lacks(plan.days_needed) or missing_for_test(history, plan, plan.tests()[0]):
        raise TrainerError("too-little-data", f"Too little data for a model: {'; '.join(lacking)}.")
    return plan


def usable_tests(history: History, plan: Plan) -> list[int]:
    """Test cut-offs with rows enough, newest first: a young shop had too few customers at the older ones."""
    return [test for test in plan.tests() if not missing_for_test(history, plan, test)]


def missing_for_test(history: History, plan: Plan, test: int) -> list[str]:
    """What a test cut-off, its newest validation or the newest rows to train that one on lack, in words."""
    return [f"{missing} in the rows to be {role}" for role, at in to_test(plan, test) for missing in missing_rows(history, at)]


def to_test(plan: Plan, test: int) -> list[tuple[str, int]]:
    """Cut-offs that a test needs rows at, with what for."""
    return [("tested on", test), *to_validate(plan, plan.validations(test)[0])]


def to_validate(plan: Plan, validation: int) -> list[tuple[str, int]]:
    """The same of a validation: its own rows, and the newest that are trained on for it."""
    return [("validated on", validation), ("trained on", plan.training(validation)[-1])]


def missing_rows(history: History, at: int) -> list[str]:
    """What a cut-off lacks to be trained or tested on, in words; nothing when it will do."""
    cut = history.cut(at)
    customers = len(cut.frame.customers)
    lacking = []
    if customers < LEAST_CUSTOMERS:
        lacking.append(f"{LEAST_CUSTOMERS - customers} of {LEAST_CUSTOMERS} customers are missing")
    elif (churned := int(cut.churned.sum())) < LEAST_OF_A_KIND:
        lacking.append(f"{LEAST_OF_A_KIND - churned} of {LEAST_OF_A_KIND} customers who stopped are missing")
    elif (stayed := customers - churned) < LEAST_OF_A_KIND:
        lacking.append(f"{LEAST_OF_A_KIND - stayed} of {LEAST_OF_A_KIND} customers who came back are missing")
    return lacking


@dataclass(frozen=True)
class Rows:
    """Training rows of several cut-offs under each other."""

    X: Floats32
    churned: Bools
    customers: Strings
    cut_offs: tuple[int, ...]


def training_rows(history: History, plan: Plan, now: int) -> Rows:
    """All closed cut-offs before `now`, with the MBG parameters of `now`.

    Beyond 250,000 rows a share of the customers is kept, by a hash of the id, each with all its cut-offs: so every
    season stays in, and no customer is half in.
    """
    mbg = history.cut(now).mbg
    cuts = [history.cut(at) for at in plan.training(now)]
    total = sum(len(cut.frame.customers) for cut in cuts)
    keep = min(1.0, MOST_ROWS / max(total, 1))
    masks = [sampled(cut.frame.customers, keep) for cut in cuts]
    return Rows(
        X=np.concatenate([cut.rows(mbg)[mask] for cut, mask in zip(cuts, masks, strict=True)]),
        churned=np.concatenate([cut.churned[mask] for cut, mask in zip(cuts, masks, strict=True)]),
        customers=np.concatenate([cut.frame.customers[mask] for cut, mask in zip(cuts, masks, strict=True)]),
        cut_offs=tuple(cut.as_of for cut in cuts),
    )


def sampled(customers: Strings, share: float) -> Bools:
    """Whether each customer is in a fixed random share of all."""
    if share >= 1.0:
        return np.ones(len(customers), dtype=np.bool_)
    edge = int(share * 2**32)
    # A checksum would not do: those of ids that count up are no even draw.
    drawn = (hashlib.blake2b(str(customer).encode(), digest_size=4).digest() for customer in customers)
    return np.array([int.from_bytes(each, "big") < edge for each in drawn], dtype=np.bool_)


def populations(frame: Frame, active_days: int = 180) -> dict[str, Bools]:
    """The groups of customers that figures are given for; all of them are known at the cut-off.

    Slices count days with an order. New: first order within 90 days. High value: the tenth with the most money.
    """
    orders = frame.column("repeat_days") + 1
    money = frame.column("money_total")
    known = money[np.isfinite(money)]
    edge = float(np.quantile(known, 0.9)) if len(known) else float("inf")
    return {
        "all": np.ones(len(orders), dtype=np.bool_),
        f"active {active_days} days": frame.column("recency") <= active_days,
        "1 order": orders < 2,
        "2-4 orders": (orders >= 2) & (orders < 5),
        "5 or more orders": orders >= 5,
        "new": frame.column("tenure") <= 90,
        "high value": money >= edge,
    }
