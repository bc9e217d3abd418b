"""The level follows the season of a year before, and is left alone where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from tideline_trainer.arrays import sigmoid
from tideline_trainer.calibration import AS_LEARNT, UNCERTAIN, expected_level, shift_to
from tideline_trainer.features import DAY_MS
from tideline_trainer.history import History
from tideline_trainer.mbg import probability_of_none

from .shops import START, SmallShop, simulate


def test_a_strong_season_is_met() -> None:
    history = History(simulate(6_000, 900.0, season=0.6, seed=5), 90)
    # The year's low begins half a year in: the window is quiet, and no training window before it was.
    now = START + 745 * DAY_MS
    level = expected_level(history, now)
    cut = history.cut(now)
    rate = float(cut.churned.mean())
    assert level.target is not None
    unaware = float(probability_of_none(cut.mbg, cut.purchases, 90).mean())
    assert abs(level.target - rate) < 0.5 * abs(unaware - rate)
    assert abs(level.target - rate) < 0.02
    assert level.words.startswith("level set")


def test_without_half_a_year_before_the_year_nobody_knows() -> None:
    history = History(simulate(800, 700.0), 90)
    short = expected_level(history, START + (365 + 179) * DAY_MS)
    assert (short.target, short.seasons_seen, short.words) == (None, False, UNCERTAIN)
    assert expected_level(history, START + (365 + 181) * DAY_MS).seasons_seen


def test_a_factor_no_season_has_is_not_believed() -> None:
    # Everybody orders once a month until day 400 and then hardly anybody: a year before says nothing of now.
    shop = SmallShop([[(float(day), 1.0) for day in range(k % 30, 200 + k // 100, 30)] for k in range(600)], 700.0)
    level = expected_level(History(shop, 90), START + 565 * DAY_MS)
    assert (level.target, level.words) == (None, AS_LEARNT)


def test_the_shift_meets_the_target() -> None:
    logits = np.random.default_rng(1).normal(0.3, 1.5, 1000)
    assert sigmoid(logits + shift_to(logits, 0.7)).mean() == pytest.approx(0.7, abs=1e-9)
    assert shift_to(logits, None) == 0.0
