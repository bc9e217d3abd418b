"""All candidates, fitted at one instant on what was over by then."""

from __future__ import annotations

from dataclasses import dataclass

from .arrays import Floats, Floats32, sigmoid
from .baselines import MbgScore, RfmLogistic
from .blend import Blend, Candidate, Shifted
from .boosted import TREES, Boosted
from .calibration import missed, year_before
from .gates import refuse_open_windows
from .history import History
from .mbg import Buying
from .protocol import Plan, Rows, training_rows

NAMES = ("rfm-logistic", "mbg-nbd", "boosted", "boosted-mbg", "blend")


@dataclass(frozen=True)
class Fitted:
    """The candidates of one instant by name, ready to be asked about it."""

    now: int
    models: dict[str, Candidate]
    """As they learnt it, at the level of the windows before."""
    mbg: Buying
    seasons: dict[str, float] | None
    """Logits that each missed in the same season a year before; None where that is not in the data."""
    cut_offs: tuple[int, ...]
    rows: int

    def model(self, name: str, in_season: bool) -> Candidate:
        """A candidate, moved by what it missed a year before where that is believed."""
        return Shifted(self.models[name], self.seasons[name] if in_season and self.seasons is not None else 0.0)

    def probability(self, name: str, X: Floats32, in_season: bool) -> Floats:
        """[N]: probability of no order, by the candidate's own library."""
        return sigmoid(self.model(name, in_season).logit(X))


def fit_models(rows: Rows, trees: int = TREES) -> dict[str, Candidate]:
    """Every candidate on the same rows."""
    models: dict[str, Candidate] = {
        "rfm-logistic": RfmLogistic.fit(rows.X, rows.churned),
        "mbg-nbd": MbgScore.fit(rows.X, rows.churned),
        "boosted": Boosted.fit(rows.X, rows.churned, from_mbg=False, trees=trees),
        "boosted-mbg": Boosted.fit(rows.X, rows.churned, from_mbg=True, trees=trees),
    }
    # Of all of them: most learn their level from windows that are over, MBG/NBD from the present; errors of a season differ.
    return {**models, "blend": Blend.of(*models.values())}


def fit_at(history: History, plan: Plan, now: int, trees: int = TREES) -> Fitted:
    """Fits at `now`, and looks at what each candidate misses a year before."""
    cut = history.cut(now)
    rows = training_rows(history, plan, now)
    refuse_open_windows(rows.cut_offs, plan.horizon_days, now)
    models = fit_models(rows, trees)
    then = year_before(history, list(rows.cut_offs), now)
    seasons = None
    if then is not None:
        before = history.cut(then)
        X = before.rows(cut.mbg)
        seasons = {name: missed(model.logit(X), before.churned) for name, model in models.items()}
    return Fitted(now, models, cut.mbg, seasons, rows.cut_offs, len(rows.X))
