"""Migrations on full data: down and up again, and the real seed gives the same rows as before (reliability.md, 16).
Four at once: tests/test_publishing_faults.py."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import Database
from app.models import Record, Release
from app.settings import ROOT
from tests.conftest import make_settings
from tests.keys import publish

pytestmark = pytest.mark.slow


def digests(database: Database) -> tuple[str, list[tuple[str, str, str]]]:
    """The content hash of the release, and the hash of every row."""
    with database.read() as session:
        hashed = session.scalars(select(Release.content_hash)).one()
        rows = session.execute(select(Record.type, Record.id, Record.digest).order_by(Record.type, Record.id))
        return hashed, [(type_, id_, digest) for type_, id_, digest in rows]


def test_16_up_down_up(tmp_path: Path, database_url: str, measured: Callable[[str], None]) -> None:
    with closing(Database(make_settings(tmp_path, database_url=database_url))) as database:
        database.migrate()
        publish(database, ROOT / "seed")
        before = digests(database)
        database.migrate("base", down=True)
        database.migrate()
        publish(database, ROOT / "seed")
        assert digests(database) == before
    measured(f"{len(before[1]):,} rows with the same hashes")
