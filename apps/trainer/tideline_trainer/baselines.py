"""What a model has to beat: the silence alone, and a logistic regression on recency, frequency and money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from .additive import AdditiveScore, Linear, Transform, transformed
from .arrays import Bools, Floats, Floats32
from .features import place_of

RFM_INPUTS: tuple[tuple[str, Transform], ...] = (
    ("recency", "log1p"),
    ("repeat_days", "log1p"),
    ("money_mean", "identity"),
    ("tenure", "log1p"),
)
"""Recency, frequency, money (already a log) and age."""


def recency_rule(X: Floats32) -> Floats:
    """The longer the silence, the higher; a ranking, no probability."""
    return X[:, place_of("recency")].astype(np.float64)


@dataclass(frozen=True)
class RfmLogistic:
    """Logistic regression on four inputs, each standardised on the training rows."""

    centres: tuple[float, ...]
    scales: tuple[float, ...]
    fitted: LogisticRegression

    @staticmethod
    def fit(X: Floats32, label: Bools) -> RfmLogistic:
        """Fits with the library's usual ridge penalty, which is next to nothing at this number of rows."""
        centres: list[float] = []
        scales: list[float] = []
        for name, transform in RFM_INPUTS:
            known = transformed(X, place_of(name), transform, float("nan"))
            known = known[np.isfinite(known)]
            centres.append(float(known.mean()) if len(known) else 0.0)
            scales.append(float(known.std()) or 1.0 if len(known) else 1.0)
        model = RfmLogistic(tuple(centres), tuple(scales), LogisticRegression(max_iter=1000))
        model.fitted.fit(model.inputs(X), label)
        return model

    def inputs(self, X: Floats32) -> Floats:
        """[N, 4], standardised."""
        columns = [
            (transformed(X, place_of(name), transform, centre) - centre) / scale
            for (name, transform), centre, scale in zip(RFM_INPUTS, self.centres, self.scales, strict=True)
        ]
        return np.column_stack(columns)

    def logit(self, X: Floats32) -> Floats:
        """The library's own decision value."""
        return np.asarray(self.fitted.decision_function(self.inputs(X)), dtype=np.float64)

    def score(self) -> AdditiveScore:
        """The same as base and contributions."""
        terms = tuple(
            Linear(place_of(name), transform, centre, float(coefficient) / scale)
            for (name, transform), centre, scale, coefficient in zip(
                RFM_INPUTS, self.centres, self.scales, self.fitted.coef_[0], strict=True
            )
        )
        return AdditiveScore(float(self.fitted.intercept_[0]), terms)


@dataclass(frozen=True)
class MbgScore:
    """MBG/NBD as a candidate: its probability is the feature `mbg_logit` itself, nothing is fitted on labels."""

    centre: float

    @staticmethod
    def fit(X: Floats32, label: Bools) -> MbgScore:
        """The centre is the mean over the training rows; it only says what contributions are measured from."""
        del label
        known = X[:, place_of("mbg_logit")].astype(np.float64)
        known = known[np.isfinite(known)]
        return MbgScore(float(known.mean()) if len(known) else 0.0)

    def logit(self, X: Floats32) -> Floats:
        """The feature, with the centre where it is no number."""
        return transformed(X, place_of("mbg_logit"), "identity", self.centre)

    def score(self) -> AdditiveScore:
        """The same as base and contributions."""
        return AdditiveScore(self.centre, (Linear(place_of("mbg_logit"), "identity", self.centre, 1.0),))
