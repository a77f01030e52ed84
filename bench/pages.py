"""What a page costs: bytes on the wire, requests, first contentful paint by Chromium's own trace, and the server's
time, beside an empty page and a lookup in the same run. `make bench-pages`."""

import argparse
import http.client
import json
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from app.db import Database
from app.settings import ROOT
from tests.conftest import make_settings
from tests.e2e.browser import chromium
from tests.keys import publish
from tests.service import running_service

EMPTY = b'<!doctype html><html lang="en"><title>Empty</title><p>Nothing.</p></html>'
LOOKUP = "/v1/domains/zappos.com"
PAGES = {
    "home": "/",
    "answer": "/?q=zappos.com",
    "company": "/companies/microsoft",
    "tie": "/ties/microsoft-ice-azure-government",
    "agency": "/agencies/us-ice",
    "sites of an agency": "/agencies/us-dod/sites",
    "companies": "/companies",
    "about": "/about",
    "coverage": "/about/coverage",
    "corrections": "/corrections",
}
TRACED = ("loading", "blink.user_timing", "devtools.timeline", "rail")


@dataclass
class Cost:
    """Of one page: bytes and requests of a first visit; milliseconds to the first paint, a sample a run."""

    wire: int = 0
    requests: int = 0
    paints: list[float] = field(default_factory=list)


class _Empty(BaseHTTPRequestHandler):
    """A server of nothing but the empty page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(EMPTY)))
        self.end_headers()
        self.wfile.write(EMPTY)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def empty_page() -> Iterator[str]:
    """The address of the empty page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def visit(browser: Browser, address: str, cost: Cost) -> None:
    """A first visit: a context of its own has an empty cache."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    lengths: list[float] = []
    session.on("Network.loadingFinished", lambda event: lengths.append(event["encodedDataLength"]))
    session.send("Network.enable")
    browser.start_tracing(page=page, categories=list(TRACED))
    page.goto(address, wait_until="networkidle")
    cost.paints.append(first_paint(json.loads(browser.stop_tracing()), address))
    cost.wire, cost.requests = round(sum(lengths)), len(lengths)
    context.close()


def first_paint(trace: dict[str, Any], address: str) -> float:
    """Milliseconds from the start of a navigation to its first contentful paint."""
    events = trace["traceEvents"]
    starts = {
        event["args"]["data"]["navigationId"]: event["ts"]
        for event in events
        if event["name"] == "navigationStart" and event["args"].get("data", {}).get("documentLoaderURL") == address
    }
    paints: list[float] = [
        (event["ts"] - starts[event["args"]["data"]["navigationId"]]) / 1000
        for event in events
        if event["name"] == "firstContentfulPaint" and event["args"].get("data", {}).get("navigationId") in starts
    ]
    if not paints:
        raise RuntimeError(f"{address}: no first contentful paint in the trace")
    return paints[0]


def server_ms(address: str, path: str, runs: int, tag: str = "") -> tuple[float, str]:
    """The median time of a request on one kept connection, and the ETag; with `tag` of a 304."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    headers = {"Accept": "text/html", "Accept-Encoding": "br"} | ({"If-None-Match": tag} if tag else {})
    times, found = [], ""
    for _ in range(runs + 1):
        before = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        times.append(1000 * (time.perf_counter() - before))
        found = response.headers.get("ETag", "")
    connection.close()
    return statistics.median(times[1:]), found


def table(empty: Cost, costs: dict[str, Cost], address: str, runs: int) -> str:
    """The figures as a table in Markdown; times also as a multiple of the empty page's or the lookup's."""
    lookup, _ = server_ms(address, LOOKUP, runs)
    nothing = statistics.median(empty.paints)
    lines = [
        "| Page | bytes on the wire | requests | first paint, ms | ÷ empty page | server, ms | ÷ lookup | 304, ms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        f"| a lookup, `{LOOKUP}` | | | | | {lookup:.2f} | 1.0 | |",
        f"| an empty page | {empty.wire:,} | {empty.requests} | {nothing:.0f} | 1.00 | | | |",
    ]
    for name, cost in costs.items():
        paint = statistics.median(cost.paints)
        took, tag = server_ms(address, PAGES[name], runs)
        known, _ = server_ms(address, PAGES[name], runs, tag)
        served = f"{took:.2f} | {took / lookup:.1f} | {known:.2f}"
        lines.append(f"| {name} | {cost.wire:,} | {cost.requests} | {paint:.0f} | {paint / nothing:.2f} | {served} |")
    return "\n".join(lines)


def visits(address: str, nothing: str, runs: int) -> tuple[Cost, dict[str, Cost]]:
    """First visits of the empty page and of all pages, in turns, so that a busy moment spares nobody."""
    empty, costs = Cost(), {page: Cost() for page in PAGES}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for _ in range(runs):
            visit(browser, nothing, empty)
            for page, path in PAGES.items():
                visit(browser, address + path, costs[page])
        browser.close()
    return empty, costs


def main() -> None:
    """Measure all pages on the real seed and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="first visits of each page")
    parser.add_argument("--requests", type=int, default=50, help="requests of each page to the server")
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        settings = make_settings(folder, seed_dir=ROOT / "seed")
        database = Database(settings)
        database.migrate()
        publish(database, settings.seed_dir)
        database.close()
        with running_service(settings.data_dir, folder / "log") as address, empty_page() as nothing:
            empty, costs = visits(address, nothing, given.runs)
            print(table(empty, costs, address, given.requests))


if __name__ == "__main__":
    main()
