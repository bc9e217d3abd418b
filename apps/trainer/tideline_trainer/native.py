"""ClickHouse's Native format: columns as they lie in memory, so that a float32 arrives bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import TrainerError

NUMBERS: dict[str, str] = {
    "Float32": "<f4",
    "Float64": "<f8",
    "UInt8": "u1",
    "UInt16": "<u2",
    "UInt32": "<u4",
    "UInt64": "<u8",
    "Int8": "i1",
    "Int16": "<i2",
    "Int32": "<i4",
    "Int64": "<i8",
}


class _Reader:
    def __init__(self, answer: bytes) -> None:
        self.bytes = answer
        self.at = 0

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.bytes[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def take(self, size: int) -> bytes:
        if self.at + size > len(self.bytes):
            raise IndexError
        self.at += size
        return self.bytes[self.at - size : self.at]

    def text(self) -> str:
        return self.take(self.varint()).decode("utf8")


def columns_of(answer: bytes) -> dict[str, NDArray[Any]]:
    """All blocks of an answer, joined, by column name; strings as objects.

    Raises TrainerError `answer-broken` when the answer ends early or holds a type that is not read here.
    """
    reader = _Reader(answer)
    parts: dict[str, list[NDArray[Any]]] = {}
    try:
        while reader.at < len(answer):
            width, rows = reader.varint(), reader.varint()
            for _ in range(width):
                name, kind = reader.text(), reader.text()
                if kind == "String":
                    column: NDArray[Any] = np.array([reader.text() for _ in range(rows)], dtype=object)
                elif kind in NUMBERS:
                    number = np.dtype(NUMBERS[kind])
                    column = np.frombuffer(reader.take(rows * number.itemsize), dtype=number)
                else:
                    raise TrainerError("answer-broken", f"The column {name} is of the type {kind}, which the trainer does not read.")
                parts.setdefault(name, []).append(column)
    except IndexError:
        raise TrainerError("answer-broken", "The answer of the store ends in the middle. Ask again.") from None
    return {name: np.concatenate(blocks) for name, blocks in parts.items()}
