"""Services under load while releases come: every answer is of one release and says which; a retraction is gone within
seconds. Two services on one database, as two hosts would run."""

import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.db import Database
from app.publishing import Published
from app.settings import Settings
from app.shared import Shared
from tests.faults.conftest import PATIENT
from tests.faults.load import Judge, Load, scaled
from tests.faults.oracle import Oracle
from tests.keys import publish
from tests.service import running_service
from tests.waiting import until
from tests.worlds import World

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("FAULTS", "6"))
LOADED = ["bigco.com", "www.shoes.com", "code.com", "a.code.com", "looked.com"]
HOSTS = ["bigco.com", "shoes.com", "code.com", "www.shoes.com", "nobody.com", "x.github.io", "old.com"]


@pytest.fixture
def services(
    first: Published, settings: Settings, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[list[str]]:
    """The addresses of two services; on PostgreSQL they also share a Valkey, through which releases are announced."""
    url = settings.database.render_as_string(hide_password=False)
    shared = {"GOVTIES_DATABASE_URL": url, **PATIENT}
    if not url.startswith("sqlite"):
        shared["GOVTIES_REDIS_URL"] = request.getfixturevalue("valkey_server")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with ExitStack() as parts:
        logs = [tmp_path / "one.log", tmp_path / "two.log"]
        yield [parts.enter_context(running_service(settings.data_dir, log, **shared)) for log in logs]


@pytest.fixture
def announce(settings: Settings, request: pytest.FixtureRequest) -> Callable[[int], None]:
    if settings.database.get_backend_name() == "sqlite":
        return lambda _: None
    return Shared(request.getfixturevalue("valkey_server"), 0.5, 60).announce


def ask(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data), timeout=60) as response:
        return json.load(response)


def title(number: int) -> str:
    return f"As release {number} says"


def edit(world: World, number: int) -> None:
    world.companies["bigco"]["ties"][0]["title"] = title(number)
    world.companies["code"]["ties"][0]["title"] = title(number)


def wrong_in(answers: list[Any]) -> list[str]:
    """What contradicts itself: answers of two releases, or ties of another release than the answer's."""
    versions = {answer["release"]["version"] for answer in answers}
    if len(versions) != 1:
        return [f"releases {sorted(versions)} in one batch"]
    (version,) = versions
    ours = ("bigco-ice-cloud", "code-ice-licence")
    said = {tie["title"] for answer in answers for tie in answer["ties"] if tie["id"] in ours}
    return [f"{one!r} in release {version}" for one in said - {title(version)}]


class Reader(threading.Thread):
    """Asks one service in batches until told to stop."""

    def __init__(self, service: str) -> None:
        super().__init__(daemon=True)
        self.service, self.stop = service, threading.Event()
        self.wrong: list[str] = []
        self.seen: set[int] = set()
        self.asked = 0

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                answers = ask(f"{self.service}/v1/lookups", {"queries": HOSTS})["answers"]
                self.wrong += wrong_in(answers)
                self.seen.add(answers[0]["release"]["version"])
            except (OSError, ValueError) as error:
                self.wrong.append(repr(error))
            self.asked += 1


def test_no_answer_mixes_two_releases(
    services: list[str], database: Database, world: World, announce: Callable[[int], None]
) -> None:
    edit(world, 2)
    publish(database, world.write())
    announce(2)
    await_release(services, 2)
    readers = [Reader(service) for service in services for _ in range(2)]
    for reader in readers:
        reader.start()
    until(lambda: all(reader.seen for reader in readers), 120, "a first batch")
    for number in range(3, 3 + ROUNDS):
        edit(world, number)
        assert publish(database, world.write()).release == number
        announce(number)
        await_release(services, number)
    until(lambda: all(number in reader.seen for reader in readers), 120, "the last release")
    for reader in readers:
        reader.stop.set()
        reader.join()
    print(f"\n{sum(reader.asked for reader in readers)} batches while {ROUNDS} releases came")
    assert [wrong for reader in readers for wrong in reader.wrong] == []
    assert all(len(reader.seen) > 1 for reader in readers)


def await_release(services: list[str], number: int, within: float = scaled(60, 5)) -> float:
    """Until every service serves a release; how long it took. The requirement is 5 seconds."""
    started = time.monotonic()
    for service in services:
        while ask(f"{service}/v1/release")["version"] != number:
            assert time.monotonic() - started < within, f"release {number} has not come in {within} s"
            time.sleep(0.02)
    return time.monotonic() - started


def test_a_check_that_mixes_would_be_seen() -> None:
    def answer(version: int, said: str) -> Any:
        return {"release": {"version": version}, "ties": [{"id": "bigco-ice-cloud", "title": said}]}

    assert wrong_in([answer(2, title(2)), answer(3, title(3))])
    assert wrong_in([answer(2, title(3))])
    assert wrong_in([answer(2, title(2))]) == []


def test_a_retraction_is_gone_within_five_seconds(
    services: list[str], database: Database, world: World, announce: Callable[[int], None]
) -> None:
    told = "Title of code-ice-licence"
    places = ["/v1/domains/code.com", "/v1/domains/bigco.com", "/v1/companies/code", "/companies/code", "/v1/changes"]
    assert all(told in text(service + place) for service in services for place in places)
    world.companies["code"]["ties"][0] |= {
        "claim_status": "retracted",
        "history": [{"date": "2026-03", "status": "retracted", "note": "A forgery."}],
    }
    old = Oracle(world.folder)
    new = Oracle(world.write())
    with loaded(services, old, new):
        release = publish(database, world.folder).release
        announce(release)
        seconds = await_release(services, release)
    for service in services:
        for place in [*places, "/v1/release", f"/v1/releases/{release}/snapshot.json"]:
            assert told not in text(service + place), place
        with pytest.raises(urllib.error.HTTPError, match="410"):
            ask(f"{service}/v1/releases/1/snapshot.json")
    with loaded(services, new):
        time.sleep(scaled(1, 10))
    print(f"\nthe retraction was gone from both services after {seconds:.2f} s")


@contextmanager
def loaded(services: list[str], *right: Oracle) -> Iterator[None]:
    """Readers of both services, whose answers must be those of one of these seeds."""
    with ExitStack() as parts:
        for service in services:
            load = Load(int(service.rpartition(":")[2]), LOADED, Judge(list(right)), clients=4)
            parts.callback(assert_right, load)
            parts.enter_context(load)
        yield


def assert_right(load: Load) -> None:
    assert load.judge.wrong[:3] == []
    assert load.statuses().keys() == {200}


def text(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as response:
        return str(response.read().decode())
