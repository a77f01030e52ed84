"""Rate limits of what costs most: batches, searches, suggestions, exports. Single lookups have none.

Counted in Redis, so that they hold across workers and hosts, or in this process where Redis is away or there is none:
never an error. A client is a keyed hash of its address, and the key is forgotten within a day.

A route is limited with `dependencies=[Depends(limited("search"))]`; headers and documentation follow from it.
"""

import hashlib
import math
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import redis
from fastapi import Request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from app import logs
from app.breaker import Breaker, State
from app.errors import AppError
from app.metrics import BREAKER, LIMITED
from app.render.schemas import Problem
from app.settings import Settings
from app.web.clients import client

HASH_KEY: Final = "govties:limits:key"
HASH_KEY_BYTES: Final = 32
HASH_KEY_SECONDS: Final = 86_400
HASH_KEY_KNOWN: Final = 60.0  # how long a process relies on the key it has read

TOO_MANY: Final[dict[int | str, dict[str, Any]]] = {
    429: {"model": Problem, "description": "Too many requests; `Retry-After` says when to come back"}
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a client stands: requests a window, those left, seconds until the window ends."""

    allowed: bool
    limit: int
    remaining: int
    reset: int


class Limiter:
    """Counts requests of clients."""

    def __init__(self, settings: Settings) -> None:
        self.proxies = settings.proxies
        self._limits: dict[str, RateLimitItem] = {
            "batch": parse(settings.limit_batch),
            "search": parse(settings.limit_search),
            "names": parse(settings.limit_names),
            "suggestions": parse(settings.limit_suggestions),
            "exports": parse(settings.limit_exports),
        }
        self._here = _Counter(FixedWindowRateLimiter(MemoryStorage()), _HashKey(None))
        self._shared = _shared_counter(settings.redis_url, settings.redis_timeout) if settings.redis_url else None
        self._breaker = Breaker(changed=_changed)

    def hit(self, what: str, who: str) -> Standing:
        """Count one request of a client."""
        limit = self._limits[what]
        if self._shared and self._breaker.allows():
            try:
                standing = self._shared.hit(limit, what, who)
            except (redis.RedisError, OSError) as error:
                self._breaker.failed()
                logs.get().warning("limits_unavailable", error=type(error).__name__)
            else:
                self._breaker.succeeded()
                return standing
        return self._here.hit(limit, what, who)


class _HashKey:
    """The key of the hashes of addresses: in Redis for all, with an end, or of this process alone."""

    def __init__(self, server: redis.Redis | None) -> None:
        self._server = server
        self._value = secrets.token_bytes(HASH_KEY_BYTES)
        self._until = 0.0
        self._lock = threading.Lock()

    def value(self) -> bytes:
        with self._lock:
            if time.monotonic() >= self._until:
                self._value = self._shared() or secrets.token_bytes(HASH_KEY_BYTES)
                self._until = time.monotonic() + (HASH_KEY_KNOWN if self._server else HASH_KEY_SECONDS)
            return self._value

    def _shared(self) -> bytes | None:
        if self._server is None:
            return None
        self._server.set(HASH_KEY, secrets.token_bytes(HASH_KEY_BYTES), nx=True, ex=HASH_KEY_SECONDS)
        found = self._server.get(HASH_KEY)
        # Another length is planted: BLAKE2b refuses long ones.
        return found if isinstance(found, bytes) and len(found) == HASH_KEY_BYTES else None


@dataclass(frozen=True, slots=True)
class _Counter:
    limiter: FixedWindowRateLimiter
    hash_key: _HashKey

    def hit(self, limit: RateLimitItem, what: str, who: str) -> Standing:
        name = hashlib.blake2b(who.encode(), digest_size=16, key=self.hash_key.value()).hexdigest()
        allowed = self.limiter.hit(limit, what, name)
        stats = self.limiter.get_window_stats(limit, what, name)
        reset = max(1, math.ceil(stats.reset_time - time.time()))
        return Standing(allowed, limit.amount, max(0, stats.remaining), min(reset, limit.get_expiry()))


def _shared_counter(url: str, timeout: float) -> _Counter:
    waits = {"socket_timeout": timeout, "socket_connect_timeout": timeout, "retry": Retry(NoBackoff(), 0)}
    pool = redis.ConnectionPool.from_url(url, **waits)
    storage = RedisStorage("redis://", connection_pool=pool, key_prefix="govties:limits")
    return _Counter(FixedWindowRateLimiter(storage), _HashKey(redis.Redis(connection_pool=pool)))


def _changed(state: State) -> None:
    BREAKER.labels("limits").set(state == "open")


def limited(what: str, *, when: str | None = None) -> Callable[[Request], None]:
    """A dependency that counts a request, and refuses it when there were too many; with `when` only those that have
    this parameter."""

    def dependency(request: Request) -> None:
        if when is None or request.query_params.get(when):
            count(request, what)

    return dependency


def count(request: Request, what: str) -> None:
    """Count a request. Raises AppError `too-many-requests` where its client has used up what it may ask."""
    limiter: Limiter = request.app.state.limiter
    standing = limiter.hit(what, client(request, limiter.proxies))
    request.state.standing = standing
    if not standing.allowed:
        LIMITED.labels(what).inc()
        detail = f"At most {standing.limit} requests of this kind. Try again in {standing.reset} seconds."
        raise AppError("too-many-requests", 429, detail, retry_after=standing.reset)
