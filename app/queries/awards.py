"""Selects on imported award records: the pages of a company's list, its rollups, what was imported, and what is needed
to tell what a new import changes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, or_, select
from sqlalchemy.sql.functions import FunctionElement

from app.db import ReadSession
from app.models import Award, AwardFile, AwardRollup, AwardYear, Record
from app.queries.read import published

BATCH = 20_000
PRIME = Award.kind != "subaward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The period and the files behind all award figures."""

    since: str | None
    until: str | None
    made: str | None
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Sums over a company's own awards with one agency; of its subawards only where it has no others. `runs_to` is the
    latest end of a term that was not ended before its time. `seen` is the date of the newest file that lists one of
    them, `running_seen` of the newest that lists one whose term ran on that day. `by_parent` counts those matched by
    the reported parent, subawards included. `prime` is the firm under whose awards all of the subawards are."""

    company: str
    agency: str
    awards: int
    obligated: int
    first_action: str
    last_action: str
    unfinished: int
    runs_to: str | None
    seen: str
    running_seen: str | None
    by_parent: int
    subawards: int
    prime: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a group of award rows rests on: who got the awards, by what that is known, on whose page they stand."""

    company: str
    held_by: str
    agency: str
    matched_by: str
    matched_value: str
    first: str
    last: str


def links(session: ReadSession) -> list[Link]:
    """All that the published award rows rest on, with the days of the first and last action."""
    columns = (Award.company, Award.held_by, Award.agency, Award.matched_by, Award.matched_value)
    query = select(*columns, func.min(Award.first_action), func.max(Award.last_action)).group_by(*columns)
    return [
        Link(company=c, held_by=h, agency=a, matched_by=by, matched_value=value, first=first, last=last)
        for c, h, a, by, value, first, last in session.execute(query)
    ]


def rows_of_link(session: ReadSession, link: Link) -> list[int]:
    """The award rows that rest on this."""
    query = select(Award.row).where(
        Award.company == link.company,
        Award.held_by == link.held_by,
        Award.agency == link.agency,
        Award.matched_by == link.matched_by,
        Award.matched_value == link.matched_value,
    )
    return list(session.scalars(query))


def rollup_count(session: ReadSession) -> int:
    """How many sums are published."""
    return session.scalar(select(func.count()).select_from(AwardRollup)) or 0


def page(
    session: ReadSession,
    company: str,
    *,
    agency: str | None = None,
    fiscal_year: int | None = None,
    after: tuple[int, int] | None = None,
    limit: int = 50,
) -> list[tuple[Award, int]]:
    """Awards on a company's page with the cents they are ranked by, largest first, after an (amount, row): the whole
    sum, or with `fiscal_year` that year's."""
    ranked = AwardYear if fiscal_year is not None else Award
    amount, row = ranked.obligated, AwardYear.award if fiscal_year is not None else Award.row
    query = select(Award, amount).where(ranked.company == company).order_by(amount.desc(), row.desc()).limit(limit)
    if fiscal_year is not None:
        query = query.join(AwardYear, AwardYear.award == Award.row).where(AwardYear.fiscal_year == fiscal_year)
    if agency is not None:
        query = query.where(ranked.agency == agency)
    if after is not None:
        query = query.where(or_(amount < after[0], and_(amount == after[0], row < after[1])))
    return [(award, cents) for award, cents in session.execute(query)]


def years_of(session: ReadSession, awards: list[int]) -> dict[int, dict[int, int]]:
    """For each of these award rows: fiscal year → cents obligated."""
    query = select(AwardYear.award, AwardYear.fiscal_year, AwardYear.obligated).where(AwardYear.award.in_(awards))
    found: dict[int, dict[int, int]] = {}
    for award, year, cents in session.execute(query.order_by(AwardYear.award, AwardYear.fiscal_year)):
        found.setdefault(award, {})[year] = cents
    return found


def rollups(session: ReadSession, company: str) -> list[AwardRollup]:
    """The sums on a company's page, by agency and year; year 0 is all of them."""
    query = select(AwardRollup).where(AwardRollup.company == company)
    return list(session.scalars(query.order_by(AwardRollup.agency, AwardRollup.fiscal_year)))


def imported(session: ReadSession) -> Imported:
    """What has been imported; all empty before the first import."""
    files = list(session.scalars(select(AwardFile).order_by(AwardFile.made, AwardFile.name)))
    return Imported(
        since=min((file.since for file in files if file.since), default=None),
        until=max((file.until for file in files if file.until), default=None),
        made=max((file.made for file in files if file.made), default=None),
        files=tuple(dict.fromkeys(file.name for file in files)),
    )


def made_with(session: ReadSession, release: int) -> str | None:
    """A digest of the award rows that a release was made with; None before the first import."""
    return session.scalars(select(Record.digest).where(published("import", release))).first()


def digests(session: ReadSession) -> Iterator[list[tuple[int, str]]]:
    """(row, digest) of every published award, in batches."""
    query = select(Award.row, Award.digest).execution_options(yield_per=BATCH)
    for batch in session.execute(query).partitions():
        yield [(row, digest) for row, digest in batch]


def last_row(session: ReadSession) -> int:
    """The highest award row in use, or 0."""
    return session.scalar(select(func.max(Award.row))) or 0


def file_hashes(session: ReadSession) -> list[str]:
    """The files whose rows are published."""
    return list(session.scalars(select(AwardFile.sha256).order_by(AwardFile.sha256)))


def groups(session: ReadSession, left_out: Collection[str]) -> list[Group]:
    """Every company's own awards by agency, those with the keys in `left_out` excepted."""
    own = Award.company == Award.held_by
    seen, unfinished = func.coalesce(Award.seen, Award.last_action), Award.ended.is_(None)
    first_prime, last_prime = func.min(Award.prime).filter(~PRIME), func.max(Award.prime).filter(~PRIME)
    all_named = func.count(Award.prime).filter(~PRIME) == func.count(Award.row).filter(~PRIME)
    columns: dict[str, SQLColumnExpression[Any]] = {
        "company": Award.company,
        "agency": Award.agency,
        "awards": func.count(Award.row).filter(PRIME),
        "obligated": func.coalesce(func.sum(Award.obligated).filter(PRIME), 0),
        "first_action": _foremost(func.min(Award.first_action)),
        "last_action": _foremost(func.max(Award.last_action)),
        "unfinished": func.count(Award.row).filter(PRIME, unfinished),
        "runs_to": _foremost(func.max(Award.ends), unfinished),
        "seen": _foremost(func.max(seen)),
        "running_seen": _foremost(func.max(seen), unfinished, Award.ends >= seen),
        "by_parent": func.count(Award.row).filter(Award.matched_by.startswith("parent_", autoescape=True)),
        "subawards": func.count(Award.row).filter(~PRIME),
        "prime": case((and_(all_named, first_prime == last_prime), first_prime)),
    }
    named: list[Any] = [column.label(name) for name, column in columns.items()]
    query = select(*named).where(own, Award.key.not_in(left_out))
    query = query.group_by(Award.company, Award.agency).order_by(Award.company, Award.agency)
    return [Group(**{**row, "obligated": int(row["obligated"])}) for row in session.execute(query).mappings()]


def _foremost(value: FunctionElement[Any], *where: ColumnElement[bool]) -> ColumnElement[Any]:
    """An aggregate over prime awards, or where a group has none over its subawards."""
    over_all = value.filter(*where) if where else value
    return case((func.count(Award.row).filter(PRIME) > 0, value.filter(PRIME, *where)), else_=over_all)


def largest(session: ReadSession, company: str, agency: str, left_out: Collection[str], limit: int) -> list[Award]:
    """A company's own largest awards with an agency, those with the keys in `left_out` excepted."""
    query = select(Award).where(Award.company == company, Award.agency == agency, Award.held_by == company)
    query = query.where(Award.key.not_in(left_out))
    return list(session.scalars(query.order_by(Award.obligated.desc(), Award.key, Award.number).limit(limit)))


def by_key(session: ReadSession, keys: list[str]) -> dict[tuple[str, str], tuple[int, str]]:
    """(holder, award key) → cents obligated and day of the last action, for prime awards of these keys whose sum leaves
    no action out."""
    query = select(Award.held_by, Award.key, Award.obligated, Award.last_action).where(
        Award.company == Award.held_by, PRIME, Award.whole
    )
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for at in range(0, len(keys), 500):
        some = query.where(Award.key.in_(keys[at : at + 500]))
        found |= {(holder, key): (cents, last) for holder, key, cents, last in session.execute(some)}
    return found


def names(session: ReadSession, release: int, companies: Collection[str]) -> dict[str, str]:
    """The names of companies that stand in a release, by id."""
    query = select(Record.id, Record.name).where(published("company", release), Record.id.in_(companies))
    return {id_: name or id_ for id_, name in session.execute(query)}
