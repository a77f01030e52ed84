"""The stage of the faults: a made-up world, published into a PostgreSQL of its own; a Valkey; services in front of
both, each a process; and the oracle, which knows what must be said."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.db import Database
from tests.conftest import make_settings
from tests.faults.load import Judge, scaled
from tests.faults.oracle import Oracle
from tests.faults.servers import Postgres, Valkey
from tests.keys import publish
from tests.service import Service, service_process
from tests.worlds import World, company, domain, owner, tie

FIRMS = 120


def grown(folder: Path) -> World:
    """The small world and many firms: with ties, with owners, with owners that came after a tie had ended."""
    world = World(folder)
    for at in range(FIRMS):
        name = f"firm{at}"
        parts = {"domains": [domain(f"{name}.com"), domain(f"{name}.org")]}
        if at % 2 == 0:
            ended = {"status": "ended", "valid_to": "2016", "status_as_of": "2016"} if at % 8 == 0 else {}
            parts["ties"] = [tie(f"{name}-ice", **ended)]
        if at % 3 == 2:
            parts["owners"] = [owner(f"firm{at // 3}", valid_from=f"{2010 + at % 12}")]
        world.companies[name] = company(name, **parts)
    world.write()
    return world


def hosts(firms: range = range(FIRMS)) -> list[str]:
    """A name of each of some firms, their own or one below."""
    forms = ("{}.com", "www.{}.com", "{}.org", "a.b.{}.org")
    return [forms[at % 4].format(f"firm{at}") for at in firms]


SPECIAL = ["bigco.com", "www.shoes.com", "code.com", "old.com", "looked.com", "quiet.com", "nobody-here.com"]
SPECIAL += ["pages.com", "www.pages.com", "x.pages.com", "sites.bigco.com", "a.sites.bigco.com", "some.agency.gov"]

# A busy machine is no database that is away; `fresh` has the limit that services have by default.
PATIENT = {"GOVTIES_DATABASE_TIMEOUT": "60"}


@dataclass
class Stage:
    """What stands on it."""

    folder: Path
    world: World
    postgres: Postgres
    valkey: Valkey

    def judge(self) -> Judge:
        """A judge of answers about this world."""
        return Judge([Oracle(self.world.folder)])

    def service(self, name: str, files: str = "", **settings: str) -> AbstractContextManager[Service]:
        """A service on this database and this cache, which may open so many files (`soft:hard` limit)."""
        data = self.folder / name
        data.mkdir(exist_ok=True)
        given = {"GOVTIES_DATABASE_URL": self.postgres.url, "GOVTIES_REDIS_URL": self.valkey.url, **PATIENT, **settings}
        return service_process(data, data / "log", files=files, **given)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("faults")
    for name in ("postgres", "valkey"):
        (folder / name).mkdir()
    made = Stage(folder, grown(folder / "seed"), Postgres(folder / "postgres"), Valkey(folder / "valkey"))
    made.postgres.start()
    made.valkey.start()
    database = Database(make_settings(folder, database_url=made.postgres.url))
    database.migrate()
    publish(database, made.world.folder)
    database.close()
    yield made
    made.valkey.kill()
    made.postgres.end()


@pytest.fixture(scope="session")
def usual(stage: Stage) -> Iterator[Service]:
    """A service with the memory that it has by default."""
    with stage.service("usual") as service:
        yield service


@pytest.fixture(scope="session")
def forgetful(stage: Stage) -> Iterator[Service]:
    """A service that remembers hardly anything itself, so that nearly every answer comes from Valkey."""
    little = {"GOVTIES_CACHE_ENTRIES": "5", "GOVTIES_MEMO_MIB": "0"}
    if scaled(1, 0):  # the short run shares its machine; a Valkey that is only slow is to be reached there
        little["GOVTIES_REDIS_TIMEOUT"] = "1"
    with stage.service("forgetful", **little) as service:
        yield service


@pytest.fixture
def fresh(stage: Stage) -> Iterator[Service]:
    """A service that has answered nothing yet, with a part of Valkey that is empty and its own: the other services
    may still be making what clients asked for who have left, and would put it there."""
    with stage.valkey.client() as client:
        client.flushall()
    own = {"GOVTIES_REDIS_URL": f"{stage.valkey.url.removesuffix('/0')}/1", "GOVTIES_DATABASE_TIMEOUT": "2"}
    with stage.service("fresh", **own) as service:
        yield service


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Says what was measured; `make faults` shows it."""
    return lambda text: print(f"\n{request.node.name}: {text}")
