"""Tables as CSV (RFC 4180, UTF-8), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, header: bool = True) -> str:
    """Rows as CSV lines, with their column names where `header` asks for them."""
    text = io.StringIO()
    writer = csv.writer(text)
    if header:
        writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """A text that a spreadsheet would run as a formula is shown as text; numbers keep their sign."""
    is_number = isinstance(value, str) and value.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value and not is_number else value
