"""The Native format on bytes that ClickHouse 26.7 wrote, the statements, and what is said when the store does not answer."""

from __future__ import annotations

import socket

import numpy as np
import pytest

from tideline_trainer.__main__ import main
from tideline_trainer.errors import TrainerError
from tideline_trainer.native import columns_of
from tideline_trainer.store import StoreClient, find_shop, instant_text, statement

HEAD = "05020b637573746f6d65725f696406537472696e67"
# SELECT concat('Ä', toString(number)) AS customer_id, toFloat32(number = 1 ? nan : 1 / (number + 3)) AS f,
#   toFloat64(number) / 7 AS d, toUInt64(18446744073709551615 - number) AS u, toInt32(-number) AS i FROM numbers(2)
# UNION ALL SELECT repeat('x', 200), toFloat32(5), 6., toUInt64(7), toInt32(8)
ANSWER = bytes.fromhex(
    HEAD
    + "03c3843003c38431016607466c6f61743332abaaaa3e0000c07f016407466c6f617436340000000000000000922449922449c23f01750655496e743634"
    + "fffffffffffffffffeffffffffffffff016905496e74333200000000ffffffff"
    + HEAD.replace("0502", "0501", 1)
    + "c801"
    + "78" * 200
    + "016607466c6f617433320000a040016407466c6f61743634000000000000184001750655496e7436340700000000000000016905496e74333208000000"
)


def test_two_blocks_become_columns() -> None:
    found = columns_of(ANSWER)
    assert found["customer_id"].tolist() == ["Ä0", "Ä1", "x" * 200]
    assert found["f"].dtype == np.float32
    assert found["f"].tobytes() == np.array([1 / 3, np.nan, 5], dtype=np.float32).tobytes()
    assert found["d"].tolist() == [0.0, 1 / 7, 6.0]
    assert found["u"].tolist() == [2**64 - 1, 2**64 - 2, 7]
    assert found["i"].tolist() == [0, -1, 8]


def test_an_answer_without_rows_has_no_bytes() -> None:
    assert columns_of(b"") == {}


@pytest.mark.parametrize("cut", [1, 30, 100, 240, len(ANSWER) - 1])
def test_half_an_answer_is_none(cut: int) -> None:
    with pytest.raises(TrainerError, match="ends in the middle"):
        columns_of(ANSWER[:cut])


def test_a_type_that_is_not_read_is_named() -> None:
    with pytest.raises(TrainerError, match=r"column a is of the type Array\(UInt8\)"):
        columns_of(bytes.fromhex("010101610c41727261792855496e743829010000000000000001"))


def test_statements_are_filled_whole() -> None:
    values = {"database": "shop_x", "time_zone": "Europe/Berlin", "as_of": instant_text(1_323_434_999_123)}
    numbers = {"mbg_r": "nan", "mbg_alpha": "1e-05", "mbg_a": "2.5", "mbg_b": "3"}
    text = statement("features", **values, **numbers)
    assert "`shop_x`.`ledger_transactions`" in text
    assert "2011-12-09 12:49:59.123" in text
    with pytest.raises(ValueError, match=r"Nothing was given for \{mbg_r\}"):
        statement("features", **values)
    with pytest.raises(ValueError, match="cannot stand for database"):
        statement("extent", database="x`; DROP")


def test_a_store_that_is_away(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert main(["--shop", "demo", "--url", url]) == 2
    said = capsys.readouterr().err
    assert f"No store answers at {url}" in said
    assert "TIDELINE_STORE_PORT=8124" in said


def test_names_that_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(TrainerError, match="cannot be the name of a shop"):
        find_shop(StoreClient("http://127.0.0.1:1"), "Shop'; --")
    assert main(["--shop", "demo", "--url", "localhost:8124"]) == 2
    assert "is no address of a store" in capsys.readouterr().err


def test_the_secret_is_not_shown() -> None:
    assert StoreClient("http://reader:quite-a-secret@127.0.0.1:8124").shown == "http://127.0.0.1:8124"
