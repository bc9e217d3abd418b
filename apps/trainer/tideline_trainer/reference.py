"""How features and score lay at the end of the training: what drift is measured against, later.

Of the customers of that one instant, as drift is measured at one: the rows that were trained on are of many cut-offs, so tenure,
total money or the season of a shop that merely grew older would seem to have moved.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import Floats, Floats32
from .features import feature_list

TENTHS = np.arange(1, 10) / 10


def distribution(values: Floats | Floats32) -> dict[str, Any]:
    """Tenths of a column, each value one edge, and the shares of the bins (edge before, edge]; missing ones apart.

    An edge is a value that is there: the inverse of the distribution function. The scoreboard does the same (profile.ts).
    """
    present = values[~np.isnan(values)]
    edges = np.unique(np.quantile(present, TENTHS, method="inverted_cdf")) if len(present) else np.empty(0)
    counts = np.bincount(np.searchsorted(edges, present, side="left"), minlength=len(edges) + 1)
    total = max(len(values), 1)
    return {
        "edges": [float(edge) for edge in edges],
        "shares": [float(count / total) for count in counts],
        "missing": float((len(values) - len(present)) / total),
    }


def reference_of(X: Floats32, probability: Floats) -> dict[str, Any]:
    """Every feature and the score, of rows [N, F] and [N] of one instant. The score is float32, as the file gives it."""
    return {
        "rows": len(X),
        "features": {feature.name: distribution(X[:, column]) for column, feature in enumerate(feature_list())},
        "score": distribution(probability.astype(np.float32)),
    }
