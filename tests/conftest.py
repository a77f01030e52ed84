"""Fixtures: a small made-up world and the real seed, on SQLite and on a real PostgreSQL, behind a client."""

import os
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import Engine, event, make_url
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.publishing import Published
from app.settings import ROOT, Settings
from app.stack import postgres, valkey
from tests.copies import drop, forget_server, make_new, migrated, publish_first, publish_shared
from tests.memory import memory_folder
from tests.service import free_port, running_service
from tests.worlds import World

# `make check` takes the quick one. No deadline: a busy machine is no fault of the code.
hypothesis.settings.register_profile("whole", max_examples=100, deadline=None)
hypothesis.settings.register_profile("quick", max_examples=20, deadline=None)
hypothesis.settings.load_profile("whole")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests come first: what is left at the end is small enough for all processes to share."""
    long = {item.path for item in items if item.get_closest_marker("browser") or item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


@event.listens_for(Engine, "connect")
def _need_no_disk(connection: object, _: object) -> None:
    """Nobody pulls the plug on a test: as with `postgres(durable=False)`, SQLite does not wait for the disk."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL, without a database name."""
    with (
        memory_folder(tmp_path_factory.mktemp("postgres")) as folder,
        postgres(folder, free_port(), durable=False) as url,
    ):
        yield url.rsplit("/", 1)[0]
        forget_server(make_url(url))


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Valkey."""
    with valkey(tmp_path_factory.mktemp("valkey"), free_port()) as url:
        yield url


@pytest.fixture(
    params=[pytest.param("sqlite", marks=pytest.mark.database), pytest.param("postgresql", marks=pytest.mark.stack)]
)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    url = make_url(f"{request.getfixturevalue('postgres_server')}/t{uuid.uuid4().hex}")
    if "database" not in request.fixturenames:  # which makes it
        make_new(url)
    yield url.render_as_string(hide_password=False)
    drop(url)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The made-up seed, not yet written."""
    return World(tmp_path / "seed")


@pytest.fixture
def settings(tmp_path: Path, database_url: str, world: World) -> Settings:
    """Settings of a service on an empty database, with the made-up seed."""
    return make_settings(tmp_path, database_url=database_url, seed_dir=world.write(), release_poll=0)


def make_settings(folder: Path, **more: object) -> Settings:
    """Settings that no environment and no .env file can change."""
    plenty = {f"limit_{what}": "1000000/minute" for what in ("batch", "search", "suggestions", "exports")}
    # A busy machine is no server that is away: tests of these limits set their own.
    patient = {"database_timeout": 60.0, "redis_timeout": 10.0}
    given = {"data_dir": folder / "var", "log_level": "error", **patient, **plenty, **more}
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


@pytest.fixture
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """The migrated database, still empty unless `first` or `client` fills it."""
    database = Database(settings)
    if not {"first", "client"} & set(request.fixturenames):
        migrated(database)
    yield database
    database.close()


@pytest.fixture
def first(database: Database, settings: Settings) -> Published:
    """Release 1: the made-up world, published."""
    return publish_first(database, settings.seed_dir)


@pytest.fixture
def client(settings: Settings, database: Database) -> Iterator[TestClient]:
    """A client of the service with the made-up world published."""
    publish_first(database, settings.seed_dir)
    with TestClient(create_app(settings), base_url="http://govties.test") as client:
        yield client


@pytest.fixture(scope="session")
def real_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a service whose SQLite database holds the real seed; one process of a run publishes it for all."""
    settings = make_settings(tmp_path_factory.mktemp("real"), seed_dir=ROOT / "seed")
    base = tmp_path_factory.getbasetemp()
    publish_shared(settings, base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
    return settings


@pytest.fixture(scope="session")
def real(real_settings: Settings) -> Iterator[TestClient]:
    """A client of the service with the real seed."""
    with TestClient(create_app(real_settings), base_url="http://govties.test") as client:
        yield client


@pytest.fixture(scope="session")
def server(real_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `govties serve`, a process of its own with the real seed."""
    with running_service(real_settings.data_dir, tmp_path_factory.mktemp("server") / "log") as address:
        yield address
