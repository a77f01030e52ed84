"""The one place where a change becomes a release: facts → rows → snapshot → signed manifest, in one transaction.

The release's files are rows too (docs/architecture.md says why), so nothing can be half-published: a reader sees the
old release or the new one.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from app import models
from app.awards.prune import prune, unsupported
from app.awards.publish import Replaced, replace_awards
from app.awards.rollup import Harvest
from app.awards.ties import award_ties, import_fact
from app.db import Database, ReadSession, WriteSession
from app.errors import AppError, NotFound
from app.lookup.redirects import resolved
from app.models import Record
from app.queries import releases as query
from app.releases import changes as changelog
from app.releases import manifest
from app.releases.build import Touched, build_files
from app.releases.content import content_hash
from app.releases.signing import Keys
from app.seeding.checks import check
from app.seeding.reader import Problem, Tree, read_tree
from app.seeding.store import Closed, Difference, Fact, difference, fact, facts_of, rows_by_number, write

Say = Callable[[str], None]

# How often a publication says what it does next; progress bars count on it.
STEPS = 6

# A release that loses more than a fifth of its domains is more likely a mistake than an edit; readers refuse it too.
LEAST_SHARE = 0.8


class BadSeed(AppError):  # noqa: N818
    """The seed has problems; nothing was applied."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("bad-seed", 422, f"{len(problems)} problems in the seed; nothing was applied.")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Imported:
    """What importing awards did: to the award rows, and as a release."""

    awards: Replaced
    published: "Published"


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. `changes` is 0 where nothing had changed, and then `release` is the old one."""

    release: int
    changes: int
    counts: dict[str, int]


def publish_seed(
    database: Database, seed: Path, keys: Keys, say: Say = lambda _: None, *, allow_shrink: bool = False
) -> Published:
    """Check the seed and publish it as the next release, or nothing when nothing changed.

    Raises ClockBehind, BadSeed with all problems, AppError `busy` when another publication runs, `shrinks` where over a
    fifth of the domains would go and `allow_shrink` does not say that this is meant.
    """
    require_clock(database)
    tree = sound_tree(seed, say)
    with database.write() as session:
        return _publish(session, _facts(session, tree), keys, say, allow_shrink=allow_shrink)


def publish_awards(database: Database, harvest: Harvest, tree: Tree, keys: Keys, say: Say = lambda _: None) -> Imported:
    """Make the published award records those of a harvest and publish what follows from them with this seed, in one
    transaction; nothing when nothing changed. Raises as `publish_seed` does."""
    with database.write() as session:
        replaced = replace_awards(session, harvest)
        facts = _facts(session, tree, import_fact(ReadSession(session.connection()), replaced.digest))
        return Imported(replaced, _publish(session, facts, keys, say, allow_shrink=False))


def require_clock(database: Database) -> None:
    """Raise ClockBehind where what is published shows that the clock of this machine is behind."""
    with database.read() as session:
        manifest.require_clock(session, datetime.now(UTC))


def sound_tree(seed: Path, say: Say = lambda _: None) -> Tree:
    """The seed, read and checked. Raises BadSeed, or ClockBehind where its dates show that."""
    say("Reading the seed")
    tree = read_tree(seed)
    problems = check(tree)
    if problems:
        raise BadSeed(problems)
    return tree


def _facts(session: WriteSession, tree: Tree, imported: Fact | None = None) -> list[Fact]:
    """What the seed and the published award records say together; without an import the last one stands."""
    imports = [imported] if imported else _last_import(session, prune(session, tree))
    facts = award_ties(ReadSession(session.connection()), tree).join([*facts_of(tree), *imports])
    _require_redirects(session, facts)
    return facts


def _require_redirects(session: WriteSession, facts: list[Fact]) -> None:
    """A retired id leads on for ever: what was published of it may change its target, but not go (seed/README.md)."""
    kept = {fact.id for fact in facts if fact.type == "redirect"}
    gone = sorted(_current_redirects(session).keys() - kept)
    if gone:
        detail = f"The retired id {gone[0]} was published and leads on for ever: put its row back into redirects.csv."
        raise AppError("redirect-gone", 409, detail)


def _current_redirects(session: WriteSession) -> dict[str, Fact]:
    query = select(Record.id, Record.body).where(Record.type == "redirect", Record.to_release.is_(None))
    return {id_: Fact.of_text("redirect", id_, body) for id_, body in session.execute(query)}


def _redirects_since(session: WriteSession, old: dict[tuple[str, str], str]) -> list[Fact]:
    """Redirects that a rollback keeps: those that are in the way of no company and lead to one of the old release."""
    current = _current_redirects(session)
    ends = resolved({id_: fact.company or "" for id_, fact in current.items()})
    there = {id_ for type_, id_ in old if type_ == "company"}
    return [
        fact("redirect", id_, current[id_].body | {"company": end})
        for id_, end in ends.items()
        if ("redirect", id_) not in old and id_ not in there and end in there
    ]


@contextmanager
def proposal(database: Database, tree: Tree) -> Iterator[tuple[ReadSession, list[Fact]]]:
    """What publishing this seed would publish, and a session that reads what it would replace. Nothing is written:
    where award rows would go, they go in a transaction that is taken back."""
    with database.read() as session:
        if not unsupported(session, tree):
            yield session, award_ties(session, tree).join([*facts_of(tree), *_last_import(session, [])])
            return
    with database.write() as writer:
        facts = _facts(writer, tree)
        yield ReadSession(writer.connection()), facts
        writer.rollback()


def publish_facts(
    database: Database, facts: list[Fact], keys: Keys, say: Say = lambda _: None, *, allow_shrink: bool = False
) -> Published:
    """Publish these facts, and no others, as the next release. Raises as `publish_seed` does."""
    with database.write() as session:
        return _publish(session, facts, keys, say, allow_shrink=allow_shrink)


def _last_import(session: ReadSession | WriteSession, pruned: list[str]) -> list[Fact]:
    """The record of the last import; another one where award rows were taken out since."""
    query = select(Record.body).where(Record.type == "import", Record.to_release.is_(None))
    last = [json.loads(body) for body in session.scalars(query)]
    if pruned:
        last = [body | {"digest": content_hash([body["digest"], *pruned])} for body in last]
    return [fact("import", "usaspending", body) for body in last]


def roll_back(database: Database, number: int, keys: Keys, say: Say = lambda _: None) -> Published:
    """Publish the content of an old release as a new one. What was retracted since stays retracted (trust.md 12)."""
    with database.write() as session:
        reader = ReadSession(session.connection())
        if session.get(models.Release, number) is None:
            raise NotFound("release", str(number))
        say(f"Reading release {number}")
        old = {(type_, id_): text for type_, id_, text in query.records(reader, number)}
        _require_same_awards(session, old)
        facts = [Fact.of_text(type_, id_, text) for (type_, id_), text in old.items()]
        facts += _redirects_since(session, old)
        facts += [gone for gone in changelog.retracted_facts(session) if (gone.type, gone.id) not in old]
        return _publish(session, facts, keys, say, note=f"The content of release {number} again.", allow_shrink=True)


def _require_same_awards(session: WriteSession, old: dict[tuple[str, str], str]) -> None:
    """Award rows are not kept release by release: a rollback over an import would leave rows and ties apart."""
    current = select(Record.body).where(Record.type == "import", Record.to_release.is_(None))
    if session.scalar(current) != old.get(("import", "usaspending")):
        detail = (
            "That release was made with other award files than are published now; award rows cannot be rolled back. "
            "Correct the seed and apply it, or import the right files."
        )
        raise AppError("other-awards", 409, detail)


def _publish(
    session: WriteSession, facts: list[Fact], keys: Keys, say: Say, *, note: str | None = None, allow_shrink: bool
) -> Published:
    say("Comparing with the current release")
    last = session.scalars(select(models.Release).order_by(models.Release.number.desc()).limit(1)).first()
    changes = difference(session, facts)
    if last and not changes:
        return Published(last.number, 0, last.counts)
    say(f"Writing {len(changes):,} changes")
    release = _open_release(session, last, note)
    closed = rows_by_number(session, changes.closing)
    opened = write(session, changes, release.number)
    changelog.log(session, release, changes, closed, opened)
    say("Building the snapshot")
    release.counts = build_files(session, release, _touched(changes, closed), say).counts
    release.content_hash = _content_hash(session)
    _guard_against_shrinking(session, release, allowed=allow_shrink)
    changelog.withdraw(session, changes, release.number)
    manifest.sign(session, release, keys, datetime.now(UTC))
    return Published(release.number, len(changes), release.counts)


def _open_release(session: WriteSession, last: models.Release | None, note: str | None) -> models.Release:
    release = models.Release(
        number=last.number + 1 if last else 1,
        published_at=datetime.now(UTC).replace(microsecond=0),
        content_hash="",
        counts={},
        note=note,
        shrunk=last.shrunk if last else None,
    )
    session.add(release)
    session.flush()
    return release


def _content_hash(session: WriteSession) -> str:
    """SHA-256 over `type id digest` of every record of the release, sorted; by it downloads are verified."""
    query = select(Record.type, Record.id, Record.digest).where(Record.to_release.is_(None))
    return content_hash(f"{type_} {id_} {digest}" for type_, id_, digest in session.execute(query))


def _guard_against_shrinking(session: WriteSession, release: models.Release, *, allowed: bool) -> None:
    """Readers refuse a fifth less than the copy they hold, however old that is: so a release is compared with the
    largest since the last one that was allowed to shrink."""
    counted = select(models.Release.counts).where(models.Release.number < release.number)
    counted = counted.where(models.Release.number >= (release.shrunk or 1))
    most = max((counts["domains"] for counts in session.scalars(counted)), default=0)
    if release.counts["domains"] >= LEAST_SHARE * most:
        return
    if not allowed:
        detail = (
            f"This would leave {release.counts['domains']} of {most} domains. Nothing was published. "
            "If that is meant, run `govties seed apply --allow-shrink`."
        )
        raise AppError("shrinks", 409, detail)
    release.shrunk = release.number


def _touched(changes: Difference, closed: Closed) -> list[Touched]:
    gone = [(row.type, row.id, row.company, json.loads(row.body)) for row in closed.values()]
    come = [(new.type, new.id, new.company, new.body) for new in changes.opening]
    return [
        Touched(type_, id_, company, body.get("owner"), body.get("name")) for type_, id_, company, body in gone + come
    ]
