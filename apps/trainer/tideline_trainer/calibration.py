"""The level of the probabilities: their shape is learnt from rows, but how many will order moves with the season.

The yardstick is the model itself: what it misses, as it stands today, in the window that began a year before. MBG/NBD was
the yardstick once (churn.md section 3): a shop's young customers, its clumps of orders and its dips do not fit its law, and
the factor it needed for them was taken for a season. A model that was trained on such windows has learnt what they have in
common; what is left a year ago is that time of the year. The miss counts as far as it lies beyond its standard error, and
only when it would have made no closed window worse. The slope is left alone: a Platt fit on the last closed window makes it
worse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.optimize import brentq

from .arrays import Bools, Floats, sigmoid
from .features import DAY_MS
from .history import History
from .protocol import missing_rows

YEAR_DAYS = 365
HISTORY_BEFORE_DAYS = 180
HIGHEST_ECE = 0.06
"""Above that, by decile on all customers of the newest test, no level is called anything but uncertain."""
UNCERTAIN = "level uncertain: less than a year and a half of data with customers enough to show a season"
MET = "level as learnt: the model met last year's season"
UNTRIED = "level as learnt: what the model missed a year before could not be tried on a closed window"
NO_BETTER = "level as learnt: moving it by what the model missed a year before made a closed window worse"


@dataclass(frozen=True)
class Level:
    """How far a model's logits are moved, and why."""

    shift: float
    mean: float | None
    """Mean probability after the move; None where nothing was moved."""
    certain: bool
    """Whether the same season a year before is in the data, with half a year before it, and no test spoke against the level."""
    words: str
    """For the card and the page."""

    @property
    def status(self) -> Literal["set", "as-learnt", "uncertain"]:
        """For the manifest."""
        return "uncertain" if not self.certain else "as-learnt" if self.mean is None else "set"


def year_before(history: History, trained: list[int], now: int) -> int | None:
    """The cut-off that was trained on nearest to a year before.

    None without half a year of history before it, and where it cannot tell: the first order may be a guest's, or one of a
    wrong date, long before anybody else's.
    """
    then = now - YEAR_DAYS * DAY_MS
    if then < history.span.first + HISTORY_BEFORE_DAYS * DAY_MS or not trained:
        return None
    nearest = min(trained, key=lambda at: abs(at - then))
    return nearest if tells(history, nearest) else None


def tells(history: History, at: int) -> bool:
    """Whether a model that misses none of a window's customers has met its season, and not just too few to see a miss.

    They are enough to be trained on, and `HIGHEST_ECE` lies two standard errors of their churn rate from none.
    """
    churned = history.cut(at).churned
    return not missing_rows(history, at) and 2.0 * float(churned.std()) <= HIGHEST_ECE * float(np.sqrt(len(churned)))


def missed(logits: Floats, churned: Bools) -> float:
    """Logits to be added for the mean to meet what happened, as far as they lie beyond their standard error.

    The part of James and Stein (1961): a miss d with standard error e counts d (1 - e^2 / d^2), and nothing below e.
    """
    shift = shift_to(logits, float(churned.mean()))
    said = sigmoid(logits + shift)
    error = 1.0 / max(float(np.sum(said * (1.0 - said))), 1e-9)
    return shift * max(0.0, 1.0 - error / shift**2) if shift != 0.0 else 0.0


def level_of(logits: Floats, season: float | None, tried: int, believed: bool) -> Level:
    """The level at an instant whose customers have these logits; `season` is what was missed a year before, if it was seen."""
    if season is None:
        return Level(0.0, None, False, UNCERTAIN)
    if season == 0.0:
        return Level(0.0, None, True, MET)
    if not believed:
        return Level(0.0, None, True, NO_BETTER if tried else UNTRIED)
    mean = float(sigmoid(logits + season).mean())
    words = f"level moved by {season:+.3f} in logits to a mean of {mean:.3f}: what the model missed in the same season a year before"
    return Level(season, mean, True, words)


def as_tested(level: Level, tested: Level, ece: float, by_chance: float) -> Level:
    """The level that may be said of a model whose newest test had this level and this ECE.

    Only a test knows what happened: above `HIGHEST_ECE` it spoke against the level, and one that was uncertain itself cannot
    speak for a season that was first seen after it. `by_chance` is the ECE of a perfect model with so few customers: it is
    told, for where it is most of the error a larger test may find the level right.
    """
    if not ece <= HIGHEST_ECE:
        doubt = f"the calibration error (ECE) was {ece:.3f} at the newest test, above {HIGHEST_ECE:.3f}"
        if by_chance >= ece / 2.0:
            doubt += f", of which chance alone makes about {by_chance:.3f} with so few customers"
    elif level.certain and not tested.certain:
        doubt = f"the level of the newest test (ECE {ece:.3f}) was uncertain, and no later one has been tested"
    else:
        return level
    return replace(level, certain=False, words=f"level uncertain: {doubt}; {level.words.removeprefix('level uncertain: ')}")


def shift_to(logits: Floats, target: float | None) -> float:
    """What to add to every logit so that the mean probability is the target; 0 without one."""
    if target is None or len(logits) == 0:
        return 0.0
    return root(lambda by: float(sigmoid(logits + by).mean()) - target, 10.0) or 0.0


def root(miss: Callable[[float], float], bound: float) -> float | None:
    """Where a monotone function is 0 between -bound and bound; None when it is not."""
    low, high = miss(-bound), miss(bound)
    return float(brentq(miss, -bound, bound, xtol=1e-10)) if low * high <= 0 else None
