"""The list of features, as the warehouse makes it (`features.json` is generated from libs/warehouse)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import Floats, Floats32, Strings

DAY_MS = 86_400_000
HORIZON_DAYS = 90
"""Days of silence that are called churn, unless another number is asked for."""


@dataclass(frozen=True)
class Feature:
    """One column: its name, the plain reason it belongs to, and whether the score may only rise (+1) or fall (-1)."""

    name: str
    group: str
    sign: int


@cache
def feature_list() -> tuple[Feature, ...]:
    """The features in the order of the model's input."""
    stored: Any = json.loads((Path(__file__).parent / "features.json").read_text("utf8"))
    return tuple(Feature(row["name"], row["group"], int(row["sign"])) for row in stored["features"])


@cache
def place_of(name: str) -> int:
    """Column of a feature."""
    return [feature.name for feature in feature_list()].index(name)


@dataclass(frozen=True)
class Frame:
    """Feature rows at one cut-off: `X` is [N, F] float32, one row per customer with an order known by then."""

    as_of: int
    """Unix milliseconds."""
    customers: Strings
    X: Floats32

    def column(self, name: str) -> Floats:
        """One feature as float64."""
        return np.asarray(self.X[:, place_of(name)], dtype=np.float64)
