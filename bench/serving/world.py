"""A world to ask about: ten names a company, a tie at every second, so that an answer has about 2 KB; one release of it
in SQLite, and beside it the same facts in the tables of the naive service.

It is written straight into the tables, not published: a million domains would take minutes for their snapshot and log,
which nobody reads here. A world that was built is kept and used again.
"""

import bisect
import random
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

from app.db import Database
from app.models import Record, Release
from app.releases import manifest
from app.releases.content import content_hash
from app.seeding.store import Fact, _row
from app.settings import Settings
from bench.serving import naive
from bench.world import facts_of_world
from tests.keys import KEYS

TIED = 2
# Change it when worlds are built in another way: those of another form are built anew.
FORM = "2"


@dataclass(frozen=True, slots=True)
class World:
    """A world that lies in a folder: `govties.db`, `naive.db`, `names.txt`."""

    folder: Path
    domains: int

    @property
    def settings(self) -> Settings:
        return Settings(_env_file=None, data_dir=self.folder)

    def names(self) -> list[str]:
        """Its domains, in an order of chance: the first is asked for most."""
        return (self.folder / "names.txt").read_text().split()

    def queries(self, count: int, seed: int = 7) -> list[str]:
        """Names by Zipf's law with exponent 1: the nth is asked for a nth as often as the first."""
        names, chance = self.names(), random.Random(seed)
        weights = list(accumulate(1 / rank for rank in range(1, len(names) + 1)))
        return [names[bisect.bisect_left(weights, chance.random() * weights[-1])] for _ in range(count)]


def built(place: Path, domains: int) -> World:
    """The world with so many domains, built where it does not lie there yet."""
    world = World(place / f"serving-{domains}", domains)
    form = world.folder / "form"
    if not form.exists() or form.read_text() != FORM:
        shutil.rmtree(world.folder, ignore_errors=True)
        world.folder.mkdir(parents=True)
        _build(world)
        form.write_text(FORM)
    return world


def _build(world: World) -> None:
    facts = facts_of_world(world.domains, tied=TIED)
    names = [one.body["name"] for one in facts if one.type == "domain"]
    random.Random(3).shuffle(names)
    (world.folder / "names.txt").write_text("\n".join(names))
    database = Database(world.settings)
    database.migrate()
    _release(database, facts)
    _records(world.folder / "govties.db", facts)
    database.close()
    naive.fill(world.folder / "naive.db", facts)


def _release(database: Database, facts: list[Fact]) -> None:
    counts = {kind: sum(one.type == type_ for one in facts) for kind, type_ in COUNTED.items()}
    digest = content_hash(f"{one.type} {one.id} {one.digest}" for one in facts)
    moment = datetime.now(UTC).replace(microsecond=0)
    with database.write() as session:
        release = Release(number=1, published_at=moment, content_hash=digest, counts=counts)
        session.add(release)
        session.flush()
        manifest.sign(session, release, KEYS, moment)


COUNTED = {"companies": "company", "domains": "domain", "ties": "tie"}


def _records(path: Path, facts: list[Fact]) -> None:
    """All rows at once, and the indexes after them."""
    columns = [column.name for column in Record.__table__.columns]
    insert = f"INSERT INTO record ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    with sqlite3.connect(path) as connection:
        indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'record' AND type = 'index'")
        made = [(name, sql) for name, sql in indexes if sql]
        for name, _ in made:
            connection.execute(f"DROP INDEX {name}")
        rows = (_row(one, at, 1) | {"to_release": None} for at, one in enumerate(facts, 1))
        connection.executemany(insert, ([row[column] for column in columns] for row in rows))
        for _, sql in made:
            connection.execute(sql)
    connection.close()
