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
    """A fault that a person reads. `refusal` is true where the data or the model is not good enough to be published.

    `enough_on` of too little data: the day of the shop, `2025-12-31`, on which there will be enough, where that is known.
    """

    def __init__(self, code: Code, message: str, enough_on: str | None = None) -> None:
        super().__init__(message)
        self.code: Code = code
        self.enough_on = enough_on

    @property
    def refusal(self) -> bool:
        """Whether everything worked and the answer is no."""
        return self.code in ("too-little-data", "leak", "features-differ", "export-differs")
