"""What has been seen of sources, kept in a file under the data folder: a line a check, written at once. A run that is
stopped goes on where it was; a line that was cut off is left out."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.errors import AppError
from app.sources.check import Checked, Standing

FILE = "sources.jsonl"


def last_checks(data_dir: Path) -> dict[str, Checked]:
    """The last check of every address, by address; none before the first run. Raises AppError `sources-state`."""
    path, known = data_dir / FILE, dict[str, Checked]()
    try:
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
    except OSError as error:
        raise _unusable(path, error) from None
    for line in lines:
        with suppress(ValueError, TypeError, KeyError):
            body = json.loads(line)
            known[body["url"]] = Checked(**body | {"standing": Standing(body["standing"])})
    return known


class State:
    """The last check of every address."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE
        self.known = last_checks(data_dir)
        try:
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.write_text("".join(map(_line, self.known.values())), "utf-8")
        except OSError as error:
            raise _unusable(self._path, error) from None

    def keep(self, checked: Checked) -> None:
        """Remember a check, so that nothing is asked twice."""
        self.known[checked.url] = checked
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(_line(checked))
        except OSError as error:
            raise _unusable(self._path, error) from None

    def is_fresh(self, url: str, days: float) -> bool:
        """Whether an address was checked within so many days, with an answer."""
        found = self.known.get(url)
        if found is None or found.standing == Standing.UNCLEAR:
            return False
        return datetime.fromisoformat(found.at) > datetime.now(UTC) - timedelta(days=days)


def _line(checked: Checked) -> str:
    return json.dumps(checked.as_json(), ensure_ascii=False) + "\n"


def _unusable(path: Path, error: OSError) -> AppError:
    return AppError("sources-state", 500, f"{path} cannot be used ({error.strerror}): set GOVTIES_DATA_DIR.")
