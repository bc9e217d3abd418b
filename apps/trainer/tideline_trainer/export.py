"""The model file, and the proof that it says what the library says."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime

from .arrays import Floats32, sigmoid
from .blend import Candidate
from .errors import TrainerError
from .features import feature_list
from .graph import build

LARGEST_DIFFERENCE = 1e-5


def onnx_bytes(model: Candidate, metadata: dict[str, str]) -> bytes:
    """The graph of a fitted candidate."""
    built: onnx.ModelProto = build(model.score(), [feature.name for feature in feature_list()], metadata)
    return bytes(built.SerializeToString(deterministic=True))


def refuse_other_answers(file: bytes, model: Candidate, X: Floats32) -> float:
    """Runs the file on rows, also with NaN in each column, and compares.

    Raises TrainerError `export-differs` when a probability, or base plus contributions, is further than 1e-5 from the
    library's; returns the largest difference.
    """
    holed = X.copy()
    holed[np.random.default_rng(1).uniform(size=X.shape) < 0.1] = np.nan
    rows = np.concatenate([X, holed])
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    probability, contributions = session.run(["prob", "contrib"], {"features": rows})
    expected = sigmoid(model.logit(rows))
    summed = sigmoid(model.score().base + contributions.astype(np.float64).sum(axis=1))
    largest = float(max(np.abs(probability - expected).max(), np.abs(summed - expected).max()))
    if not largest <= LARGEST_DIFFERENCE:
        raise TrainerError(
            "export-differs",
            f"The ONNX file is up to {largest:.2g} away from what was trained, more than {LARGEST_DIFFERENCE:.0e}. It is not published.",
        )
    return largest
