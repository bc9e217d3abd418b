"""The statements, and what is said when the store does not answer. Its answers: test/integration/read-features.int-spec.ts."""

from __future__ import annotations

import json
import socket

import pytest

from tideline_trainer.__main__ import main
from tideline_trainer.errors import TrainerError
from tideline_trainer.store import StoreClient, find_shop, instant_text, statement


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
    assert main(["--shop", "demo", "--url", url, "--json"]) == 2
    to_a_program = capsys.readouterr()
    assert to_a_program.err == ""
    told = json.loads(to_a_program.out)
    assert f"No store answers at {url}" in told.pop("message")
    assert told == {"code": "store-away", "enoughOn": None}


def test_names_that_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(TrainerError, match="cannot be the name of a shop"):
        find_shop(StoreClient("http://127.0.0.1:1"), "Shop'; --")
    for url in ("localhost:8124", "http://127.0.0.1:81244", "http://[::1"):
        assert main(["--shop", "demo", "--url", url]) == 2
        assert "is no address of a store" in capsys.readouterr().err


def test_the_secret_is_not_shown() -> None:
    assert StoreClient("http://reader:quite-a-secret@127.0.0.1:8124").shown == "http://127.0.0.1:8124"


def test_options_are_said_whole() -> None:
    """The command that publishes afterwards looks for whole words: `--eval` would measure, and then publish what lies there."""
    with pytest.raises(SystemExit):
        main(["--shop", "demo", "--eval"])
    with pytest.raises(SystemExit):
        main(["--shop", "demo", "--evaluate", "--json"])
