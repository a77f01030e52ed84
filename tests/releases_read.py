"""What a release holds, and what was changed in it: helpers of the tests of publishing."""

from typing import Any

from sqlalchemy import select

from app import models
from app.db import Database
from app.domains.match import Entry
from app.errors import AppError
from app.lookup import facts
from app.models import Base
from app.publishing import Published
from app.queries import read
from app.queries import releases as query
from app.queries.releases import ChangeOut
from app.releases.build import SNAPSHOT, unpack
from tests.keys import publish
from tests.waiting import until
from tests.worlds import World, domain, owner

Rows = dict[str, list[tuple[Any, ...]]]


def rows(database: Database) -> Rows:
    """All rows of all tables."""
    with database.read() as session:
        return {
            name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for name, table in Base.metadata.tables.items()
        }


def new(before: Rows, after: Rows) -> dict[str, int]:
    """How many rows each table has gained."""
    gained = {name: len(after[name]) - len(before[name]) for name in after}
    return {name: count for name, count in gained.items() if count}


def changes(database: Database, release: int) -> dict[str, ChangeOut]:
    with database.read() as session:
        found = query.changes(session, up_to=release, release=release, limit=10_000)
    assert len({(change.type, change.claim) for change in found}) == len(found)
    return {change.claim: change for change in found}


def release(database: Database, number: int) -> models.Release:
    with database.read() as session:
        return session.get_one(models.Release, number)


def read_world(database: Database, number: int, companies: set[str] | None = None) -> facts.World:
    with database.read() as session:
        return read.load_world(session, session.get_one(models.Release, number), companies)


def read_names(database: Database, number: int) -> dict[str, Entry]:
    with database.read() as session:
        return {entry.name: entry for entry in read.entries(session, number)}


def snapshot(database: Database, number: int) -> tuple[models.ReleaseFile, bytes]:
    return release_file(database, number, SNAPSHOT)


def release_file(database: Database, number: int, name: str) -> tuple[models.ReleaseFile, bytes]:
    with database.read() as session:
        found = query.release_file(session, number, name)
        session.expunge_all()
    assert found is not None
    return found, unpack(found)


def again(database: Database, world: World) -> Published:
    return publish(database, world.write())


def edit_everything(world: World) -> None:
    """One change of every kind, in every table."""
    bigco = world.companies["bigco"]
    bigco |= {"legal_name": "Bigco Incorporated"}
    bigco["ties"][0] |= {"status": "ended", "valid_to": "2021", "title": "Over"}
    bigco["notes"][0]["text"] = "They never met."
    bigco["sources"]["award"]["title"] = "Award"
    world.companies["shoes"]["owners"] = [owner("bigco", valid_to="2022"), owner("quiet", valid_from="2022")]
    world.companies["code"]["domains"].append(domain("code.org"))
    world.companies["looked"]["research"][0]["date"] = "2026-02-02"
    world.agencies["us-ice"]["short_name"] = "I.C.E."
    world.hosted["platforms"][1]["platform"] = "Sites by Bigco"
    del world.companies["old"]


def settled(database: Database) -> None:
    """Wait until the server knows that a killed writer is gone, and has done or undone what it was at."""
    until(lambda: _is_free(database), 60, "the lock of the killed writer")


def _is_free(database: Database) -> bool:
    try:
        with database.write():
            return True
    except AppError:
        return False
