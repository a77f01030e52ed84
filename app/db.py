"""The database: engines, and sessions of two types. A `ReadSession` cannot write; only the edges commit."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from alembic import command
from app.bounded import BoundedConnection, bounded
from app.breaker import Breaker, State
from app.errors import AppError, Unavailable
from app.metrics import BREAKER, READS
from app.private import private_database, private_folder
from app.settings import ROOT, Settings

# Any constant serves, as long as nothing else in the database uses it.
WRITE_LOCK = 0x60711E5
MIGRATION_LOCK = WRITE_LOCK + 1


class ReadSession(Session):
    """A session that reads. Its connection refuses writes."""


class WriteSession(Session):
    """A session that holds the write lock; committed by the context manager that made it."""


class InboxSession(Session):
    """A session that may put a suggestion in; nothing else of the web process writes."""


class Database:
    """The ways into one database. Whoever serves may read `from_replica`; whoever publishes reads what it wrote."""

    def __init__(self, settings: Settings, *, from_replica: bool = False) -> None:
        self.url = settings.database
        self._read_url = settings.replica if from_replica else self.url
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            file = Path(self.url.database)
            private_folder(file.parent)
            private_database(file)
        self._breaker = Breaker(failures=3, most=2.0, changed=_changed)
        self._read = self._reader(settings.database_timeout)
        writer = {"timeout": 0} if self.is_sqlite else {"connect_timeout": 5}
        self._write = _engine(self.url, writer, poolclass=NullPool)
        self._inbox = self._taker(settings.database_timeout)
        if self.is_sqlite:
            event.listen(self._inbox, "connect", _sqlite_inbox)
            event.listen(self._inbox, "begin", _sqlite_begin)
            event.listen(self._read, "connect", _sqlite_reader)
            event.listen(self._write, "connect", _sqlite_writer)
            event.listen(self._write, "begin", _sqlite_begin)

    def _reader(self, timeout: float) -> Engine:
        """Who reads is told within `timeout` seconds, whatever became of the server: the server gives up first, then
        the connection; who waits for a connection does so for half of the time."""
        if self.is_sqlite:
            return _engine(self._read_url, {"timeout": timeout}, pool_size=20, max_overflow=0, pool_timeout=timeout)
        options = f"-c statement_timeout={int(timeout * 750)} -c default_transaction_read_only=on"
        args = {"connect_timeout": max(1, round(timeout)), "options": options}
        engine = _engine(self._read_url, args, pool_size=20, max_overflow=0, pool_timeout=timeout / 2)
        kind = bounded(timeout * 0.85)

        @event.listens_for(engine, "do_connect")
        def _connect(_: Any, __: Any, args: Any, named: Any) -> BoundedConnection:
            return kind.connect(*args, **named)

        return engine

    def _taker(self, timeout: float) -> Engine:
        """Few connections: a flood of suggestions must not take those of readers."""
        options = f"-c statement_timeout={int(timeout * 1000)}"
        postgres = {"connect_timeout": max(1, round(timeout)), "options": options}
        args = {"timeout": timeout} if self.is_sqlite else postgres
        return _engine(self.url, args, pool_size=2, max_overflow=0, pool_timeout=timeout)

    @contextmanager
    def read(self) -> Iterator[ReadSession]:
        """A reading session. Raises Unavailable when the database cannot answer in time."""
        if not self.is_sqlite and not self._breaker.allows():
            READS.labels("left alone").inc()
            raise Unavailable("The database did not answer a moment ago.")
        try:
            with ReadSession(self._read) as session:
                yield session
        except SQLAlchemyError as error:
            away = isinstance(error, OperationalError | InterfaceError | PoolTimeout)
            (self._breaker.failed if away else self._breaker.succeeded)()
            READS.labels("failed").inc()
            raise Unavailable(f"The database cannot be read now ({type(error).__name__}).") from error
        except BaseException:
            self._breaker.succeeded()
            raise
        self._breaker.succeeded()
        READS.labels("ok").inc()

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        """A writing session under the write lock, committed at the end or rolled back whole.

        Raises AppError `busy` when another writer holds the lock: one wins, the other says so.
        """
        try:
            with WriteSession(self._write) as session, session.begin():
                session.connection()  # SQLite takes the lock here; a session alone has not begun anything yet
                if not self.is_sqlite:
                    lock = text("SELECT pg_try_advisory_xact_lock(:key)")
                    if not session.execute(lock, {"key": WRITE_LOCK}).scalar_one():
                        raise _busy()
                yield session
        except OperationalError as error:
            if self._is_locked(error):
                raise _busy() from None
            raise Unavailable(f"The database cannot be written ({reason(error)}).") from error

    @contextmanager
    def inbox(self) -> Iterator[InboxSession]:
        """A session for suggestions, committed at the end. It waits for a publication as long as a read may take, and
        does not hold its lock on PostgreSQL. Raises Unavailable where that is not enough."""
        try:
            with InboxSession(self._inbox) as session, session.begin():
                session.connection()
                yield session
        except SQLAlchemyError as error:
            raise Unavailable(f"Suggestions cannot be taken now ({type(error).__name__}).") from error

    def migrate(self, revision: str = "head", *, down: bool = False) -> None:
        """Bring the schema to a revision; on PostgreSQL several at once wait for one another (alembic does not
        serialise them); on SQLite the later ones get AppError `busy`."""
        config = Config(toml_file=ROOT / "pyproject.toml")
        try:
            with self._write.connect() as connection:
                if not self.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
                config.attributes["connection"] = connection
                (command.downgrade if down else command.upgrade)(config, revision)
                connection.commit()
        except DBAPIError as error:
            if self._is_locked(error):
                raise _busy() from None
            raise AppError("database", 503, f"{self._name()} cannot be migrated: {reason(error)}.") from error
        except CommandError as error:
            raise AppError("database", 422, f"{self._name()} cannot be migrated: {error}.") from error

    def ping(self) -> None:
        """Raises Unavailable when the database does not answer."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close all connections."""
        self._read.dispose()
        self._write.dispose()
        self._inbox.dispose()

    def _is_locked(self, error: DBAPIError) -> bool:
        return self.is_sqlite and "locked" in str(error.orig)

    def _name(self) -> str:
        return self.url.render_as_string(hide_password=True)


def _engine(url: URL, connect_args: dict[str, Any], **options: Any) -> Engine:
    # hide_parameters: error messages must not carry what a visitor looked up.
    return create_engine(url, connect_args=connect_args, hide_parameters=True, **options)


def _busy() -> AppError:
    return AppError("busy", 409, "Another import or publication is running; try again when it has ended.")


def _changed(state: State) -> None:
    BREAKER.labels("database").set(state == "open")


def reason(error: SQLAlchemyError) -> str:
    """The first line of what the database said."""
    said = str(getattr(error, "orig", None) or "").strip()
    return said.splitlines()[0] if said else type(error).__name__


def _sqlite_reader(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA query_only = ON")


def _sqlite_writer(connection: sqlite3.Connection, _: object) -> None:
    # Python's sqlite3 would open transactions by itself, too late for the write lock.
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -65536")  # KiB; with the default of two MB large imports thrash
    connection.execute("PRAGMA busy_timeout = 0")


def _sqlite_inbox(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None


def _sqlite_begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
