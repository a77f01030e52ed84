"""The only place that selects what answers are made of.

Every query takes the release number, so a reader that pins one sees exactly that release.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import selectinload

from app import models
from app.db import ReadSession
from app.domains.match import Entry
from app.lookup import facts
from app.models import Claim, DomainClaim, Note, Ownership, Tie, Versioned
from app.queries import rows


def current_release(session: ReadSession) -> models.Release | None:
    """The release that the world reads, or none before the first."""
    return session.scalars(select(models.Release).order_by(models.Release.number.desc()).limit(1)).first()


def release_facts(release: models.Release) -> facts.Release:
    """The release as answers name it."""
    published = release.published_at.replace(tzinfo=None).isoformat(timespec="seconds")
    return facts.Release(version=release.number, published_at=f"{published}Z")


def in_release(table: type[Versioned], release: int) -> ColumnElement[bool]:
    """Whether a row belongs to a release."""
    return and_(table.from_release <= release, or_(table.to_release.is_(None), table.to_release > release))


def published(table: type[Claim], release: int) -> ColumnElement[bool]:
    """Whether a claim belongs to a release and has not been retracted."""
    return and_(in_release(table, release), table.claim_status != "retracted")


def entries(session: ReadSession, release: int) -> list[Entry]:
    """All names of a release: companies' domains and stops. A domain that a company no longer operates is none."""
    domains = select(DomainClaim.name, DomainClaim.company).where(
        published(DomainClaim, release), DomainClaim.valid_to.is_(None)
    )
    found = [
        Entry(
            name=n,
            company=c,
            apex="company",
            children="company",
            kind="domain",
            platform=None,
            platform_id=None,
        )
        for n, c in session.execute(domains)
    ]
    stops = select(models.Stop).where(in_release(models.Stop, release))
    return found + [rows.stop(row) for row in session.scalars(stops)]


def load_world(session: ReadSession, release: models.Release, companies: Collection[str] | None = None) -> facts.World:
    """The facts of a release: all of it, or what answers about `companies` need (their owners, what they control
    or controlled, and the contractors and speakers their ties name)."""
    number = release.number
    edges = _load_ownership(session, number, companies)
    wanted = None if companies is None else {*companies, *(n for e in edges for n in (e.company, e.owner))}
    ties = _ties(session, number, wanted)
    if wanted is not None:
        wanted |= {tie.via for tie in ties if tie.via} | {s.by for tie in ties for s in tie.statements}
    return facts.World(
        release=release_facts(release),
        companies=_companies(session, number, wanted, ties),
        agencies={agency.id: rows.agency(agency) for agency in _agencies(session, number)},
        owners=_group(edges, "company"),
        owned=_group(edges, "owner"),
    )


def _group(edges: Iterable[facts.Ownership], by: str) -> dict[str, tuple[facts.Ownership, ...]]:
    groups: dict[str, list[facts.Ownership]] = defaultdict(list)
    for edge in edges:
        groups[getattr(edge, by)].append(edge)
    return {name: tuple(group) for name, group in groups.items()}


def _load_ownership(session: ReadSession, release: int, companies: Collection[str] | None) -> list[facts.Ownership]:
    query = (
        select(Ownership)
        .where(published(Ownership, release))
        .options(selectinload(Ownership.sources))
        .order_by(Ownership.id)
    )
    if companies is None:
        return [rows.ownership(row) for row in session.scalars(query)]
    found: dict[str, Ownership] = {}
    for near, far in ((Ownership.company, "owner"), (Ownership.owner, "company")):
        waiting, seen = set(companies), set(companies)
        while waiting:
            edges = list(session.scalars(query.where(near.in_(waiting))))
            found |= {edge.id: edge for edge in edges}
            waiting = {getattr(edge, far) for edge in edges} - seen
            seen |= waiting
    return [rows.ownership(found[name]) for name in sorted(found)]


def _among(query: Select[Any], column: Any, wanted: set[str] | None) -> Select[Any]:
    return query if wanted is None else query.where(column.in_(wanted))


def _ties(session: ReadSession, release: int, wanted: set[str] | None) -> list[facts.Tie]:
    query = select(Tie).where(published(Tie, release)).order_by(Tie.id)
    parts = (Tie.sources, Tie.amounts, Tie.statements, Tie.awards)
    query = query.options(*(selectinload(part) for part in parts))
    return [rows.tie(row) for row in session.scalars(_among(query, Tie.company, wanted))]


def _companies(
    session: ReadSession, release: int, wanted: set[str] | None, ties: list[facts.Tie]
) -> dict[str, facts.Company]:
    def grouped(listed: Iterable[Any]) -> dict[str, list[Any]]:
        groups: dict[str, list[Any]] = defaultdict(list)
        for row in listed:
            groups[row.company].append(row)
        return groups

    def claims(table: type[Claim]) -> dict[str, list[Any]]:
        query = select(table).where(published(table, release)).options(selectinload(table.sources))
        return grouped(session.scalars(_among(query.order_by(table.id), table.company, wanted)))

    research_query = select(models.Research).where(in_release(models.Research, release)).order_by(models.Research.date)
    research = grouped(session.scalars(_among(research_query, models.Research.company, wanted)))
    held: dict[str, list[facts.Tie]] = defaultdict(list)
    for tie in ties:
        held[tie.held_by].append(tie)
    domains, notes = claims(DomainClaim), claims(Note)
    query = select(models.Company).where(in_release(models.Company, release))
    return {
        row.id: facts.Company(
            id=row.id,
            name=row.name,
            legal_name=row.legal_name,
            domains=tuple(rows.domain(claim) for claim in domains[row.id]),
            ties=tuple(held[row.id]),
            notes=tuple(rows.note(claim) for claim in notes[row.id]),
            research=tuple(rows.research(entry) for entry in research[row.id]),
        )
        for row in session.scalars(_among(query, models.Company.id, wanted))
    }


def _agencies(session: ReadSession, release: int) -> Iterable[models.Agency]:
    query = select(models.Agency).where(in_release(models.Agency, release))
    return session.scalars(query.order_by(models.Agency.id))


def search_companies(
    session: ReadSession,
    release: int,
    *,
    text: str = "",
    agency: str | None = None,
    kind: str | None = None,
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> list[tuple[str, str]]:
    """(name, id) of companies by name, in alphabetical order, after a (lower-cased name, id); `agency` and `kind`
    keep companies that hold such a tie themselves."""
    lowered = func.lower(models.Company.name)
    query = select(models.Company.name, models.Company.id).where(in_release(models.Company, release))
    if text:
        pattern = "%" + text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        named = select(DomainClaim.company).where(
            published(DomainClaim, release), DomainClaim.name.like(pattern, escape="\\")
        )
        query = query.where(
            or_(
                lowered.like(pattern, escape="\\"),
                func.lower(models.Company.legal_name).like(pattern, escape="\\"),
                models.Company.id.in_(named),
            )
        )
    if agency or kind:
        tied = select(Tie.company).where(published(Tie, release))
        tied = tied.where(Tie.agency == agency) if agency else tied
        tied = tied.where(Tie.kind == kind) if kind else tied
        query = query.where(models.Company.id.in_(tied))
    if after:
        query = query.where(or_(lowered > after[0], and_(lowered == after[0], models.Company.id > after[1])))
    return [(name, id_) for name, id_ in session.execute(query.order_by(lowered, models.Company.id).limit(limit))]


def tie_holder(session: ReadSession, release: int, tie: str) -> str | None:
    """The company that holds a tie."""
    return session.scalars(select(Tie.company).where(published(Tie, release), Tie.id == tie)).first()


def agency_ties(session: ReadSession, release: int, agency: str) -> list[tuple[str, str]]:
    """(company, tie) of all ties with one agency, by company."""
    query = select(Tie.company, Tie.id).where(published(Tie, release), Tie.agency == agency)
    return [(company, tie) for company, tie in session.execute(query.order_by(Tie.company, Tie.id))]


def release_files(session: ReadSession, release: int) -> list[models.ReleaseFile]:
    """The files of a release, without their bytes."""
    query = select(models.ReleaseFile).where(models.ReleaseFile.release == release)
    return list(session.scalars(query.order_by(models.ReleaseFile.name)))


def retracted_since(session: ReadSession, release: int) -> bool:
    """Whether a claim that a release published has been retracted in a later one (trust.md 12)."""
    retracted = select(models.Change.claim).where(models.Change.kind == "retracted", models.Change.release > release)
    told = select(Claim.row).where(published(Claim, release), Claim.id.in_(retracted)).limit(1)
    return session.scalars(told).first() is not None


def release_file(session: ReadSession, release: int, name: str) -> tuple[models.ReleaseFile, bytes] | None:
    """A file of a release and its bytes."""
    found = session.get(models.ReleaseFile, (release, name))
    return (found, found.body) if found else None
