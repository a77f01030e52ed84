"""From a USAspending CSV to rows of the warehouse: read, clean, gate, merge. One file is one transaction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from app.awards import clean
from app.awards.columns import Basis, Layout, recognise
from app.awards.csv_faults import find_fault, read_header
from app.awards.files import Part, Plain
from app.awards.gates import AMOUNTS, DATES, SEPARATOR, fault_sql
from app.awards.merging import merge
from app.awards.warehouse import Warehouse
from app.errors import AppError

NONE = "-NONE-"
FIELDS = (
    *("key", "delete", "deleting_agency", "award_key", "piid", "parent_piid", "parent_agency", "award_or_idv"),
    *("modification", "number", "action_type", "description", "prime", "business_types"),
    *("agency_top", "agency_sub", "agency_name", "sub_agency_name", "funding_name", "funding_sub_name"),
    *("uei", "duns", "name", "cage", "parent_uei", "parent_duns", "parent_name", "city", "state"),
    *("federal", "federal_agency", "sole", *DATES, *AMOUNTS),
)
# Blanks around a name are no part of it. Around anything else they are a fault, which a gate finds; and to trim forty
# columns would cost a fifth of the import.
TRIMMED = frozenset({"name", "parent_name", "prime"})
Told = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the rows of one file: `read` = `stored` + `known` + `older` + all of `quarantined`. `known` rows
    stand in the warehouse already, `older` ones have a newer version there. `again`: this very file was loaded
    before."""

    name: str
    layout: str
    read: int
    stored: int
    known: int
    older: int
    quarantined: dict[str, int]
    again: bool = False


def load(
    warehouse: Warehouse, part: Part, plain: Plain, today: date, accept: float, told: Told = lambda _: None
) -> Loaded:
    """Load one CSV whole, or nothing of it.

    Raises AppError `award-file` naming line and column of what cannot be read, `award-quality` when less than the
    share `accept` of its rows passes the gates.
    """
    before = _loaded_before(warehouse, plain.sha256)
    if before:
        return before
    header = read_header(plain.path, part.name)
    layout = recognise(header, part.name)
    with warehouse.transaction():
        file = _open_file(warehouse, part, plain, layout)
        try:
            warehouse.watch(_insert(layout, header, plain.path, file, today), told)
        except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
            raise find_fault(plain.path, header, part.name, str(error)) from None
        except duckdb.Error as error:
            said = str(error).splitlines()[0][:300]
            raise AppError("award-store", 500, f"{part.name} cannot be loaded ({said}).") from None
        merge(warehouse, file)
        loaded = _count(warehouse, file)
        _refuse_poor(loaded, accept)
    return loaded


def _loaded_before(warehouse: Warehouse, sha256: str) -> Loaded | None:
    found = warehouse.run("SELECT id FROM file WHERE sha256 = ?", [sha256])
    return _count(warehouse, found[0][0], again=True) if found else None


def _open_file(warehouse: Warehouse, part: Part, plain: Plain, layout: Layout) -> int:
    number: int = warehouse.value("SELECT nextval('file_ids')")
    warehouse.run(
        "INSERT INTO file (id, sha256, name, layout, basis, made) VALUES (?, ?, ?, ?, ?, ?)",
        [number, plain.sha256, part.name, layout.name, layout.basis.value, part.dated],
    )
    return number


def _count(warehouse: Warehouse, file: int, *, again: bool = False) -> Loaded:
    columns = "name, layout, read, stored, known, older"
    ((name, layout, read, stored, known, older),) = warehouse.run(f"SELECT {columns} FROM file WHERE id = ?", [file])
    rules = "SELECT rule, count(*) FROM quarantine WHERE file = ? GROUP BY rule ORDER BY rule"
    return Loaded(name, layout, read, stored, known, older, dict(warehouse.run(rules, [file])), again)


def _refuse_poor(loaded: Loaded, accept: float) -> None:
    refused = sum(loaded.quarantined.values())
    if loaded.read and 1 - refused / loaded.read < accept:
        rules = ", ".join(f"{rule} {count}" for rule, count in loaded.quarantined.items())
        message = (
            f"{loaded.name}: {refused} of {loaded.read} rows fail the gates ({rules}); at least {accept:.1%} must "
            "pass. Nothing of it was kept. Look at the file, or lower --accept."
        )
        raise AppError("award-quality", 422, message)


def _insert(layout: Layout, header: list[str], path: Path, file: int, today: date) -> str:
    """INSERT … SELECT, streamed through DuckDB: cells → what was read from them → what is kept, with its fault."""
    cells = ", ".join(f"{_cell(layout, field, header)} AS {field}" for field in FIELDS)
    readings = ", ".join(f"{sql} AS {name}" for name, sql in _readings(layout))
    kept = dict(_what()) | dict(_who())
    values = ", ".join(f"{sql} AS {name}" for name, sql in kept.items())
    content = ", ".join(name for name in kept if name not in ("key", "fault"))
    return f"""
        INSERT INTO record BY NAME
        WITH cells AS (SELECT {cells} FROM {source(header, path)}),
        readings AS (SELECT *, DATE '{today}' AS today, {readings} FROM cells),
        gated AS (SELECT *, {fault_sql(layout)} AS fault FROM readings),
        kept AS (SELECT {values} FROM gated)
        SELECT {file} AS file, '{layout.basis}' AS basis, *, hash({content}) AS content FROM kept
    """


def _cell(layout: Layout, field: str, header: list[str]) -> str:
    found = [name for name in layout.fields.get(field, ()) if name in header]
    quoted = ['"' + name.replace('"', '""') + '"' for name in found]
    values = [clean.text(name) if field in TRIMMED else name for name in quoted]
    return f"coalesce({', '.join(values)})" if len(values) > 1 else (values or ["NULL::VARCHAR"])[0]


def source(header: list[str], path: Path) -> str:
    """DuckDB's reader of a CSV with these columns, all of them text."""
    columns = ", ".join(f"'{name.replace(chr(39), chr(39) * 2)}': 'VARCHAR'" for name in header)
    where = str(path).replace("'", "''")
    form = "header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', strict_mode = true"
    return f"read_csv('{where}', columns = {{{columns}}}, {form}, compression = 'none')"


def _readings(layout: Layout) -> Iterator[tuple[str, str]]:
    yield from ((f"read_{field}", clean.day(field)) for field in DATES)
    yield from ((f"read_{field}", clean.cents(field)) for field in AMOUNTS)
    yield "read_deleted", "coalesce(upper(delete) = 'D', false)"
    yield "read_sole", "coalesce(lower(sole) IN ('t', 'true') OR contains(lower(business_types), 'sole propr'), false)"
    yield "read_name", clean.name("name")
    yield "read_cage", clean.fixed_digits("cage", 5)
    yield "read_award", _award_key(layout)
    yield "read_key", _row_key(layout)


def _award_key(layout: Layout) -> str:
    """As given, with the parent agency's code restored; else made of the parts by USAspending's rule."""
    if "piid" not in layout.fields:
        return "upper(award_key)"
    sub, parent_agency = clean.agency_code("agency_sub"), clean.agency_code("parent_agency")
    order = (
        f"'CONT_AWD_' || piid || '_' || {sub} || '_' || {_or_none('parent_piid')} || '_' || {_or_none(parent_agency)}"
    )
    made = f"CASE WHEN award_or_idv = 'IDV' THEN 'CONT_IDV_' || piid || '_' || {sub} ELSE {order} END"
    whole = "length(agency_sub) = 4 AND coalesce(length(parent_agency), 4) = 4"
    return f"CASE WHEN award_key IS NOT NULL AND {whole} THEN upper(award_key) ELSE upper({made}) END"


def _row_key(layout: Layout) -> str:
    """A transaction's key as given or made of its parts; for whole awards and subawards what makes them one."""
    if layout.basis is Basis.SUMMARY:
        return "award_key"
    if layout.basis is Basis.SUBAWARD:
        return "award_key || '|' || number || '|' || coalesce(uei, name)"
    sub = clean.agency_code("coalesce(agency_sub, deleting_agency)")
    parts = (sub, clean.agency_code("parent_agency"), "piid", "modification", "parent_piid", "number")
    made = " || '_' || ".join(_or_none(part) for part in parts)
    complete = "piid IS NOT NULL AND modification IS NOT NULL AND coalesce(agency_sub, deleting_agency) IS NOT NULL"
    whole = "coalesce(length(parent_agency), 4) = 4 AND coalesce(length(agency_sub), 4) = 4"
    return f"CASE WHEN key IS NOT NULL AND {whole} THEN upper(key) WHEN {complete} THEN upper({made}) END"


def _or_none(value: str) -> str:
    return f"coalesce({value}, '{NONE}')"


def _what() -> Iterator[tuple[str, str]]:
    yield "key", "md5_number(read_key)"
    yield "deleted", "read_deleted"
    yield "award", "read_award"
    yield "modification", "upper(modification)"
    yield "number", "number"
    parent_agency = clean.agency_code("parent_agency")
    yield "parent_award", f"'CONT_IDV_' || upper(parent_piid) || '_' || {parent_agency}"
    yield "action_type", "upper(action_type)"
    yield "first", "coalesce(read_first, read_acted)"
    yield "ends", "coalesce(read_ends, read_may_end)"
    yield from ((name, f"read_{name}") for name in ("modified", "acted", *AMOUNTS))
    yield "agency_top", clean.fixed_digits("agency_top", 3)
    yield "agency_sub", clean.agency_code("agency_sub")
    yield "sub_agency_name", "sub_agency_name"
    yield "prime", "prime"
    yield "fault", "fault"


def _who() -> Iterator[tuple[str, str]]:
    """The recipient; of a sole proprietor nothing but that it is one."""
    who = {
        "uei": "upper(uei)",
        "cage": "read_cage",
        "name": "read_name",
        "parent_uei": "upper(parent_uei)",
        "parent_name": clean.name("parent_name"),
        "duns": clean.fixed_digits("duns", 9),
        "parent_duns": clean.fixed_digits("parent_duns", 9),
        "city": "city",
        "state": "state",
    }
    yield "sole", "read_sole"
    yield from ((name, f"CASE WHEN NOT read_sole THEN {sql} END") for name, sql in who.items())
    yield "description", f"CASE WHEN NOT read_sole THEN {clean.scrub('description')} END"
    identity = ", ".join(f"coalesce({who[name]}, '')" for name in ("uei", "cage", "name", "parent_uei", "parent_name"))
    yield "who", f"md5_number(CASE WHEN read_sole THEN '' ELSE concat_ws('{SEPARATOR}', {identity}) END)"
