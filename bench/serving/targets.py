"""What is measured side by side: which server, asked for what."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import TypeVar

from app.settings import ROOT
from bench.serving.load import Result, ask_all, get, load, post
from bench.serving.peers import RELEASE, SAMPLE
from bench.serving.process import cpu_seconds
from bench.serving.world import World
from tests.service import Service, free_port, service_process, serving

T = TypeVar("T")

# So many different hosts are asked for where memory is to be warm.
HOT = 2_000
BATCH = 100


@dataclass
class Target:
    """One row of the table: requests to a server, and what came of them. `answers` is how many one reply holds."""

    name: str
    service: Service
    requests: list[bytes]
    status: bytes = b"200"
    answers: int = 1
    rounds: list[Result] = field(default_factory=list)
    alone: list[Result] = field(default_factory=list)
    cpu: float = 0.0

    def __post_init__(self) -> None:
        # Each round goes on where the last one ended: one that began anew would ask again what is to be asked once.
        self._next = cycle(self.requests)

    def warm(self, seconds: float) -> Result:
        """A round that does not count."""
        return load(self.service.port, self._next, seconds, status=self.status)

    def run(self, seconds: float) -> None:
        """One round with many connections."""
        before = cpu_seconds(self.service.pid)
        found = load(self.service.port, self._next, seconds, status=self.status)
        self.cpu += cpu_seconds(self.service.pid) - before
        found.latencies.clear()
        self.rounds.append(found)

    def run_alone(self, seconds: float) -> None:
        """One round with one connection."""
        self.alone.append(load(self.service.port, self._next, seconds, connections=1, status=self.status))


def domain(name: str) -> str:
    return f"/v1/domains/{name}"


@dataclass
class Asked:
    """What a world is asked: `hot` are names by Zipf's law among the HOT most asked for, `queries` among all."""

    world: World
    hot: list[str]
    queries: list[str]

    @classmethod
    def of(cls, world: World, count: int = 20_000) -> "Asked":
        named = set(world.names()[:HOT])
        queries = world.queries(count)
        hot = [name for name in world.queries(3 * count, seed=8) if name in named][:count]
        (world.folder / "hot.txt").write_text("\n".join(dict.fromkeys(hot)))
        return cls(world, hot, queries)

    def warm(self) -> list[bytes]:
        return [get(domain(name)) for name in self.hot]

    def zipf(self) -> list[bytes]:
        return [get(domain(name)) for name in self.queries]

    def outside(self, count: int = 300_000) -> list[bytes]:
        """Another host every time, of companies that are in memory: names below theirs."""
        return [get(domain(f"w{at}.{name}")) for at, name in enumerate(islice(cycle(self.hot), count))]

    def known(self, port: int) -> list[bytes]:
        """Conditional requests by one who has the newest answer."""
        names = list(dict.fromkeys(self.hot))
        replies = ask_all(port, [get(domain(name)) for name in names])
        tags = {name: _tag(reply) for name, reply in zip(names, replies, strict=True)}
        return [get(domain(name), f"If-None-Match: {tags[name]}\r\n") for name in self.hot]

    def batches(self, count: int = 200) -> list[bytes]:
        parts = (list(islice(cycle(self.hot), at * BATCH, (at + 1) * BATCH)) for at in range(count))
        return [post("/v1/lookups", json.dumps({"queries": part}).encode()) for part in parts]


def _tag(reply: bytes) -> str:
    head = reply.partition(b"\r\n\r\n")[0].decode()
    return next(line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith("etag:"))


@contextmanager
def ours(world: World, core: int, **settings: str) -> Iterator[Service]:
    """The service on a world."""
    given = {"GOVTIES_LOG_LEVEL": "warning", **settings}
    with on_core(core, service_process(world.folder, world.folder / "log", **given)) as service:
        yield service


@contextmanager
def peer(name: str, world: World, core: int, redis: str, first: str) -> Iterator[Service]:
    """One of the others."""
    port = free_port()
    command = [sys.executable, "-m", "bench.serving.peers", name]
    command += ["--port", str(port), "--folder", str(world.folder), "--redis", redis]
    environment = {"PYTHONPATH": str(ROOT)}
    log = world.folder / f"{name}.log"
    with on_core(core, serving(command, port, domain(first), log, ROOT, environment)) as service:
        yield service


@contextmanager
def on_core(core: int, starting: AbstractContextManager[T]) -> Iterator[T]:
    """What is started here runs on this core alone; this process goes back to its own when it has started."""
    with ExitStack() as parts:
        own = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {core})
        try:
            started = parts.enter_context(starting)
        finally:
            os.sched_setaffinity(0, own)
        yield started


def take_sample(service: Service, asked: Asked) -> int:
    """Keep, for the peers, an answer as long as answers are on average; returns that length in bytes."""
    found = bodies(service, asked.queries[:500])
    mean = sum(map(len, found)) / len(found)
    near = min(found, key=lambda body: abs(len(body) - mean))
    (asked.world.folder / SAMPLE).write_bytes(near)
    (asked.world.folder / RELEASE).write_text(json.dumps(json.loads(near)["release"]))
    return round(mean)


def differing(asked: Asked, one: Service, other: Service, count: int = 100) -> int:
    """How many of some answers differ between two services."""
    pairs = zip(bodies(one, asked.queries[:count]), bodies(other, asked.queries[:count]), strict=True)
    return sum(json.loads(a) != json.loads(b) for a, b in pairs)


def bodies(service: Service, names: list[str]) -> list[bytes]:
    """The answers about some names."""
    replies = ask_all(service.port, [get(domain(name)) for name in names])
    return [reply.partition(b"\r\n\r\n")[2] for reply in replies]
