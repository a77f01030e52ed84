"""The importer's own store: cleaned rows of all files that were given, in one DuckDB file under the data folder.

It is no part of what the world reads. A file is loaded in one transaction, so a run that dies leaves whole files
behind and the next run goes on from there; a row is known by its transaction's key, so a file read twice changes
nothing. DUNS numbers group rows here and go no further (trust.md 5); sole proprietors have no name here (trust.md 9).
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from app.errors import AppError

# Leaves room for Python and the main database below 1.5 GB; what does not fit is spilled to the data folder.
MEMORY = "700MB"
POLL_SECONDS = 0.1
SHAPE = 1

TABLES = """
CREATE TABLE IF NOT EXISTS meta (shape INTEGER);
CREATE SEQUENCE IF NOT EXISTS file_ids;
CREATE TABLE IF NOT EXISTS file (
    id INTEGER PRIMARY KEY, sha256 VARCHAR, name VARCHAR, layout VARCHAR, basis VARCHAR, made DATE,
    read BIGINT, stored BIGINT, known BIGINT, older BIGINT, quarantined BIGINT, since DATE, until DATE
);
CREATE TABLE IF NOT EXISTS record (
    file INTEGER, basis VARCHAR, key UHUGEINT, content UBIGINT, deleted BOOLEAN, modified DATE,
    award VARCHAR, modification VARCHAR, number VARCHAR, parent_award VARCHAR, prime VARCHAR, action_type VARCHAR,
    first DATE, acted DATE, ends DATE,
    obligated BIGINT, current_value BIGINT, potential_value BIGINT, all_options BIGINT,
    agency_top VARCHAR, agency_sub VARCHAR, sub_agency_name VARCHAR,
    who UHUGEINT, uei VARCHAR, cage VARCHAR, name VARCHAR, parent_uei VARCHAR, parent_name VARCHAR,
    duns VARCHAR, parent_duns VARCHAR, city VARCHAR, state VARCHAR, sole BOOLEAN, description VARCHAR, fault VARCHAR
);
CREATE TABLE IF NOT EXISTS quarantine (
    file INTEGER, row BIGINT, award VARCHAR, rule VARCHAR, field VARCHAR, value VARCHAR
);
CREATE OR REPLACE VIEW standing AS
SELECT * FROM record WHERE NOT deleted AND basis <> 'summary'
UNION ALL
SELECT * FROM record WHERE basis = 'summary' AND award NOT IN (
    SELECT award FROM record WHERE basis = 'transaction' AND NOT deleted
);
"""


class Warehouse:
    """A connection to the store. Queries run in a thread, so that progress can be told and Ctrl+C ends them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.connection = connection
        self.spool = folder / "spool"

    def run(self, query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query. Raises AppError `award-store` when the disk is full or the store is damaged."""
        try:
            return self.connection.execute(query, values).fetchall()
        except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException) as error:
            raise _refused(error) from None

    def value(self, query: str, values: list[Any] | None = None) -> Any:
        """The first cell of a query's only row."""
        return self.run(query, values)[0][0]

    def watch(self, query: str, told: Callable[[float], None]) -> None:
        """Run a long statement and tell how far it is, from 0 to 1. Raises duckdb.Error as the statement does."""
        failed: list[BaseException] = []
        cursor = self.connection

        def work() -> None:
            try:
                cursor.execute(query)
            except BaseException as error:  # noqa: BLE001  # handed over to the thread that waits
                failed.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            while thread.is_alive():
                thread.join(POLL_SECONDS)
                told(max(0.0, cursor.query_progress() / 100))
        except BaseException:
            cursor.interrupt()
            thread.join()
            raise
        if failed:
            raise failed[0]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.run("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.run("COMMIT")


@contextmanager
def open_warehouse(data_dir: Path, *, read_only: bool = False) -> Iterator[Warehouse]:
    """The store of a data folder, made where there is none.

    Raises AppError `busy` while another process has it, `award-store` when it cannot be opened or is of another
    version, `award-none` when it is only to be read and nothing has been imported yet.
    """
    folder = data_dir / "awards"
    path = folder / "staging.duckdb"
    if read_only and not path.exists():
        raise AppError("award-none", 404, "No award file has been imported yet: run `govties awards import FILE`.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(str(path), read_only=read_only)
    except OSError as error:
        message = f"{folder} cannot be made ({error.strerror}): set GOVTIES_DATA_DIR to a folder you may write."
        raise AppError("data-dir", 500, message) from None
    except duckdb.Error as error:
        raise _refused(error) from None
    try:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET temp_directory = ?", [str(folder / "spill")])
        if not read_only:
            connection.execute(TABLES)
        yield Warehouse(connection, _of_this_shape(connection, folder, read_only=read_only))
    finally:
        connection.close()


def has_warehouse(data_dir: Path) -> bool:
    """Whether anything has been imported here."""
    return (data_dir / "awards" / "staging.duckdb").exists()


def _of_this_shape(connection: duckdb.DuckDBPyConnection, folder: Path, *, read_only: bool) -> Path:
    found = connection.execute("SELECT shape FROM meta").fetchall()
    if not found and not read_only:
        connection.execute("INSERT INTO meta VALUES (?)", [SHAPE])
    elif found != [(SHAPE,)]:
        message = f"{folder / 'staging.duckdb'} was made by another version: remove it and import the files again."
        raise AppError("award-store", 409, message)
    return folder


def _refused(error: duckdb.Error) -> AppError:
    said = str(error).splitlines()[0]
    if "lock" in said.lower():
        return AppError("busy", 409, "Another award import is running here; try again when it has ended.")
    return AppError("award-store", 500, f"The award store cannot be used ({said[:300]}).")
