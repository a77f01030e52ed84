"""How large a release is on the wire, and how long the extension takes to fetch, keep and read it, in Node and in two
browsers. Rewrites its section of docs/benchmarks.md.

python -m bench.snapshots [--domains 1000 10000 100000] [--runs 3] [--print]

Each world goes through one database, one `govties serve` and one profile a browser:

1. release 1, a made-up world (bench/world.py); browsers: first downloads, each with nothing there before
2. release 2, 0.1 % of the domains changed; release 3, 1 % of release 1's changed; browsers: deltas from release 1
3. browsers started anew with release 1 stored, their worker asleep: a popup on a site with ties, then another
4. bytes of the files, and the extension's reader in Node
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from app.db import Database
from app.publishing import publish_facts
from app.settings import ROOT, Settings
from bench.browsers import Browser, Measured, chromium, firefox, package
from bench.sizes import file, sizes
from bench.tables import Conditions, Figures, rewrite, section
from bench.world import churn, facts_of_world
from tests import service
from tests.e2e.browser import chromium as chromium_path
from tests.e2e.sites import Sites, run_sites
from tests.keys import KEYS

CHURN = {"0.1 %": 0.001, "1 %": 0.01}
ASKED = 2_000
# A busy machine is slow to start a service; tests give up earlier.
service.START_SECONDS = 120


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def medians(found: list[Measured]) -> Measured:
    """Member by member; of what is no number the last."""
    last = found[-1]
    return {
        name: statistics.median(each[name] for each in found) if isinstance(value, int | float) else value
        for name, value in last.items()
    }


def stretch() -> float:
    """How many seconds pass here while a program gets one second of a core: 1 on an idle machine."""
    start, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < 0.3:
        sum(range(10_000))
    return (time.perf_counter() - start) / 0.3


class World:
    """A made-up world in a database of its own, and how it changes."""

    def __init__(self, folder: Path, domains: int) -> None:
        self.folder = folder
        self.facts = facts_of_world(domains)
        folder.mkdir()
        self.database = Database(Settings(_env_file=None, data_dir=folder))
        self.database.migrate()
        publish_facts(self.database, self.facts, KEYS)

    @contextmanager
    def served(self) -> Iterator[str]:
        with service.running_service(self.folder, self.folder / "log") as address:
            yield address

    def change(self, address: str, share: float) -> None:
        """Publish another release; returns when it is served."""
        done = publish_facts(self.database, churn(self.facts, share), KEYS)
        deadline = time.monotonic() + service.START_SECONDS
        while json.load(urllib.request.urlopen(f"{address}/v1/release", timeout=60))["version"] != done.release:
            assert time.monotonic() < deadline, f"release {done.release} is not served"
            time.sleep(0.2)

    def host_with_ties(self) -> str:
        company = next(one.body["company"] for one in self.facts if one.type == "tie")
        return next(name for owner, name in self._domains() if owner == company)

    def hosts(self) -> list[str]:
        """Hosts to ask for, the first with ties: half are names of the release, a quarter lie below one, a quarter is
        unknown."""
        names = [name for _, name in self._domains()]
        picked = (names * (ASKED // len(names) + 1))[:: max(1, len(names) // ASKED)][:ASKED]
        forms = ("{}", "{}", "shop.www.{}", "www.not-{}")
        return [self.host_with_ties(), *(forms[at % 4].format(name) for at, name in enumerate(picked))]

    def _domains(self) -> Iterator[tuple[str, str]]:
        return ((one.body["company"], one.body["name"]) for one in self.facts if one.type == "domain")


Browsers = dict[str, Browser]


class Bench:
    """One run over a world."""

    def __init__(self, world: World, folder: Path, playwright: Playwright, sites: Sites, runs: int) -> None:
        self.world, self.folder, self.runs = world, folder, runs
        self._playwright, self._sites = playwright, sites
        self.found: dict[str, dict[str, Any]] = {"Chromium": {}, "Firefox": {}}

    @contextmanager
    def _chromium(self) -> Iterator[Browser]:
        with chromium(self._playwright, self.folder / "extension", self.folder / "chromium", self._sites) as browser:
            yield browser

    @contextmanager
    def _firefox(self) -> Iterator[Browser]:
        with firefox(self.folder / "extension", self.folder / "firefox") as browser:
            yield browser

    def in_browsers(self) -> dict[str, dict[str, Any]]:
        with self.world.served() as address:
            package(address, self.folder / "extension")
            with self._chromium() as one, self._firefox() as other:
                self._downloads({"Chromium": one, "Firefox": other}, address)
        for name, start in (("Chromium", self._chromium), ("Firefox", self._firefox)):
            say(f"popups in {name}")
            self._popups(self.found[name], start)
        return self.found

    def _downloads(self, browsers: Browsers, address: str) -> None:
        for name, browser in browsers.items():
            say(f"first downloads in {name}")
            self.found[name]["first"] = medians([self._first(browser) for _ in range(self.runs)])
            self.found[name]["again"] = medians([browser.order("icons") for _ in range(self.runs)])
        for words, share in CHURN.items():
            say(f"{words} change")
            self.world.change(address, share)
            for name, browser in browsers.items():
                self.found[name][words] = medians([self._delta(browser) for _ in range(self.runs)])

    def _first(self, browser: Browser) -> Measured:
        browser.order("erase")
        return browser.order("refresh")

    def _delta(self, browser: Browser) -> Measured:
        browser.order("keep")
        result = browser.order("refresh")
        assert "/from-1.json" in result["by"], "the whole was taken"
        browser.order("rewind")
        return result

    def _popups(self, found: dict[str, Any], start: Callable[[], Any]) -> None:
        cold, warm = [], []
        for _ in range(self.runs):
            with start() as browser:
                cold.append(browser.popup(self.world.host_with_ties()))
                warm.append(browser.popup(self.world.host_with_ties()))
        assert all("Company:" in each["text"] for each in cold + warm), "the popup has no answer"
        found["cold"], found["warm"] = medians(cold), medians(warm)

    def in_node(self) -> Measured:
        paths = []
        for name, body in (
            ("snapshot", file(self.world.database, 1)[0]),
            ("delta", file(self.world.database, 3, "from-1.json")[0]),
            ("hosts", json.dumps(self.world.hosts()).encode()),
        ):
            paths.append(self.folder / f"{name}.json")
            paths[-1].write_bytes(body)
        command = ["node", "--expose-gc", "bench/js/lookup.js", *map(str, paths)]

        def once() -> Measured:
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            result: Measured = json.loads(done.stdout)
            return result

        return medians([once() for _ in range(self.runs)])


def measure(domains: int, runs: int) -> Figures:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        say(f"{domains:,} domains: publishing")
        world = World(folder / "data", domains)
        with run_sites(folder) as sites:
            bench = Bench(world, folder, playwright, sites, runs)
            browsers = bench.in_browsers()
        say("Node")
        node = bench.in_node()
        say("bytes")
        deltas = {words: file(world.database, at, "from-1.json")[1] for at, words in enumerate(CHURN, start=2)}
        found = Figures(domains, sizes(*file(world.database, 1)), deltas, node, browsers)
        world.database.close()
        return found


def version(*command: str) -> str:
    shown = subprocess.run([*command, "--version"], capture_output=True, text=True).stdout.strip()
    return shown.partition(" built on")[0].removeprefix("Mozilla ")


def conditions(runs: int, stretches: list[float], loads: list[float]) -> Conditions:
    versions = [f"Node {version('node')}", version(chromium_path()), version("firefox-esr")]
    return Conditions(time.strftime("%Y-%m-%d"), os.cpu_count() or 1, loads, stretches, versions, runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--domains", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--print", action="store_true", help="leave the document as it is")
    given = parser.parse_args()
    found: list[Figures] = []
    stretches, loads = [stretch()], [os.getloadavg()[0]]
    for domains in given.domains:
        found.append(measure(domains, given.runs))
        stretches.append(stretch())
        loads.append(os.getloadavg()[0])
    text = section(found, conditions(given.runs, stretches, loads))
    print(text)
    if not given.print:
        rewrite(ROOT / "docs" / "benchmarks.md", text)


if __name__ == "__main__":
    main()
