"""What is wrong with a CSV, and where: line and column. DuckDB reads fast and refuses; this looks again, slowly, and
only at a file that was refused."""

import csv
from collections.abc import Iterator
from pathlib import Path

from app.awards.files import fault
from app.errors import AppError

# The header of the widest layout has 9 KB. A first line without an end is no CSV.
MAX_HEADER = 1_000_000


def read_header(path: Path, where: str) -> list[str]:
    """The column names of a CSV. Raises AppError `award-file` when its first line is none."""
    with path.open("rb") as file:
        line = file.readline(MAX_HEADER)
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault(f"{where}, line 1", f"byte {error.start + 1} is not UTF-8: save the file as UTF-8.") from None
    if not text.strip() or "\0" in text or len(line) >= MAX_HEADER:
        raise fault(f"{where}, line 1", "no column names stand here: give a CSV with a header.")
    try:
        return [name.strip() for name in next(csv.reader([text]))]
    except csv.Error as error:
        raise fault(f"{where}, line 1", f"the column names cannot be read ({error}).") from None


def find_fault(path: Path, header: list[str], where: str, said: str) -> AppError:
    """The first fault of a CSV that DuckDB refused, with its line and column; what DuckDB `said` if none is found."""
    for line, text in _decoded(path):
        if isinstance(text, UnicodeDecodeError):
            column = _column_at(text, header)
            return fault(f"{where}, line {line}{column}", "not UTF-8 here: save the file as UTF-8.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            for row in reader:
                if row and len(row) != len(header):
                    message = f"{len(row)} cells stand here, the header names {len(header)} columns."
                    return fault(f"{where}, line {reader.line_num}", message)
        except csv.Error as error:
            return fault(f"{where}, line {reader.line_num}", f"not CSV here ({error}): a quote may be missing.")
    return fault(where, f"cannot be read: {said.splitlines()[0]}")


def _decoded(path: Path) -> Iterator[tuple[int, str | UnicodeDecodeError]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield number, line.decode("utf-8")
            except UnicodeDecodeError as error:
                yield number, error


def _column_at(error: UnicodeDecodeError, header: list[str]) -> str:
    """The name of the column in which a byte stands, where the line begins a row."""
    before = error.object[: error.start].decode("utf-8", "replace")
    try:
        at = len(next(csv.reader([before]), [])) - 1
    except csv.Error:
        return ""
    return f", column {header[at]}" if 0 <= at < len(header) else ""
