"""Reads a shop as the trainer does. Prints one JSON object.

Usage: trainer_store.py PORT SHOP AS_OF_MS
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "apps" / "trainer"))

from tideline_trainer.errors import TrainerError
from tideline_trainer.store import StoreClient, StoreSource

port, shop, as_of = sys.argv[1:]
client = StoreClient(f"http://127.0.0.1:{port}")
source = StoreSource(client, shop)
frame = source.served(int(as_of), {"mbg_r": "0.83", "mbg_alpha": "61.5", "mbg_a": "0.71", "mbg_b": "2.3"})
span = source.span()
try:
    client.columns("SELECT * FROM nowhere.nothing")
    refused = "not refused"
except TrainerError as error:
    refused = error.code
print(
    json.dumps(
        {
            "rows": {str(key): row.tobytes().hex() for key, row in zip(frame.customers, frame.X, strict=True)},
            "span": [span.first, span.last],
            "after": sorted(map(str, source.after(int(as_of), 90).customers)),
            "nobody": len(source.frame(0).customers),
            "refused": refused,
        }
    )
)
