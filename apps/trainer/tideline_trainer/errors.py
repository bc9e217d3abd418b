"""What can go wrong, each with a code: what happened, to which thing, and what to do next."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "store-away",
    "store-refused",
    "shop-unknown",
    "shop-invalid",
    "too-little-data",
    "leak",
    "model-unreadable",
    "features-differ",
    "export-differs",
]


class TrainerError(Exception):
    """A fault that a person reads. `refusal` is true where the data or the model is not good enough to be published."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code

    @property
    def refusal(self) -> bool:
        """Whether everything worked and the answer is no."""
        return self.code in ("too-little-data", "leak", "features-differ", "export-differs")
