"""What every candidate comes down to: a base and a sum of functions of one feature each, in logits.

So one recipe makes the ONNX file of all of them, their contributions are exact, and a blend is again of the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from .arrays import Floats, Floats32

Transform = Literal["identity", "log1p"]


@dataclass(frozen=True)
class Linear:
    """`coefficient * (transform(x) - centre)`; a NaN counts as the centre. log1p takes what is below 0 as 0."""

    feature: int
    transform: Transform
    centre: float
    coefficient: float

    def contribution(self, X: Floats32) -> Floats:
        """[N], in float64."""
        return self.coefficient * (transformed(X, self.feature, self.transform, self.centre) - self.centre)


@dataclass(frozen=True)
class Node:
    """A split: `x <= threshold` goes to `left`; what is not a number goes left or right by `nan_left`."""

    feature: int
    threshold: float
    nan_left: bool
    left: Node | Leaf
    right: Node | Leaf
    count: float
    mean: float
    """Mean of the leaves below, weighted by training rows."""


@dataclass(frozen=True)
class Leaf:
    """The end of a path."""

    count: float
    mean: float


Tree = Node | Leaf


@dataclass(frozen=True)
class Forest:
    """Trees whose values are all multiplied by `weight`."""

    trees: tuple[Tree, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class AdditiveScore:
    """`logit = base + sum over features of contributions`."""

    base: float
    linear: tuple[Linear, ...] = ()
    forests: tuple[Forest, ...] = ()

    def scaled(self, weight: float) -> AdditiveScore:
        """All of it times `weight`."""
        return AdditiveScore(
            self.base * weight,
            tuple(replace(term, coefficient=term.coefficient * weight) for term in self.linear),
            tuple(replace(forest, weight=forest.weight * weight) for forest in self.forests),
        )

    def shifted(self, by: float) -> AdditiveScore:
        """The level moved by so many logits; no contribution changes."""
        return replace(self, base=self.base + by)


def total(parts: list[AdditiveScore]) -> AdditiveScore:
    """The sum of several scores."""
    return AdditiveScore(
        sum(part.base for part in parts),
        tuple(term for part in parts for term in part.linear),
        tuple(forest for part in parts for forest in part.forests),
    )


def transformed(X: Floats32, feature: int, transform: Transform, centre: float) -> Floats:
    """One input of a linear term, with `centre` where there is no number."""
    column = X[:, feature].astype(np.float64)
    value = np.log1p(np.maximum(column, 0.0)) if transform == "log1p" else column
    return np.where(np.isnan(value), centre, value)
