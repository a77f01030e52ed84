"""The records of a release as tables, for CSV and SQLite: a table a type, and one a kind of part."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

Record = tuple[str, str, str]  # type, id, JSON
Row = tuple[Any, ...]

CLAIM = ("valid_from", "valid_to", "claim_status", "verified_at", "verified_by", "reviewed_by")
SOURCE = ("url", "publisher", "type", "title", "published_at", "retrieved_at", "archive_url", "quote", "locator")

# The table of a type of record, and the members that are its columns after `id`.
OF_TYPE: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "agency": ("agencies", ("name", "short_name", "country", "parent", "toptier", "subtier")),
    "company": ("companies", ("name", "legal_name")),
    "import": ("imports", ("since", "until", "made", "digest")),
    "domain": ("domains", ("company", "name", *CLAIM)),
    "note": ("notes", ("company", "kind", "date", "text", "agency", *CLAIM)),
    "ownership": ("ownership", ("company", "owner", "kind", *CLAIM)),
    "redirect": ("redirects", ("company", "date", "reason")),
    "research": ("research", ("company", "date", "by")),
    "stop": ("stops", ("kind", "apex", "children", "platform", "company")),
    "tie": (
        "ties",
        ("company", "agency", "kind", "via", "via_name", "status", "status_as_of", "evidence", "title", "summary",
         "recipient", "uei", "cage", *CLAIM),
    ),
}  # fmt: skip

# The table of a list in a record, and the columns after the record's id and the position in the list.
OF_PART: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "aliases": ("aliases", ("name",)),
    "amounts": ("tie_amounts", ("kind", "value", "currency", "as_of", "source")),
    "awards": ("tie_awards", ("key",)),
    "files": ("import_files", ("name",)),
    "history": ("history", ("date", "status", "note")),
    "searched": ("research_searched", ("where", "what", "url")),
    "sources": ("sources", (*SOURCE, "dataset_name", "dataset_version", "dataset_licence")),
    "statements": ("tie_statements", ("by", "date", "quote", "source")),
}

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    **{table: ("id", *columns) for table, columns in OF_TYPE.values()},
    **{table: ("record_type", "record_id", "position", *columns) for table, columns in OF_PART.values()},
}
WHOLE_NUMBERS: Final = frozenset({"position", "source"})


def rows_of(records: Iterable[Record]) -> Iterator[tuple[str, Row]]:
    """(table, row) for every record that has not been retracted, and for its parts."""
    for type_, id_, text in records:
        body = json.loads(text)
        if body.get("claim_status") == "retracted":
            continue
        table, columns = OF_TYPE[type_]
        yield table, (id_, *(body.get(name) for name in columns))
        for part, (part_table, names) in OF_PART.items():
            for at, item in enumerate(body.get(part, ())):
                yield part_table, (type_, id_, at, *_cells(part, item, names))


def _cells(part: str, item: Any, names: tuple[str, ...]) -> Row:
    if part in ("aliases", "awards", "files"):
        return (item,)
    if part == "sources":
        dataset = item.get("dataset", {})
        item = item | {f"dataset_{name}": value for name, value in dataset.items()}
    return tuple(item.get(name) for name in names)
