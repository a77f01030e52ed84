"""The snapshot: one file with everything the extension's popup shows, so that no click ever asks the service.

Names and what they point at are columns; companies, ties, sources and the rest are tables that refer to one another
by position. Null members are left out. The same release gives the same bytes. The extension rebuilds the very answer
the service gives (extension/lib/answer.js), which tests compare name by name.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from app.domains.match import Entry
from app.lookup.answer import Answer, NoteOut, OwnershipOut, TieOut, company_answer
from app.lookup.facts import Source, World

FORMAT = 1


class Table:
    """Rows by position, each row once."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._position: dict[str, int] = {}

    def add(self, key: str, row: Any) -> int:
        """The position of the row with this key, added if new."""
        if key not in self._position:
            self._position[key] = len(self.rows)
            self.rows.append(row)
        return self._position[key]


class _Snapshot:
    def __init__(self, world: World) -> None:
        self.world = world
        self.sources, self.agencies, self.ties, self.notes = Table(), Table(), Table(), Table()
        self.hops = Table()

    def source(self, source: Source) -> int:
        row = _dense(asdict(source))
        return self.sources.add(json.dumps(row, sort_keys=True), row)

    def hop(self, hop: OwnershipOut) -> int:
        row = _dense(asdict(hop)) | {"sources": [self.source(s) for s in hop.sources]}
        return self.hops.add(f"{hop.company} {hop.owner} {hop.valid_from}", row)

    def tie(self, tie: TieOut) -> int:
        row = _dense(asdict(tie))
        del row["relation"]
        row["agency"] = self.agencies.add(tie.agency.id, _dense(asdict(tie.agency)))
        row["awards"] = [award.key for award in tie.awards]
        row["sources"] = [self.source(s) for s in tie.sources]
        return self.ties.add(tie.id, _dense(row))

    def note(self, note: NoteOut) -> int:
        row = _dense(asdict(note)) | {"sources": [self.source(s) for s in note.sources]}
        return self.notes.add(note.id, row)

    def company(self, answer: Answer) -> dict[str, Any]:
        assert answer.company is not None
        row = {
            "id": answer.company.id,
            "name": answer.company.name,
            "state": answer.state,
            "ownership": [self.hop(hop) for hop in answer.ownership],
            "ties": [[self.tie(tie), tie.relation] for tie in answer.ties],
            "notes": [self.note(note) for note in answer.notes],
            "searched": [_dense(asdict(entry)) for entry in answer.searched],
        }
        return _dense(row)


def _dense(row: dict[str, Any]) -> dict[str, Any]:
    """Without members that are null or empty; the reader puts them back."""
    return {
        key: _dense(value) if isinstance(value, dict) else value
        for key, value in row.items()
        if value is not None and value != () and value != []
    }


def build_snapshot(world: World, entries: Iterable[Entry]) -> bytes:
    """The snapshot of a whole release as UTF-8 JSON. `entries` are all names of the release."""
    snapshot = _Snapshot(world)
    companies: dict[str, int] = {}

    def company(name: str | None) -> int | None:
        return None if name is None else companies.setdefault(name, len(companies))

    ordered = sorted(entries, key=lambda entry: entry.name)
    stops = [entry for entry in ordered if entry.kind != "domain"]
    position = {entry.name: at for at, entry in enumerate(stops)}
    targets = [-1 - position[e.name] if e.name in position else company(e.company) for e in ordered]
    stop_rows = [_stop(entry, company(entry.company)) for entry in stops]
    body = {
        "format": FORMAT,
        "version": world.release.version,
        "published_at": world.release.published_at,
        "names": [entry.name for entry in ordered],
        "targets": targets,
        "stops": stop_rows,
        "companies": [snapshot.company(company_answer(world, name)) for name in companies],
        "ownership": snapshot.hops.rows,
        "ties": snapshot.ties.rows,
        "notes": snapshot.notes.rows,
        "agencies": snapshot.agencies.rows,
        "sources": snapshot.sources.rows,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _stop(entry: Entry, company: int | None) -> dict[str, Any]:
    row = {
        "kind": entry.kind,
        "apex": entry.apex,
        "children": entry.children,
        "platform": entry.platform,
        "platform_id": entry.platform_id,
        "company": company,
    }
    return _dense(row)
