"""Redis or Valkey, shared by workers and hosts. Away, slow or full is a miss, never an error: after a failure it is
left alone for a while (app/breaker.py), or every miss would cost a whole timeout.

Every value carries a keyed hash of its name and bytes, which is checked on reading: what somebody plants who can write
there, but has not the service's secret, is a miss.
"""

import random
import secrets
import threading
from collections.abc import Callable
from hashlib import blake2b
from hmac import compare_digest
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app import logs
from app.breaker import Breaker, State
from app.metrics import BREAKER, LOOKUPS

CHANNEL: Final = "govties:release"
PAUSE: Final = 1.0  # before a listener connects again, in seconds
# Keys that are made at one time do not all expire at one time: each lives between this share of the TTL and all of it.
LEAST_LIFE: Final = 0.8
# How long one process at most keeps others from making the same value, in milliseconds.
LOCK_MS: Final = 1_000
SEAL_BYTES: Final = 32

HIT, MISS, ERROR, REFUSED = (LOOKUPS.labels("shared", outcome) for outcome in ("hit", "miss", "error", "refused"))


class Shared:
    """The shared cache, the locks of those who fill it, and the announcements of releases."""

    def __init__(self, url: str, timeout: float, ttl: int, secret: bytes | None = None) -> None:
        """`timeout` and `ttl` are in seconds. `secret` (at most 64 bytes) is the same for all who share values; without
        one this process believes only what it has put itself."""
        self._url, self._timeout, self._ttl = url, timeout, ttl
        self._secret = secret or secrets.token_bytes(SEAL_BYTES)
        self._breaker = Breaker(changed=_changed)
        self._closed = threading.Event()
        self._client = self._connect()

    def _connect(self) -> redis.Redis:
        waits = {"socket_timeout": self._timeout, "socket_connect_timeout": self._timeout}
        return redis.Redis.from_url(self._url, retry=Retry(NoBackoff(), 0), protocol=3, **waits)

    @property
    def is_open(self) -> bool:
        """Whether it is left alone now."""
        return self._breaker.state == "open"

    def get(self, key: str) -> bytes | None:
        """The value that one of us stored under this very key, or None."""
        reached, stored = self._try(lambda: self._client.get(key))
        value = self._opened(key, stored)
        (HIT if value is not None else MISS if reached else ERROR).inc()
        return value

    def put(self, key: str, value: bytes) -> None:
        """Store the value, its seal in front."""
        life = max(1, round(self._ttl * random.uniform(LEAST_LIFE, 1.0)))  # noqa: S311
        self._try(lambda: self._client.set(key, self._seal(key, value) + value, ex=life))

    def _seal(self, key: str, value: bytes) -> bytes:
        # BLAKE2b is a keyed hash by itself: one pass, at the cost of the bare SHA-256 that stood here before.
        seal = blake2b(f"{key}\0".encode(), digest_size=SEAL_BYTES, key=self._secret)
        seal.update(value)
        return seal.digest()

    def _opened(self, key: str, stored: object) -> bytes | None:
        if not isinstance(stored, bytes):
            return None
        seal, value = stored[:SEAL_BYTES], stored[SEAL_BYTES:]
        return value if compare_digest(seal, self._seal(key, value)) else None

    def lock(self, key: str) -> bool | None:
        """Whether this process is the one to make the value now; None where nobody can say."""
        reached, got = self._try(lambda: self._client.set(f"{key}:lock", b"1", nx=True, px=LOCK_MS))
        return bool(got) if reached else None

    def unlock(self, key: str) -> None:
        """The value is made, or will not be. A lock that is forgotten ends by itself."""
        self._try(lambda: self._client.delete(f"{key}:lock"))

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

    def _try(self, call: Callable[[], object]) -> tuple[bool, object | None]:
        """Whether the server answered, and what."""
        if not self._breaker.allows():
            return False, None
        try:
            answered = call()
        except redis.ResponseError as error:  # it lives, and refuses: full, read only, a value of another type
            self._breaker.succeeded()
            REFUSED.inc()
            logs.get().debug("cache_refused", error=type(error).__name__)
            return False, None
        except (redis.RedisError, OSError) as error:
            self._breaker.failed()
            logs.get().warning("cache_unavailable", error=type(error).__name__)
            return False, None
        self._breaker.succeeded()
        return True, answered


def _changed(state: State) -> None:
    BREAKER.labels("redis").set(state == "open")
