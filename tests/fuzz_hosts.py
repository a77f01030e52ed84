"""`make fuzz`: throws hosts and URLs at the service; no answer may be a 5xx. Reports the slowest.

The strings are mutated vectors, random Unicode and random bytes as text, from a seed that is printed.
"""

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.settings import ROOT, Settings
from tests.keys import publish

VECTORS = ROOT / "tests" / "vectors" / "hosts.json"
SPICE = "./\\@:?#[]%_-~ \t\n\0\u00ad\u200d\u3002\uff0e\u0130\u1e9eßİ💩٣۳xn--0x255.1e9"


@dataclass
class Report:
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_input: str = ""
    failures: list[str] = field(default_factory=list)


def strings(chance: random.Random) -> str:
    inputs = [row["input"] for row in json.loads(VECTORS.read_text("utf-8"))]
    text = chance.choice(inputs) if chance.random() < 0.7 else ""
    for _ in range(chance.randint(0, 5)):
        at = chance.randint(0, len(text))
        piece = chance.choice([chance.choice(SPICE), chr(chance.randint(1, 0x2FFF)), chance.choice(inputs)[:40]])
        text = text[:at] + piece * chance.choice([1, 1, 1, 70]) + text[at + chance.randint(0, 3) :]
    return text.encode("utf-8", "replace").decode()


def fuzz(client: TestClient, count: int, seed: int) -> Report:
    chance, report = random.Random(seed), Report()
    for number in range(count):
        text = strings(chance)
        route = ("/v1/domains/" + quote(text, safe=""), "/v1/lookup?url=" + quote(text, safe=""))[number % 2]
        started = time.perf_counter()
        response = client.get(route)
        seconds = time.perf_counter() - started
        report.statuses[response.status_code] += 1
        if response.status_code >= 500:
            report.failures.append(route)
        if seconds > report.slowest:
            report.slowest, report.slowest_input = seconds, route
    return report


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=20261123)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), log_level="error", release_poll=3600)
        database = Database(settings)
        database.migrate()
        publish(database, settings.seed_dir)
        with TestClient(create_app(settings)) as client:
            report = fuzz(client, given.count, given.seed)
    print(f"seed {given.seed}: {given.count} requests, {dict(sorted(report.statuses.items()))}")
    print(f"slowest: {report.slowest * 1000:.1f} ms for {report.slowest_input[:120]}")
    if report.failures:
        raise SystemExit(f"{len(report.failures)} answers were 5xx, first: {report.failures[0][:200]}")


if __name__ == "__main__":
    main()
