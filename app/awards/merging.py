"""One row a transaction, whatever files it stood in and in which order they were read."""

from app.awards.gates import ABSURD_FROM_CENTS, ABSURD_RATIO, SEPARATOR
from app.awards.warehouse import Warehouse

# The newest version stands: by its date of change, then by its file's date; on one day a deletion comes last. What
# is left after that differs in nothing but its content, which decides so that the order of files never does.
NEWEST = "r.repeats, r.modified DESC NULLS LAST, f.made DESC NULLS LAST, r.deleted DESC, r.content DESC, r.place"


def merge(warehouse: Warehouse, file: int) -> None:
    """Move faulty rows of a file just read into quarantine, drop those that stand already, keep the newest of each
    transaction, and write down what became of them."""
    first, read = warehouse.run(f"SELECT coalesce(min(rowid), 0), count(*) FROM record WHERE file = {file}")[0]
    _date_file(warehouse, file)
    warehouse.run(_history_gate(file))
    warehouse.run(_quarantine(file, first))
    warehouse.run(f"DELETE FROM record WHERE file = {file} AND fault IS NOT NULL")
    period = warehouse.run(f"SELECT min(first), max(acted) FROM record WHERE file = {file} AND NOT deleted")[0]
    refused = warehouse.value("SELECT count(*) FROM quarantine WHERE file = ?", [file])
    warehouse.run(_rivals(file))
    known = warehouse.value(_drop_known(file))
    warehouse.run(_drop_older())
    stored = warehouse.value("SELECT count(*) FROM record WHERE file = ?", [file])
    older = read - refused - known - stored
    counted = "read = ?, stored = ?, known = ?, older = ?, quarantined = ?, since = ?, until = ?"
    warehouse.run(f"UPDATE file SET {counted} WHERE id = {file}", [read, stored, known, older, refused, *period])


def _date_file(warehouse: Warehouse, file: int) -> None:
    """A file whose name gives no day is as old as the newest change in it."""
    newest = f"SELECT max(modified) FROM record WHERE file = {file} AND fault IS NULL"
    warehouse.run(f"UPDATE file SET made = ({newest}) WHERE id = {file} AND made IS NULL")


def _history_gate(file: int) -> str:
    """`absurd-amount` by the award's history: what any of its actions says that it may be worth."""
    return f"""
        UPDATE record SET fault = concat_ws('{SEPARATOR}', 'absurd-amount', 'obligated', (obligated / 100)::VARCHAR)
        WHERE rowid IN (
            SELECT odd.rowid FROM record odd JOIN record kin ON kin.award = odd.award AND kin.fault IS NULL
            WHERE odd.file = {file} AND odd.basis = 'transaction' AND odd.fault IS NULL
                AND abs(odd.obligated) >= {ABSURD_FROM_CENTS} AND abs(odd.obligated)
                    > {ABSURD_RATIO} * greatest(odd.current_value, odd.potential_value, odd.all_options)
            GROUP BY odd.rowid, odd.obligated
            HAVING max(greatest(kin.current_value, kin.potential_value, kin.all_options)) > 0
                AND abs(odd.obligated) > {ABSURD_RATIO}
                    * max(greatest(kin.current_value, kin.potential_value, kin.all_options))
        )
    """


def _quarantine(file: int, first: int) -> str:
    """`row` counts as a spreadsheet does: the header is row 1."""
    parts = ", ".join(f"split_part(fault, '{SEPARATOR}', {at})" for at in (1, 2, 3))
    return f"""
        INSERT INTO quarantine SELECT file, rowid - {first} + 2, award, {parts}
        FROM record WHERE file = {file} AND fault IS NOT NULL
    """


def _rivals(file: int) -> str:
    """The rows of transactions that stand more than once now."""
    return f"""
        CREATE OR REPLACE TEMP TABLE rival AS
        WITH twice AS (SELECT key FROM record GROUP BY key HAVING count(*) > 1),
        rows AS (
            SELECT *, rowid AS place, file = {file} AS here,
                row_number() OVER (PARTITION BY key, content ORDER BY file, rowid) > 1 AS repeats
            FROM record WHERE key IN (SELECT key FROM twice)
        )
        SELECT r.place, r.here, r.repeats, row_number() OVER (PARTITION BY r.key ORDER BY {NEWEST}) > 1 AS older
        FROM rows r JOIN file f ON f.id = r.file
    """


def _drop_known(file: int) -> str:
    return f"""
        DELETE FROM record WHERE file = {file} AND rowid IN (SELECT place FROM rival WHERE here AND repeats)
    """


def _drop_older() -> str:
    return "DELETE FROM record WHERE rowid IN (SELECT place FROM rival WHERE older)"
