"""The curves of the card are the contributions of the file."""

from __future__ import annotations

import numpy as np
import onnxruntime

from tideline_trainer.baselines import RfmLogistic
from tideline_trainer.blend import Blend
from tideline_trainer.boosted import Boosted
from tideline_trainer.features import feature_list, place_of
from tideline_trainer.figures import effect, importances
from tideline_trainer.graph import build

from .rows import shop_rows


def test_effects_are_contributions() -> None:
    X, churned = shop_rows()
    score = Blend.of(RfmLogistic.fit(X, churned), Boosted.fit(X, churned, from_mbg=True, trees=60)).score()
    session = onnxruntime.InferenceSession(build(score, [feature.name for feature in feature_list()]).SerializeToString())
    (contributions,) = session.run(["contrib"], {"features": X})
    for column in range(X.shape[1]):
        assert np.abs(effect(score, column, X[:, column].astype(np.float64)) - contributions[:, column]).max() < 1e-5
    values = importances(score, X)
    assert values.argmax() == np.abs(contributions - contributions.mean(axis=0)).mean(axis=0).argmax()
    today = X.copy()
    today[:, place_of("season_cos")] = 0.5
    assert importances(score, today)[place_of("season_cos")] < 1e-9
