"""What is made once of a release and kept in the process until another one comes."""

import threading
from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Request

from app.db import Database, ReadSession
from app.lookup.coverage import Coverage, coverage
from app.lookup.spelling import Names
from app.queries import pages as query
from app.web.current import Edition

T = TypeVar("T")


class Once(Generic[T]):
    """The last result of a function of an edition. One caller makes it, those who come meanwhile wait for it."""

    def __init__(self, make: Callable[[Edition], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._kept: tuple[object, T] | None = None

    def get(self, edition: Edition) -> T:
        """What was made of this edition."""
        key = (edition.row.number, edition.row.content_hash, edition.row.published_at)
        with self._lock:
            if self._kept is None or self._kept[0] != key:
                self._kept = (key, self._make(edition))
            return self._kept[1]


class Kept:
    """Names to search, figures about the release, addresses of pages."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.names: Once[Names] = Once(self._read(lambda session, number: Names(query.named(session, number))))
        self.coverage: Once[Coverage] = Once(
            self._read(lambda session, number: coverage(query.claims(session, number)))
        )
        self.ties: Once[list[str]] = Once(self._read(query.tie_ids))

    def _read(self, work: Callable[[ReadSession, int], T]) -> Callable[[Edition], T]:
        def made(edition: Edition) -> T:
            with self._database.read() as session:
                return work(session, edition.row.number)

        return made


def _kept(request: Request) -> Kept:
    kept: Kept = request.app.state.kept
    return kept


TheKept = Annotated[Kept, Depends(_kept)]
