"""All candidates, fitted at one instant on what was over by then."""

from __future__ import annotations

from dataclasses import dataclass

from .arrays import Floats, Floats32, sigmoid
from .baselines import MbgScore, RfmLogistic
from .blend import Blend, Candidate, Shifted
from .boosted import TREES, Boosted
from .calibration import Level, expected_level, shift_to
from .history import History
from .mbg import Buying
from .protocol import Plan, Rows, training_rows

NAMES = ("rfm-logistic", "mbg-nbd", "boosted", "boosted-mbg", "blend")


@dataclass(frozen=True)
class Fitted:
    """The candidates of one instant by name, ready to be asked about it."""

    now: int
    models: dict[str, Candidate]
    mbg: Buying
    level: Level
    cut_offs: tuple[int, ...]
    rows: int

    def probability(self, name: str, X: Floats32) -> Floats:
        """[N]: probability of no order, by the candidate's own library."""
        return sigmoid(self.models[name].logit(X))


def fit_models(rows: Rows, trees: int = TREES) -> dict[str, Candidate]:
    """Every candidate on the same rows."""
    models: dict[str, Candidate] = {
        "rfm-logistic": RfmLogistic.fit(rows.X, rows.churned),
        "mbg-nbd": MbgScore.fit(rows.X, rows.churned),
        "boosted": Boosted.fit(rows.X, rows.churned, from_mbg=False, trees=trees),
        "boosted-mbg": Boosted.fit(rows.X, rows.churned, from_mbg=True, trees=trees),
    }
    # Of all of them: two learn their level from windows that are over, MBG/NBD from the present; errors of a season differ.
    return {**models, "blend": Blend.of(*models.values())}


def fit_at(history: History, plan: Plan, now: int, trees: int = TREES) -> Fitted:
    """Fits at `now` and sets each candidate's level for it."""
    cut = history.cut(now)
    rows = training_rows(history, plan, now)
    level = expected_level(history, now)
    X = cut.rows(cut.mbg)
    shifted: dict[str, Candidate] = {
        name: Shifted(model, shift_to(model.logit(X), level.target)) for name, model in fit_models(rows, trees).items()
    }
    return Fitted(now, shifted, cut.mbg, level, rows.cut_offs, len(rows.X))
