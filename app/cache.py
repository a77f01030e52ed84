"""Rendered answers in front of the database: process memory first, then Redis where there is one.

Keys carry the release number, so nothing is ever invalidated; they name companies, never a visitor's host. Every
value holds its own key and is checked on reading. Redis away, slow or full is a miss, never an error.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app import logs
from app.settings import Settings

# After a failure Redis is left alone so long: a stopped server would otherwise cost every miss a whole timeout.
PAUSE = 1.0

CHANNEL = "govties:release"


@dataclass(frozen=True, slots=True)
class Value:
    """Bytes and their SHA-256, so that nobody hashes them again."""

    body: bytes
    digest: bytes

    @classmethod
    def of(cls, body: bytes) -> "Value":
        """The value of these bytes."""
        return cls(body, sha256(body).digest())


class Memory:
    """The newest `limit` values of one process."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[str, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Value | None:
        """The value, or None."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: str, value: Value) -> None:
        """Keep the value; the longest unused one goes when there are too many."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._limit:
                self._values.popitem(last=False)


class Shared:
    """Redis or Valkey, shared by workers and hosts."""

    def __init__(self, url: str, timeout: float, ttl: int) -> None:
        self._ttl = ttl
        self._silent_until = 0.0
        self._closed = threading.Event()
        self._url, self._timeout = url, timeout
        self._client = self._connect()

    def _connect(self) -> redis.Redis:
        waits = {"socket_timeout": self._timeout, "socket_connect_timeout": self._timeout}
        return redis.Redis.from_url(self._url, retry=Retry(NoBackoff(), 0), protocol=3, **waits)

    def get(self, key: str) -> bytes | None:
        """The value stored under this very key, or None."""
        stored = self._try(lambda: self._client.get(key))
        head = key.encode() + b"\n"
        return stored[len(head) :] if isinstance(stored, bytes) and stored.startswith(head) else None

    def put(self, key: str, value: bytes) -> None:
        """Store the value with its key in front."""
        self._try(lambda: self._client.set(key, key.encode() + b"\n" + value, ex=self._ttl))

    def ping(self) -> bool:
        """Whether it answers now."""
        try:
            return bool(self._client.ping())
        except (redis.RedisError, OSError):
            return False

    def announce(self, release: int) -> None:
        """Tell every process that listens that a release has been published. Who misses it polls."""
        self._try(lambda: self._client.publish(CHANNEL, release))

    def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` whenever a release is announced, until closed; the work of a thread. A server that is away is
        tried again: whoever listens polls as well, so nothing is missed, it only comes later."""
        while not self._closed.is_set():
            try:
                with self._connect() as client:
                    self._hear(client, heard)
            except (redis.RedisError, OSError) as error:
                logs.get().debug("announcements_unavailable", error=type(error).__name__)
                self._closed.wait(PAUSE)

    def _hear(self, client: redis.Redis, heard: Callable[[], None]) -> None:
        subscribe: Any = client.pubsub  # redis-py gives it no types
        with subscribe(ignore_subscribe_messages=True) as subscription:
            subscription.subscribe(CHANNEL)
            heard()  # whatever was announced before this process listened
            while not self._closed.is_set():
                if subscription.get_message(timeout=1.0):
                    heard()

    def close(self) -> None:
        """Close the connections and end `listen`."""
        self._closed.set()
        self._client.close()

    def _try(self, call: Callable[[], object]) -> object | None:
        if time.monotonic() < self._silent_until:
            return None
        try:
            return call()
        except (redis.RedisError, OSError) as error:
            self._silent_until = time.monotonic() + PAUSE
            logs.get().warning("cache_unavailable", error=type(error).__name__, pause=PAUSE)
            return None


class Cache:
    """Memory, then Redis, then `make`."""

    def __init__(self, settings: Settings) -> None:
        self._memory = Memory(settings.cache_entries)
        self.shared = (
            Shared(settings.redis_url, settings.redis_timeout, settings.redis_ttl) if settings.redis_url else None
        )

    def peek(self, key: str) -> Value | None:
        """The value of `key` where this process has it. Never waits."""
        return self._memory.get(key)

    def get(self, key: str, make: Callable[[], bytes]) -> Value:
        """The value of `key`, made by `make` when no level has it. Errors of `make` pass and are not kept."""
        value = self._memory.get(key)
        if value is not None:
            return value
        body = self.shared.get(key) if self.shared else None
        if body is None:
            body = make()
            if self.shared:
                self.shared.put(key, body)
        value = Value.of(body)
        self._memory.put(key, value)
        return value

    def close(self) -> None:
        """Close what is open."""
        if self.shared:
            self.shared.close()
