"""How many answers a second, at what cost, against others and against the size of the world. Rewrites its section of
docs/benchmarks.md; nothing is asserted.

python -m bench.serving [--domains 1000 100000 1000000] [--seconds 1] [--rounds 5] [--data build/bench] [--print]

The server runs on one core, the load comes from another. All servers stand ready at once, and each round asks one after
the other, so that whatever else the machine does hits all alike.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from app.settings import ROOT
from app.stack import valkey
from bench.serving import load
from bench.serving import targets as t
from bench.serving.process import memory
from bench.serving.report import Found, Growth, section, versions
from bench.serving.targets import Asked, Target
from bench.serving.world import World, built
from bench.tables import rewrite
from tests import service

MARKS = ("<!-- bench.serving: begin -->", "<!-- bench.serving: end -->")
# A million names are read from the database once, before a service is ready for the first time.
service.START_SECONDS = 300


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


class Run:
    """One run over worlds of several sizes; the largest is the one that all servers answer about."""

    def __init__(self, worlds: list[World], given: argparse.Namespace, parts: ExitStack) -> None:
        self.given, self._parts = given, parts
        cores = sorted(os.sched_getaffinity(0))
        self._core = cores[0]
        os.sched_setaffinity(0, {cores[-1]})
        self.asked = [Asked.of(world) for world in worlds]
        self.idle: list[tuple[float, float]] = []
        self.start_ups: list[float] = []
        redis = parts.enter_context(valkey(worlds[-1].folder / "valkey"))
        self.services = [self._ours(world) for world in worlds]
        self.mean = [t.take_sample(*each) for each in zip(self.services, self.asked, strict=True)][-1]
        self.shared = parts.enter_context(t.ours(worlds[-1], self._core, **ONLY_REDIS, GOVTIES_REDIS_URL=redis))
        names = ("bare", "fastapi", "cached", "naive")
        largest, first = worlds[-1], self.asked[-1].hot[0]
        self.peers = {name: parts.enter_context(t.peer(name, largest, self._core, redis, first)) for name in names}
        self.wrong = t.differing(self.asked[-1], self.services[-1], self.peers["naive"])

    def _ours(self, world: World) -> service.Service:
        say(f"starting on {world.domains:,} domains")
        with t.ours(world, self._core):
            pass  # the index of names is made and kept
        before = time.perf_counter()
        started = self._parts.enter_context(t.ours(world, self._core))
        load.ask(started.port, load.get(t.domain(world.names()[0])))
        self.start_ups.append((time.perf_counter() - before) * 1e3)
        self.idle.append(memory(started.pid))
        return started

    def compared(self) -> list[Target]:
        """The rows of the table."""
        asked, ours = self.asked[-1], self.services[-1]
        warm = asked.warm()
        return [
            Target("bare ASGI", self.peers["bare"], warm),
            Target("FastAPI route, prepared bytes", self.peers["fastapi"], warm),
            Target("fastapi-cache2 on Valkey, warm", self.peers["cached"], warm),
            Target("naive: FastAPI + SQLAlchemy ORM + Pydantic", self.peers["naive"], warm),
            Target("**ours, warm**", ours, warm),
            Target("ours, outside the memo", ours, asked.outside()),
            Target("ours, 304", ours, asked.known(ours.port), status=b"304"),
            Target("ours, Valkey only (no memory of its own)", self.shared, warm),
            Target(f"ours, batches of {t.BATCH}", ours, asked.batches(), answers=t.BATCH),
        ]

    def by_size(self) -> list[list[Target]]:
        """For each world but the largest, whose rows stand in the table: warm and outside the memo."""
        pairs = zip(self.asked[:-1], self.services[:-1], strict=True)
        return [[Target("warm", one, asked.warm()), Target("outside", one, asked.outside())] for asked, one in pairs]


ONLY_REDIS = {"GOVTIES_CACHE_ENTRIES": "0", "GOVTIES_MEMO_MIB": "0"}


def measure(run: Run) -> tuple[list[Target], list[list[Target]], list[Target]]:
    """All rounds, interleaved."""
    say("warming")
    compared, sizes = run.compared(), run.by_size()
    zipf = [Target("zipf", one, asked.zipf()) for asked, one in zip(run.asked, run.services, strict=True)]
    everything = [*compared, *(one for pair in sizes for one in pair), *zipf]
    for one in everything:
        warm(one, run.given.seconds)
    for at in range(run.given.rounds):
        say(f"round {at + 1} of {run.given.rounds}")
        for one in everything:
            one.run(run.given.seconds)
        for one in compared:
            one.run_alone(run.given.seconds / 2)
    return compared, sizes, zipf


def warm(target: Target, seconds: float) -> None:
    """Ask for everything twice where that is to be in memory, and see that the server answers as it should."""
    if target.name != "zipf" and "naive" not in target.name:
        distinct = list(dict.fromkeys(target.requests))[: t.HOT]
        load.ask_all(target.service.port, distinct * (2 if target.answers == 1 else 1))
    found = target.warm(seconds / 2)
    if found.failed:
        say(f"{target.name}: {found.failed} of {found.replies} replies are no {target.status.decode()}")


def inside(world: World, core: int, calls: int) -> dict[str, Any]:
    """What bench.serving.inside measures, in a process of its own."""
    command = [sys.executable, "-m", "bench.serving.inside", "--folder", str(world.folder), "--calls", str(calls)]
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment, cwd=ROOT)
    finally:
        os.sched_setaffinity(0, own)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--domains", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=1.0, help="of one round of one server")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, default=ROOT / "build" / "bench", help="where built worlds are kept")
    parser.add_argument("--print", action="store_true", help="print the section, write nothing")
    given = parser.parse_args()
    averages = [os.getloadavg()[0]]
    worlds = []
    for domains in sorted(given.domains):
        say(f"a world of {domains:,} domains")
        worlds.append(built(given.data.resolve(), domains))
    core = min(os.sched_getaffinity(0))
    with ExitStack() as parts:
        run = Run(worlds, given, parts)
        compared, sizes, zipf = measure(run)
        used = {one.service.pid: memory(one.service.pid) for one in [*compared, *zipf]}
        averages.append(os.getloadavg()[0])
        grown = []
        pairs = [*sizes, [compared[4], compared[5]]]
        for at, world in enumerate(worlds):
            alone = inside(world, core, calls=int(10_000 * min(1.0, given.seconds)))
            grown.append(Growth(world.domains, pairs[at], zipf[at], run.start_ups[at], run.idle[at], alone))
        averages.append(os.getloadavg()[0])
        found = Found(compared, used, grown, run.mean, run.wrong, averages, versions(), given.rounds, given.seconds)
    text = section(found)
    print(text)
    if not given.print:
        rewrite(ROOT / "docs" / "benchmarks.md", text, MARKS)


if __name__ == "__main__":
    main()
