"""The cache in front of the database: slower when Redis is away, never wrong. A real Valkey."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import blake2b, sha256
from pathlib import Path

import pytest
import redis

from app.cache import WAIT, Cache, Memory, Value
from app.errors import NotFound, Unavailable
from app.shared import Shared
from app.stack import valkey
from tests.conftest import make_settings
from tests.service import free_port

SECRET = b"of these tests"


@pytest.fixture
def shared(valkey_server: str, tmp_path: Path) -> Iterator[Cache]:
    redis.Redis.from_url(valkey_server).flushall()
    cache = Cache(make_settings(tmp_path, redis_url=valkey_server), SECRET)
    yield cache
    cache.close()


def never() -> bytes:
    raise AssertionError("a hit must not make the value anew")


def test_memory_keeps_the_newest() -> None:
    memory: Memory[Value] = Memory(2)
    for key in ("a", "b"):
        memory.put(key, Value.of(key.encode()))
    assert memory.get("a") == Value.of(b"a")
    memory.put("c", Value.of(b"c"))
    assert [memory.get(key) for key in ("a", "b", "c")] == [Value.of(b"a"), None, Value.of(b"c")]


def test_a_memory_of_nothing_holds_nothing() -> None:
    memory: Memory[Value] = Memory(0)
    memory.put("a", Value.of(b"a"))
    assert memory.get("a") is None


def test_an_error_is_not_kept(tmp_path: Path) -> None:
    cache = Cache(make_settings(tmp_path))
    with pytest.raises(AssertionError):
        cache.get("k", never)
    assert cache.get("k", lambda: b"v").body == b"v"
    assert cache.get("k", never).body == b"v"


@pytest.mark.stack
def test_a_value_made_by_one_process_serves_another(shared: Cache, valkey_server: str, tmp_path: Path) -> None:
    assert shared.get("k", lambda: b"value\nwith lines").body == b"value\nwith lines"
    other = Cache(make_settings(tmp_path, redis_url=valkey_server), SECRET)
    assert other.get("k", never).body == b"value\nwith lines"
    assert 0 < int(str(redis.Redis.from_url(valkey_server).ttl("k"))) <= 86_400
    other.close()


def sealed(key: str, value: bytes, secret: bytes | None = SECRET) -> bytes:
    return Shared("redis://127.0.0.1:1/0", 1, 1, secret)._seal(key, value)


SEAL = sealed("k", b"value")
POISONS = [
    *(b"", b"junk", b"value", SEAL, SEAL[:-1], SEAL + b"valu", SEAL + b"valuf", SEAL[:-1] + b"value"),
    *(sealed(other, b"value") + b"value" for other in ("k2", "K", "", "kv")),
    *(sealed("k", b"value", secret) + b"value" for secret in (b"another", None)),
    *(sha256(text).digest() + b"value" for text in (b"value", b"kvalue", b"k\0value")),
    blake2b(b"k\0value", digest_size=32).digest() + b"value",
    b"k\n" + sha256(b"value").hexdigest().encode() + b"\nvalue",  # the form that had a hash without a key
]


@pytest.mark.stack
@pytest.mark.parametrize("poison", POISONS, ids=map(str, range(len(POISONS))))
def test_a_poisoned_value_is_a_miss(shared: Cache, valkey_server: str, poison: bytes) -> None:
    server = redis.Redis.from_url(valkey_server)
    server.set("k", poison)
    assert shared.get("k", lambda: b"right").body == b"right"
    assert server.get("k") == sealed("k", b"right") + b"right", "the right one takes its place"


@pytest.mark.stack
def test_a_value_of_another_type_is_a_miss(shared: Cache, valkey_server: str) -> None:
    redis.Redis.from_url(valkey_server).lpush("k", "x")
    assert shared.get("k", lambda: b"right").body == b"right"


def test_no_server_is_a_miss(tmp_path: Path) -> None:
    cache = Cache(make_settings(tmp_path, redis_url="redis://127.0.0.1:1/0", cache_entries=0))
    assert cache.get("k", lambda: b"right").body == b"right"
    assert cache.shared is not None
    assert not cache.shared.ping()


def test_however_many_ask_one_makes_it(tmp_path: Path) -> None:
    cache, made = Cache(make_settings(tmp_path)), []
    gate = threading.Barrier(40)

    def make() -> bytes:
        time.sleep(0.2)
        made.append(1)
        return b"v"

    def ask() -> bytes:
        gate.wait()
        return cache.get("k", make).body

    with ThreadPoolExecutor(40) as threads:
        assert {f.result() for f in [threads.submit(ask) for _ in range(40)]} == {b"v"}
    assert made == [1]


def test_an_error_reaches_all_that_wait_and_is_tried_anew_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, tries = Cache(make_settings(tmp_path)), []
    gate, waiting = threading.Barrier(8), threading.Semaphore(0)

    class Counted(Future[Value]):
        def result(self, timeout: float | None = None) -> Value:
            waiting.release()
            return super().result(timeout)

    monkeypatch.setattr("app.cache.Future", Counted)
    monkeypatch.setattr("app.cache.PATIENCE", 60)

    def fail() -> bytes:
        tries.append(1)
        assert all(waiting.acquire(timeout=60) for _ in range(7))
        raise Unavailable("away")

    def ask() -> str:
        gate.wait()
        with pytest.raises(Unavailable) as caught:
            cache.get("k", fail)
        return caught.value.detail

    with ThreadPoolExecutor(8) as threads:
        assert {f.result() for f in [threads.submit(ask) for _ in range(8)]} == {"away"}
    assert tries == [1]
    assert cache.get("k", lambda: b"v").body == b"v"


def test_that_there_is_no_such_thing_is_kept_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cache.MISSING", 2)
    cache, tries = Cache(make_settings(tmp_path)), []

    def missing(key: str) -> None:
        def make() -> bytes:
            tries.append(key)
            raise NotFound("company", key)

        with pytest.raises(NotFound, match=key):
            cache.get(key, make)

    for key in ("a", "a", "b", "c", "b", "a"):
        missing(key)
    assert tries == ["a", "b", "c", "a"]


@pytest.mark.stack
def test_two_processes_make_a_value_once(
    shared: Cache, valkey_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cache.WAIT", 60)
    monkeypatch.setattr("app.shared.LOCK_MS", 60_000)
    other, made = Cache(make_settings(tmp_path, redis_url=valkey_server), SECRET), []

    def make() -> bytes:
        made.append(1)
        time.sleep(0.2)
        return b"v"

    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(cache.get, "k", make) for cache in (shared, other)]
        assert {f.result().body for f in asked} == {b"v"}
    assert made == [1]
    assert redis.Redis.from_url(valkey_server).get("k:lock") is None
    other.close()


@pytest.mark.stack
def test_what_landed_before_the_lock_was_ours_is_not_made_again(
    shared: Cache, valkey_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis_side = shared.shared
    assert redis_side
    lock = redis_side.lock

    def late(key: str) -> bool | None:
        redis_side.put(key, b"landed")
        return lock(key)

    monkeypatch.setattr(redis_side, "lock", late)
    assert shared.get("k", never).body == b"landed"
    assert redis.Redis.from_url(valkey_server).get("k:lock") is None


@pytest.mark.stack
def test_the_lock_of_a_dead_process_delays_and_no_more(shared: Cache, valkey_server: str) -> None:
    redis.Redis.from_url(valkey_server).set("k:lock", b"1")  # without an end: worse than a dead process leaves
    started = time.monotonic()
    assert shared.get("k", lambda: b"v").body == b"v"
    assert WAIT <= time.monotonic() - started < 120


@pytest.mark.stack
def test_values_expire_at_different_times(shared: Cache, valkey_server: str) -> None:
    lives = set()
    for at in range(30):
        shared.get(f"k{at}", lambda: b"v")
        lives.add(int(str(redis.Redis.from_url(valkey_server).ttl(f"k{at}"))))
    assert len(lives) > 10
    assert min(lives) >= 0.8 * 86_400 - 60


@pytest.mark.stack
def test_a_full_server_still_answers_what_it_has(tmp_path: Path) -> None:
    with valkey(tmp_path / "valkey", free_port()) as url:
        admin = redis.Redis.from_url(url)
        cache = Cache(make_settings(tmp_path, redis_url=url, cache_entries=0))
        cache.get("kept", lambda: b"v")
        admin.config_set("maxmemory-policy", "noeviction")
        admin.config_set("maxmemory", "1")
        assert cache.get("kept", never).body == b"v"
        assert cache.get("new", lambda: b"n").body == b"n"
        assert cache.shared is not None
        assert not cache.shared.is_open
        cache.close()


@pytest.mark.stack
def test_a_stopped_server_costs_one_timeout_then_nothing(tmp_path: Path) -> None:
    """A new connection to a stopped server still succeeds: only a read timeout and a pause help."""
    with valkey(tmp_path / "valkey", free_port()) as url:
        pid = int(str(redis.Redis.from_url(url).info("server")["process_id"]))
        cache = Cache(make_settings(tmp_path, redis_url=url, cache_entries=0, redis_timeout=2.0))
        cache.get("warm", lambda: b"w")
        os.kill(pid, signal.SIGSTOP)
        try:
            started = time.monotonic()
            for _ in range(50):
                assert cache.get("k", lambda: b"right").body == b"right"
            assert time.monotonic() - started < 30, "50 timeouts would take 100 s"
        finally:
            os.kill(pid, signal.SIGCONT)
        time.sleep(5.1)
        cache.get("after", lambda: b"a")
        assert cache.get("after", never).body == b"a"
        cache.close()
