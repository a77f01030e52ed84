"""Rendered answers in front of the database: process memory first, then Redis where there is one.

Keys carry the release number, so nothing is ever invalidated; they name companies, never a visitor's host. However
many ask at once, one thread of a process makes a value, and where Redis is there one process of all.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Generic, TypeVar

from app.errors import NotFound
from app.metrics import LOOKUPS
from app.settings import Settings
from app.shared import Shared

T = TypeVar("T")

# How long a process waits for another one that makes the same value, then it makes it itself; and how often it looks.
# In seconds. Shorter than the lock lives, so that a dead process costs little.
WAIT: Final = 0.5
LOOK: Final = 0.02
# How long a thread waits for another one of its process: longer than a read of the database may take.
PATIENCE: Final = 10.0
# What is known not to exist, so many names at most.
MISSING: Final = 1_000

HIT, MISS = (LOOKUPS.labels("memory", outcome) for outcome in ("hit", "miss"))


@dataclass(frozen=True, slots=True)
class Value:
    """Bytes and their SHA-256, so that nobody hashes them again."""

    body: bytes
    digest: bytes

    @classmethod
    def of(cls, body: bytes) -> "Value":
        """The value of these bytes."""
        return cls(body, sha256(body).digest())


class Memory(Generic[T]):
    """The newest `limit` values of one process."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[str, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> T | None:
        """The value, or None."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: str, value: T) -> None:
        """Keep the value; the longest unused one goes when there are too many."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._limit:
                self._values.popitem(last=False)


class Flights(Generic[T]):
    """Of all threads that want one thing at a time, one makes it and the others get what it got, error or not."""

    def __init__(self) -> None:
        self._flights: dict[str, Future[T]] = {}
        self._lock = threading.Lock()

    def one(self, key: str, make: Callable[[], T]) -> T:
        """What `make` gives, called by this thread or by another."""
        with self._lock:
            flight = self._flights.get(key)
            leads = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if not leads:
            try:
                return flight.result(PATIENCE)
            except TimeoutError:
                return make()
        try:
            flight.set_result(make())
        except BaseException as error:  # noqa: BLE001  raised below, and in every thread that waits
            flight.set_exception(error)
        finally:
            with self._lock:
                del self._flights[key]
        return flight.result()


class Cache:
    """Memory, then Redis, then `make`."""

    def __init__(self, settings: Settings, secret: bytes | None = None) -> None:
        """`secret` is that of what lies in Redis (app/shared.py)."""
        self._memory: Memory[Value] = Memory(settings.cache_entries)
        self._missing: Memory[NotFound] = Memory(MISSING)
        self._flights: Flights[Value] = Flights()
        self.shared = (
            Shared(settings.redis_url, settings.redis_timeout, settings.redis_ttl, secret)
            if settings.redis_url
            else None
        )

    def peek(self, key: str) -> Value | None:
        """The value of `key` where this process has it. Never waits."""
        return self._memory.get(key)

    def get(self, key: str, make: Callable[[], bytes]) -> Value:
        """The value of `key`, made by `make` when no level has it. Errors of `make` pass; that there is no such thing
        is kept, other errors are not."""
        value = self._memory.get(key)
        (MISS if value is None else HIT).inc()
        if value is not None:
            return value
        missing = self._missing.get(key)
        if missing is not None:
            raise missing.with_traceback(None)
        return self._flights.one(key, lambda: self._fill(key, make))

    def _fill(self, key: str, make: Callable[[], bytes]) -> Value:
        value = self._memory.get(key)  # whoever made it may have landed meanwhile
        if value is None:
            try:
                value = Value.of(_through(self.shared, key, make) if self.shared else make())
            except NotFound as missing:
                self._missing.put(key, missing)
                raise
            self._memory.put(key, value)
        return value

    def close(self) -> None:
        """Close what is open."""
        if self.shared:
            self.shared.close()


def _through(shared: Shared, key: str, make: Callable[[], bytes]) -> bytes:
    """What Redis has, else what this process makes, unless another one is at it and done in time."""
    value, until, ours = shared.get(key), time.monotonic() + WAIT, None
    while value is None:
        ours = shared.lock(key)
        if ours is not False or time.monotonic() > until:
            break
        time.sleep(LOOK)
        value = shared.get(key)
    if value is not None:
        return value
    try:
        landed = shared.get(key) if ours else None  # whoever had the lock before us may have made it
        if landed is not None:
            return landed
        made = make()
        shared.put(key, made)
        return made
    finally:
        if ours:
            shared.unlock(key)
