"""What `npm run train` starts: `python -m tideline_trainer`, with its options."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from .demand_train import demand_measures, evaluate_demand, publish_demand
from .errors import TrainerError
from .features import HORIZON_DAYS
from .measures import of_tests, report
from .published import Published, PublishedValue, of_published, of_published_value
from .store import StoreClient, StoreDemand, StoreSource
from .train import evaluate, publish
from .value_train import evaluate_value, publish_value, value_measures

USAGE = (
    "npm run train -- --shop SHOP [--kind churn|clv|demand] [--law PROFILE] [--evaluate [--model DIR]] [--url URL] [--out DIR] [--api URL] "
    "[--no-publish] [--json]"
)


def address() -> str:
    """The store's read-only listener by the same settings that open it; its password is in the environment alone."""
    host, port = os.environ.get("TIDELINE_STORE_HOST", "127.0.0.1"), os.environ.get("TIDELINE_STORE_PORT", "8124")
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def tell(asked: argparse.Namespace, words: str, **facts: str) -> None:
    """What came of it: to a person in words, to a program as one line of JSON."""
    print(json.dumps({"shop": asked.shop, **facts}) if asked.json else words)


def forecast_demand(source: StoreDemand, asked: argparse.Namespace, out: Path, say: Callable[[str], None]) -> int:
    """Forecasts of units, or their measures."""
    evaluation = evaluate_demand(source, say)
    if asked.evaluate:
        return report(demand_measures(evaluation, asked.law is not None))
    content = publish_demand(evaluation, asked.shop, out)
    tell(asked, f"{asked.shop}: forecasts from {content['origin']} on are in {out}", origin=content["origin"])
    return 0


def predict_values(source: StoreSource, asked: argparse.Namespace, out: Path, say: Callable[[str], None]) -> int:
    """A model of twelve months' value, or its measures."""
    values = evaluate_value(source, say)
    if asked.evaluate:
        return report(value_measures(values))
    written = publish_value(values, source, asked.shop, out)
    words = f"{written['model']} published in {out} ({written['sha256'][:12]}); {written['words']}"
    tell(asked, f"{asked.shop}: {words}", model=written["model"])
    return 0


def measure_published(source: StoreSource, asked: argparse.Namespace) -> int:
    """A published model on a shop, which need not be the one that it was trained on."""
    if asked.kind == "clv":
        return report(of_published_value(PublishedValue(asked.model), source))
    return report(of_published(Published(asked.model), source))


def main(argv: list[str]) -> int:
    """0: published, or every bar met; 1: refused or missed; 2: something is not as it must be."""
    about = "Trains a model of a shop's customers."
    parser = argparse.ArgumentParser(prog="npm run train --", allow_abbrev=False, usage=USAGE, description=about)
    parser.add_argument("--shop", required=True, help="the shop, as `npm run cli -- import --shop` called it")
    parser.add_argument(
        "--kind",
        choices=("churn", "clv", "demand"),
        default="churn",
        help="who will not order in 90 days, what each brings in twelve months, or how many units are sold in 30 days",
    )
    parser.add_argument("--evaluate", action="store_true", help="measure only, publish nothing")
    parser.add_argument(
        "--law",
        choices=("seed", "rich"),
        help="the shop is simulated by this profile: measure the best possible; without --evaluate it goes into the manifest",
    )
    parser.add_argument("--model", type=Path, help="with --evaluate: measure the published model in this directory instead")
    parser.add_argument("--url", default=address(), help="the store's read-only listener (TIDELINE_STORE_PORT, 8124)")
    parser.add_argument("--out", type=Path, help="where the model goes (default: <data>/models/<shop>)")
    parser.add_argument("--json", action="store_true", help="say what came of it, or what went wrong, as one JSON object")
    asked = parser.parse_args(argv)
    if asked.model and not (asked.evaluate and asked.kind != "demand"):
        parser.error("--model is a model of churn or clv to be measured, not trained: say --evaluate too")
    if asked.law and (asked.kind == "clv" or asked.model or (asked.kind == "demand" and not asked.evaluate)):
        parser.error("--law is about a churn model that is trained or tested here, or the bar of --kind demand --evaluate")
    if asked.json and asked.evaluate:
        parser.error("--evaluate prints its measures as JSON, last, without --json")
    out: Path = asked.out or Path(os.environ.get("TIDELINE_DATA", ".data")) / "models" / asked.shop

    def say(text: str) -> None:
        print(f"  {text}", file=sys.stderr, flush=True)

    try:
        client = StoreClient(asked.url, os.environ.get("TIDELINE_STORE_READ_SECRET"))
        if asked.kind == "demand":
            return forecast_demand(StoreDemand(client, asked.shop), asked, out, say)
        source = StoreSource(client, asked.shop)
        if asked.model:
            return measure_published(source, asked)
        if asked.kind == "clv":
            return predict_values(source, asked, out, say)
        evaluation = evaluate(source, say)
        if asked.evaluate:
            measures = of_tests(evaluation.tests, evaluation.results)
            if asked.law:
                # Of the tests: only there it is right to know the law.
                from tests.distance import against_posterior  # noqa: PLC0415

                measures += against_posterior(asked.law, evaluation.newest, *source.order_times(), HORIZON_DAYS)
            return report(measures)
        if asked.law:
            from tests.distance import note_best  # noqa: PLC0415

            # Measured, not learnt from: the model is trained, and chosen, without it.
            note_best(asked.law, evaluation, *source.order_times(), HORIZON_DAYS)
        content = publish(evaluation, source, asked.shop, out)
        words = f"{content['model']} published in {out} ({content['sha256'][:12]}); {content['calibration']['words']}"
        tell(asked, f"{asked.shop}: {words}", model=content["model"])
        return 0
    except TrainerError as error:
        if asked.json:
            print(json.dumps({"code": error.code, "message": str(error), "enoughOn": error.enough_on}))
        else:
            print(f"{'Not published. ' if error.refusal and not asked.evaluate else ''}{error}", file=sys.stderr)
        return 1 if error.refusal else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
