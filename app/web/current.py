"""The release that this process serves: its names in memory, changed whole when a new one is published.

A request takes one `Edition` and is answered from it from start to end. A thread of its own looks for a new release:
at once when one is announced through Redis, else every `release_poll` seconds; no request waits for that.
"""

import hmac
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from app import logs, metrics, models
from app.cache import Cache, Value
from app.db import Database, ReadSession
from app.domains.index import NameIndex
from app.errors import AppError, NotFound, Unavailable
from app.inbox.form import form_key
from app.lookup.agency import agency_view
from app.lookup.answer import Answer, company_answer
from app.lookup.facts import Release, World
from app.lookup.profile import Profile, profile
from app.queries import read
from app.queries import releases as query
from app.releases.downloads import Downloads
from app.render.schemas import AGENCY_VIEW, ANSWER, PROFILE, form
from app.render.wording import Lang, with_summary
from app.settings import Settings
from app.web.indexes import Indexes
from app.web.memo import Generations

T = TypeVar("T")
TRIES = 5


@dataclass(frozen=True, slots=True)
class Parts:
    """An answer's bytes around the host that it is about, wherever that stands in it, and the tag of the whole.
    `rest`, empty where no company is meant, is a view of the company's answer: not a copy, but it keeps those bytes
    after the cache has let them go."""

    around: tuple[bytes, ...]
    rest: memoryview
    tag: str


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """One release in memory: its row, its signed manifest, its names, its retired company ids, and `parts` of answers
    that were made of it. The same edition stays as long as nothing was published or signed."""

    row: models.Release
    release: Release
    manifest: models.Manifest
    index: NameIndex
    redirects: dict[str, str]
    stamp: str  # of the content: keeps two databases that share one Redis apart
    parts: Generations[tuple[object, ...], Parts]


class Current:
    """Holds the edition of this process. When the database is away the last one is served."""

    def __init__(self, database: Database, poll: float, folder: Path, room: int) -> None:
        """An edition keeps at most `room` answers in parts."""
        self._database = database
        self._room = room
        self._indexes = Indexes(folder)
        self._poll = poll
        self._edition: Edition | None = None
        self._failure: Unavailable | None = None
        self._looked_at = 0.0
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopped = False

    @property
    def polls(self) -> bool:
        """Whether a thread looks for new releases."""
        return self._poll > 0

    @property
    def known(self) -> Edition | None:
        """The edition to answer from, where nobody has to look for it first."""
        return self._edition if self._poll > 0 else None

    def edition(self) -> Edition:
        """The edition to answer from. Raises Unavailable before the first release can be read; one caller looks for
        it, those who wait get what that one got. With a poll of 0 every caller looks: tests want no waiting."""
        return self.known or self.look()

    def look(self) -> Edition:
        """Look for a newer release now."""
        asked = time.monotonic()
        with self._lock:
            if self._looked_at > asked:  # somebody else looked while this one waited
                if self._edition:
                    return self._edition
                if self._failure:
                    raise self._failure
            try:
                self._edition = self._read()
            except Unavailable as failure:
                self._failure = failure
                raise
            finally:
                self._looked_at = time.monotonic()
            return self._edition

    def watch(self) -> None:
        """Look again and again until stopped; the work of a thread."""
        while not self._stopped:
            try:
                self.look()
            except Unavailable as error:
                logs.get().warning("release_unavailable", error=error.type)
            except Exception as error:  # noqa: BLE001  the thread must go on, or no release would ever come through
                logs.get().error("release_unreadable", error=logs.place(error))
            self._wake.wait(self._poll)
            self._wake.clear()

    def announced(self) -> None:
        """A new release has been published: look now."""
        self._wake.set()

    def stop(self) -> None:
        """End `watch`."""
        self._stopped = True
        self._wake.set()

    def _read(self) -> Edition:
        try:
            with self._database.read() as session:
                edition = self._newest(session)
        except Unavailable:
            if self._edition:
                return self._edition
            raise
        _measure(edition)
        return edition

    def _newest(self, session: ReadSession) -> Edition:
        row = read.current_release(session)
        manifest = query.manifest(session, row.number) if row else None
        if row is None or manifest is None:
            raise Unavailable("No release has been published yet: run `govties seed apply`.")
        session.expunge_all()
        known = self._edition
        if known is None or not _same(known.row, row):
            index, redirects = self._indexes.of(session, row), read.redirects(session, row.number)
        elif known.manifest.body == manifest.body:
            return known
        else:
            index, redirects = known.index, known.redirects
        stamp = f"{row.content_hash[:16]}:{row.number}"
        return Edition(row, read.release_facts(row), manifest, index, redirects, stamp, Generations(self._room))


def _measure(edition: Edition) -> None:
    metrics.RELEASE.set(edition.release.version)
    metrics.PUBLISHED.set(datetime.fromisoformat(edition.release.published_at).timestamp())
    metrics.LOOKED.set_to_current_time()


def _same(known: models.Release, read: models.Release) -> bool:
    """A database made anew counts from 1 again: the number alone does not say that nothing changed."""
    return (known.number, known.content_hash, known.published_at) == (read.number, read.content_hash, read.published_at)


def _cache_secret(settings: Settings) -> bytes | None:
    """What seals values in Redis: derived from the secret that signs forms, because all servers share that one already.
    None where it cannot be had: then this process believes only its own values, which is slower and never wrong."""
    try:
        return hmac.digest(form_key(settings.form_secret, settings.data_dir), b"cache", "sha256")
    except AppError as error:
        logs.get().warning("cache_not_shared", error=error.type, detail=error.detail)
        return None


class Library:
    """Brings rendered answers and profiles, through the cache."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.database = database
        self.cache = Cache(settings, _cache_secret(settings) if settings.redis_url else None)
        self.current = Current(database, settings.release_poll, settings.data_dir / "names", settings.cache_entries)
        self.downloads = Downloads(database, settings.data_dir / "downloads")
        self._form = form()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Keep the edition fresh until closed."""
        if self.current.polls:
            self._run(self.current.watch)
        if self.cache.shared:
            shared = self.cache.shared
            self._run(lambda: shared.listen(self.current.announced))

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)

    def known_answer(self, edition: Edition, company: str, lang: Lang) -> Value | None:
        """What `answer` gives, where it stands in this process's memory. Never waits."""
        return self.cache.peek(self._key(edition, "answer", company, lang))

    def answer(self, edition: Edition, company: str, lang: Lang) -> Value:
        """The JSON of a company's answer, with an empty query and no domain."""
        return self._cached(edition, "answer", company, lang, lambda answer, _: ANSWER.dump_json(answer))

    def profile(self, edition: Edition, company: str, lang: Lang) -> bytes:
        """The JSON of a company, whole."""

        def render(answer: Answer, world: World) -> bytes:
            return PROFILE.dump_json(profile(world, company, answer))

        return self._cached(edition, "company", company, lang, render).body

    def _key(self, edition: Edition, what: str, company: str, lang: Lang) -> str:
        # The form keeps two versions of this program apart.
        return f"govties:{self._form}:{edition.stamp}:{what}:{lang}:{company}"

    def past_profile(self, session: ReadSession, row: models.Release, company: str, lang: Lang) -> Profile:
        """A company as an earlier release has it. Never from the cache: a retraction takes text out of old releases."""
        world = read.load_world(session, row, {company})
        if company not in world.companies:
            raise NotFound("company", company)
        return profile(world, company, with_summary(company_answer(world, company), lang))

    def _cached(
        self, edition: Edition, what: str, company: str, lang: Lang, render: Callable[[Answer, World], bytes]
    ) -> Value:
        def make() -> bytes:
            with self.database.read() as session:
                world = read.load_world(session, edition.row, {company})
            if company not in world.companies:
                raise NotFound("company", company)
            return render(with_summary(company_answer(world, company), lang), world)

        return self.cache.get(self._key(edition, what, company, lang), make)

    def agency(self, edition: Edition, agency: str) -> bytes:
        """The JSON of an agency with its ties and sites; the words are in no language."""

        def make() -> bytes:
            with self.database.read() as session:
                holders = read.tie_holders(session, edition.row.number, agency)
                world = read.load_world(session, edition.row, holders)
            if agency not in world.agencies:
                raise NotFound("agency", agency)
            return AGENCY_VIEW.dump_json(agency_view(world, agency))

        return self.cache.get(self._key(edition, "agency", agency, "en"), make).body

    def with_awards(self, edition: Edition, work: Callable[[ReadSession, Edition], T]) -> tuple[Edition, T]:
        """What `work` reads of award rows, and the edition it is of. Those rows are kept of the current release alone,
        so an edition that is behind gives way to the current one. Raises Unavailable where releases come too fast."""
        for _ in range(TRIES):
            with self.database.read() as session:
                done = work(session, edition)
                current = read.current_release(session)
            if current is not None and _same(edition.row, current):
                return edition, done
            edition = self.current.look()
        raise Unavailable("The release changed while it was read; try again.")

    def close(self) -> None:
        """Close connections and end the threads."""
        self.current.stop()
        self.cache.close()
        for thread in self._threads:
            thread.join(timeout=2)
        self.database.close()
