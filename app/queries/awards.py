"""Selects on imported award records: the pages of a company's list, its rollups, what was imported, and what is needed
to tell what a new import changes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from app.db import ReadSession
from app.models import Award, AwardFile, AwardRollup, AwardYear, Record
from app.queries.read import published

BATCH = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The period and the files behind all award figures."""

    since: str | None
    until: str | None
    made: str | None
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Sums over a company's own awards with one agency. `runs_to` is the latest end of a term that was not ended
    before its time."""

    company: str
    agency: str
    awards: int
    obligated: int
    first_action: str
    last_action: str
    unfinished: int
    runs_to: str | None
    subawards: int
    primes: tuple[str, ...]


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
    prime = Award.kind != "subaward"
    query = select(
        Award.company,
        Award.agency,
        func.count(Award.row).filter(prime),
        func.coalesce(func.sum(Award.obligated).filter(prime), 0),
        func.min(Award.first_action),
        func.max(Award.last_action),
        func.count(Award.row).filter(prime, Award.ended.is_(None)),
        func.max(Award.ends).filter(Award.ended.is_(None)),
        func.count(Award.row).filter(~prime),
    )
    query = query.where(own, Award.key.not_in(left_out))
    primes = _primes(session)
    return [
        Group(
            company=company,
            agency=agency,
            awards=awards,
            obligated=int(cents),
            first_action=first,
            last_action=last,
            unfinished=unfinished,
            runs_to=runs_to,
            subawards=subawards,
            primes=primes.get((company, agency), ()),
        )
        for company, agency, awards, cents, first, last, unfinished, runs_to, subawards in session.execute(
            query.group_by(Award.company, Award.agency).order_by(Award.company, Award.agency)
        )
    ]


def _primes(session: ReadSession) -> dict[tuple[str, str], tuple[str, ...]]:
    """The firms under whose awards a company's subawards are."""
    query = select(Award.company, Award.agency, Award.prime).where(
        Award.company == Award.held_by, Award.kind == "subaward", Award.prime.is_not(None)
    )
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for company, agency, prime in session.execute(query.distinct().order_by(Award.company, Award.agency, Award.prime)):
        found[company, agency] = (*found.get((company, agency), ()), prime or "")
    return found


def largest(session: ReadSession, company: str, agency: str, left_out: Collection[str], limit: int) -> list[Award]:
    """A company's own largest awards with an agency, those with the keys in `left_out` excepted."""
    query = select(Award).where(Award.company == company, Award.agency == agency, Award.held_by == company)
    query = query.where(Award.key.not_in(left_out))
    return list(session.scalars(query.order_by(Award.obligated.desc(), Award.key, Award.number).limit(limit)))


def by_key(session: ReadSession, keys: list[str]) -> dict[tuple[str, str], tuple[int, str]]:
    """(holder, award key) → cents obligated and day of the last action, for prime awards of these keys."""
    query = select(Award.held_by, Award.key, Award.obligated, Award.last_action).where(
        Award.company == Award.held_by, Award.kind != "subaward"
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
