"""The database: engines, and sessions of two types. A `ReadSession` cannot write; only the edges commit."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from alembic import command
from app.errors import AppError, Unavailable
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
    """The ways into one database."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.database
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            _make_folder(Path(self.url.database).parent)
        timeout = settings.database_timeout
        self._read = self._engine(self._read_args(timeout), pool_size=20, max_overflow=0, pool_timeout=timeout)
        self._write = self._engine({"timeout": 0} if self.is_sqlite else {"connect_timeout": 5}, poolclass=NullPool)
        waiting = {"timeout": timeout} if self.is_sqlite else _postgres_args(timeout)
        self._inbox = self._engine(waiting, pool_size=2, max_overflow=0, pool_timeout=timeout)
        if self.is_sqlite:
            event.listen(self._inbox, "connect", _sqlite_inbox)
            event.listen(self._inbox, "begin", _sqlite_begin)
            event.listen(self._read, "connect", _sqlite_reader)
            event.listen(self._write, "connect", _sqlite_writer)
            event.listen(self._write, "begin", _sqlite_begin)

    def _read_args(self, timeout: float) -> dict[str, Any]:
        if self.is_sqlite:
            return {"timeout": timeout}
        return _postgres_args(timeout, "-c default_transaction_read_only=on")

    def _engine(self, connect_args: dict[str, Any], **options: Any) -> Engine:
        # hide_parameters: error messages must not carry what a visitor looked up.
        return create_engine(self.url, connect_args=connect_args, hide_parameters=True, **options)

    @contextmanager
    def read(self) -> Iterator[ReadSession]:
        """A reading session. Raises Unavailable when the database cannot answer in time."""
        try:
            with ReadSession(self._read) as session:
                yield session
        except SQLAlchemyError as error:
            raise Unavailable(f"The database cannot be read now ({type(error).__name__}).") from error

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        """A writing session under the write lock, committed at the end or rolled back whole.

        Raises AppError `busy` when another writer holds the lock: one wins, the other says so.
        """
        busy = AppError("busy", 409, "Another import or publication is running; try again when it has ended.")
        try:
            with WriteSession(self._write) as session, session.begin():
                session.connection()  # SQLite takes the lock here; a session alone has not begun anything yet
                if not self.is_sqlite:
                    lock = text("SELECT pg_try_advisory_xact_lock(:key)")
                    if not session.execute(lock, {"key": WRITE_LOCK}).scalar_one():
                        raise busy
                yield session
        except OperationalError as error:
            if self.is_sqlite and "locked" in str(error.orig):
                raise busy from None
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
        serialise them); on SQLite the later ones fail and say so."""
        config = Config(toml_file=ROOT / "pyproject.toml")
        try:
            with self._write.connect() as connection:
                if not self.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
                config.attributes["connection"] = connection
                (command.downgrade if down else command.upgrade)(config, revision)
                connection.commit()
        except DBAPIError as error:
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

    def _name(self) -> str:
        return self.url.render_as_string(hide_password=True)


def _postgres_args(timeout: float, options: str = "") -> dict[str, Any]:
    limited = f"-c statement_timeout={int(timeout * 1000)} {options}"
    return {"connect_timeout": max(1, round(timeout)), "options": limited.strip()}


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AppError(
            "data-dir",
            500,
            f"{folder} cannot be made ({error.strerror}): set GOVTIES_DATA_DIR to a folder you may write.",
        ) from None


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
