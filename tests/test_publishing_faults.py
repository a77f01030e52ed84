"""A release is made whole or not at all: bad seeds, crashes, two writers, migrations, on both databases."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import inspect, text

from app import publishing
from app.db import Database
from app.errors import AppError
from app.publishing import BadSeed, Published
from app.settings import ROOT, Settings
from tests.keys import publish
from tests.releases_read import again, edit_everything, read_world, rows, settled
from tests.worlds import World


def test_a_bad_seed_changes_nothing(first: Published, database: Database, world: World) -> None:
    before = rows(database)
    world.companies["code"]["ties"][0]["title"] = "A good edit"
    world.companies["quiet"]["domains"][0]["name"] = "co.uk"
    world.companies["old"]["colour"] = "red"
    with pytest.raises(BadSeed) as caught:
        again(database, world)
    assert (caught.value.status, len(caught.value.problems)) == (422, 2)
    assert rows(database) == before


class CrashError(Exception):
    pass


@pytest.mark.parametrize("step", ["write", "build_files", "_content_hash"])
def test_a_crash_in_the_middle_leaves_the_old_release(
    step: str, first: Published, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real_step = rows(database), getattr(publishing, step)

    def crash(*args: Any) -> None:
        real_step(*args)
        raise CrashError

    edit_everything(world)
    with monkeypatch.context() as patched:
        patched.setattr(publishing, step, crash)
        with pytest.raises(CrashError):
            again(database, world)
    assert rows(database) == before
    assert again(database, world).release == 2


KILLED = """
import os, sys
from pathlib import Path
from app import publishing
from app.db import Database
from app.settings import load_settings
from tests.keys import KEYS
publishing.build_files = lambda session, *_: (session.flush(), os._exit(9))
publishing.publish_seed(Database(load_settings()), Path(sys.argv[1]), KEYS)
"""


def run_python(settings: Settings, script: str, *args: str) -> subprocess.Popen[str]:
    environment = {
        "GOVTIES_DATABASE_URL": settings.database.render_as_string(hide_password=False),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", script, *args]
    return subprocess.Popen(command, env=environment, cwd=settings.seed_dir, text=True, stderr=subprocess.PIPE)


def test_a_process_that_dies_in_the_middle_leaves_the_old_release(
    first: Published, database: Database, settings: Settings, world: World
) -> None:
    before = rows(database)
    edit_everything(world)
    with run_python(settings, KILLED, str(world.write())) as process:
        assert process.wait(300) == 9
    settled(database)
    assert rows(database) == before
    assert again(database, world).release == 2


@pytest.fixture
def writing(database: Database) -> Iterator[threading.Event]:
    """Another writer that holds the lock until the event is set."""
    holds, may_go = threading.Event(), threading.Event()

    def write() -> None:
        with database.write():
            holds.set()
            may_go.wait()

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    assert holds.wait(120)
    yield may_go
    may_go.set()
    thread.join()


def test_one_writer_wins_and_the_other_is_told(
    first: Published, database: Database, world: World, writing: threading.Event
) -> None:
    before = rows(database)  # readers are not held up
    edit_everything(world)
    with pytest.raises(AppError) as caught:
        again(database, world)
    assert (caught.value.type, caught.value.status) == ("busy", 409)
    assert rows(database) == before


def test_many_at_once_publish_one_release(database: Database, world: World) -> None:
    seed, together = world.write(), threading.Barrier(6)
    outcomes: list[int | str] = []

    def work() -> None:
        together.wait()
        try:
            outcomes.append(publish(database, seed).release)
        except AppError as error:
            outcomes.append(error.type)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 6
    assert 1 in outcomes
    assert set(outcomes) <= {1, "busy"}
    assert len(rows(database)["release"]) == 1


def test_migrations_go_down_and_up_again_with_data_in_them(
    first: Published, database: Database, settings: Settings
) -> None:
    before = read_world(database, 1)
    database.migrate("base", down=True)
    with database.read() as session:
        assert inspect(session.connection()).get_table_names() == ["alembic_version"]
    database.migrate()
    assert {name: len(found) for name, found in rows(database).items() if found} == {}
    publish(database, settings.seed_dir)
    assert read_world(database, 1).companies == before.companies


def test_migrating_again_keeps_the_data(first: Published, database: Database) -> None:
    before = rows(database)
    database.migrate()
    assert rows(database) == before


MIGRATE = """
from app.db import Database
from app.settings import load_settings
from tests.keys import publish
Database(load_settings()).migrate()
"""


@pytest.mark.stack
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_four_processes_migrate_at_once(settings: Settings) -> None:
    processes = [run_python(settings, MIGRATE) for _ in range(4)]
    assert [(process.communicate(timeout=300)[1], process.returncode) for process in processes] == [("", 0)] * 4
    database = Database(settings)
    assert {name for name, found in rows(database).items() if found} == set()
    with database.read() as session:
        assert len(session.execute(text("SELECT * FROM alembic_version")).all()) == 1
    database.close()
