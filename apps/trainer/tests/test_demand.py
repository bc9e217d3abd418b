"""Demand: figures and classes by hand, nothing of the future, intervals that hold what they say, files that say what was measured."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tideline_trainer.demand_boosted import BoostedDemand, demand_rows
from tideline_trainer.demand_classes import attainable_error, classes_of, floor_of
from tideline_trainer.demand_evaluation import CANDIDATES, RollingOrigin, best_of, candidates
from tideline_trainer.demand_intervals import PROBABILITIES, Intervals, independent, ranked
from tideline_trainer.demand_methods import HORIZON_DAYS, seasonal_naive, theta, weekday_mean
from tideline_trainer.demand_metrics import demand_quality, naive_scale
from tideline_trainer.demand_series import Panel, date_of
from tideline_trainer.demand_train import DemandEvaluation, demand_measures, evaluate_demand, publish_demand, refuse_other_units
from tideline_trainer.errors import TrainerError

from .demand_shop import START, SmallDemand, poisson_shop


def panel_of(rows: list[list[float]], origin: int = START) -> Panel:
    units = np.array(rows, dtype=np.float64)
    return Panel(origin, np.array([f"K{row}" for row in range(len(rows))], dtype=object), units, units.sum(axis=0))


@cache
def shop() -> SmallDemand:
    return poisson_shop()


@cache
def evaluation() -> DemandEvaluation:
    return evaluate_demand(shop())


def test_figures_by_hand() -> None:
    found = demand_quality(np.array([10.0, 20.0]), np.array([12.0, 15.0]), np.array([4.0, 0.0]))
    assert (found.units, found.wape, found.bias, found.mae) == (15.0, 7 / 30, -0.1, 3.5)
    # The second has no scale: it never moved.
    assert found.mase == 0.5
    assert found.mape == pytest.approx((0.2 + 0.25) / 2)
    assert found.rmse == pytest.approx(np.sqrt((4 + 25) / 2))
    assert found.r2 == pytest.approx(1 - 29 / 50)
    assert np.isnan(demand_quality(np.array([0.0, 20.0]), np.array([1.0, 20.0]), np.ones(2)).mape)
    assert naive_scale(np.array([[1.0, 2.0, 4.0, 8.0]]), 1).tolist() == [pytest.approx((1 + 2 + 4) / 3)]
    # Sums of two days: 3, 6, 12; two days apart: |12 - 3|.
    assert naive_scale(np.array([[1.0, 2.0, 4.0, 8.0]]), 2).tolist() == [9.0]
    assert naive_scale(np.array([[1.0, 2.0]]), 2).tolist() == [0.0]


def test_one_mistake_is_promised_to_nobody() -> None:
    """An order of 74,000 units, cancelled minutes later by another message, stands in the history of a real shop."""
    quiet = [(f"Q{number:03d}", START + 37 * number % 320, START + 37 * number % 320, 1) for number in range(1_000)]
    # Two of them, one of which the last month holds.
    mistakes = [("Q000", START + at, START + at, 74_000) for at in (295, 320)]
    wrong = SmallDemand([*poisson_shop().sales, *quiet, *mistakes], {}, START + 330)
    wrong.category_of.update((product, "A") for product, *_ in wrong.sales)
    known = wrong.known_at(START + 330)
    assert known.levels["product"].total.max() > 74_000
    panel = known.believed().levels["product"]
    assert panel.total.max() < 200
    assert known.believed().levels["category"].units.sum() == panel.units.sum()
    usual = np.array([key.startswith("P") for key in panel.keys])
    # What nobody would call a mistake stays to the unit.
    assert np.array_equal(panel.units[usual], known.levels["product"].units[usual])
    came = panel.units[usual, -28:].sum()
    for daily in candidates(panel, BoostedDemand(panel)).values():
        said = daily[:, :28].sum(axis=1)
        assert 0.7 * came < said[usual].sum() < 1.4 * came
        assert said[~usual].sum() < 0.5 * came


def test_a_product_that_begins_well_is_believed() -> None:
    sales = [*poisson_shop().sales, *(("N", START + at, START + at, 300) for at in range(324, 330))]
    known = SmallDemand(sales, {product: "A" for product, *_ in sales}, START + 330).known_at(START + 330)
    assert np.array_equal(known.believed().levels["product"].units, known.levels["product"].units)


def test_classes_by_hand() -> None:
    always = [2.0, 3.0] * 10
    panel = panel_of([always, [1.0, 9.0] * 10, [0.0, 2.0] * 10, [0.0, 1.0, 0.0, 9.0] * 5, [0.0] * 18 + [5.0, 5.0]])
    # The last one began two days ago and has sold on both since.
    assert classes_of(panel).tolist() == ["smooth", "erratic", "intermittent", "lumpy", "smooth"]


def test_the_floor_is_the_error_of_the_true_mean() -> None:
    random = np.random.default_rng(3)
    for mean in (0.3, 4.0, 90.0):
        drawn = random.poisson(mean, 400_000)
        assert attainable_error(np.array([mean]), 1.0)[0] == pytest.approx(np.abs(drawn - mean).mean() / mean, rel=0.01)
    # Each buyer takes three: the same as a third of the number, three times.
    assert attainable_error(np.array([90.0]), 3.0)[0] == pytest.approx(attainable_error(np.array([30.0]), 1.0)[0])
    assert floor_of(np.array([0.0, 100.0]), 1.0) == pytest.approx(0.8 / 10, rel=0.01)


def test_methods_by_hand() -> None:
    weeks = [float(week * 10 + day) for week in range(8) for day in range(7)]
    panel = panel_of([weeks])
    assert seasonal_naive(panel)[0, :8].tolist() == [70, 71, 72, 73, 74, 75, 76, 70]
    assert weekday_mean(panel)[0, :8].tolist() == [55, 56, 57, 58, 59, 60, 61, 55]


def test_theta_finds_level_week_and_half_the_slope() -> None:
    week = np.array([0.7, 0.8, 1.0, 1.0, 1.1, 1.4, 1.0])
    days = np.arange(280)
    flat = 50.0 * np.resize(week, 280)
    rising = (50.0 + 0.5 * days) * np.resize(week, 280)
    late = np.where(days < 200, 0.0, flat)
    said = theta(panel_of([flat.tolist(), rising.tolist(), late.tolist()], START + 280))
    assert said[0] == pytest.approx(50.0 * np.resize(week, HORIZON_DAYS), rel=0.01)
    # The smoothing lags behind a line, which the drift gives back; from there it rises by half of the slope: 0.25 a day, 12.25 a week.
    weeks = said[1, :28].reshape(4, 7).sum(axis=1)
    assert np.diff(weeks) == pytest.approx([0.25 * 7 * 7] * 3, rel=0.05)
    assert weeks[0] == pytest.approx(((50.0 + 0.5 * (280 + np.arange(7))) * week).sum(), rel=0.02)
    # What was before the first sale is no zero.
    assert said[2] == pytest.approx(said[0], rel=0.08)


def test_nothing_of_the_future_reaches_a_forecast() -> None:
    known = shop()
    today = known.today
    day = today - 60
    later = [("P00", day + 3, day + 3, 900), ("P01", day - 5, day + 1, 700), ("P05", day, day, 500)]
    with_later = SmallDemand([*known.sales, *later], known.category_of, today)
    for level in ("category", "product"):
        before, after = known.known_at(day).levels[level], with_later.known_at(day).levels[level]
        assert before.units.tobytes() == after.units.tobytes()
        model, other = BoostedDemand(before), BoostedDemand(after)
        for name, said in candidates(before, model).items():
            assert said.tobytes() == candidates(after, other)[name].tobytes(), name
    # And what is known may change them: the guard above compares something.
    seen = replace(with_later, sales=[*with_later.sales, ("P00", day - 1, day - 1, 900)]).known_at(day).levels["product"]
    assert demand_rows(seen).tobytes() != demand_rows(known.known_at(day).levels["product"]).tobytes()


def test_each_origin_is_asked_for_as_it_was_and_judged_by_what_was_over() -> None:
    source = replace(shop(), asked=[])
    rolled = RollingOrigin(source)
    assert set(source.asked) == {rolled.last_day, *rolled.origins}
    for level in ("category", "product"):
        for test in rolled.tests(level):
            assert test.over(7)
            for closed in rolled.closed(level, test.origin):
                assert closed.origin + 28 <= test.origin
    newest = rolled.tried["category"][0]
    assert np.isfinite(newest.happened[:, 6]).all()
    assert np.isnan(newest.happened[:, 7]).all()


def test_another_candidate_than_the_usual_one_must_be_clearly_better() -> None:
    week = np.array([-0.01, 0.0, 0.01, 0.0])
    blend = 0.1 + week
    assert best_of({"theta": blend - 0.004, "blend": blend, "boosted": blend + 0.02}, 4.0) == "blend"
    assert best_of({"theta": blend - 0.006, "blend": blend, "boosted": blend + 0.02}, 4.0) == "theta"
    # As much better on the whole, and by one lucky week.
    lucky = blend - np.array([0.024, 0.0, 0.0, 0.0])
    assert best_of({"theta": lucky, "blend": blend}, 4.0) == "blend"
    # Four weeks that lie over one another are fewer than four.
    steady = blend - np.array([0.008, 0.012, 0.008, 0.012])
    assert best_of({"theta": steady, "blend": blend}, 4.0) == "theta"
    assert best_of({"theta": steady, "blend": blend}, 1.5) == "blend"


def test_intervals_hold_what_they_say_and_never_cross() -> None:
    random = np.random.default_rng(5)
    said = np.full((2_000, HORIZON_DAYS), 4.0).cumsum(axis=1)
    happened = random.poisson(4.0, said.shape).cumsum(axis=1).astype(np.float64)
    found = Intervals.of_errors(said[:1_000], happened[:1_000], np.arange(1_000) // 10 * 30).at(said[1_000:])
    low, high = found[:, :, PROBABILITIES.index(0.05)], found[:, :, PROBABILITIES.index(0.95)]
    inside = ((happened[1_000:] >= low) & (happened[1_000:] <= high)).mean(axis=0)
    assert np.all((inside[[0, 2, 6, 13, 20, 29]] > 0.85) & (inside[[0, 2, 6, 13, 20, 29]] < 0.985))
    assert np.all(np.diff(found, axis=2) >= 0)
    assert np.all(np.diff(found, axis=1) >= 0)
    # Where errors of a later day, or of a higher probability, ranked lower, the quantiles stay where they were.
    ranks = np.linspace(3.0, -3.0, len(PROBABILITIES))
    uneven = Intervals(np.stack([ranks - knot for knot in range(6)]), 9).at(said[:1])
    assert np.all(np.diff(uneven, axis=2) >= 0)
    assert np.all(np.diff(uneven, axis=1) >= 0)
    few = Intervals.of_errors(said[:3], happened[:3], np.array([0, 30, 60])).at(said[:3])
    # Three errors know no 99 %: the largest stands for it.
    assert few[0, -1, -1] == pytest.approx(max(happened[:3, -1]), rel=1e-6)


def test_errors_of_one_time_are_worth_as_many_as_there_are_times() -> None:
    random = np.random.default_rng(11)
    origins = np.repeat(np.arange(40) * 7, 25)
    alone, common = random.normal(size=1_000), np.repeat(random.normal(size=40), 25)
    assert independent(alone, origins, 7) == pytest.approx(1_000, rel=0.35)
    assert independent(common, origins, 7) == pytest.approx(40, rel=0.01)
    assert 60 < independent(alone + common, origins, 7) < 120
    # Four weeks lie over one another.
    assert independent(common, origins, 28) == pytest.approx(39 / 4 + 1)
    assert independent(np.zeros(1_000), origins, 7) == pytest.approx(40)
    assert independent(alone[:25], origins[:25], 7) == 1
    # With nothing in common it is one of each.
    assert independent(alone[:40], np.arange(40) * 7, 7) == 40


@pytest.mark.parametrize("days", [7, 28])
def test_intervals_hold_where_a_shop_has_one_season_for_all(days: int) -> None:
    random = np.random.default_rng(3)
    weeks = days // 7
    origins = np.repeat(np.arange(13) * 7, 30)
    inside: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(400):
        # What all series of a window have in common, of windows that lie over one another, and of the one after them.
        common = np.convolve(random.normal(size=13 + 2 * weeks), np.ones(weeks) / np.sqrt(weeks), "valid")[[*range(13), 13 + weeks]]
        errors = np.repeat(common, 30) + random.normal(size=420) / 2.0
        past, new = errors[:390], errors[390:]
        for honest, found in inside.items():
            ends = ranked(past, independent(past, origins, days) if honest else 390.0)
            found.append(((new >= ends[PROBABILITIES.index(0.05)]) & (new <= ends[PROBABILITIES.index(0.95)])).mean())
    # Of five times that are worth one each it can only be rough; too wide costs less than too narrow.
    assert 0.88 < float(np.mean(inside[True])) < 0.96
    # As if each window were one of its own.
    assert float(np.mean(inside[False])) < 0.87


def test_a_shop_by_a_known_law_is_forecast_close_to_its_floor() -> None:
    measures = {each.measure: each for each in demand_measures(evaluation(), True)}
    assert measures["demand: category, 7 days: WAPE"].bar == pytest.approx(
        1.25 * measures["demand: category, 7 days: floor"].value, abs=1e-3
    )
    assert measures["demand: category, 7 days: WAPE"].value < 1.6 * measures["demand: category, 7 days: floor"].value
    assert measures["demand: category, 7 days: WAPE"].value < measures["demand: category, 7 days: WAPE of seasonal-naive"].value
    assert 0.75 < measures["demand: category, 7 days: coverage of 90 %"].value <= 1.0
    assert measures["demand: category, 28 days: floor"].value < measures["demand: category, 7 days: floor"].value
    assert all(each.bar is None for each in demand_measures(evaluation(), False))


def test_files_say_what_was_measured_and_twice_the_same(tmp_path: Path) -> None:
    content = publish_demand(evaluation(), "small", tmp_path / "one")
    publish_demand(evaluate_demand(shop()), "small", tmp_path / "two")
    names = {"demand-category.onnx", "demand-product.onnx", "demand.json", "demand.md", "demand-forecast.json"}
    assert {path.name for path in (tmp_path / "one").iterdir()} == names
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    forecast = json.loads((tmp_path / "one" / "demand-forecast.json").read_text("utf8"))
    assert forecast["origin"] == content["origin"] == "2020-03-09"
    assert {each["key"] for each in forecast["series"] if each["level"] == "category"} == {"A", "B", "C"}
    for each in forecast["series"]:
        assert each["method"] in CANDIDATES
        assert np.shape(each["quantiles"]) == (HORIZON_DAYS, len(PROBABILITIES))
        assert each["mean"] == sorted(each["mean"])
        assert each["measures"]["28"]["attainable"] > 0
    assert "# Demand of small" in (tmp_path / "one" / "demand.md").read_text("utf8")


def test_refuses_trees_that_say_something_else() -> None:
    panel = shop().known_at(shop().today).levels["category"]
    one, other = BoostedDemand(panel), BoostedDemand(panel.before(panel.origin - 60))
    from tideline_trainer.demand_boosted import FEATURES  # noqa: PLC0415
    from tideline_trainer.graph import build  # noqa: PLC0415

    file = bytes(build(other.score(), list(FEATURES), {}, "log").SerializeToString())
    with pytest.raises(TrainerError, match="export"):
        refuse_other_units(file, one, panel)


def test_says_how_many_days_are_missing() -> None:
    small = poisson_shop(150)
    with pytest.raises(TrainerError, match=r"197 days of sales are needed, there are 150: 47 days are missing") as refused:
        RollingOrigin(small)
    assert refused.value.enough_on == date_of(small.last_day() + 47)


def test_as_many_days_as_are_needed_are_enough(tmp_path: Path) -> None:
    """A day less is refused before anything is learnt, not after it for want of a window of 28 days."""
    with pytest.raises(TrainerError, match="there are 196"):
        RollingOrigin(poisson_shop(196))
    found = evaluate_demand(poisson_shop(197))
    assert [test.tried.over(28) for test in found.tests["category"]] == [False, False, False, True]
    measures = {each.measure for each in demand_measures(found, False)}
    assert "demand: product, 28 days: WAPE" in measures
    content = publish_demand(found, "small", tmp_path)
    assert len(content["origins"]) == 4
