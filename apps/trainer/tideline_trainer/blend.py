"""A weighted mean of candidates in logits: again additive, so it is exported and explained as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .additive import AdditiveScore, total
from .arrays import Floats, Floats32


class Candidate(Protocol):
    """A fitted model that can be asked by its own library and told as an additive score."""

    def logit(self, X: Floats32) -> Floats:
        """[N]: logit of no order in the horizon, by the model's own library."""
        ...

    def score(self) -> AdditiveScore:
        """The same as base and contributions."""
        ...


@dataclass(frozen=True)
class Blend:
    """Weights add up to 1."""

    members: tuple[Candidate, ...]
    weights: tuple[float, ...]

    @staticmethod
    def of(*members: Candidate) -> Blend:
        """Equal weights: on one validation cut-off a fitted weight is mostly noise."""
        return Blend(members, tuple(1.0 / len(members) for _ in members))

    def logit(self, X: Floats32) -> Floats:
        """The weighted mean of the members' logits."""
        parts = [w * member.logit(X) for member, w in zip(self.members, self.weights, strict=True)]
        return np.asarray(np.sum(parts, axis=0), dtype=np.float64)

    def score(self) -> AdditiveScore:
        """The same as base and contributions."""
        return total([member.score().scaled(w) for member, w in zip(self.members, self.weights, strict=True)])


@dataclass(frozen=True)
class Shifted:
    """A candidate whose level was moved; see `calibration`."""

    model: Candidate
    by: float

    def logit(self, X: Floats32) -> Floats:
        """The model's logit, moved."""
        return self.model.logit(X) + self.by

    def score(self) -> AdditiveScore:
        """The same as base and contributions."""
        return self.model.score().shifted(self.by)
