"""The store's read-only listener, by ClickHouse's HTTP protocol, and the three statements the warehouse makes for it."""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import clickhouse_connect
import numpy as np
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError
from numpy.typing import NDArray

from .arrays import Floats, Strings
from .demand_series import LEVELS, DemandKnown, Level, known_of
from .errors import TrainerError
from .features import Frame, feature_list
from .history import After, Span

EPOCH = datetime(1970, 1, 1).toordinal()
TIMEOUT_SECONDS = 120
"""The listener ends a statement after 30 s by itself; the rest is waiting for a turn."""

NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")

SHOPS = """
SELECT shop, argMax(time_zone, version) AS zone, toUInt64(argMax(incarnation, version)) AS incarnation
FROM tideline.shops GROUP BY shop HAVING argMax(presence, version) = 'there' ORDER BY shop
"""


class StoreClient:
    """Sends statements and gives columns."""

    def __init__(self, url: str, secret: str | None = None) -> None:
        try:
            parts = urllib.parse.urlsplit(url)
            known = parts.scheme in ("http", "https") and bool(parts.hostname)
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            known = False
        if not known:
            raise TrainerError("store-away", f"{url} is no address of a store. It looks like http://127.0.0.1:8124.")
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        self.shown = f"{parts.scheme}://{host}{port}"
        self._parts = parts
        self._secret = urllib.parse.unquote(parts.password) if parts.password else secret
        self._client: Client | None = None

    def columns(self, statement: str) -> dict[str, NDArray[Any]]:
        """Runs one statement; strings come as objects, numbers as they lie in the store, bit for bit.

        Raises TrainerError `store-away` when nobody answers, `store-refused` with the store's own words when it says no.
        """
        try:
            self._client = self._client or self._connected()
            found = self._client.query(statement, column_oriented=True)
        except OperationalError as error:
            raise TrainerError(
                "store-away",
                f"No store answers at {self.shown} ({first_line(error)}). Start Tideline with TIDELINE_STORE_PORT=8124, or name the "
                "read-only listener with --url.",
            ) from None
        except ClickHouseError as error:
            raise TrainerError("store-refused", f"The store at {self.shown} refused a statement: {first_line(error)}") from None
        kinds = [np.dtype(kind.np_type) for kind in found.column_types]
        # Strings stay Python's: an array of a fixed width would cut or fill them.
        columns = [
            np.array(column, dtype=kind if kind.kind in "fiu" else object) for column, kind in zip(found.result_columns, kinds, strict=True)
        ]
        return dict(zip(found.column_names, columns, strict=True))

    def _connected(self) -> Client:
        return clickhouse_connect.get_client(
            host=self._parts.hostname,
            port=self._parts.port or (443 if self._parts.scheme == "https" else 80),
            secure=self._parts.scheme == "https",
            username="trainer",
            password=self._secret or "",
            send_receive_timeout=TIMEOUT_SECONDS,
            query_retries=0,
            autogenerate_session_id=False,
        )


def first_line(error: Exception) -> str:
    """What a client says goes over several lines."""
    return str(error).strip().split("\n", maxsplit=1)[0][:2000]


@dataclass(frozen=True)
class ShopSettings:
    """What of a shop the statements need."""

    database: str
    time_zone: str


def find_shop(client: StoreClient, shop: str) -> ShopSettings:
    """Raises TrainerError `shop-unknown` and says which shops there are, `shop-invalid` for a name no shop can have."""
    if not NAME.fullmatch(shop):
        raise TrainerError("shop-invalid", f"{shop!r} cannot be the name of a shop: small letters, digits and '-', a letter first.")
    found = client.columns(SHOPS)
    shops = [str(name) for name in found.get("shop", [])]
    if shop not in shops:
        those = ", ".join(shops) if shops else "none yet"
        raise TrainerError("shop-unknown", f"The store at {client.shown} has no shop {shop}. Its shops: {those}.")
    row = shops.index(shop)
    incarnation = int(found["incarnation"][row])
    # As `databaseOf` of libs/warehouse: a sandbox whose name was used before has a database of its own.
    database = "shop_" + shop.replace("-", "_") + (f"__{incarnation}" if incarnation > 1 else "")
    return ShopSettings(database, str(found["zone"][row]))


def instant_text(at: int) -> str:
    """`2011-12-09 12:50:00.000`, UTC, of Unix milliseconds."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S") + f".{at % 1000:03d}"


def statement(name: str, **values: str) -> str:
    """A generated file with its placeholders filled; a value holds nothing but what a name, instant or number may."""
    text = (Path(__file__).parent / f"{name}.sql").read_text("utf8")
    for key, value in values.items():
        if not re.fullmatch(r"[A-Za-z0-9_+/:. -]+", value):
            raise ValueError(f"{value!r} cannot stand for {key}")
        text = text.replace("{" + key + "}", value)
    left = re.search(r"\{[a-z_]+\}", text)
    if left:
        raise ValueError(f"Nothing was given for {left.group()} of {name}.sql")
    return text


class StoreSource:
    """A shop's history out of the store."""

    def __init__(self, client: StoreClient, shop: str) -> None:
        self._client = client
        self._shop = find_shop(client, shop)
        self._name = shop

    def span(self) -> Span:
        """First and last order.

        Raises TrainerError `too-little-data` for a shop without orders of known customers.
        """
        text = statement("extent", database=self._shop.database)
        inner = f"SELECT toUnixTimestamp64Milli(first_order) AS first, toUnixTimestamp64Milli(last_order) AS last, customers FROM ({text})"
        found = self._client.columns(inner)
        if len(found.get("customers", [])) == 0 or int(found["customers"][0]) == 0:
            raise TrainerError("too-little-data", f"Too little data for a model: {self._name} has no order of a known customer.")
        return Span(int(found["first"][0]), int(found["last"][0]))

    def frame(self, as_of: int) -> Frame:
        """Feature rows, ordered by customer, `mbg_logit` left out (NaN)."""
        return self.served(as_of, {"mbg_r": "nan", "mbg_alpha": "nan", "mbg_a": "nan", "mbg_b": "nan"})

    def served(self, as_of: int, mbg: dict[str, str]) -> Frame:
        """Feature rows with the parameters of MBG/NBD, as the scorer gets them."""
        values = {"database": self._shop.database, "time_zone": self._shop.time_zone, "as_of": instant_text(as_of), **mbg}
        names = [feature.name for feature in feature_list()]
        found = self._client.columns(f"SELECT * FROM ({statement('features', **values)}) ORDER BY customer_id")
        if not found:
            return Frame(as_of, np.array([], dtype=object), np.zeros((0, len(names)), dtype=np.float32))
        if list(found) != ["customer_id", *names]:
            raise TrainerError("features-differ", "features.sql gives other columns than features.json names. Generate both anew.")
        X = np.column_stack([found[name] for name in names]).astype(np.float32, copy=False)
        return Frame(as_of, found["customer_id"], X)

    def after(self, as_of: int, horizon_days: int) -> After:
        """Who ordered in the horizon, and for how much."""
        values = {"database": self._shop.database, "as_of": instant_text(as_of), "horizon_days": str(horizon_days)}
        found = self._client.columns(f"SELECT customer_id, toFloat64(net) AS net FROM ({statement('labels', **values)})")
        return After(found.get("customer_id", np.array([], dtype=object)), found.get("net", np.array([], dtype=np.float64)))

    def order_times(self) -> tuple[Strings, Floats]:
        """Customer and instant (Unix milliseconds) of every order, as finally known; for comparisons with a known law."""
        found = self._client.columns(
            f"""SELECT customer_id, toFloat64(toUnixTimestamp64Milli(at)) AS at FROM (
            SELECT customer_key, order_id, any(order_time) AS at FROM {self._shop.database}.fact_sales FINAL
            WHERE customer_key != 0 GROUP BY customer_key, order_id
            ) AS o INNER JOIN {self._shop.database}.dim_customer_keys AS k ON o.customer_key = k.customer_key"""
        )
        return found["customer_id"], found["at"].astype(np.float64)


class StoreDemand:
    """A shop's units out of the store."""

    def __init__(self, client: StoreClient, shop: str) -> None:
        self._client = client
        self._shop = find_shop(client, shop)
        self._name = shop

    def last_day(self) -> int:
        """The day of the shop's clock.

        Raises TrainerError `too-little-data` for a shop whose clock has not moved yet.
        """
        found = self._client.columns(
            f"""SELECT toUnixTimestamp64Milli(assumeNotNull(clock)) AS at
            FROM ({statement("extent", database=self._shop.database)}) WHERE isNotNull(clock)"""
        )
        if len(found.get("at", [])) == 0:
            raise TrainerError("too-little-data", f"Too little data for forecasts of demand: {self._name} has no events yet.")
        return day_of(int(found["at"][0]), self._shop.time_zone)

    def known_at(self, day: int) -> DemandKnown:
        """What was known in the last millisecond before that day."""
        found = self._client.columns(statement("demand_units", **self._values(day)))
        days, units = ([np.asarray(each, dtype=np.int64) for each in found.get(name, [])] for name in ("days", "units_of_days"))
        nobody = np.array([], dtype=object)
        return known_of(day, found.get("product_id", nobody), found.get("category", nobody), days, units)

    def clumps(self, day: int, days: int) -> dict[Level, float]:
        """As the statement gives them; 1 where nothing was sold."""
        found = self._client.columns(statement("demand_clumps", **self._values(day), horizon_days=str(days)))
        values = {level: float(found[name][0]) for level, name in (("category", "of_categories"), ("product", "of_products"))}
        return {level: values[level] if np.isfinite(values[level]) else 1.0 for level in LEVELS}

    def _values(self, day: int) -> dict[str, str]:
        as_of = start_of(day, self._shop.time_zone) - 1
        return {"database": self._shop.database, "time_zone": self._shop.time_zone, "as_of": instant_text(as_of)}


def day_of(at: int, time_zone: str) -> int:
    """The shop's day of an instant (Unix milliseconds), counted since 1970."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(time_zone)).date().toordinal() - EPOCH


def start_of(day: int, time_zone: str) -> int:
    """Unix milliseconds at which a day of the shop starts."""
    date = datetime.fromordinal(day + EPOCH)
    return round(date.replace(tzinfo=ZoneInfo(time_zone)).timestamp() * 1000)
