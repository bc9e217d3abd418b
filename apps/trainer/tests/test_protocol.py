"""No window that was not over, no customer half in, and a refusal that says what is missing."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from tideline_trainer import protocol
from tideline_trainer.errors import TrainerError
from tideline_trainer.features import DAY_MS, Frame
from tideline_trainer.history import After, History, Span
from tideline_trainer.protocol import Plan, populations, require_enough, sampled, training_rows, usable_tests

from .shops import START, SmallShop, simulate


@pytest.mark.parametrize(("days", "horizon"), [(373, 90), (731, 90), (3650, 90), (400, 30), (320, 90)])
def test_every_window_is_over_before_it_is_used(days: int, horizon: int) -> None:
    plan = Plan(Span(START, START + days * DAY_MS), horizon)
    tests = plan.tests()
    assert 1 <= len(tests) <= 3
    for now in tests:
        assert now + horizon * DAY_MS <= plan.span.last
        for validation in plan.validations(now):
            assert validation + horizon * DAY_MS <= now
            assert all(s + horizon * DAY_MS <= validation for s in plan.training(validation))
        training = plan.training(now)
        assert training == sorted(training)
        assert training[-1] + horizon * DAY_MS == now
        assert set(np.diff(training)) == {plan.step_days * DAY_MS}
        assert training[0] >= START + protocol.WARM_UP_DAYS * DAY_MS


def test_cut_offs_lie_15_or_30_days_apart() -> None:
    assert Plan(Span(START, START + 373 * DAY_MS), 90).step_days == 15
    assert Plan(Span(START, START + 731 * DAY_MS), 90).step_days == 30
    assert Plan(Span(START, START + 373 * DAY_MS), 90).roll_days == 30
    assert len(Plan(Span(START, START + 373 * DAY_MS), 90).tests()) == 3


def test_an_order_of_a_wrong_date_makes_no_long_history() -> None:
    late = [[(at + 700.0, money) for at, money in orders] for orders in simulate(900, 400.0, seed=8).orders]
    for early in ([[(1.0, 10.0)]], [[(1.0, 10.0)], [(300.0, 10.0), (301.0, 5.0)]], []):
        history = History(SmallShop([*early, *late], 1_060.0), 90)
        assert history.days == pytest.approx(360.0, abs=1.0)
        assert Plan(history.span, 90).step_days == 15
        assert Plan(history.span, 90).training(history.span.last)[0] > START + 700 * DAY_MS
    # What does not count is told: 485 days of orders, of which a trial had the first 200.
    trial = History(SmallShop([[(1.0, 10.0)], *[[(at + 200.0, m) for at, m in o] for o in simulate(900, 285.0, seed=8).orders]], 485.0), 90)
    with pytest.raises(
        TrainerError, match=r"there are 28\d \((199|20\d) more before that had fewer than 40 customers\): 1\d days are missing"
    ):
        require_enough(trial)
    # A quarter without a new customer is no beginning where a shop had some: nor is a shop that nobody new comes to young.
    some = [[(float(day), 10.0)] for day in range(50)]
    assert History(SmallShop([*some, *late], 1_060.0), 90).span.first == START
    assert History(SmallShop(some, 1_060.0), 90).span.first == START


def test_labels_look_only_into_the_horizon() -> None:
    # Orders on day 10, and: on day 50 exactly at the cut-off, at its end, a moment after it, never.
    shop = SmallShop([[(10.0, 1.0), (50.0, 1.0)], [(10.0, 1.0), (140.0, 1.0)], [(10.0, 1.0), (140.001, 1.0)], [(10.0, 1.0)]], 400.0)
    cut = History(shop, 90).cut(START + 50 * DAY_MS)
    assert cut.churned.tolist() == [True, False, True, True]


class Counted(str):
    """An id that counts how often it is compared."""

    comparisons = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.comparisons += 1
        return str.__eq__(self, other)


class OfCounted(SmallShop):
    """Both of its answers name customers by ids of their own."""

    def frame(self, as_of: int) -> Frame:
        frame = super().frame(as_of)
        return replace(frame, customers=np.array([Counted(each) for each in frame.customers], dtype=object))

    def after(self, as_of: int, horizon_days: int) -> After:
        after = super().after(as_of, horizon_days)
        return replace(after, customers=np.array([Counted(each) for each in after.customers], dtype=object))


def test_a_label_costs_no_walk_through_all_who_ordered() -> None:
    cut = History(OfCounted(simulate(600, 400.0).orders, 400.0), 90).cut(START + 300 * DAY_MS)
    Counted.comparisons = 0
    stayed = int((~cut.churned).sum())
    assert stayed > 100
    assert Counted.comparisons <= 2 * stayed


def test_too_short_says_how_many_days_are_missing() -> None:
    with pytest.raises(TrainerError, match=re.escape("300 days of history are needed")) as refusal:
        require_enough(History(simulate(800, 250.0), 90))
    assert "there are 250: 50 days are missing" in str(refusal.value)
    assert refusal.value.code == "too-little-data"


def test_too_few_customers_says_how_many_are_missing() -> None:
    with pytest.raises(TrainerError, match=r"\d+ of 200 customers are missing in the rows to be tested on"):
        require_enough(History(simulate(120, 500.0), 90))


def test_nobody_who_stops_is_said_to_be_missing() -> None:
    # Everybody orders every week until the end.
    shop = SmallShop([[(float(day), 1.0) for day in range(k % 7, 400, 7)] for k in range(300)], 400.0)
    with pytest.raises(TrainerError, match="40 of 40 customers who stopped are missing"):
        require_enough(History(shop, 90))


def test_enough_is_enough() -> None:
    assert require_enough(History(simulate(900, 400.0), 90)).tests()


def test_older_cut_offs_of_a_young_shop_are_left_out() -> None:
    # Nearly all came from day 50 on: enough to train on at day 65, nobody at day 35.
    stays = [[(50.0 + k % 15 + 35 * order, 10.0) for order in range(8)] for k in range(200)]
    stops = [[(50.0 + k % 15, 10.0)] for k in range(200)]
    history = History(SmallShop([[(1.0, 10.0)], *stays, *stops], 335.0), 90)
    plan = require_enough(history)
    assert len(plan.tests()) > 1
    assert usable_tests(history, plan) == plan.tests()[:1]


def test_a_customer_is_in_with_all_its_rows_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(simulate(1500, 400.0), 90)
    plan = Plan(history.span, 90)
    now = plan.tests()[0]
    everything = training_rows(history, plan, now)
    monkeypatch.setattr(protocol, "MOST_ROWS", len(everything.X) // 3)
    some = training_rows(history, plan, now)
    assert len(some.X) == pytest.approx(len(everything.X) / 3, rel=0.15)
    kept = np.isin(everything.customers, some.customers)
    assert (everything.customers[kept] == some.customers).all()
    assert some.cut_offs == everything.cut_offs
    assert sampled(everything.customers, 1.0).all()


def test_populations() -> None:
    shop = SmallShop([[(1.0, 5.0)], [(1.0, 5.0), (220.0, 5.0)], [(float(day), 90.0) for day in range(1, 200, 40)]], 400.0)
    frame = shop.frame(START + 230 * DAY_MS)
    groups = {name: mask.tolist() for name, mask in populations(frame).items()}
    assert groups["all"] == [True, True, True]
    assert groups["active 180 days"] == [False, True, True]
    assert groups["1 order"] == [True, False, False]
    assert groups["2-4 orders"] == [False, True, False]
    assert groups["5 or more orders"] == [False, False, True]
    assert groups["new"] == [False, False, False]
    assert groups["high value"] == [False, False, True]
