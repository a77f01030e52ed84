"""Where the index of names comes from: a file under the data folder that all workers of a host map, made by the first
of them, once a release. A file that is missing or damaged is made anew; where none can be written, the index stands in
this process's memory."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import logs, models
from app.db import ReadSession
from app.domains.index import Damaged, NameIndex, index_bytes, map_index
from app.queries import read


class Indexes:
    """Brings the index of a release."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, session: ReadSession, row: models.Release) -> NameIndex:
        """The names of a release, mapped from their file; made from the database where there is none."""
        release = f"{row.number}:{row.content_hash}"
        path = self._folder / f"{row.number}-{row.content_hash[:16]}.index"
        try:
            with self._alone():
                return _mapped(path, release) or self._made(path, release, session, row)
        except OSError as error:
            logs.get().warning("index_not_kept", error=type(error).__name__)
            return NameIndex(index_bytes(read.each_entry(session, row.number), release), release)

    def _made(self, path: Path, release: str, session: ReadSession, row: models.Release) -> NameIndex:
        data = index_bytes(read.each_entry(session, row.number), release)
        part = path.with_suffix(".part")
        part.write_bytes(data)
        part.replace(path)
        for other in self._folder.glob("*.index"):
            if other != path:  # whoever still maps it keeps it
                other.unlink(missing_ok=True)
        return _mapped(path, release) or NameIndex(data, release)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One worker makes the file, the others wait for it: a lock that ends with whoever holds it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _mapped(path: Path, release: str) -> NameIndex | None:
    try:
        return map_index(path, release)
    except FileNotFoundError:
        return None
    except Damaged:
        logs.get().warning("index_damaged", file=path.name)
        return None
