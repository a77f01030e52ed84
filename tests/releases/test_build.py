"""A release is made on top of the one before; it is the same, byte for byte, as one built whole."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from app.db import Database
from app.publishing import Published
from app.queries import read
from app.queries import releases as query
from app.releases import snapshot
from app.releases.build import DELTAS
from app.releases.delta import apply_delta
from tests.keys import publish
from tests.releases_read import again, edit_everything, release_file
from tests.releases_read import snapshot as stored
from tests.worlds import World, company, domain, owner, tie

pytestmark = pytest.mark.slow

Edit = Callable[[World, random.Random], None]


def whole(database: Database, number: int) -> bytes:
    """The snapshot of a release, built from all of its rows."""
    with database.read() as session:
        release = next(row for row in query.releases(session) if row.number == number)
        world = read.load_world(session, release)
        tables = snapshot.tables_of(world, read.entries(session, number))
    return snapshot.encode(tables, world.release)


def test_the_first_release(first: Published, database: Database) -> None:
    assert stored(database, 1)[1] == whole(database, 1)


def test_an_edit_of_everything(first: Published, database: Database, world: World) -> None:
    edit_everything(world)
    again(database, world)
    assert stored(database, 2)[1] == whole(database, 2)
    assert apply_delta(stored(database, 1)[1], release_file(database, 2, "from-1.json")[1]) == stored(database, 2)[1]


def a_company(world: World, chance: random.Random) -> dict[str, Any]:
    return world.companies[chance.choice(sorted(world.companies))]


def new_company(world: World, chance: random.Random) -> None:
    name = f"new{chance.randrange(10**6)}"
    world.companies[name] = company(name, domains=[domain(f"{name}.com")], ties=[tie(f"{name}-ice")])


def no_company(world: World, chance: random.Random) -> None:
    owners = {edge["owner"] for record in world.companies.values() for edge in record.get("owners", [])}
    free = sorted(world.companies.keys() - owners - {"bigco", "quiet"})
    if len(free) > 2:
        del world.companies[chance.choice(free)]


def renamed(world: World, chance: random.Random) -> None:
    a_company(world, chance)["name"] = f"Name {chance.randrange(100)}"


def other_owner(world: World, chance: random.Random) -> None:
    """Only companies further down own nobody, so no cycle can come of it."""
    names = sorted(world.companies)
    at = chance.randrange(1, len(names))
    record, above = world.companies[names[at]], names[chance.randrange(at)]
    for edge in record.get("owners", []):
        edge |= {"valid_to": "2020-01-02", "valid_from": "2010"}
    taken = {edge["owner"] for edge in record.get("owners", [])}
    if above not in taken and above not in {"shoes", "code"}:
        record["sources"]["page"] = world.companies["bigco"]["sources"]["page"]
        record.setdefault("owners", []).append(owner(above, valid_from="2020-01-02"))


def ended(world: World, chance: random.Random) -> None:
    for one in a_company(world, chance).get("ties", []):
        one |= {"status": "ended", "valid_to": "2013-01", "status_as_of": "2013-01"}


def active(world: World, chance: random.Random) -> None:
    for one in a_company(world, chance).get("ties", []):
        one.pop("valid_to", None)
        one |= {"status": "active", "status_as_of": f"{chance.randrange(2015, 2024)}"}


def retracted(world: World, chance: random.Random) -> None:
    for one in a_company(world, chance).get("ties", [])[:1]:
        one |= {"claim_status": "retracted", "history": [{"date": "2026", "status": "retracted", "note": "Wrong."}]}


def more_domains(world: World, chance: random.Random) -> None:
    record = a_company(world, chance)
    if record["sources"].get("page"):
        record["domains"].append(domain(f"d{chance.randrange(10**6)}.com"))


def lost_domain(world: World, chance: random.Random) -> None:
    a_company(world, chance)["domains"][0]["valid_to"] = "2024"


def researched(world: World, chance: random.Random) -> None:
    record = a_company(world, chance)
    entry = world.companies["looked"]["research"][0] if "looked" in world.companies else None
    if entry and "research" not in record:
        record["research"] = [{**entry, "id": f"{record['id']}-2026"}]


def platform(world: World, chance: random.Random) -> None:
    world.hosted["platforms"][1]["platform"] = f"Sites {chance.randrange(100)}"


def agency(world: World, chance: random.Random) -> None:
    world.agencies["us-ice"]["short_name"] = f"ICE {chance.randrange(100)}"


EDITS: list[Edit] = [
    new_company, no_company, renamed, other_owner, ended, active, retracted, more_domains, lost_domain, researched,
    platform, agency,
]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_releases_in_a_row_and_the_deltas_between_them(seed: int, database: Database, world: World) -> None:
    chance = random.Random(seed)
    again(database, world)
    for _ in range(12):
        for edit in chance.sample(EDITS, 3):
            edit(world, chance)
        _publish(database, world)
    with database.read() as session:
        found = query.releases(session)
    newest = found[0].number
    assert stored(database, newest)[1] == whole(database, newest)
    bodies = {row.number: whole_or_none(database, row.number) for row in found}
    with database.read() as session:
        deltas = [file for file in query.release_files(session, newest) if file.role == "delta"]
    assert len(deltas) == min(DELTAS, newest - 1)
    for file in deltas:
        before = bodies[file.from_release or 0]
        if before is not None:
            assert apply_delta(before, release_file(database, newest, file.name)[1]) == bodies[newest]


def _publish(database: Database, world: World) -> None:
    publish(database, world.write(), allow_shrink=True)


def whole_or_none(database: Database, number: int) -> bytes | None:
    """The snapshot of a release; none where it was withdrawn."""
    with database.read() as session:
        file = query.release_file(session, number, "snapshot.json")
        assert file is not None
        return None if file.br is None else stored(database, number)[1]


def test_a_file_is_sent_as_its_hash_says(first: Published, database: Database) -> None:
    file, body = stored(database, 1)
    assert len(body) == file.size
    assert json.loads(body)["format"] == snapshot.FORMAT
