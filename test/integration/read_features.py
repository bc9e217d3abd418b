"""Reads the trainer's statements from the store's read-only listener with nothing but the standard library. Prints one JSON object.

Usage: read_features.py PORT DATABASE TIME_ZONE AS_OF
"""

import json
import struct
import sys
import urllib.request
from pathlib import Path

port, database, time_zone, as_of = sys.argv[1:]
files = Path(__file__).parents[2] / "apps" / "trainer" / "tideline_trainer"
names = [feature["name"] for feature in json.loads((files / "features.json").read_text())["features"]]
values = {"database": database, "time_zone": time_zone, "as_of": as_of, "horizon_days": "90"}
values |= {"mbg_r": "0.83", "mbg_alpha": "61.5", "mbg_a": "0.71", "mbg_b": "2.3"}


def ask(file: str, fmt: str) -> bytes:
    """The answer to a statement of the trainer, in a format of ClickHouse's."""
    statement = (files / file).read_text()
    for name, value in values.items():
        statement = statement.replace("{" + name + "}", value)
    url = f"http://127.0.0.1:{port}/?default_format={fmt}"
    with urllib.request.urlopen(urllib.request.Request(url, data=statement.encode())) as answer:
        return answer.read()


def row_binary(body: bytes) -> dict[str, str]:
    """Customer -> the bytes of its row, in hex."""
    rows, at = {}, 0
    width = 4 * len(names)
    while at < len(body):
        length = body[at]  # ids of this test are shorter than 128 bytes: one byte holds the length
        key = body[at + 1 : at + 1 + length].decode()
        at += 1 + length + width
        rows[key] = body[at - width : at].hex()
    return rows


def tab_separated(body: bytes) -> dict[str, str]:
    """The same from text: the shortest text of a Float32 is read back as that Float32."""
    header, *lines = body.decode().splitlines()
    assert header.split("\t") == ["customer_id", *names], header
    return {key: struct.pack(f"<{len(names)}f", *map(float, cells)).hex() for key, *cells in (line.split("\t") for line in lines)}


parquet = ask("features.sql", "Parquet")
print(
    json.dumps(
        {
            "RowBinary": row_binary(ask("features.sql", "RowBinary")),
            "TabSeparatedWithNames": tab_separated(ask("features.sql", "TabSeparatedWithNames")),
            "parquet": [parquet[:4].decode(), parquet[-4:].decode()],
            "labels": ask("labels.sql", "TabSeparated").decode().splitlines(),
            "extent": ask("extent.sql", "TabSeparated").decode().splitlines(),
        }
    )
)
