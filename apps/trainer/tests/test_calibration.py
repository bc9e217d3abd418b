"""The level follows what the model missed a year before, as far as that is no noise, and is left alone where it did not help."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tideline_trainer.arrays import sigmoid
from tideline_trainer.calibration import (
    MET,
    NO_BETTER,
    UNCERTAIN,
    UNTRIED,
    Level,
    as_tested,
    level_of,
    missed,
    shift_to,
    year_before,
)
from tideline_trainer.candidates import fit_at
from tideline_trainer.evaluation import Procedure
from tideline_trainer.features import DAY_MS
from tideline_trainer.history import History
from tideline_trainer.metrics import deciles, error_by_chance, expected_calibration_error, log_loss
from tideline_trainer.protocol import Plan, missing_rows

from .shops import START, SmallShop, simulate


@pytest.mark.thorough
def test_a_season_is_met() -> None:
    history = History(simulate(3_000, 900.0, season=0.6, seed=5), 90)
    procedure = Procedure(history, Plan(history.span, 90))
    # The year's low begins half a year in: the window is quiet, and RFM logistic knows no season.
    now = START + 745 * DAY_MS
    choice, fitted, cut = procedure.choose(now), procedure.at(now), history.cut(now)
    assert choice.tried == 3
    assert choice.in_season["rfm-logistic"]
    X = cut.rows(cut.mbg)
    plain, moved = (fitted.probability("rfm-logistic", X, in_season) for in_season in (False, True))
    assert abs(moved.mean() - cut.churned.mean()) < 0.6 * abs(plain.mean() - cut.churned.mean())
    assert log_loss(cut.churned, moved) < log_loss(cut.churned, plain)
    # A move that would have made one closed window worse is not believed, however well it did in the others.
    spoiled = plan_validation(procedure, now)
    procedure.remember(replace(procedure.at(spoiled), seasons={name: 1.5 for name in choice.in_season}))
    again = procedure.choose(now)
    assert not any(again.in_season.values())
    assert procedure.level(replace(again, name="rfm-logistic"), fitted, X).words == NO_BETTER


def plan_validation(procedure: Procedure, now: int) -> int:
    """The second of the closed windows that are looked at."""
    return procedure.plan.validations(now)[1]


def test_without_half_a_year_before_the_year_nobody_knows() -> None:
    history = History(simulate(1_200, 700.0), 90)
    trained = [START + day * DAY_MS for day in range(35, 460, 30)]
    assert year_before(history, trained, START + (365 + 179) * DAY_MS) is None
    assert year_before(history, trained, START + (365 + 181) * DAY_MS) == START + 185 * DAY_MS


def late_shop() -> SmallShop:
    """Customers from day 700 on, and one every two months before: a handful has little to say."""
    late = [[(at + 700.0, money) for at, money in orders] for orders in simulate(900, 400.0, seed=8).orders]
    return SmallShop([*([(float(day), 10.0)] for day in range(10, 700, 60)), *late], 1_060.0)


def test_a_season_that_hardly_anybody_was_there_for_is_not_seen() -> None:
    history = History(late_shop(), 90)
    fitted = fit_at(history, Plan(history.span, 90), START + 1_060 * DAY_MS, trees=5)
    assert len(history.cut(START + 695 * DAY_MS).frame.customers) == 12
    assert fitted.seasons is None


def test_a_season_of_too_few_is_not_said_to_be_met() -> None:
    history = History(late_shop(), 90)
    trained = [START + day * DAY_MS for day in range(35, 975, 5)]
    # 214 customers may be trained on, but a rate of .59 among them is known to .034: a miss of .06 would hardly be seen.
    assert missing_rows(history, START + 800 * DAY_MS) == []
    assert year_before(history, trained, START + (365 + 800) * DAY_MS) is None
    assert year_before(history, trained, START + (365 + 850) * DAY_MS) == START + 850 * DAY_MS


def test_a_miss_within_its_error_is_none() -> None:
    random = np.random.default_rng(2)
    logits = random.normal(0.5, 1.0, 4_000)
    happened = random.uniform(size=4_000) < sigmoid(logits)
    busy = random.uniform(size=4_000) < sigmoid(logits - 0.5)
    assert abs(missed(logits, happened)) < 0.05
    assert missed(logits, busy) == pytest.approx(-0.5, abs=0.08)
    # Twenty customers tell nothing of a tenth of a logit.
    assert missed(np.zeros(20), np.arange(20) < 11) == 0.0


def test_the_words_say_why() -> None:
    logits = np.zeros(10)
    assert level_of(logits, None, 0, False).words == UNCERTAIN
    assert level_of(logits, 0.0, 3, True).words == MET
    assert level_of(logits, 0.2, 0, False).words == UNTRIED
    assert level_of(logits, 0.2, 3, False).words == NO_BETTER
    level = level_of(logits, 0.2, 3, True)
    assert (level.status, level.shift) == ("set", 0.2)
    assert level.mean == pytest.approx(sigmoid(np.array([0.2]))[0])
    assert "+0.200" in level.words


def test_so_few_customers_are_told_apart_from_a_wrong_level() -> None:
    # A perfect model misses by chance: the mean over draws is what is expected.
    random = np.random.default_rng(5)
    probability = np.clip(random.normal(0.7, 0.15, 300), 0.02, 0.98)
    errors = [expected_calibration_error(deciles(random.random(300) < probability, probability)) for _ in range(400)]
    expected = error_by_chance(deciles(probability > 0.5, probability))
    assert expected == pytest.approx(np.mean(errors), rel=0.05)
    met = Level(0.0, None, True, MET)
    assert f"chance alone makes about {expected:.3f} with so few customers; level as learnt" in as_tested(met, met, 0.07, expected).words
    assert "chance" not in as_tested(met, met, 0.2, expected).words


def test_a_level_is_no_better_than_the_newest_test_of_it() -> None:
    moved, met, unseen = Level(0.2, 0.6, True, "level moved"), Level(0.0, None, True, MET), Level(0.0, None, False, UNCERTAIN)
    for level in (moved, met, unseen):
        assert as_tested(level, met, 0.06, 0.01) is level
        doubted = as_tested(level, met, 0.12, 0.01)
        assert (doubted.status, doubted.shift, doubted.mean) == ("uncertain", level.shift, level.mean)
        assert doubted.words.startswith("level uncertain: the calibration error (ECE) was 0.120 at the newest test, above 0.060; ")
        assert doubted.words.endswith(level.words.removeprefix("level uncertain: "))
    # A season first seen after the newest test: the only error ever measured is that of an uncertain level.
    late = as_tested(met, unseen, 0.031, 0.01)
    assert late.status == "uncertain"
    assert "(ECE 0.031) was uncertain" in late.words
    assert as_tested(unseen, unseen, 0.031, 0.01) is unseen
    assert as_tested(moved, met, float("nan"), 0.01).status == "uncertain"


def test_the_shift_meets_the_target() -> None:
    logits = np.random.default_rng(1).normal(0.3, 1.5, 1000)
    assert sigmoid(logits + shift_to(logits, 0.7)).mean() == pytest.approx(0.7, abs=1e-9)
    assert shift_to(logits, None) == 0.0
