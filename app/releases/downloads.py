"""A whole release as JSON Lines, as CSV and as an SQLite file, made from its rows when somebody asks for it first and
kept under the data folder. The same release gives the same bytes; a JSON Lines or SQLite file is verified by the hash
of its content, which the signed manifest names."""

import csv
import gzip
import io
import json
import os
import sqlite3
import tempfile
import threading
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from app import models
from app.db import Database
from app.errors import AppError, NotFound
from app.queries import releases as query
from app.queries.read import iso
from app.releases.build import gone
from app.releases.content import content_hash, record_line
from app.releases.tables import COLUMNS, WHOLE_NUMBERS, Record, Row, rows_of
from app.settings import ROOT

DOWNLOADS: Final = {
    "govties.jsonl.gz": "application/gzip",
    "govties-csv.zip": "application/zip",
    "govties.sqlite": "application/vnd.sqlite3",
}
KEPT: Final = 12
# A file that was begun so long ago, in seconds, belongs to no process any more.
ABANDONED: Final = 3600
LICENCE: Final = "CC-BY-4.0"
LICENCE_URL: Final = "https://creativecommons.org/licenses/by/4.0/"
RIGHTS: Final = (
    "Facts and words of govties: CC BY 4.0. Quotations and titles belong to their publishers and are not under it."
)
# What a zip can say about time begins here; any fixed moment makes the same bytes of the same content.
EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def about(release: models.Release) -> dict[str, Any]:
    """What every download says of itself."""
    return {
        "title": "govties: who owns a website, and its documented ties with government agencies",
        "release": release.number,
        "published_at": iso(release.published_at),
        "content_hash": release.content_hash,
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "rights": RIGHTS,
        "schema": "/schemas/record.json",
    }


class Downloads:
    """The files, under a folder of this process's own machine."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._lock = threading.Lock()

    def path(self, number: int, name: str) -> tuple[Path, str]:
        """Where a download lies, made if it is not there, and a tag of its content. Raises NotFound, AppError `gone`
        where a claim in it was retracted, `disk` where it cannot be written."""
        with self._database.read() as session:
            release = session.get(models.Release, number)
        if release is None:
            raise NotFound("release", str(number))
        if release.withdrawn:
            self._forget(number)
            raise gone()
        tag = f"{release.content_hash[:16]}-{number}"
        path = self._folder / f"{tag}-{name}"
        with self._lock:
            if not path.is_file():
                self._make(release, path, WRITERS[name])
        return path, tag

    def _make(self, release: models.Release, path: Path, write: "Writer") -> None:
        with self._database.read() as session:
            records = query.records(session, release.number)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, fresh = tempfile.mkstemp(dir=self._folder, prefix=".fresh-")
            os.close(handle)
            try:
                write(Path(fresh), release, records)
                Path(fresh).replace(path)
            finally:
                Path(fresh).unlink(missing_ok=True)
            self._forget_old()
        except (OSError, sqlite3.Error) as error:
            raise AppError("disk", 503, f"The download cannot be written now ({type(error).__name__}).", 60) from error

    def _forget_old(self) -> None:
        files = sorted(self._folder.glob("[!.]*"), key=lambda path: path.stat().st_mtime, reverse=True)
        left = [path for path in self._folder.glob(".fresh-*") if time.time() - path.stat().st_mtime > ABANDONED]
        for path in [*files[KEPT:], *left]:
            path.unlink(missing_ok=True)

    def _forget(self, number: int) -> None:
        for path in self._folder.glob(f"*-{number}-govties*"):
            path.unlink(missing_ok=True)


def write_jsonl(path: Path, release: models.Release, records: list[Record]) -> None:
    """One JSON object a line: first what it is, then every record with its type and id, sorted."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(json.dumps({"about": about(release)}, ensure_ascii=False).encode() + b"\n")
        for type_, id_, text in records:
            head = json.dumps({"type": type_, "id": id_}, separators=(",", ":"))[:-1]
            file.write(f'{head},"record":{text}}}\n'.encode())


def write_csv(path: Path, release: models.Release, records: list[Record]) -> None:
    """A zip of CSV files, with the licence and a description by the Data Package standard."""
    tables: dict[str, list[Row]] = defaultdict(list)
    for table, row in rows_of(records):
        tables[table].append(row)
    with zipfile.ZipFile(path, "w") as bundle:
        _add(bundle, "datapackage.json", json.dumps(datapackage(release), indent=2) + "\n")
        _add(bundle, "LICENSE.txt", f"{RIGHTS}\n\n{(ROOT / 'seed' / 'LICENSE').read_text('utf-8')}")
        for table, columns in COLUMNS.items():
            _add(bundle, f"{table}.csv", _csv(columns, tables[table]))


def _csv(columns: tuple[str, ...], rows: Iterable[Row]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _add(bundle: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system, entry.external_attr = 3, 0o100644 << 16
    bundle.writestr(entry, text.encode(), zipfile.ZIP_DEFLATED, 9)


def datapackage(release: models.Release) -> dict[str, Any]:
    """The description of the CSV files (https://datapackage.org/standard/data-package/)."""
    told = about(release)
    resources = [
        {
            "name": table.replace("_", "-"),
            "path": f"{table}.csv",
            "encoding": "utf-8",
            "schema": {"fields": [{"name": name, "type": _type(name)} for name in columns]},
        }
        for table, columns in COLUMNS.items()
    ]
    licence = {"name": told["licence"], "path": told["licence_url"], "title": told["rights"]}
    named = {"name": "govties", "title": told["title"], "version": str(release.number), "created": told["published_at"]}
    return {**named, "licenses": [licence], "content_hash": told["content_hash"], "resources": resources}


def _type(column: str) -> str:
    return "integer" if column in WHOLE_NUMBERS else "string"


def write_sqlite(path: Path, release: models.Release, records: list[Record]) -> None:
    """The tables in one file, with `about` and, for verification, every `record` as JSON. Opens in Datasette."""
    connection = sqlite3.connect(path)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;")
        connection.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        connection.executemany("INSERT INTO about VALUES (?, ?)", [(k, str(v)) for k, v in about(release).items()])
        connection.execute("CREATE TABLE record (type TEXT, id TEXT, record TEXT NOT NULL, PRIMARY KEY (type, id))")
        connection.executemany("INSERT INTO record VALUES (?, ?, ?)", records)
        for table, columns in COLUMNS.items():
            connection.execute(f"CREATE TABLE {table} ({_columns(columns)})")
        for table, row in rows_of(records):
            places = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} VALUES ({places})", row)  # noqa: S608  names of our own
        connection.commit()
        connection.execute("VACUUM")
    finally:
        connection.close()


def _columns(columns: tuple[str, ...]) -> str:
    kinds = [f'"{name}" {"INTEGER" if name in WHOLE_NUMBERS else "TEXT"}' for name in columns]
    key = '"id"' if columns[0] == "id" else ", ".join(f'"{name}"' for name in columns[:3])
    return f"{', '.join(kinds)}, PRIMARY KEY ({key})"


def content_of(path: Path) -> str:
    """The content hash of a downloaded JSON Lines or SQLite file, computed from its records. Raises AppError
    `format` where the file is neither, or broken."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
        records = _sqlite_records(path) if start.startswith(b"SQLite format 3") else _jsonl_records(path)
        return content_hash(record_line(type_, id_, text) for type_, id_, text in records)
    except (OSError, EOFError, ValueError, KeyError, TypeError, sqlite3.Error) as error:
        raise AppError("format", 422, f"{path} is no JSON Lines or SQLite download: {error!s:.200}.") from None


def _sqlite_records(path: Path) -> Iterable[Record]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT type, id, record FROM record").fetchall()
    finally:
        connection.close()


def _jsonl_records(path: Path) -> Iterable[Record]:
    opened: Any = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        if not next(file, ""):
            raise ValueError("it is empty")
        for line in file:
            read = json.loads(line)
            text = json.dumps(read["record"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            yield read["type"], read["id"], text


Writer = Callable[[Path, models.Release, list[Record]], None]
WRITERS: Final[dict[str, Writer]] = {
    "govties.jsonl.gz": write_jsonl,
    "govties-csv.zip": write_csv,
    "govties.sqlite": write_sqlite,
}
