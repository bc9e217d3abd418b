"""A published model measured on a shop that it was not trained on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tideline_trainer.errors import TrainerError
from tideline_trainer.features import DAY_MS
from tideline_trainer.published import Published, PublishedValue, of_published, of_published_value

from .shops import SmallShop, simulate

FIXTURE = Path(__file__).parents[3] / "libs" / "scoring" / "fixtures"


def test_says_how_good_it_is_at_every_closed_cut_off() -> None:
    shop = simulate(1_200, 420.0, seed=22)
    measures = {each.measure: each.value for each in of_published(Published(FIXTURE), shop)}
    newest = next(iter(measures)).split(",")[0]
    at = shop.span().last - 90 * DAY_MS
    assert measures[f"{newest}, all: customers"] > measures[f"{newest}, active 180 days: customers"] > 200
    # The same law with the same parameters: the order of customers carries over.
    assert measures[f"{newest}, all: AUC"] > 0.65
    assert 0.3 < measures[f"{newest}, all: mean predicted"] < 0.9
    assert len({name.split(",")[0] for name in measures}) == 3
    happened = 1 - len(np.intersect1d(shop.frame(at).customers, shop.after(at, 90).customers)) / len(shop.frame(at).customers)
    assert measures[f"{newest}, all: happened"] == pytest.approx(happened, abs=1e-4)


def test_refuses_what_is_no_published_model(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="holds no published model"):
        Published(tmp_path)
    manifest = json.loads((FIXTURE / "churn.json").read_text("utf8"))
    (tmp_path / "churn.json").write_text(json.dumps(manifest), "utf8")
    (tmp_path / "churn.onnx").write_bytes((FIXTURE / "churn.onnx").read_bytes()[:-1])
    with pytest.raises(TrainerError, match="cut short"):
        Published(tmp_path)


def other_manifest(directory: Path, kind: str, changed: dict[str, object]) -> Path:
    """The fixture with fields of its manifest changed."""
    for file in FIXTURE.glob(f"{kind}*.onnx"):
        (directory / file.name).write_bytes(file.read_bytes())
    stored = json.loads((FIXTURE / f"{kind}.json").read_text("utf8"))
    (directory / f"{kind}.json").write_text(json.dumps({**stored, **changed}), "utf8")
    return directory


FEATURES = json.loads((FIXTURE / "churn.json").read_text("utf8"))["features"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"kind": "other"}, "is of kind other"),
        ({"format": 2}, "has format 2, this build reads format 1"),
        ({"features": [FEATURES[1], FEATURES[0], *FEATURES[2:]]}, "has tenure as feature 1, this build recency"),
        ({"features": FEATURES[:-1]}, "has none as feature 35, this build mbg_logit"),
        ({"features": [*FEATURES, {"name": "more"}]}, "has more as feature 36, this build none"),
        ({"features": None}, "holds no published model"),
        ({"featuresSha256": "0" * 64}, "computed by another statement"),
        ({"mbg": {"r": 1.0}}, "lacks a parameter of MBG/NBD"),
    ],
)
def test_refuses_what_this_build_would_ask_otherwise(tmp_path: Path, changed: dict[str, object], words: str) -> None:
    for kind, opened in (("churn", Published), ("clv", PublishedValue)):
        with pytest.raises(TrainerError, match=words):
            opened(other_manifest(tmp_path, kind, changed))


def test_of_slices_that_tell_nothing_it_says_how_many_they_are() -> None:
    # All first orders lie in the first 100 days; a third comes back on day 350.
    shop = SmallShop([[(float(k % 100), 10.0), *([(350.0, 10.0)] if k % 3 == 0 else [])] for k in range(300)], 420.0)
    measures = {each.measure: each.value for each in of_published(Published(FIXTURE), shop)}
    newest, *_ = {name.split(",")[0]: None for name in measures}
    assert [value for name, value in measures.items() if name.startswith(f"{newest}, active")] == [0]
    assert measures[f"{newest}, all: happened"] == pytest.approx(2 / 3, abs=1e-4)
    assert np.isfinite(list(measures.values())).all()
    nobody = SmallShop([orders[:1] for orders in shop.orders], shop.days)
    with pytest.raises(TrainerError, match="50 customers of whom some bought and some did not"):
        of_published(Published(FIXTURE), nobody)
    longer = SmallShop([[(at + 250 if at > 100 else at / 2, money) for at, money in orders] for orders in shop.orders], 700.0)
    values = {each.measure: each.value for each in of_published_value(PublishedValue(FIXTURE), longer)}
    assert all(name.endswith(": customers") for name in values if ", active" in name)
    assert np.isfinite(list(values.values())).all()


def test_says_how_good_values_are_where_a_year_is_over() -> None:
    shop = simulate(1_200, 520.0, seed=24)
    model = PublishedValue(FIXTURE)
    measures = {each.measure: each.value for each in of_published_value(model, shop)}
    days = dict.fromkeys(name.split(",")[0] for name in measures)
    assert len(days) == 3
    at = shop.span().last - model.days * DAY_MS
    frame, came = shop.frame(at), shop.after(at, model.days)
    known = np.isin(came.customers, frame.customers)
    newest = next(iter(days))
    assert measures[f"{newest}, all: customers"] == len(frame.customers)
    assert measures[f"{newest}, all: mean of what came"] == pytest.approx(
        np.maximum(came.net[known], 0).sum() / len(frame.customers), abs=1e-3
    )
    assert measures[f"{newest}, all: Gini of a perfect ranking's"] > 0.2


def test_refuses_values_whose_second_file_is_another(tmp_path: Path) -> None:
    for file in ("clv.json", "clv.onnx"):
        (tmp_path / file).write_bytes((FIXTURE / file).read_bytes())
    (tmp_path / "clv-offset.onnx").write_bytes((FIXTURE / "clv.onnx").read_bytes())
    with pytest.raises(TrainerError, match=r"clv-offset\.onnx in .* is not the one of its manifest"):
        PublishedValue(tmp_path)
    (tmp_path / "clv-offset.onnx").unlink()
    with pytest.raises(TrainerError, match="holds no published model"):
        PublishedValue(tmp_path)
    with pytest.raises(TrainerError, match="No window of 365 days"):
        of_published_value(PublishedValue(FIXTURE), simulate(200, 380.0, seed=23))


def test_says_when_no_window_is_over() -> None:
    with pytest.raises(TrainerError, match="No window of 90 days"):
        of_published(Published(FIXTURE), simulate(200, 100.0, seed=23))
