"""Names for the arrays that go through the trainer."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Strings = NDArray[Any]


def sigmoid(logit: Floats) -> Floats:
    """The probability of a logit, without overflow at either end."""
    clipped = np.clip(logit, -500.0, 500.0)
    return np.asarray(1.0 / (1.0 + np.exp(-clipped)), dtype=np.float64)


def logit(probability: Floats) -> Floats:
    """The logit of a probability; 0 and 1 are taken as 1e-9 from the end."""
    inside = np.clip(probability, 1e-9, 1.0 - 1e-9)
    return np.asarray(np.log(inside) - np.log1p(-inside), dtype=np.float64)


def cores() -> int:
    """Cores this process may use: more threads than those would wait for one another."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
