"""What the tests showed, as plain data for the manifest, the card and the measures."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from .arrays import Ints
from .evaluation import Test
from .manifest import iso
from .metrics import at_threshold, auc, bootstrap, deciles, log_loss_each, majority, quality
from .protocol import populations

LEAST_OF_A_SLICE = 50


def of_test(test: Test) -> dict[str, Any]:
    """Every candidate on every population of one test cut-off; slices below 50 customers only say how many they are."""
    groups: dict[str, Any] = {}
    for name, mask in populations(test.frame).items():
        label = test.churned[mask]
        if len(label) < LEAST_OF_A_SLICE or label.all() or not label.any():
            groups[name] = {"customers": int(mask.sum())}
            continue
        models = {model: quality(label, said[mask]).as_dict() for model, said in test.probabilities.items()}
        chosen = test.chosen[mask]
        groups[name] = {
            "customers": int(mask.sum()),
            "models": models,
            "recencyAuc": auc(label, test.recency[mask]),
            "deciles": [asdict(group) for group in deciles(label, chosen)],
            "atThreshold": asdict(at_threshold(label, chosen, test.choice.threshold)),
            "majority": asdict(majority(label)),
        }
    return {
        "asOf": iso(test.now),
        "chosen": test.choice.name,
        "validationLogLoss": test.choice.log_losses,
        "level": test.level.words,
        "trainedOn": {"cutOffs": len(test.fitted.cut_offs), "rows": test.fitted.rows},
        "intervals": intervals(test),
        "populations": groups,
    }


def intervals(test: Test) -> dict[str, list[float]]:
    """95 % of the chosen model's AUC and log loss over resampled customers."""
    label, said = test.churned, test.chosen
    each = log_loss_each(label, said)
    return {
        "auc": list(bootstrap(len(label), lambda take: auc(label[take], said[take]))),
        "logLoss": list(bootstrap(len(label), lambda take: float(each[take].mean()))),
    }


def paired(tests: list[Test], baseline: str) -> dict[str, float]:
    """Log loss of what was chosen minus that of a baseline, over all tests; the interval draws customers.

    Below 0 the chosen one is better; when the lower end is above 0 it is worse beyond noise.
    """
    difference = np.concatenate(
        [log_loss_each(test.churned, test.chosen) - log_loss_each(test.churned, test.probabilities[baseline]) for test in tests]
    )
    customers = np.concatenate([test.customers for test in tests]).astype(str)
    _, numbers = np.unique(customers, return_inverse=True)

    def mean(take: Ints) -> float:
        return float(difference[take].mean())

    low, high = bootstrap(len(difference), mean, groups=numbers)
    return {"difference": float(difference.mean()), "low": low, "high": high}


def of_all(tests: list[Test]) -> dict[str, Any]:
    """The newest test first; and the comparison with each baseline over all of them."""
    return {
        "tests": [of_test(test) for test in tests],
        "against": {baseline: paired(tests, baseline) for baseline in ("rfm-logistic", "mbg-nbd", "bg-nbd")},
    }
