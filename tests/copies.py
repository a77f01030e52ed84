"""Databases made once by each process and copied from then on: an empty one, and the first release of each seed.

What tests migrating or publishing itself calls `Database.migrate` and `tests.keys.publish` instead.
"""

import fcntl
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL

from app.db import Database
from app.publishing import Published
from app.settings import Settings
from tests.keys import publish

T = TypeVar("T")

# What making one gave, and where it is kept: the bytes of a file, or the name of a database on the same server.
_made: dict[tuple[str, str], tuple[Any, bytes | str]] = {}
_admins: dict[str, "psycopg.Connection[Any]"] = {}


def migrated(database: Database) -> None:
    """Make a database one that has the newest schema and nothing in it."""
    _copied(database, "empty", lambda: _migrate_new(database))


def publish_first(database: Database, seed: Path) -> Published:
    """Make a database one that has the first release of a seed in it and nothing else."""
    return _copied(database, _digest(seed), lambda: _publish_new(database, seed))


def publish_shared(settings: Settings, folder: Path) -> None:
    """Fill a SQLite database with the first release of a seed that one of the processes which share `folder` made."""
    database = Database(settings)
    shared = folder / f"{_digest(settings.seed_dir)}.db"
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if shared.exists():
            _file(database.url).write_bytes(shared.read_bytes())
        else:
            _publish_new(database, settings.seed_dir)
            database.close()
            shutil.copyfile(_file(database.url), shared)


def _migrate_new(database: Database) -> None:
    make_new(database.url)
    database.migrate()


def _publish_new(database: Database, seed: Path) -> Published:
    migrated(database)
    return publish(database, seed)


def _copied(database: Database, what: str, make: Callable[[], T]) -> T:
    key = (f"{database.url.host}:{database.url.port}", what)
    database.close()
    if key in _made:
        made, kept = _made[key]
        _bring(database.url, kept)
        return made  # type: ignore[no-any-return]
    done = make()
    database.close()
    _made[key] = (done, _keep(database.url, what))
    return done


def _digest(seed: Path) -> str:
    digest = sha256()
    for path in sorted(path for path in seed.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(seed)}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()[:32]


def _keep(url: URL, what: str) -> bytes | str:
    if url.host is None:
        return _file(url).read_bytes()
    make_new(kept := url.set(database=f"kept_{what}"), str(url.database))
    return str(kept.database)


def _bring(url: URL, kept: bytes | str) -> None:
    if isinstance(kept, bytes):
        _file(url).write_bytes(kept)
    else:
        make_new(url, kept)


def _file(url: URL) -> Path:
    """The file of a SQLite database that nobody has open: then all of it is in there."""
    file = Path(str(url.database))
    assert not Path(f"{file}-wal").exists(), "somebody still has the database open"
    return file


def make_new(url: URL, template: str = "template0") -> None:
    """Make a database on PostgreSQL anew, as a copy; by its files, which takes half as long as through the log."""
    if url.host is None:
        return
    drop(url)
    _admin(url).execute(f"CREATE DATABASE {url.database} TEMPLATE {template} STRATEGY file_copy")


def drop(url: URL) -> None:
    """Drop a database on PostgreSQL if it is there, whoever uses it."""
    _admin(url).execute(f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)")


def _admin(url: URL) -> "psycopg.Connection[Any]":
    """A connection to the server of a database, kept: to log in takes as long as to drop."""
    address = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    if address not in _admins:
        _admins[address] = psycopg.connect(address, autocommit=True)
    return _admins[address]


def forget_server(url: URL) -> None:
    """Close the connection to a server that ends."""
    _admin(url).close()
