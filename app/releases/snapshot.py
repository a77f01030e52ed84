"""The snapshot: one file with everything the extension's popup shows, so that no click ever asks the service.

Tables of columns whose rows refer to one another by id, so that one edit changes the rows it is about and no other
(docs/snapshot.md). The same content gives the same bytes. The extension rebuilds the very answer the service gives
(extension/lib/answer.js), which tests compare name by name.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import pairwise
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
    columns: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(COLUMNS))

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
        **{table: columns(tables.columns[table], rows.values()) for table, rows in ordered.items()},
    }
    return dump(body)


def columns(names: tuple[str, ...], rows: Iterable[Row]) -> dict[str, list[Any]]:
    """Rows as columns of these names."""
    listed = list(rows)
    return {name: [row[at] for row in listed] for at, name in enumerate(names)}


def dump(body: object) -> bytes:
    """JSON as JavaScript's `JSON.stringify` writes it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def parse(body: bytes) -> Any:
    """The JSON of bytes as a browser reads it: strict UTF-8, no byte order mark. Raises ValueError."""
    return json.loads(body.decode())


def decode(body: bytes) -> Tables:
    """Take a snapshot apart. Raises AppError `format` where it has another form than docs/snapshot.md gives; columns
    that are not known here stay as they are."""
    try:
        read = parse(body)
        if read["format"] != FORMAT or type(read["version"]) is not int or not isinstance(read["published_at"], str):
            raise ValueError(f"it has another format, {str(read['format'])[:20]}, or no release")
        named = {table: _names_of(read[table], COLUMNS[table]) for table in COLUMNS}
        for table in COLUMNS:
            _ascending(read[table]["id"])
        rows = {table: read_table(named[table], read[table]) for table in COLUMNS}
        tables = Tables(_read_names(read), rows, named)
        _check_connected(tables)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise AppError("format", 422, f"This is no snapshot of format {FORMAT}: {error!s:.200}.") from None
    return tables


def _names_of(read: dict[str, Any], needed: tuple[str, ...]) -> tuple[str, ...]:
    if not read.keys() >= set(needed):
        raise ValueError("a column is missing")
    return tuple(read)


def _read_names(read: dict[str, Any]) -> dict[str, str]:
    companies, stops = read["companies"]["id"], read["stops"]["id"]
    names = _ascending(read["names"])
    pairs = zip(names, read["targets"], strict=True)
    return {name: target_at(name, at, companies, stops) for name, at in pairs}


def target_at(name: str, at: int, companies: list[str], stops: list[str]) -> str:
    """What a name points at by its number. Raises ValueError or IndexError where there is no such row."""
    if type(at) is not int:
        raise ValueError(f"the target of {name!r} is no number")
    if at >= 0:
        return companies[at]
    if stops[-1 - at] != name:
        raise ValueError(f"{name!r} points at the stop {stops[-1 - at]!r}")
    return STOP


def _ascending(texts: list[Any]) -> list[str]:
    """Texts in order, each once."""
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a name or id is no text")
    if any(one >= two for one, two in pairwise(texts)):
        raise ValueError("names or ids are not in order")
    return texts


def read_table(names: tuple[str, ...], read: dict[str, list[Any]]) -> dict[str, Row]:
    """The rows of a table by id. Raises ValueError where its columns are others or of different lengths."""
    if set(read) != set(names):
        raise ValueError("a table has other columns")
    rows = map(list, zip(*(read[name] for name in names), strict=True))
    return dict(zip(read["id"], rows, strict=True))


def _check_connected(tables: Tables) -> None:
    """No id that needs a row lacks it."""

    def ids(table: str, column: str) -> Iterator[str]:
        at = tables.columns[table].index(column)
        for row in tables.rows[table].values():
            yield from row[at] if isinstance(row[at], list) else [] if row[at] is None else [row[at]]

    pairs = (("companies", "ties", "ties"), ("companies", "notes", "notes"), ("companies", "owner", "ownership"))
    for table, column, other in (*pairs, ("ties", "agency", "agencies")):
        if not tables.rows[other].keys() >= set(ids(table, column)):
            raise ValueError(f"{column} of {table} name what is not there")
