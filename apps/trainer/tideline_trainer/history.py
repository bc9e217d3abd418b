"""A shop's past as the trainer asks it: feature rows and what happened after them, each instant asked once."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from .arrays import Bools, Floats, Floats32, Strings
from .features import DAY_MS, Frame, place_of
from .mbg import Buying, Purchases, fit, logit_of_none

QUIET_DAYS = 90
FEW = 40


@dataclass(frozen=True)
class After:
    """Customers with an order in `(as_of, as_of + horizon]`, and the net sales of these orders."""

    customers: Strings
    net: Floats


@dataclass(frozen=True)
class Span:
    """Instants of the shop's first and last event, Unix milliseconds."""

    first: int
    last: int


class Source(Protocol):
    """Where rows come from: the store, or a history in memory."""

    def span(self) -> Span:
        """The time that can be asked about."""
        ...

    def frame(self, as_of: int) -> Frame:
        """Feature rows as known at an instant; `mbg_logit` may be NaN."""
        ...

    def after(self, as_of: int, horizon_days: int) -> After:
        """Who ordered in the horizon, as finally known."""
        ...


class Cut:
    """One cut-off: rows, labels, and the buying models fitted on nothing but these rows."""

    def __init__(self, source: Source, as_of: int, horizon_days: int) -> None:
        self.as_of = as_of
        self._source = source
        self._horizon = horizon_days
        self.frame = source.frame(as_of)

    @cached_property
    def churned(self) -> Bools:
        """[N]: no order in the horizon. Ask only when the horizon is over."""
        # A set: numpy looks through all of one array of objects for each of the other.
        ordered = set(self._source.after(self.as_of, self._horizon).customers.tolist())
        return np.array([customer not in ordered for customer in self.frame.customers.tolist()], dtype=np.bool_)

    def net_within(self, horizon_days: int) -> Floats:
        """[N]: net sales of the orders in the horizon, 0 without one; what was refunded beyond them counts as nothing."""
        after = self._source.after(self.as_of, horizon_days)
        known = dict(zip(after.customers.tolist(), after.net.tolist(), strict=True))
        return np.maximum(np.array([known.get(customer, 0.0) for customer in self.frame.customers.tolist()], dtype=np.float64), 0.0)

    @cached_property
    def purchases(self) -> Purchases:
        """The rows as MBG/NBD and BG/NBD see them."""
        column = self.frame.column
        return Purchases.of(column("repeat_days"), column("recency"), column("tenure"))

    @cached_property
    def mbg(self) -> Buying:
        """MBG/NBD of this instant."""
        return fit(self.purchases)

    @cached_property
    def bg(self) -> Buying:
        """BG/NBD of this instant."""
        return fit(self.purchases, "bg")

    def rows(self, model: Buying) -> Floats32:
        """[N, F] with `mbg_logit` of the given parameters: those that will be served, for every cut-off alike."""
        X = self.frame.X.copy()
        X[:, place_of("mbg_logit")] = logit_of_none(model, self.purchases, self._horizon)
        return X


class History:
    """Cut-offs of one shop, each read once."""

    def __init__(self, source: Source, horizon_days: int) -> None:
        self.horizon = horizon_days
        self._source = source
        self._cuts: dict[int, Cut] = {}
        self._known = source.span()
        self.span = since_customers(self._known, self.cut(self._known.last).frame)

    def of(self, horizon_days: int) -> History:
        """The same shop in windows of another length."""
        if horizon_days == self.horizon:
            return self
        other = copy(self)
        other.horizon, other._cuts = horizon_days, {}
        return other

    def cut(self, as_of: int) -> Cut:
        """The rows of an instant."""
        known = self._cuts.get(as_of)
        if known is None:
            known = self._cuts[as_of] = Cut(self._source, as_of, self.horizon)
        return known

    @property
    def days(self) -> float:
        """Length of the history in days."""
        return (self.span.last - self.span.first) / DAY_MS

    def lacks(self, days: int) -> list[str]:
        """How many of so many days are missing, and which of those there are do not count, in words."""
        if self.days >= days:
            return []
        before = (self.span.first - self._known.first) / DAY_MS
        uncounted = f" ({before:.0f} more before that had fewer than {FEW} customers)" if before >= 1.0 else ""
        return [f"{days} days of history are needed, there are {self.days:.0f}{uncounted}: {days - self.days:.0f} days are missing"]


def since_customers(span: Span, frame: Frame) -> Span:
    """The span from when the shop had customers; `frame` is that of its last instant.

    An order of a wrong date, a trial or a guest's may lie years before anybody else's. What came before a quarter without a new
    customer does not count, as long as fewer than 40 were known by then: the length of a history says how much can be learnt.
    """
    firsts = np.sort(span.last - frame.column("tenure") * DAY_MS)
    begun = np.flatnonzero(np.diff(firsts, prepend=span.first) > QUIET_DAYS * DAY_MS)
    few = begun[begun < FEW]
    return Span(int(firsts[few[-1]]), span.last) if len(few) else span
