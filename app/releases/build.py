"""The files of a release, made from the files of the one before and from what changed: the work is in proportion to
the change, apart from writing and packing the one whole snapshot."""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

import brotli
from sqlalchemy import delete

from app import models
from app.db import ReadSession, WriteSession
from app.errors import AppError
from app.lookup.facts import Release, World
from app.models import Step as StepRow
from app.queries import read
from app.queries import releases as query
from app.releases import snapshot
from app.releases.delta import Step, apply, compose, encode_delta
from app.releases.snapshot import Row, Tables

SNAPSHOT = "snapshot.json"
DELTAS = 10

# The table of the snapshot in which a type of record has its row.
TABLES = {"agency": "agencies", "note": "notes", "ownership": "ownership", "tie": "ties"}

# Above so many bytes the best brotli would take a minute for a tenth less.
LARGE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Touched:
    """A record that a release opened or closed."""

    type: str
    id: str
    company: str | None
    owner: str | None
    name: str | None


def build_files(
    session: WriteSession, release: models.Release, touched: list[Touched], say: Callable[[str], None]
) -> Tables:
    """Write the snapshot of a release and the deltas to it; returns its tables. The rows must stand already."""
    reader = ReadSession(session.connection())
    tables = _tables_before(reader, release.number)
    step = make_step(reader, release, touched)
    apply(tables, step)
    session.add(StepRow(release=release.number, body=step.to_json()))
    session.execute(delete(StepRow).where(StepRow.release <= release.number - DELTAS))
    session.flush()
    named = read.release_facts(release)
    say("Packing the snapshot")
    _add(session, release.number, SNAPSHOT, "snapshot", snapshot.encode(tables, named))
    say("Packing the deltas")
    _add_deltas(session, reader, named, tables)
    session.flush()
    return tables


def _tables_before(reader: ReadSession, number: int) -> Tables:
    before = query.release_file(reader, number - 1, SNAPSHOT)
    return snapshot.decode(unpack(before)) if before else Tables()


def _add_deltas(session: WriteSession, reader: ReadSession, release: Release, tables: Tables) -> None:
    number = release.version
    bodies = query.steps(reader, number - DELTAS + 1, number)
    newest_first = [Step.from_json(bodies[n]) for n in sorted(bodies, reverse=True)]
    for step in accumulate(newest_first, lambda done, older: compose([older, done])):
        number -= 1
        if number < 1:
            break
        body = encode_delta(step, number, release, tables)
        _add(session, release.version, f"from-{number}.json", "delta", body, number)


def _add(
    session: WriteSession, release: int, name: str, role: str, body: bytes, from_release: int | None = None
) -> None:
    session.add(
        models.ReleaseFile(
            release=release,
            name=name,
            role=role,
            from_release=from_release,
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
            br=brotli.compress(body, quality=11 if len(body) <= LARGE else 9, lgwin=24),
            gzip=gzip.compress(body, 9 if len(body) <= LARGE else 6, mtime=0),
        )
    )


def unpack(file: models.ReleaseFile) -> bytes:
    """The decoded bytes of a file. Raises AppError `gone` where it was withdrawn."""
    if file.br is None:
        raise gone()
    body: bytes = brotli.decompress(file.br)
    return body


def gone() -> AppError:
    """What is said of a release that was withdrawn."""
    return AppError("gone", 410, "This release held a claim that has been retracted; take the current one.")


def make_step(session: ReadSession, release: models.Release, touched: list[Touched]) -> Step:
    """What a release changed in the snapshot of the one before it."""
    step = Step()
    _step_names(session, release.number, touched, step)
    companies = _affected(session, release.number, touched)
    world = read.load_world(session, release, companies)
    for company in companies:
        found = world.companies.get(company)
        step.rows["companies"][company] = snapshot.company_row(world, found) if found else None
    _step_claims(world, touched, step)
    return step


def _step_names(session: ReadSession, number: int, touched: list[Touched], step: Step) -> None:
    names = {t.name for t in touched if t.type == "domain" and t.name} | {t.id for t in touched if t.type == "stop"}
    there = {entry.name: entry for entry in read.entries(session, number, names)}
    for name in names:
        entry = there.get(name)
        step.names[name] = snapshot.target_of(entry) if entry else None
    for one in touched:
        if one.type == "stop":
            entry = there.get(one.id)
            is_stop = entry is not None and entry.kind != "domain"
            step.rows["stops"][one.id] = snapshot.stop_row(entry) if entry and is_stop else None


def _affected(session: ReadSession, number: int, touched: list[Touched]) -> set[str]:
    """The companies whose card can have changed: those touched, and for what flows along chains all above and below
    them, in this release and in the one before."""
    own = {t.company for t in touched if t.type in ("company", "note") and t.company}
    flows = {
        name for t in touched if t.type in ("tie", "ownership", "research") for name in (t.company, t.owner) if name
    }
    if not flows:
        return own
    before = read.related(session, number - 1, flows)
    return own | before | read.related(session, number, flows)


def _step_claims(world: World, touched: list[Touched], step: Step) -> None:
    there = dict(_claims(world))
    for one in touched:
        if one.type in TABLES:
            make = there.get((one.type, one.id))
            step.rows[TABLES[one.type]][one.id] = make() if make else None


def _claims(world: World) -> Iterator[tuple[tuple[str, str], Callable[[], Row]]]:
    """What makes the row of each agency and claim."""
    for agency in world.agencies.values():
        yield ("agency", agency.id), partial(snapshot.agency_row, agency)
    for company in world.companies.values():
        for tie in company.ties:
            yield ("tie", tie.id), partial(snapshot.tie_row, tie)
        for note in company.notes:
            yield ("note", note.id), partial(snapshot.note_row, note)
    for edge in (edge for owners in world.owners.values() for edge in owners if edge.controls_today):
        yield ("ownership", edge.id), partial(snapshot.ownership_row, edge)
