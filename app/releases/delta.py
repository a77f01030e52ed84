"""What one release changes in the snapshot of another, by id, and the files that carry it (docs/snapshot.md).

A step is what one publication changed; steps in a row are put together into a delta over several releases, so a delta
costs what changed and never a comparison of two whole snapshots.
"""

import json
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from app.errors import AppError
from app.lookup.facts import Release
from app.releases.snapshot import (
    COLUMNS,
    FORMAT,
    STOP,
    Row,
    Tables,
    columns,
    decode,
    dump,
    encode,
    parse,
    read_table,
    target_at,
)


@dataclass(slots=True)
class Step:
    """The new target of every name that changed and the new row of every id; None where it is gone."""

    names: dict[str, str | None] = field(default_factory=dict)
    rows: dict[str, dict[str, Row | None]] = field(default_factory=lambda: {table: {} for table in COLUMNS})

    def to_json(self) -> str:
        """The step as text."""
        return json.dumps({"names": self.names, "rows": self.rows}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Step":
        """The step of a text."""
        read = json.loads(text)
        return cls(read["names"], read["rows"])


def compose(steps: list[Step]) -> Step:
    """One step that does what these do one after another."""
    return reduce(_after, steps, Step())


def _after(first: Step, then: Step) -> Step:
    rows = {table: {**first.rows[table], **then.rows[table]} for table in COLUMNS}
    return Step({**first.names, **then.names}, rows)


def apply(tables: Tables, step: Step) -> None:
    """Bring tables from one release to the next."""
    _apply(tables.names, step.names)
    for table, rows in step.rows.items():
        _apply(tables.rows[table], rows)


def _apply(known: dict[str, Any], changed: dict[str, Any]) -> None:
    for key, value in changed.items():
        if value is None:
            known.pop(key, None)
        else:
            known[key] = value


def encode_delta(step: Step, old: int, new: Release, tables: Tables) -> bytes:
    """The file that turns the snapshot of release `old` into that of `new`, whose tables are given."""
    place = {id_: at for at, id_ in enumerate(sorted(tables.rows["companies"]))}
    stop = {id_: -1 - at for at, id_ in enumerate(sorted(tables.rows["stops"]))}
    put = sorted(name for name, target in step.names.items() if target is not None)
    body: dict[str, Any] = {
        "format": FORMAT,
        "from": old,
        "to": new.version,
        "published_at": new.published_at,
        "names": {
            "drop": sorted(name for name, target in step.names.items() if target is None),
            "put": put,
            "targets": [place[tables.names[name]] if tables.names[name] != STOP else stop[name] for name in put],
        },
    }
    return dump(body | {table: _changed(table, rows) for table, rows in sorted(step.rows.items())})


def _changed(table: str, rows: dict[str, Row | None]) -> dict[str, Any]:
    put = [row for _, row in sorted(rows.items()) if row is not None]
    return {"drop": sorted(id_ for id_, row in rows.items() if row is None), "put": columns(COLUMNS[table], put)}


def apply_delta(snapshot: bytes, delta: bytes) -> bytes:
    """The snapshot that a delta makes of an older one, as readers make it. Raises AppError `format` where the two do
    not go together; whether the result is right only its hash can tell."""
    tables = decode(snapshot)
    try:
        read = parse(delta)
        if (read["format"], read["from"]) != (FORMAT, parse(snapshot)["version"]):
            raise ValueError("it is made for another snapshot")
        apply(tables, _read_step(read, tables))
        companies, stops = sorted(tables.rows["companies"]), sorted(tables.rows["stops"])
        for name, at in zip(read["names"]["put"], read["names"]["targets"], strict=True):
            tables.names[name] = target_at(name, at, companies, stops)
        return encode(tables, Release(version=read["to"], published_at=read["published_at"]))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise AppError("format", 422, f"This delta does not fit the snapshot: {error!s:.200}.") from None


def _read_step(read: dict[str, Any], tables: Tables) -> Step:
    step = Step(names=dict.fromkeys([*read["names"]["drop"], *read["names"]["put"]]))
    for table in COLUMNS.keys() & read.keys():
        step.rows[table] = dict.fromkeys(read[table]["drop"])
        step.rows[table] |= read_table(tables.columns[table], read[table]["put"])
    return step
