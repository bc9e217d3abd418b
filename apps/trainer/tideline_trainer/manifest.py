"""The manifest beside a model file: what it reads, what it means, what it was trained on, and how good it was."""

from __future__ import annotations

import hashlib
import json
import math
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .additive import AdditiveScore
from .calibration import Level
from .candidates import Fitted
from .evaluation import Choice
from .features import feature_list
from .store import instant_text

FORMAT = 1
PACKAGES = ("lightgbm", "numpy", "onnx", "onnxruntime", "scikit-learn", "scipy")


def iso(at: int) -> str:
    """`2011-12-09T12:50:00.000Z`."""
    return instant_text(at).replace(" ", "T") + "Z"


def sha256_of(data: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(data).hexdigest()


def features_sha256() -> str:
    """Hash of the statement that makes the features: the same names by another one would be other numbers."""
    return sha256_of((Path(__file__).parent / "features.sql").read_bytes())


def manifest(
    *,
    shop: str,
    horizon_days: int,
    model: bytes,
    score: AdditiveScore,
    fitted: Fitted,
    choice: Choice,
    level: Level,
    metrics: dict[str, Any],
    largest_difference: float,
    reference: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything the scorer checks before it takes a model, and everything a page shows of it.

    `base` is the logit to which the contributions are added; `mbg` are the parameters for the feature `mbg_logit`;
    `reference` is how features and score of all customers lay at `training.asOf`.
    """
    return {
        "format": FORMAT,
        "kind": "churn",
        "shop": shop,
        "label": f"no order in ({{as_of}}, {{as_of}} + {horizon_days} days]; a returned order is an order, a cancelled one is none",
        "horizonDays": horizon_days,
        "model": choice.name,
        "file": "churn.onnx",
        "sha256": sha256_of(model),
        "inputs": ["features"],
        "outputs": ["prob", "contrib"],
        "features": [asdict(feature) for feature in feature_list()],
        "featuresSha256": features_sha256(),
        "base": score.base,
        "threshold": choice.threshold,
        "mbg": {"r": fitted.mbg.r, "alpha": fitted.mbg.alpha, "a": fitted.mbg.a, "b": fitted.mbg.b},
        "training": {
            "asOf": iso(fitted.now),
            "from": iso(fitted.cut_offs[0]),
            "to": iso(fitted.cut_offs[-1] + horizon_days * 86_400_000),
            "cutOffs": [iso(at) for at in fitted.cut_offs],
            "rows": fitted.rows,
        },
        "calibration": {
            "level": level.status,
            "words": level.words,
            "mean": level.mean,
            # Logits by which all probabilities were moved.
            "season": None if level.mean is None else level.shift,
        },
        "choice": {"logLoss": choice.log_losses, "validatedAt": [iso(at) for at in choice.cut_offs]},
        "metrics": metrics,
        "largestDifference": largest_difference,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        **({} if reference is None else {"reference": reference}),
    }


def write_json(path: Path, content: Any) -> None:
    """Indented, with a last line break; NaN becomes null, which every reader takes."""
    path.write_bytes(json_bytes(content, indent=2))


def json_bytes(content: Any, **how: Any) -> bytes:
    """With a last line break, and null where a number is none."""
    return (json.dumps(without_nan(content), allow_nan=False, **how) + "\n").encode("utf8")


def replace_files(out: Path, files: dict[str, bytes]) -> None:
    """Files of one training, at once: what stood there serves until all are whole. The manifest belongs at the end.

    Names may have folders. Whatever describes a model belongs among them: a card that is there before it describes another one.
    """
    for name, data in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / f"{name}.new").write_bytes(data)
    for name in files:
        (out / f"{name}.new").replace(out / name)


def without_nan(value: Any) -> Any:
    """The same content with null where a number is none."""
    if isinstance(value, dict):
        return {key: without_nan(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(each) for each in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value
