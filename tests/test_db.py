"""Both ways into the database: readers cannot write, errors tell nothing, and what is away is said soon."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app import models
from app.db import Database, ReadSession, WriteSession
from app.errors import AppError, Unavailable
from app.models import Base
from app.settings import Settings
from app.stack import postgres
from tests.conftest import make_settings
from tests.copies import publish_first
from tests.service import free_port
from tests.test_breaker import Clock

SECRET = "looked-up.example"

on_postgresql = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.stack)], indirect=True
)


@pytest.fixture
def filled(database: Database, settings: Settings) -> Database:
    publish_first(database, settings.seed_dir)
    return database


def releases(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(models.Release)) or 0


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM change",
        "UPDATE release SET content_hash = ''",
        "INSERT INTO release_file SELECT release, 'x', role, from_release, size, sha256, br, gzip FROM release_file",
        "DROP TABLE change",
        "CREATE TABLE mine (x integer)",
    ],
)
def test_a_reading_session_refuses_to_write(statement: str, filled: Database) -> None:
    with filled.read() as session:
        before = {name: session.execute(select(table)).all() for name, table in Base.metadata.tables.items()}
    with pytest.raises(Unavailable), filled.read() as session:
        session.execute(text(statement))
    with filled.read() as session:
        assert {name: session.execute(select(table)).all() for name, table in Base.metadata.tables.items()} == before


def keep(session: ReadSession | WriteSession, row: Base) -> None:
    session.add(row)
    session.flush()


def test_a_reading_session_keeps_no_object_either(filled: Database) -> None:
    change = models.Change(cursor=10**6, release=1, claim="x", kind="added", at=datetime.now(UTC))
    with pytest.raises(Unavailable), filled.read() as session:
        keep(session, change)
    with filled.write() as session:
        found = session.scalars(select(models.Change).where(models.Change.claim == "x")).all()
    assert found == []


def test_the_two_sessions_are_two_types(filled: Database) -> None:
    with filled.read() as reader:
        assert type(reader) is ReadSession
    with filled.write() as writer:
        assert type(writer) is WriteSession
    assert not issubclass(WriteSession, ReadSession)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("statement", ["SELECT * FROM nowhere WHERE name = :host", "SELECT :host FROM nowhere"])
def test_errors_hide_what_was_asked(statement: str, filled: Database) -> None:
    with pytest.raises(Unavailable) as caught, filled.read() as session:
        session.execute(text(statement), {"host": SECRET})
    assert [error for error in chain(caught.value) if SECRET in f"{error} {error!r}"] == []


def add_release(session: WriteSession, number: int) -> None:
    keep(session, models.Release(number=number, published_at=datetime.now(UTC), content_hash="0" * 64, counts={}))


def add_release_and_fail(session: WriteSession) -> None:
    add_release(session, 2)
    raise ZeroDivisionError


def test_a_writing_session_is_kept_whole_or_not_at_all(filled: Database) -> None:
    with pytest.raises(ZeroDivisionError), filled.write() as session:
        add_release_and_fail(session)
    assert releases(filled) == 1
    with filled.write() as session:
        add_release(session, 2)
    assert releases(filled) == 2


def company_row(name: str, release: int) -> models.Record:
    return models.Record(row=9999, type="company", id=name, digest="0" * 64, from_release=release, body="{}")


def test_an_id_has_one_current_row(filled: Database) -> None:
    with pytest.raises(IntegrityError), filled.write() as session:
        keep(session, company_row("bigco", 1))


def test_rows_belong_to_releases_that_exist(filled: Database) -> None:
    with pytest.raises(IntegrityError), filled.write() as session:
        keep(session, company_row("new", 99))


def test_a_second_writer_is_refused_at_once_and_readers_go_on(filled: Database) -> None:
    with filled.write() as session:
        add_release(session, 2)
        started = time.monotonic()
        with pytest.raises(AppError) as caught, filled.write():
            pytest.fail("two writers at once")
        assert (caught.value.type, caught.value.status) == ("busy", 409)
        assert releases(filled) == 1
        assert time.monotonic() - started < 4.5, "SQLite's driver would wait 5 s, PostgreSQL for ever"
    assert releases(filled) == 2


@pytest.mark.parametrize("database_url", [pytest.param("sqlite", marks=pytest.mark.database)], indirect=True)
def test_migrating_while_somebody_writes_says_so(filled: Database) -> None:
    with filled.write(), pytest.raises(AppError) as caught:
        filled.migrate()
    assert (caught.value.type, caught.value.status) == ("busy", 409)


def test_a_writer_holds_the_lock_from_the_start(filled: Database) -> None:
    with filled.write(), pytest.raises(AppError, match="running"), filled.write():
        pytest.fail("two writers at once")


def test_many_readers_at_once(filled: Database) -> None:
    counted: list[int] = []
    threads = [threading.Thread(target=lambda: counted.append(releases(filled))) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted == [1] * 30


@on_postgresql
def test_a_slow_read_is_given_up(filled: Database, settings: Settings) -> None:
    hasty = Database(settings.model_copy(update={"database_timeout": 2.0}))
    started = time.monotonic()
    with pytest.raises(Unavailable), hasty.read() as session:
        session.execute(text("SELECT pg_sleep(30)"))
    assert time.monotonic() - started < 25
    hasty.close()
    assert releases(filled) == 1


@pytest.mark.stack
@pytest.mark.slow
def test_a_stopped_server_delays_by_its_limit_then_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new connection to a stopped server still succeeds, and its own time limit says nothing."""
    clock = Clock()
    monkeypatch.setattr("app.breaker.time", clock)
    with postgres(tmp_path / "postgres", free_port(), durable=False) as url:
        database = Database(make_settings(tmp_path, database_url=url, database_timeout=2.0))
        with database.read() as session:
            pid = int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        stopped = [pid, parent]
        for each in stopped:
            os.kill(each, signal.SIGSTOP)
        try:
            waits = [_seconds_until_given_up(database) for _ in range(4)]
        finally:
            for each in stopped:
                os.kill(each, signal.SIGCONT)
        assert max(waits) < 20, "without a limit it would be for ever"
        assert waits[-1] < 1, "a try takes 1.7 s"
        deadline = time.monotonic() + 120
        while not _answers(database):
            assert time.monotonic() < deadline
            clock.now += 3
            time.sleep(0.1)
        database.close()


def _seconds_until_given_up(database: Database) -> float:
    started = time.monotonic()
    with pytest.raises(Unavailable):
        database.ping()
    return time.monotonic() - started


def _answers(database: Database) -> bool:
    try:
        database.ping()
    except Unavailable:
        return False
    return True


def test_a_reader_may_read_a_replica_and_a_writer_never_does(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, database_url="postgresql://a@primary/x", replica_url="postgresql://a@replica/x")
    server, publisher = Database(settings, from_replica=True), Database(settings)
    assert (server._read.url.host, server._write.url.host) == ("replica", "primary")
    assert (publisher._read.url.host, publisher._write.url.host) == ("primary", "primary")
    for wrong in ({}, {"database_url": f"sqlite:///{tmp_path}/x.db"}):
        with pytest.raises(ValueError, match="GOVTIES_DATABASE_URL"):
            make_settings(tmp_path, replica_url="postgresql://a@replica/x", **wrong)


@pytest.fixture
def silent() -> Iterator[int]:
    """A port on which something listens that never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield listener.getsockname()[1]


@pytest.fixture
def closed() -> int:
    """A port on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.mark.parametrize("which", ["silent", "closed"])
def test_a_database_that_is_away_is_said_soon(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = f"postgresql://me:hidden-word@127.0.0.1:{request.getfixturevalue(which)}/x"
    database = Database(make_settings(tmp_path, database_url=url, database_timeout=0.5))
    started = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        database.ping()
    assert time.monotonic() - started < 30
    assert which == "closed" or "no connection within 0.425 seconds" in str(caught.value.__cause__), "our limit"
    assert (caught.value.status, caught.value.retry_after) == (503, 5)
    assert "hidden-word" not in str(caught.value)
    database.close()


def test_without_its_database_nothing_is_written_or_migrated(closed: int, tmp_path: Path) -> None:
    database = Database(make_settings(tmp_path, database_url=f"postgresql://me:hidden-word@127.0.0.1:{closed}/x"))
    with pytest.raises(Unavailable) as writing, database.write():
        pytest.fail("there is no database")
    with pytest.raises(AppError) as migrating:
        database.migrate()
    assert (migrating.value.type, migrating.value.status) == ("database", 503)
    assert "hidden-word" not in f"{writing.value}{migrating.value}"
    database.close()


def test_a_database_without_tables_cannot_be_read(settings: Settings) -> None:
    database = Database(settings)
    with pytest.raises(Unavailable):
        releases(database)
    database.close()


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AppError, match="GOVTIES_DATA_DIR") as caught:
        Database(make_settings(tmp_path, data_dir=tmp_path / "file" / "var"))
    assert str(tmp_path / "file" / "var") in caught.value.detail
