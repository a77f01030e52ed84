"""The snapshot: one file with everything the extension's popup shows, so that no click ever asks the service.

Tables of columns whose rows refer to one another by id, so that one edit changes the rows it is about and no other
(docs/snapshot.md). The same content gives the same bytes. The extension rebuilds the very answer the service gives
(extension/lib/answer.js), which tests compare name by name.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from app.domains.match import Entry
from app.errors import AppError
from app.lookup import facts
from app.lookup.answer import state_of
from app.lookup.chain import owner_chain
from app.lookup.facts import Release, World
from app.lookup.ties import RelatedTie, flowing_ties

FORMAT: Final = 2
# What a name that is a stop points at: the stop of that name.
STOP: Final = ""
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "agencies": ("id", "name", "short_name", "parent"),
    "companies": ("id", "name", "state", "owner", "ties", "holders", "without", "notes", "research"),
    "notes": ("id", "company", "kind", "date", "text", "claim_status", "verified_at", "sources"),
    "ownership": (
        "id", "company", "owner", "kind", "valid_from", "valid_to", "claim_status", "verified_at", "sources",
    ),
    "stops": ("id", "kind", "apex", "children", "platform", "platform_id", "company"),
    "ties": (
        "id", "held_by", "agency", "kind", "via", "via_name", "status", "status_as_of", "evidence", "claim_status",
        "title", "summary", "valid_from", "valid_to", "recipient", "uei", "cage", "amounts", "awards", "statements",
        "history", "verified_at", "verified_by", "reviewed_by", "sources",
    ),
}  # fmt: skip

Row = list[Any]


@dataclass(slots=True)
class Tables:
    """A snapshot taken apart: the company (or STOP) that each name points at, and the rows of every table by id."""

    names: dict[str, str] = field(default_factory=dict)
    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {table: {} for table in COLUMNS})

    @property
    def counts(self) -> dict[str, int]:
        """What a release counts: companies, names that are a company's own, ties."""
        domains = sum(target != STOP for target in self.names.values())
        return {"companies": len(self.rows["companies"]), "domains": domains, "ties": len(self.rows["ties"])}


def tables_of(world: World, entries: Iterable[Entry]) -> Tables:
    """The tables of a whole release. `entries` are all names of the release."""
    tables = Tables()
    for entry in entries:
        tables.names[entry.name] = target_of(entry)
        if entry.kind != "domain":
            tables.rows["stops"][entry.name] = stop_row(entry)
    for agency in world.agencies.values():
        tables.rows["agencies"][agency.id] = agency_row(agency)
    for company in world.companies.values():
        tables.rows["companies"][company.id] = company_row(world, company)
        tables.rows["ties"] |= {tie.id: tie_row(tie) for tie in company.ties}
        tables.rows["notes"] |= {note.id: note_row(note) for note in company.notes}
    edges = [edge for owners in world.owners.values() for edge in owners if edge.controls_today]
    tables.rows["ownership"] |= {edge.id: ownership_row(edge) for edge in edges}
    return tables


def target_of(entry: Entry) -> str:
    """What a name points at."""
    return entry.company or STOP if entry.kind == "domain" else STOP


def agency_row(agency: facts.Agency) -> Row:
    """An agency."""
    return _row("agencies", asdict(agency))


def stop_row(entry: Entry) -> Row:
    """A stop."""
    return _row("stops", asdict(entry) | {"id": entry.name})


def tie_row(tie: facts.Tie) -> Row:
    """A tie as its own claim says it."""
    return _row("ties", asdict(tie))


def note_row(note: facts.Note) -> Row:
    """A note."""
    return _row("notes", asdict(note))


def ownership_row(edge: facts.Ownership) -> Row:
    """A hop."""
    return _row("ownership", asdict(edge))


def company_row(world: World, company: facts.Company) -> Row:
    """A company's card: its own claims by id, and whose ties besides are shown with it."""
    flowing = flowing_ties(world, company.id)
    holders = list(dict.fromkeys(related.tie.held_by for related in flowing if related.tie.held_by != company.id))
    hops = owner_chain(world, company.id)
    row = {
        "id": company.id,
        "name": company.name,
        "state": state_of(world, company.id, flowing),
        "owner": hops[0].id if hops else None,
        "ties": [related.tie.id for related in flowing if related.tie.held_by == company.id],
        "holders": holders,
        "without": _without(world, holders, flowing),
        "notes": [note.id for note in company.notes],
        "research": [
            {"date": entry.date, "searched": [asdict(place) for place in entry.searched]} for entry in company.research
        ],
    }
    return _row("companies", row)


def _without(world: World, holders: list[str], flowing: tuple[RelatedTie, ...]) -> list[str]:
    shown = {related.tie.id for related in flowing}
    return [tie.id for holder in holders for tie in world.companies[holder].ties if tie.id not in shown]


def _row(table: str, members: dict[str, Any]) -> Row:
    return [_dense(members.get(column)) for column in COLUMNS[table]]


def _dense(value: Any) -> Any:
    """Without members that are null or empty; the reader puts them back. An empty list is null."""
    if isinstance(value, dict):
        dense = {key: _dense(member) for key, member in value.items()}
        return {key: member for key, member in dense.items() if member is not None}
    if isinstance(value, list | tuple):
        return [_dense(item) for item in value] or None
    return value


def encode(tables: Tables, release: Release) -> bytes:
    """The bytes of a snapshot: UTF-8 JSON without white space, rows and names sorted."""
    ordered = {table: dict(sorted(rows.items())) for table, rows in sorted(tables.rows.items())}
    place = {id_: at for at, id_ in enumerate(ordered["companies"])}
    stop = {id_: -1 - at for at, id_ in enumerate(ordered["stops"])}
    names = sorted(tables.names)
    body = {
        "format": FORMAT,
        "version": release.version,
        "published_at": release.published_at,
        "names": names,
        "targets": [place[tables.names[name]] if tables.names[name] != STOP else stop[name] for name in names],
        **{table: columns(table, rows.values()) for table, rows in ordered.items()},
    }
    return dump(body)


def columns(table: str, rows: Iterable[Row]) -> dict[str, list[Any]]:
    """Rows as columns."""
    listed = list(rows)
    return {name: [row[at] for row in listed] for at, name in enumerate(COLUMNS[table])}


def dump(body: object) -> bytes:
    """JSON as JavaScript's `JSON.stringify` writes it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def decode(body: bytes) -> Tables:
    """Take a snapshot apart. Raises AppError `format` where it has another form than docs/snapshot.md gives."""
    try:
        read = json.loads(body)
        if read["format"] != FORMAT:
            raise ValueError(f"format {str(read['format'])[:20]}")
        rows = {table: read_table(table, read[table]) for table in COLUMNS}
        companies, stops = read["companies"]["id"], read["stops"]["id"]
        pairs = zip(read["names"], read["targets"], strict=True)
        names = {name: companies[at] if at >= 0 else _stop_of(name, stops[-1 - at]) for name, at in pairs}
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise AppError("format", 422, f"This is no snapshot of format {FORMAT}: {error!s:.200}.") from None
    return Tables(names, rows)


def _stop_of(name: str, stop: str) -> str:
    if name != stop:
        raise ValueError(f"{name!r} points at the stop {stop!r}")
    return STOP


def read_table(table: str, read: dict[str, list[Any]]) -> dict[str, Row]:
    """The rows of a table by id. Raises ValueError where its columns are not those of the format."""
    if set(read) != set(COLUMNS[table]):
        raise ValueError(f"{table} has other columns")
    rows = map(list, zip(*(read[name] for name in COLUMNS[table]), strict=True))
    return {row[0]: row for row in rows}
