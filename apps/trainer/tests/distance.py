"""How far a model is from the best possible, on a simulated shop whose law is known."""

from __future__ import annotations

import numpy as np

from tideline_trainer.arrays import Floats, Strings
from tideline_trainer.evaluation import Test
from tideline_trainer.features import DAY_MS
from tideline_trainer.measures import Measure, at_least, at_most, figure
from tideline_trainer.metrics import auc, log_loss, quality
from tideline_trainer.protocol import populations
from tideline_trainer.train import Evaluation

from .posterior import START_MS, Law, churn_of_all

WITHIN = 0.010
TOO_GOOD = 0.004
LARGEST_ECE = 0.02


def best_possible(law: Law, test: Test, customers: Strings, times: Floats, horizon: int) -> Floats:
    """The posterior's probability for every row of a test; `times` in Unix milliseconds."""
    since = test.frame.column("return_recency")
    now = (test.now - START_MS) / DAY_MS
    refunds = {str(c): now - float(ago) for c, ago in zip(test.customers, since, strict=True) if np.isfinite(ago)}
    return churn_of_all(law, customers, (times - START_MS) / DAY_MS, refunds, test.customers, now, horizon)


def against_posterior(profile: str, test: Test, customers: Strings, times: Floats, horizon: int) -> list[Measure]:
    """The bars of a profile: within .010 of the posterior in AUC and log loss, calibrated, and not better than possible."""
    best = best_possible(Law(profile), test, customers, times, horizon)
    measures: list[Measure] = []
    for name, mask in (("all", np.ones(len(best), dtype=bool)), ("active 180", test.frame.column("recency") <= 180)):
        y, said, ideal = test.churned[mask], test.chosen[mask], best[mask]
        measures += [
            figure(f"{profile}, {name}: AUC of the posterior", auc(y, ideal), "AUC"),
            figure(f"{profile}, {name}: log loss of the posterior", log_loss(y, ideal), "nats"),
            figure(f"{profile}, {name}: ECE of the posterior", quality(y, ideal).ece, "share"),
            at_least(f"{profile}, {name}: AUC minus the posterior's", auc(y, said) - auc(y, ideal), "AUC", -WITHIN),
            at_most(f"{profile}, {name}: log loss minus the posterior's", log_loss(y, said) - log_loss(y, ideal), "nats", WITHIN),
            at_most(f"{profile}, {name}: AUC above the posterior (a leak)", auc(y, said) - auc(y, ideal), "AUC", TOO_GOOD),
        ]
    measures.append(at_most(f"{profile}: ECE of {test.choice.name}", quality(test.churned, test.chosen).ece, "share", LARGEST_ECE))
    return measures


def note_best(profile: str, evaluation: Evaluation, customers: Strings, times: Floats, horizon: int) -> None:
    """Writes the posterior's AUC and log loss beside the models of every population of the newest test: `best`.

    Into the results, hence into the manifest; populations too small to measure get none.
    """
    test = evaluation.newest
    best = best_possible(Law(profile), test, customers, times, horizon)
    groups = evaluation.results["tests"][0]["populations"]
    for name, mask in populations(test.frame).items():
        if "models" in groups[name]:
            label = test.churned[mask]
            groups[name]["best"] = {"auc": auc(label, best[mask]), "log_loss": log_loss(label, best[mask])}
