"""Clients that ask at once again, in the short version almost, and have every answer checked by the oracle."""

import asyncio
import json
import os
import random
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.faults.oracle import Oracle, wrong


def scaled(short: int, long: int) -> int:
    """How much of something: little in `make test`, all that the requirement names in `make faults`."""
    return long if int(os.environ.get("FAULTS", "0")) >= 50 else short


PATIENCE = float(scaled(60, 15))
# Seconds between a reply and the next question of a client: the short version leaves room for the tests beside it.
PAUSE = scaled(5, 0) / 1000


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: when it was complete, how long it took (seconds), what was asked. Status 0 is none at all."""

    at: float
    seconds: float
    host: str
    status: int


@dataclass
class Judge:
    """Compares replies with what the oracles expect: one, or, while a release is on its way, that of the seed before
    and that of the seed after."""

    oracles: list[Oracle]
    wrong: list[str] = field(default_factory=list)
    _seen: set[tuple[str, bytes]] = field(default_factory=set)

    def expect(self, *oracles: Oracle) -> None:
        """From now on answers must be those of one of these seeds."""
        self.oracles, self._seen = list(oracles), set()

    def see(self, host: str, status: int, headers: dict[str, str], body: bytes) -> None:
        """Judge one reply."""
        if status == 503:
            if not headers.get("retry-after"):
                self.wrong.append(f"{host}: 503 without Retry-After")
        elif status != 200:
            self.wrong.append(f"{host}: {status} {body[:200]!r}")
        elif (host, body) not in self._seen:
            faults = self._compare(host, json.loads(body))
            if all(faults):
                self.wrong.append(str(faults[0]))
            else:
                self._seen.add((host, body))

    def _compare(self, host: str, answer: dict[str, Any]) -> list[str | None]:
        return [wrong(host, answer, oracle.expected(host)) for oracle in self.oracles]


class Client:
    """One connection that is kept alive."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, method: str = "GET", headers: str = "", body: bytes = b"") -> "Answer":
        """One exchange. Raises OSError or asyncio.IncompleteReadError when the connection breaks."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: test\r\n{headers}{length}\r\n".encode() + body)
        await writer.drain()
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        found = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        content = await reader.readexactly(int(found.get("content-length", "0")))
        return Answer(int(first.split()[1]), found, content)

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


class Load(threading.Thread):
    """So many clients, each asking for hosts by chance until told to stop: use it as a context."""

    def __init__(self, port: int, hosts: list[str], judge: Judge, clients: int = 16, pause: float = PAUSE) -> None:
        super().__init__(daemon=True)
        self._port, self._hosts, self._clients, self._pause = port, hosts, clients, pause
        self.judge = judge
        self.replies: list[Reply] = []
        self._stopping = threading.Event()

    def __enter__(self) -> "Load":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self.join(2 * PATIENCE)
        assert not self.is_alive(), "a client still waits for its reply"

    def run(self) -> None:
        asyncio.run(self._all())

    async def _all(self) -> None:
        await asyncio.gather(*(self._one(random.Random(at)) for at in range(self._clients)))

    async def _one(self, chance: random.Random) -> None:
        client = Client(self._port)
        while not self._stopping.is_set():
            host, started = chance.choice(self._hosts), time.monotonic()
            status = 0
            try:
                answer = await asyncio.wait_for(client.get(f"/v1/domains/{host}"), PATIENCE)
                status = answer.status
                self.judge.see(host, answer.status, answer.headers, answer.body)
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                self.judge.wrong.append(f"{host}: no reply ({error!r})")
                client.close()
            now = time.monotonic()
            self.replies.append(Reply(now, now - started, host, status))
            await asyncio.sleep(self._pause)
        client.close()

    def statuses(self, since: float = 0.0, until: float = float("inf")) -> Counter[int]:
        """How many replies had which status."""
        return Counter(one.status for one in self.replies if since <= one.at <= until)

    def slowest(self, since: float = 0.0, until: float = float("inf"), share: float = 1.0) -> float:
        """Milliseconds that this share of the replies stayed within; all of them by default."""
        spent = sorted(one.seconds for one in self.replies if since <= one.at <= until)
        if len(spent) < 2:
            return 1e3 * sum(spent)
        return 1e3 * (spent[-1] if share == 1 else statistics.quantiles(spent, n=1000)[int(share * 1000) - 1])

    def told(self, name: str, since: float = 0.0, until: float = float("inf")) -> str:
        """A line about a stretch of time."""
        found = self.statuses(since, until)
        listed = ", ".join(f"{count} × {status}" for status, count in sorted(found.items()))
        times = f"p99 {self.slowest(since, until, 0.99):.0f} ms, slowest {self.slowest(since, until):.0f} ms"
        return f"{name}: {listed or 'nothing'}; {times}"
