"""The release that this process serves: its names in memory, changed whole when a new one is published.

A request takes one `Edition` and is answered from it from start to end.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app import models
from app.cache import Cache
from app.db import Database
from app.domains.match import Entry
from app.errors import NotFound, Unavailable
from app.lookup.answer import Answer, company_answer
from app.lookup.facts import Release, World
from app.lookup.profile import profile
from app.queries import read
from app.render.schemas import ANSWER, PROFILE, form
from app.render.wording import Lang, with_summary
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Edition:
    """One release in memory: its row, its names, its files' descriptions."""

    row: models.Release
    release: Release
    index: dict[str, Entry]
    files: tuple[models.ReleaseFile, ...]


class Current:
    """Looks for a new release at most every `poll` seconds. When the database is away the last one is served."""

    def __init__(self, database: Database, poll: float) -> None:
        self._database = database
        self._poll = poll
        self._edition: Edition | None = None
        self._next_look = 0.0
        self._failure: Unavailable | None = None
        self._looked_at = 0.0
        self._lock = threading.Lock()

    def edition(self) -> Edition:
        """The edition to answer from. Raises Unavailable before the first release can be read; one caller looks for
        it, those who wait get what that one got."""
        known = self._edition
        if known and (time.monotonic() < self._next_look or not self._lock.acquire(blocking=False)):
            return known
        asked = time.monotonic()
        if not known:
            self._lock.acquire()
        try:
            if self._failure and self._looked_at > asked:
                raise self._failure
            if self._edition is None or time.monotonic() >= self._next_look:
                self._edition = self._look()
                self._next_look = time.monotonic() + self._poll
        except Unavailable as failure:
            self._failure, self._looked_at = failure, time.monotonic()
            raise
        finally:
            self._lock.release()
        return self._edition

    def _look(self) -> Edition:
        try:
            with self._database.read() as session:
                row = read.current_release(session)
                if row is None:
                    raise Unavailable("No release has been published yet: run `govties seed apply`.")
                if self._edition and _same(self._edition.row, row):
                    return self._edition
                index = {entry.name: entry for entry in read.entries(session, row.number)}
                files = tuple(read.release_files(session, row.number))
                session.expunge_all()
                return Edition(row, read.release_facts(row), index, files)
        except Unavailable:
            if self._edition:
                return self._edition
            raise


def _same(known: models.Release, read: models.Release) -> bool:
    """A database made anew counts from 1 again: the number alone does not say that nothing changed."""
    return (known.number, known.content_hash, known.published_at) == (read.number, read.content_hash, read.published_at)


class Library:
    """Brings rendered answers and profiles, through the cache."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.database = database
        self.cache = Cache(settings)
        self.current = Current(database, settings.release_poll)
        self._form = form()

    def answer(self, edition: Edition, company: str, lang: Lang) -> bytes:
        """The JSON of a company's answer, with an empty query and no domain."""
        return self._cached(edition, "answer", company, lang, lambda answer, _: ANSWER.dump_json(answer))

    def profile(self, edition: Edition, company: str, lang: Lang) -> bytes:
        """The JSON of a company, whole."""
        return self._cached(
            edition,
            "company",
            company,
            lang,
            lambda answer, world: PROFILE.dump_json(profile(world, company, answer)),
        )

    def _cached(
        self, edition: Edition, what: str, company: str, lang: Lang, render: Callable[[Answer, World], bytes]
    ) -> bytes:
        def make() -> bytes:
            with self.database.read() as session:
                world = read.load_world(session, edition.row, {company})
            if company not in world.companies:
                raise NotFound("company", company)
            return render(with_summary(company_answer(world, company), lang), world)

        # The content hash keeps two databases that share one Redis apart, the form two versions of this program.
        content, number = edition.row.content_hash[:16], edition.row.number
        return self.cache.get(f"govties:{self._form}:{content}:{number}:{what}:{lang}:{company}", make)

    def close(self) -> None:
        """Close connections."""
        self.cache.close()
        self.database.close()
