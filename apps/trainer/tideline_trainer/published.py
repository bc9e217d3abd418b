"""How good a model that is already published is on a shop: at cut-offs that it may never have seen, of any history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from .arrays import Floats, Floats32
from .errors import TrainerError
from .features import HORIZON_DAYS
from .history import History, Source
from .manifest import sha256_of
from .mbg import Buying
from .measures import Measure, at_most, figure
from .metrics import quality
from .protocol import Plan, populations

MEASURED = ("all", "active 180 days")


class Published:
    """A file and its manifest, as the scorer takes them."""

    def __init__(self, directory: Path) -> None:
        """Raises TrainerError `model-unreadable` for what is no published model."""
        try:
            self.manifest: dict[str, Any] = json.loads((directory / "churn.json").read_text("utf8"))
            file = (directory / str(self.manifest["file"])).read_bytes()
        except (OSError, ValueError, KeyError) as error:
            raise TrainerError("model-unreadable", f"{directory} holds no published model: {error}") from None
        if sha256_of(file) != self.manifest["sha256"]:
            raise TrainerError("model-unreadable", f"The file in {directory} is not the one of its manifest: it was cut short or changed.")
        r, alpha, a, b = (float(self.manifest["mbg"][name]) for name in ("r", "alpha", "a", "b"))
        self.mbg = Buying(r, alpha, a, b)
        self._session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])

    def probability(self, X: Floats32) -> Floats:
        """P(no order in the horizon) of rows whose `mbg_logit` is by `mbg`."""
        return np.asarray(self._session.run(["prob"], {"features": X})[0], dtype=np.float64)


def of_published(model: Published, source: Source) -> list[Measure]:
    """Every test cut-off of the shop, newest first: rank, log loss, calibration, and whether the level holds."""
    history = History(source, HORIZON_DAYS)
    measures: list[Measure] = []
    for at in Plan(history.span, HORIZON_DAYS).tests():
        cut = history.cut(at)
        said = model.probability(cut.rows(model.mbg))
        groups = populations(cut.frame)
        for name in MEASURED:
            mask = groups[name]
            found = quality(cut.churned[mask], said[mask])
            where = f"{at_day(at)}, {name}"
            measures += [
                figure(f"{where}: customers", found.customers, "customers"),
                figure(f"{where}: AUC", found.auc, "AUC"),
                figure(f"{where}: log loss", found.log_loss, "nats"),
                figure(f"{where}: mean predicted", float(said[mask].mean()), "share"),
                figure(f"{where}: happened", found.churn_rate, "share"),
                at_most(f"{where}: ECE", found.ece, "share", 0.06),
            ]
    if not measures:
        raise TrainerError("too-little-data", f"No window of {HORIZON_DAYS} days of this shop is over, with a history before it.")
    return measures


def at_day(at: int) -> str:
    """The date of an instant, UTC."""
    return str(np.datetime64(at, "ms").astype("datetime64[D]"))
