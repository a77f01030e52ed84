"""Valkey dies, hangs, forgets, lies; clients go away: slower, never wrong, never an error (reliability.md, 1 to 7)."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from itertools import cycle
from typing import Any

import pytest
import redis

from app.shared import SEAL_BYTES, Shared
from tests.faults.conftest import SPECIAL, Stage, hosts
from tests.faults.load import Client, Judge, Load, scaled
from tests.service import Service
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.stack]

HOSTS = hosts() + SPECIAL
Measured = Callable[[str], None]


def assert_right(load: Load) -> None:
    """Nothing was wrong, and every reply was a 200."""
    assert load.judge.wrong[:3] == []
    assert load.statuses().keys() == {200}


def rest(seconds: float) -> tuple[float, float]:
    """Wait; the stretch of time that has passed."""
    started = time.monotonic()
    time.sleep(seconds)
    return started, time.monotonic()


def test_1_warm(stage: Stage, usual: Service, measured: Measured) -> None:
    with Load(usual.port, HOSTS, stage.judge(), clients=scaled(16, 64)) as load:
        rest(scaled(2, 60))
    measured(load.told("warm"))
    assert_right(load)
    assert load.replies


async def ask_at_once(port: int, host: str, clients: int, judge: Judge) -> None:
    opened = [Client(port) for _ in range(clients)]
    for answer in await asyncio.gather(*(client.get(f"/v1/domains/{host}") for client in opened)):
        judge.see(host, answer.status, answer.headers, answer.body)
    for client in opened:
        client.close()


def test_2_a_cold_key_is_read_once(stage: Stage, fresh: Service, measured: Measured) -> None:
    judge = stage.judge()
    with stage.postgres.logged() as queries:
        asyncio.run(ask_at_once(fresh.port, "firm1.com", 1, judge))
        alone = queries("record")
    clients = scaled(200, 500)
    with stage.postgres.logged() as queries:
        asyncio.run(ask_at_once(fresh.port, "firm3.com", clients, judge))
        together = queries("record")
    measured(f"one client: {alone} statements about records; {clients} at once: {together}")
    assert judge.wrong == []
    assert 0 < together <= alone


def test_3_killed_and_back(stage: Stage, forgetful: Service, measured: Measured) -> None:
    with Load(forgetful.port, HOSTS, stage.judge()) as load:
        before = rest(scaled(1, 10))
        stage.valkey.kill()
        away = rest(scaled(2, 15))
        stage.valkey.start()
        hits = until(lambda: hits_of(stage) > 20, scaled(60, 10), "hits of the cache")
    for name, stretch in (("before", before), ("away", away)):
        measured(load.told(name, *stretch))
    measured(f"hits again after {hits:.1f} s")
    assert_right(load)


def hits_of(stage: Stage) -> int:
    with stage.valkey.client() as client:
        found: dict[str, Any] = dict(client.info("stats"))
        return int(found["keyspace_hits"])


def test_4_stopped(stage: Stage, forgetful: Service, measured: Measured) -> None:
    with Load(forgetful.port, HOSTS, stage.judge()) as load:
        before = rest(scaled(1, 10))
        with stage.valkey.stopped():
            first = rest(2)
            later = rest(scaled(1, 28))
        rest(1)
    for name, stretch in (("before", before), ("the first 2 s", first), ("later", later)):
        measured(load.told(name, *stretch))
    assert_right(load)


def test_5_forgets_and_refuses(stage: Stage, forgetful: Service, measured: Measured) -> None:
    with Load(forgetful.port, HOSTS, stage.judge()) as load, stage.valkey.client() as client:
        for _ in range(scaled(2, 20)):
            client.flushall()
            rest(scaled(0, 1) or 0.3)
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
        full = rest(scaled(1, 10))
        client.config_set("maxmemory", "0")
        client.flushall()
        with stage.valkey.full_disk():
            with pytest.raises(Exception, match="MISCONF"):
                client.set("govties-test", "x")
            disk = rest(scaled(1, 10))
    measured(load.told("memory full", *full))
    measured(load.told("disk full", *disk))
    assert_right(load)


@pytest.mark.parametrize("lie", ["junk", "another key's", "cut off", "an old form"])
def test_6_poisoned(stage: Stage, forgetful: Service, lie: str, measured: Measured) -> None:
    judge = stage.judge()
    ask_each(forgetful, judge)
    with stage.valkey.client() as client:
        keys, values = stored(client)
        lies = {
            "junk": [b"\xff\x00 junk" for _ in keys],
            "another key's": [values[-1], *values[:-1]],
            "cut off": [value[: len(value) * 2 // 3] for value in values],
            "an old form": [value.replace(b'"ties"', b'"bonds"') for value in values],
        }
        for key, value in zip(keys, lies[lie], strict=True):
            client.set(key, value)
    ask_each(forgetful, judge)
    measured(f"{len(keys)} values made {lie}; {len(judge.wrong)} wrong answers")
    assert len(keys) > 50
    assert judge.wrong[:3] == []


def stored(client: redis.Redis) -> tuple[list[bytes], list[bytes]]:
    """The keys of all answers in Valkey, and what lies there."""
    keys = sorted(key for key in client.scan_iter("govties:*") if client.type(key) == b"string")
    return keys, [value for key in keys if isinstance(value := client.get(key), bytes)]


def bare(key: bytes, value: bytes) -> bytes:
    return sha256(value).digest() + value


def bare_beside_its_key(key: bytes, value: bytes) -> bytes:
    return key + b"\n" + sha256(value).hexdigest().encode() + b"\n" + value


def with_another_secret(key: bytes, value: bytes) -> bytes:
    return Shared("redis://127.0.0.1:1/0", 1, 1, b"another secret")._seal(key.decode(), value) + value


def test_31_planted(stage: Stage, forgetful: Service, measured: Measured) -> None:
    judge = stage.judge()
    ask_each(forgetful, judge)
    with stage.valkey.client() as client:
        keys, values = stored(client)
        forms = cycle([bare, bare_beside_its_key, with_another_secret])
        for key, value, planted in zip(keys, values, forms, strict=False):
            lie = value[SEAL_BYTES:].replace(b'"state":"', b'"state":"planted ')
            assert b"planted" in lie
            client.set(key, planted(key, lie))
    ask_each(forgetful, judge)
    measured(f"{len(keys)} values planted; {len(judge.wrong)} wrong answers")
    assert len(keys) > 50
    assert judge.wrong[:3] == []


def ask_each(service: Service, judge: Judge) -> None:
    """Every host once."""

    async def ask() -> None:
        client = Client(service.port)
        for host in HOSTS:
            answer = await client.get(f"/v1/domains/{host}")
            judge.see(host, answer.status, answer.headers, answer.body)
        client.close()

    asyncio.run(ask())


BATCH = b"POST /v1/lookups HTTP/1.1\r\nHost: t\r\nContent-Length: 900\r\n\r\n" + b'{"queries":["firm1.com"'


def asked(host: str) -> bytes:
    return f"GET /v1/domains/{host} HTTP/1.1\r\nHost: t\r\n\r\n".encode()


async def leave_early(port: int, count: int) -> None:
    """So many clients that go away before, while or after their answer is made."""
    chance = random.Random(1)

    async def one() -> None:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            request = chance.choice([asked(chance.choice(HOSTS)), BATCH])
            writer.write(request[: chance.choice([len(request), len(request), chance.randrange(len(request))])])
            await asyncio.sleep(chance.random() * 0.01)
            writer.transport.abort()

    for _ in range(count // 20):
        await asyncio.gather(*(one() for _ in range(20)))


def test_7_clients_that_go_away(stage: Stage, forgetful: Service, measured: Measured) -> None:
    count = scaled(600, 10_000)
    with Load(forgetful.port, HOSTS, stage.judge()) as load:
        asyncio.run(leave_early(forgetful.port, count))
    measured(f"{count} left; {load.told('those who stayed')}")
    assert_right(load)
    assert b'"unexpected"' not in (stage.folder / "forgetful" / "log").read_bytes()


def test_the_oracle_bites(stage: Stage, usual: Service) -> None:
    """A judge who expects another world, or another host's answer, sees it."""
    judge = stage.judge()
    ask_each(usual, judge)
    assert judge.wrong == []
    record = judge.oracles[0].companies
    next(one for one in record if one["id"] == "firm2")["ties"][0]["title"] = "Another"
    judge.expect(*judge.oracles)
    ask_each(usual, judge)
    assert judge.wrong
