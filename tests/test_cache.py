"""The cache in front of the database: slower when Redis is away, never wrong. A real Valkey."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from app.cache import Cache, Memory, Value
from app.stack import valkey
from tests.conftest import make_settings


@pytest.fixture
def shared(valkey_server: str, tmp_path: Path) -> Iterator[Cache]:
    redis.Redis.from_url(valkey_server).flushall()
    cache = Cache(make_settings(tmp_path, redis_url=valkey_server))
    yield cache
    cache.close()


def never() -> bytes:
    raise AssertionError("a hit must not make the value anew")


def test_memory_keeps_the_newest() -> None:
    memory = Memory(2)
    for key in ("a", "b"):
        memory.put(key, Value.of(key.encode()))
    assert memory.get("a") == Value.of(b"a")
    memory.put("c", Value.of(b"c"))
    assert [memory.get(key) for key in ("a", "b", "c")] == [Value.of(b"a"), None, Value.of(b"c")]


def test_a_memory_of_nothing_holds_nothing() -> None:
    memory = Memory(0)
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
    other = Cache(make_settings(tmp_path, redis_url=valkey_server))
    assert other.get("k", never).body == b"value\nwith lines"
    assert 0 < int(str(redis.Redis.from_url(valkey_server).ttl("k"))) <= 86_400
    other.close()


@pytest.mark.stack
@pytest.mark.parametrize("poison", [b"", b"junk", b"other\nvalue", b"k", b"k2\nvalue"])
def test_a_poisoned_value_is_a_miss(shared: Cache, valkey_server: str, poison: bytes) -> None:
    redis.Redis.from_url(valkey_server).set("k", poison)
    assert shared.get("k", lambda: b"right").body == b"right"


@pytest.mark.stack
def test_a_value_of_another_type_is_a_miss(shared: Cache, valkey_server: str) -> None:
    redis.Redis.from_url(valkey_server).lpush("k", "x")
    assert shared.get("k", lambda: b"right").body == b"right"


def test_no_server_is_a_miss(tmp_path: Path) -> None:
    cache = Cache(make_settings(tmp_path, redis_url="redis://127.0.0.1:1/0", cache_entries=0))
    assert cache.get("k", lambda: b"right").body == b"right"
    assert cache.shared is not None
    assert not cache.shared.ping()


@pytest.mark.stack
def test_a_stopped_server_costs_one_timeout_then_nothing(tmp_path: Path) -> None:
    """A new connection to a stopped server still succeeds: only a read timeout and a pause help."""
    with valkey(tmp_path / "valkey") as url:
        pid = int(str(redis.Redis.from_url(url).info("server")["process_id"]))
        cache = Cache(make_settings(tmp_path, redis_url=url, cache_entries=0))
        cache.get("warm", lambda: b"w")
        os.kill(pid, signal.SIGSTOP)
        try:
            started = time.monotonic()
            for _ in range(50):
                assert cache.get("k", lambda: b"right").body == b"right"
            assert time.monotonic() - started < 1
        finally:
            os.kill(pid, signal.SIGCONT)
        time.sleep(1.1)
        cache.get("after", lambda: b"a")
        assert cache.get("after", never).body == b"a"
        cache.close()
