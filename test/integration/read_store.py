"""Reads the store's read-only listener as a notebook does, and tries what a reader must not. Prints one JSON object.

Usage: read_store.py PORT FILE   (FILE: where INTO OUTFILE is tried)
"""

import json
import sys

import clickhouse_connect
from clickhouse_connect.driver.exceptions import ClickHouseError

port, outfile = int(sys.argv[1]), sys.argv[2]
client = clickhouse_connect.get_client(host="127.0.0.1", port=port, username="notebook", password="")
plain = clickhouse_connect.get_client(host="127.0.0.1", port=port, username="notebook", password="", compress=False)


def refusal(work):
    """The words of the refusal, or 'allowed'."""
    try:
        work()
    except ClickHouseError as error:
        return str(error)
    return "allowed"


def insert(by):
    by.insert("shop.sales", [[9, 1, "1", None, "x"]], column_names=["line", "quantity", "amount", "at", "note"])


sales = client.query("SELECT line, quantity, amount, at, note FROM shop.sales ORDER BY line")
bound = client.query("SELECT count() FROM shop.sales WHERE quantity >= {least:UInt32}", parameters={"least": 2})
answer = {
    "columns": sales.column_names,
    "rows": [[str(value) for value in row] for row in sales.result_rows],
    "types": [type(value).__name__ for value in sales.result_rows[0]],
    "bound": bound.result_rows[0][0],
    "big": client.query("SELECT number, toString(number) FROM numbers(200000)").row_count,
    "command": client.command("SELECT sum(quantity) FROM shop.sales"),
    "raw": client.raw_query("SELECT 1 AS a", fmt="CSVWithNames").decode(),
    "streamed": 0,
    "refused": {
        "insert": refusal(lambda: insert(plain)),
        "insert, compressed": refusal(lambda: insert(client)),
        "insert statement": refusal(lambda: client.command("INSERT INTO shop.sales (line) VALUES (9)")),
        "create": refusal(lambda: client.command("CREATE TABLE shop.other (a UInt8) ENGINE = Memory")),
        "drop": refusal(lambda: client.command("DROP TABLE shop.sales")),
        "set readonly": refusal(lambda: client.command("SET readonly = 0")),
        "set readonly to its default": refusal(lambda: client.command("SET readonly = DEFAULT")),
        "set role": refusal(lambda: client.command("SET ROLE owner")),
        "setting of the request": refusal(lambda: client.query("SELECT 1", settings={"readonly": 0})),
        "setting of the statement": refusal(lambda: client.query("SELECT 1 SETTINGS readonly = DEFAULT")),
        "file as a table": refusal(lambda: client.query("SELECT * FROM file('/etc/hostname', 'LineAsString')")),
        "file as a function": refusal(lambda: client.query("SELECT file('/etc/hostname')")),
        "url": refusal(lambda: client.query("SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')")),
        "remote": refusal(lambda: client.query("SELECT * FROM remote('127.0.0.1', 'system', 'one')")),
        "outfile": refusal(lambda: client.command(f"SELECT 1 INTO OUTFILE '{outfile}'")),
    },
}
with client.query_row_block_stream("SELECT number FROM numbers(100000)") as stream:
    for block in stream:
        answer["streamed"] += len(block)
print(json.dumps(answer))
