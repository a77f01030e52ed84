"""The seam to publishing: inside its transaction, make the published award rows those of a harvest.

Work is in proportion to the change: an award whose digest stands already is left alone, so the same file imported
again changes no row.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import delete

from app.awards.rollup import AWARD_COLUMNS, Harvest
from app.db import ReadSession, WriteSession
from app.models import Award, AwardFile, AwardRollup, AwardYear
from app.queries import awards as queries

AWARD = ("row", *AWARD_COLUMNS, "digest")
YEAR = ("award", "fiscal_year", "company", "agency", "obligated")
ROLLUP = (
    *("company", "agency", "fiscal_year", "awards", "actions", "obligated", "deobligated", "current_value"),
    *("potential_value", "first_action", "last_action", "subawards", "subaward_amount"),
)
FILE = ("sha256", "name", "layout", "made", "since", "until", "rows_read", "rows_kept", "rows_quarantined")


@dataclass(frozen=True, slots=True)
class Replaced:
    """What replacing did: award rows put in and taken out. `digest` is the hash of all that is published now: of
    every award and every file behind them."""

    added: int
    removed: int
    files: int
    digest: str

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.files)


def replace_awards(session: WriteSession, harvest: Harvest) -> Replaced:
    """Make the published awards, years, rollups and files those of the harvest. Nothing is written when nothing
    changed. Runs inside the caller's transaction."""
    reader = ReadSession(session.connection())
    gone = _compare(harvest, reader)
    fresh = harvest.warehouse.value("SELECT count(*) FROM fresh")
    files = harvest.files()
    new_files = sorted(file[0] for file in files) != queries.file_hashes(reader)
    digest = _digest(harvest, [file[0] for file in files])
    sums = harvest.warehouse.value("SELECT count(*) FROM rollup")
    if gone or fresh or sums != queries.rollup_count(reader):  # sums alone are missing after a retraction (prune.py)
        remove(session, gone)
        _add(session, Award.__table__, AWARD, harvest.rows(f"SELECT {', '.join(AWARD)} FROM fresh ORDER BY row"))
        _add(session, AwardYear.__table__, YEAR, harvest.rows(YEARS))
        session.execute(delete(AwardRollup))
        _add(session, AwardRollup.__table__, ROLLUP, harvest.rows(f"SELECT {', '.join(ROLLUP)} FROM rollup"))
    if new_files:
        session.execute(delete(AwardFile))
        _add(session, AwardFile.__table__, FILE, [files])
    return Replaced(fresh, len(gone), int(new_files), digest)


FRESH = """
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT *, (SELECT start FROM numbering)
    + row_number() OVER (ORDER BY obligated, company, held_by, key, kind, number) AS row
FROM award WHERE digest NOT IN (SELECT digest FROM published)
"""
YEARS = """
SELECT f.row, y.fiscal_year, y.company, f.agency, y.obligated FROM fresh f JOIN year y
ON y.company = f.company AND y.held_by = f.held_by AND y.key = f.key AND y.kind = f.kind AND y.number = f.number
ORDER BY f.row, y.fiscal_year
"""


def _compare(harvest: Harvest, reader: ReadSession) -> list[int]:
    """Put into the importer's store what is published, number what is new, and return the rows that are to go."""
    run = harvest.warehouse.run
    run("CREATE OR REPLACE TEMP TABLE published (row INTEGER, digest VARCHAR)")
    for batch in queries.digests(reader):
        rows, digests = [found[0] for found in batch], [found[1] for found in batch]
        run("INSERT INTO published SELECT unnest(?::INTEGER[]), unnest(?::VARCHAR[])", [rows, digests])
    run(f"CREATE OR REPLACE TEMP TABLE numbering AS SELECT {queries.last_row(reader)} AS start")
    run(FRESH)
    gone = run("SELECT row FROM published WHERE digest NOT IN (SELECT digest FROM award) ORDER BY row")
    return [row for (row,) in gone]


def _digest(harvest: Harvest, files: Iterable[str]) -> str:
    awards = harvest.warehouse.value("SELECT md5(coalesce(string_agg(digest, '' ORDER BY digest), '')) FROM award")
    return hashlib.sha256("\n".join([awards, *sorted(files)]).encode()).hexdigest()


def remove(session: WriteSession, rows: list[int]) -> None:
    """Delete award rows and their years."""
    for at in range(0, len(rows), 500):
        some = rows[at : at + 500]
        session.execute(delete(AwardYear).where(AwardYear.award.in_(some)))
        session.execute(delete(Award).where(Award.row.in_(some)))


def _add(session: WriteSession, table: Any, columns: tuple[str, ...], batches: Iterable[list[tuple[Any, ...]]]) -> None:
    """Rows in bulk: COPY on PostgreSQL, one prepared statement on SQLite."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{column}"' for column in columns)
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in chain.from_iterable(batches):
                copy.write_row(row)
        return
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    for batch in batches:
        if batch:
            connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", batch)
