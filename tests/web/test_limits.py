"""Rate limits: what is limited and what is not, across workers, with Redis away, by the client and not by its words."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import redis
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.settings import Settings
from app.stack import valkey
from app.web.limits import HASH_KEY, Limiter
from tests.conftest import make_settings
from tests.copies import publish_first
from tests.service import free_port
from tests.web.reading import BROWSER, text

FEW = {f"limit_{what}": "3/hour" for what in ("batch", "search", "suggestions", "exports")}
BATCH = {"queries": ["shoes.com"]}


@pytest.fixture
def few(settings: Settings, database: Database) -> Settings:
    publish_first(database, settings.seed_dir)
    return settings.model_copy(update=FEW)


@contextmanager
def served(settings: Settings, peer: str = "192.0.2.1") -> Iterator[TestClient]:
    with TestClient(create_app(settings), base_url="http://govties.test", client=(peer, 1)) as client:
        yield client


def test_a_batch_too_many_is_refused_and_says_when_to_come_back(few: Settings) -> None:
    with served(few) as client:
        answers = [client.post("/v1/lookups", json=BATCH) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    refused = answers[-1]
    assert refused.json()["type"] == "/problems/too-many-requests"
    assert refused.headers["ratelimit-limit"] == "3"
    assert refused.headers["retry-after"] == refused.headers["ratelimit-reset"]
    assert 3500 < int(refused.headers["retry-after"]) <= 3600
    assert refused.headers["access-control-allow-origin"] == "*"
    assert refused.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/v1/companies?q=big", "/v1/companies/bigco/awards.csv", "/?q=bigco"])
def test_searches_and_exports_are_limited(few: Settings, path: str) -> None:
    with served(few) as client:
        assert [client.get(path).status_code for _ in range(4)] == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("limit", "lang", "said"),
    [
        ("1/hour", "en", r"from your network in a short time\. Try again in (60|59) minutes\."),
        ("1/minute", "en", r"from your network in a short time\. Try again in \d\d? seconds?\."),
        ("1/minute", "es", r"desde su red en poco tiempo\. Inténtelo de nuevo dentro de \d\d? segundos?\."),
    ],
)
def test_a_page_too_many_says_when_to_try_again(few: Settings, limit: str, lang: str, said: str) -> None:
    with served(few.model_copy(update={"limit_search": limit})) as client:
        client.get("/?q=bigco")
        refused = client.get(f"/?q=bigco&lang={lang}", headers=BROWSER)
        assert refused.status_code == 429
        assert re.search(said, text(refused.text)), text(refused.text)
        seconds = int(refused.headers["retry-after"])
        refusal = client.get("/v1/companies?q=big").json()["detail"]
        assert re.fullmatch(r"At most 1 requests of this kind\. Try again in \d+ seconds\.", refusal)
    assert 0 < seconds <= 3600


def test_downloads_are_limited_and_the_snapshot_is_not(few: Settings) -> None:
    with served(few) as client:
        files = [file["url"] for file in client.get("/v1/release").json()["files"]]
        snapshot = next(url for url in files if "snapshot" in url)
        assert [client.get("/v1/releases/1/govties.jsonl.gz").status_code for _ in range(4)] == [200, 200, 200, 429]
        assert client.get("/v1/releases/1/govties-csv.zip").status_code == 429
        assert {client.get(snapshot).status_code for _ in range(6)} == {200}


def test_what_caches_and_machines_ask_for_is_never_limited(few: Settings) -> None:
    with served(few) as client:
        for path in (
            "/v1/domains/shoes.com",
            "/v1/lookup?url=http://shoes.com",
            "/healthz",
            "/readyz",
            "/",
            "/v1/release",
        ):
            answers = [client.get(path) for _ in range(6)]
            assert {answer.status_code for answer in answers} == {200}, path
            assert not [name for name in answers[0].headers if name.startswith("ratelimit")], path


def test_each_kind_is_counted_apart_and_each_client(few: Settings) -> None:
    with served(few) as client, served(few, "192.0.2.2") as other:
        for _ in range(3):
            client.post("/v1/lookups", json=BATCH)
        assert client.post("/v1/lookups", json=BATCH).status_code == 429
        assert client.get("/v1/companies?q=x").status_code == 200
        assert other.post("/v1/lookups", json=BATCH).status_code == 200


@pytest.mark.parametrize("proxied", [False, True])
def test_rotating_what_is_forwarded_evades_nothing(few: Settings, proxied: bool) -> None:
    few = few.model_copy(update={"trusted_proxies": "10.0.0.0/8"})
    with served(few, "10.0.0.1" if proxied else "192.0.2.1") as client:
        tail = ", 198.51.100.7" if proxied else ""
        statuses = [
            client.post("/v1/lookups", json=BATCH, headers={"X-Forwarded-For": f"203.0.113.{at}{tail}"}).status_code
            for at in range(8)
        ]
    assert statuses == [200] * 3 + [429] * 5


@pytest.mark.stack
def test_limits_hold_across_workers(few: Settings, valkey_server: str) -> None:
    redis.Redis.from_url(valkey_server).flushall()
    few = few.model_copy(update={"redis_url": valkey_server})
    with served(few) as one, served(few) as two:
        statuses = [client.post("/v1/lookups", json=BATCH).status_code for client in (one, two, one, two, one)]
    assert statuses == [200, 200, 200, 429, 429]
    stored = redis.Redis.from_url(valkey_server)
    assert "192.0.2" not in repr(stored.keys())
    assert 0 < int(str(stored.ttl(HASH_KEY))) <= 86_400


@pytest.mark.stack
def test_a_planted_key_of_hashes_is_not_used(few: Settings, valkey_server: str) -> None:
    redis.Redis.from_url(valkey_server).flushall()
    redis.Redis.from_url(valkey_server).set(HASH_KEY, b"x" * 100)
    with served(few.model_copy(update={"redis_url": valkey_server})) as client:
        assert [client.post("/v1/lookups", json=BATCH).status_code for _ in range(4)] == [200, 200, 200, 429]


@pytest.mark.stack
@pytest.mark.parametrize("sent", [signal.SIGSTOP, signal.SIGKILL])
def test_without_redis_this_process_counts_and_nothing_fails(few: Settings, tmp_path: Path, sent: int) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(valkey(tmp_path / "valkey", free_port()))
        pid = int(str(redis.Redis.from_url(url).info("server")["process_id"]))
        client = stack.enter_context(served(few.model_copy(update={"redis_url": url, "redis_timeout": 1.0})))
        assert client.post("/v1/lookups", json=BATCH).status_code == 200
        os.kill(pid, sent)
        if sent == signal.SIGSTOP:
            stack.callback(os.kill, pid, signal.SIGCONT)
        statuses = [client.post("/v1/lookups", json=BATCH).status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        assert {client.get(path).status_code for path in ("/healthz", "/readyz") for _ in range(3)} == {200}


def test_an_address_is_kept_as_a_hash(tmp_path: Path) -> None:
    limiter = Limiter(make_settings(tmp_path))
    limiter.hit("batch", "192.0.2.1")
    assert "192.0.2" not in repr(vars(limiter._here.limiter.storage))


def test_settings_say_what_is_wrong_with_a_limit(tmp_path: Path) -> None:
    for wrong in ({"limit_batch": "many"}, {"trusted_proxies": "10.0.0.1/8"}, {"trusted_proxies": "proxy.example"}):
        with pytest.raises(ValueError, match="give"):
            make_settings(tmp_path, **wrong)
