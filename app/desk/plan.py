"""What publishing the seed would change, before it is public: records, answers, badges on names, sentences.

Only answers that can have changed are made anew: those of names whose entry changed, and of companies up and down the
chains from what changed. Nothing is written.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app import models
from app.db import Database, ReadSession
from app.domains.match import Entry
from app.domains.names import parse_host
from app.lookup.answer import Answer, company_answer
from app.lookup.badge import Badge, badge_of
from app.lookup.facts import Release, World
from app.lookup.service import Hit, resolve
from app.publishing import proposal
from app.queries import read
from app.queries.releases import ChangeOut
from app.releases.changes import kind_of
from app.render.wording import with_summary
from app.seeding.proposed import Proposed
from app.seeding.reader import Tree
from app.seeding.store import Body, Closed, Difference, Fact, difference, rows_by_number


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeChange:
    """A name whose badge changes."""

    domain: str
    before: Badge
    after: Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """A sentence that changes, the names it is said of, and the company whose page says it."""

    company: str | None
    domains: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What differs from the current release (0: there is none). `answers` are the names whose answer differs in
    anything, `companies` the companies whose own answer does."""

    release: int
    changes: tuple[ChangeOut, ...]
    answers: tuple[str, ...]
    companies: tuple[str, ...]
    badges: tuple[BadgeChange, ...]
    texts: tuple[TextChange, ...]


class Current:
    """The release in the database."""

    def __init__(self, session: ReadSession) -> None:
        self._session = session
        none = models.Release(number=0, published_at=datetime(1970, 1, 1, tzinfo=UTC))
        self._row = read.current_release(session) or none
        self.release = read.release_facts(self._row)
        self.index = {entry.name: entry for entry in read.each_entry(session, self._row.number)}

    def related(self, companies: Collection[str]) -> set[str]:
        """Up and down the chains."""
        return read.related(self._session, self._row.number, companies)

    def world(self, companies: Collection[str]) -> World:
        """What answers about these companies need."""
        return read.load_world(self._session, self._row, companies)


Side = Current | Proposed


def plan(database: Database, tree: Tree) -> Plan:
    """What publishing this seed, which must be sound, would change. Raises Unavailable without a database."""
    with proposal(database, tree) as (session, facts):
        return compare(session, facts)


def compare(session: ReadSession, facts: list[Fact]) -> Plan:
    """What publishing these facts would change against the current release."""
    found = difference(session, facts)
    closed = rows_by_number(session, found.closing)
    before = Current(session)
    after = Proposed(facts, before.release)
    companies = _affected(found, closed, before, after)
    names = _names(companies, before.index, after.index)
    old, new = _Answers(before, names, companies), _Answers(after, names, companies)
    differing = [name for name in names if old.of(name) != new.of(name)]
    return Plan(
        release=before.release.version,
        changes=tuple(_changes(found, closed, before.release)),
        answers=tuple(differing),
        companies=tuple(id_ for id_ in sorted(companies) if old.about(id_) != new.about(id_)),
        badges=tuple(_badges(differing, old, new)),
        texts=_texts(differing, companies, old, new),
    )


def _affected(found: Difference, closed: Closed, before: Current, after: Proposed) -> set[str]:
    """The companies whose answer can have changed: what changed, all above and below it, and the holders of ties that
    name a company or an agency that has another name now. The chains of the release before suffice: both ends of every
    edge that is new are among what changed."""
    gone = [(row.type, row.id, json.loads(row.body)) for row in closed.values()]
    touched = [*gone, *((fact.type, fact.id, fact.body) for fact in found.opening)]
    named = {id_ for type_, id_, _ in touched if type_ == "company"}
    agencies = {id_ for type_, id_, _ in touched if type_ == "agency"}
    first = {*named, *after.mentioning(named, agencies)}
    for type_, _, body in touched:
        if type_ in ("tie", "note", "ownership", "research"):
            first |= {name for name in (body.get("company"), body.get("owner")) if name}
    return before.related(first) if first else set()


def _names(companies: Collection[str], old: Mapping[str, Entry], new: Mapping[str, Entry]) -> list[str]:
    """The names whose entry changed, and those of the companies."""
    names = old.keys() | new.keys()
    return sorted(n for n in names if old.get(n) != new.get(n) or _of(companies, old.get(n), new.get(n)))


def _of(companies: Collection[str], *entries: Entry | None) -> bool:
    return any(entry is not None and entry.company in companies for entry in entries)


class _Answers:
    """The answers of one side about some names, in English, as if all were of the same release."""

    def __init__(self, side: Side, names: Iterable[str], companies: Collection[str]) -> None:
        self._hits = {name: resolve(parse_host(name), side.index, side.release) for name in names}
        hit = {found.company for found in self._hits.values() if isinstance(found, Hit)}
        self._world = side.world({*companies, *hit})
        self._made: dict[str, Answer] = {}

    def of(self, name: str) -> Answer:
        """The answer about a name."""
        found = self._hits[name]
        if isinstance(found, Answer):
            return with_summary(found, "en")
        made = self.about(found.company)
        assert made is not None, f"{name} names a company that is not there"
        return replace(made, query=name, domain=found.domain)

    def about(self, company: str) -> Answer | None:
        """The answer about a company, None where there is no such."""
        if company not in self._world.companies:
            return None
        if company not in self._made:
            self._made[company] = with_summary(company_answer(self._world, company), "en")
        return self._made[company]


def _badges(names: Iterable[str], old: _Answers, new: _Answers) -> Iterable[BadgeChange]:
    for name in names:
        before, after = badge_of(old.of(name)), badge_of(new.of(name))
        if before != after:
            yield BadgeChange(domain=name, before=before, after=after)


def _texts(names: Iterable[str], companies: Iterable[str], old: _Answers, new: _Answers) -> tuple[TextChange, ...]:
    """The sentences that change: one entry for all names of which the same is said."""
    said: dict[tuple[str | None, str, str], list[str]] = {}
    for name in names:
        before, after = old.of(name), new.of(name)
        company = after.company or before.company
        said.setdefault((company.id if company else None, before.summary, after.summary), []).append(name)
    for id_ in sorted(companies):
        own, then = old.about(id_), new.about(id_)
        said.setdefault((id_, own.summary if own else "", then.summary if then else ""), [])
    return tuple(
        TextChange(company=company, domains=tuple(listed), before=before, after=after)
        for (company, before, after), listed in said.items()
        if before != after
    )


def _changes(found: Difference, closed: Closed, release: Release) -> Iterable[ChangeOut]:
    for fact in found.added:
        gone = fact.body.get("claim_status") == "retracted"
        yield _change(fact, "retracted" if gone else "added", None, None if gone else fact.body, release)
    for row, fact in found.changed:
        before: Body = json.loads(closed[row].body)
        kind = kind_of(before, fact.body)
        if kind == "retracted":  # its text is not repeated, here neither (trust.md 12)
            yield _change(fact, kind, None, None, release)
        else:
            yield _change(fact, kind, before, fact.body, release)
    for number in found.removed:
        row_ = closed[number]
        yield _change(Fact.of_text(row_.type, row_.id, row_.body), "removed", json.loads(row_.body), None, release)


def _change(fact: Fact, kind: str, before: Body | None, after: Body | None, release: Release) -> ChangeOut:
    return ChangeOut(
        cursor=0,
        release=release.version,
        type=fact.type,
        claim=fact.id,
        company=fact.company,
        kind=kind,
        before=before,
        after=after,
        note=None,
        at="",
    )
