"""The service as one writes it at first: FastAPI, SQLAlchemy's ORM with its lazy relations, Pydantic on the way out; no
cache and no thought for speed. It gives the same answers; the bench compares them."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

from app.lookup import facts
from app.lookup.answer import AgencyRef, Answer, CompanyRef, OwnershipOut, State, TieOut
from app.lookup.ties import Relation
from app.render.wording import with_summary
from app.seeding.store import Fact


class Base(DeclarativeBase):
    pass


class Company(Base):
    __tablename__ = "company"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    ties: Mapped[list["Tie"]] = relationship(back_populates="company")
    owned: Mapped[list["Ownership"]] = relationship(foreign_keys="Ownership.owner_id", back_populates="owner")
    owners: Mapped[list["Ownership"]] = relationship(foreign_keys="Ownership.company_id", back_populates="company")


class Site(Base):
    __tablename__ = "site"
    name: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    company: Mapped[Company] = relationship()


class Source(Base):
    __tablename__ = "source"
    number: Mapped[int] = mapped_column(primary_key=True)
    claim: Mapped[str] = mapped_column(index=True)
    url: Mapped[str]
    publisher: Mapped[str]
    type: Mapped[str]
    title: Mapped[str]


class Ownership(Base):
    __tablename__ = "ownership"
    id: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    kind: Mapped[str]
    valid_from: Mapped[str]
    verified_at: Mapped[str]
    company: Mapped[Company] = relationship(foreign_keys=company_id, back_populates="owners")
    owner: Mapped[Company] = relationship(foreign_keys=owner_id, back_populates="owned")
    sources: Mapped[list[Source]] = relationship(
        primaryjoin="Ownership.id == foreign(Source.claim)", order_by=Source.number, viewonly=True
    )


class Agency(Base):
    __tablename__ = "agency"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    short_name: Mapped[str]


class Tie(Base):
    __tablename__ = "tie"
    id: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"), index=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[str]
    status: Mapped[str]
    status_as_of: Mapped[str]
    evidence: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    verified_at: Mapped[str]
    verified_by: Mapped[str]
    company: Mapped[Company] = relationship(back_populates="ties")
    agency: Mapped[Agency] = relationship()
    amounts: Mapped[list["Amount"]] = relationship(order_by="Amount.number")
    sources: Mapped[list[Source]] = relationship(
        primaryjoin="Tie.id == foreign(Source.claim)", order_by=Source.number, viewonly=True
    )


class Amount(Base):
    __tablename__ = "amount"
    number: Mapped[int] = mapped_column(primary_key=True)
    tie_id: Mapped[str] = mapped_column(ForeignKey("tie.id"), index=True)
    kind: Mapped[str]
    value: Mapped[str]
    currency: Mapped[str]
    as_of: Mapped[str]
    source: Mapped[int]


EVIDENCE = ("record", "corroborated", "single_report")


def create_app(path: Path, release: facts.Release) -> FastAPI:
    """The service on a database that `fill` made."""
    app = FastAPI()
    engine = create_engine(f"sqlite:///{path}")
    sessions = sessionmaker(engine)

    def session() -> Iterator[Session]:
        with sessions() as opened:
            yield opened

    @app.get("/v1/domains/{host}", response_model=Answer)
    def domain(host: str, session: Annotated[Session, Depends(session)]) -> Answer:
        labels = host.split(".")
        for at in range(len(labels)):
            site = session.scalars(select(Site).where(Site.name == ".".join(labels[at:]))).first()
            if site:
                return answer(host, site, release)
        raise HTTPException(404)

    return app


def answer(host: str, site: Site, release: facts.Release) -> Answer:
    """What is said about a company: its own ties, those of what it owns, those of its owners."""
    company = site.company
    chain = list(_up(company))
    found = [_ties(company, "own", [])]
    found += [_ties(path[-1].company, "subsidiary", path) for path in _down(company)]
    found += [_ties(hop.owner, "owner", chain[:depth]) for depth, hop in enumerate(chain, 1)]
    ties = tuple(tie for held in found for tie in held)
    whole = Answer(
        query=host,
        domain=site.name,
        state=_state(ties),
        reason=None,
        host=None,
        company=CompanyRef(id=company.id, name=company.name, url=f"/companies/{company.id}"),
        ownership=tuple(_hop(hop) for hop in chain),
        summary="",
        ties=ties,
        notes=(),
        searched=(),
        release=release,
    )
    return with_summary(whole, "en")


def _state(ties: tuple[TieOut, ...]) -> State:
    live = {tie.relation for tie in ties if tie.status != "ended"}
    if live & {"own", "subsidiary"}:
        return "documented"
    return "via_owner" if live else "ended" if ties else "not_researched"


def _up(company: Company) -> Iterator[Ownership]:
    while company.owners:
        yield company.owners[0]
        company = company.owners[0].owner


def _down(company: Company) -> Iterator[list[Ownership]]:
    waiting: list[tuple[Company, list[Ownership]]] = [(company, [])]
    for one, path in waiting:
        for hop in sorted(one.owned, key=lambda hop: hop.id):
            yield [*path, hop]
            waiting.append((hop.company, [*path, hop]))


def _sources(sources: list[Source]) -> tuple[facts.Source, ...]:
    return tuple(facts.Source(url=s.url, publisher=s.publisher, type=s.type, title=s.title) for s in sources)  # type: ignore[arg-type]


def _hop(hop: Ownership) -> OwnershipOut:
    return OwnershipOut(
        company=hop.company_id,
        company_name=hop.company.name,
        owner=hop.owner_id,
        owner_name=hop.owner.name,
        kind=hop.kind,  # type: ignore[arg-type]
        valid_from=hop.valid_from,
        valid_to=None,
        claim_status="published",
        verified_at=hop.verified_at,
        sources=_sources(hop.sources),
    )


def _ties(company: Company, relation: Relation, path: list[Ownership]) -> list[TieOut]:
    """The ties of one company: live ones first, the best documented, the latest. What had ended before one of the
    acquisitions on the way is not inherited."""
    found = sorted(sorted(company.ties, key=lambda tie: tie.id), key=lambda tie: tie.status_as_of, reverse=True)
    found.sort(key=lambda tie: (tie.status == "ended", EVIDENCE.index(tie.evidence)))
    acquired = max((hop.valid_from for hop in path), default="")
    return [_tie(tie, relation) for tie in found if tie.status != "ended" or tie.status_as_of >= acquired]


def _tie(tie: Tie, relation: Relation) -> TieOut:
    agency = tie.agency
    return TieOut(
        id=tie.id,
        held_by=tie.company_id,
        held_by_name=tie.company.name,
        relation=relation,
        agency=AgencyRef(id=agency.id, name=agency.name, short_name=agency.short_name, parent=None),
        kind=tie.kind,  # type: ignore[arg-type]
        via=None,
        via_name=None,
        status=tie.status,  # type: ignore[arg-type]
        status_as_of=tie.status_as_of,
        evidence=tie.evidence,  # type: ignore[arg-type]
        claim_status="published",
        title=tie.title,
        summary=tie.summary,
        valid_from=None,
        valid_to=None,
        recipient=None,
        uei=None,
        cage=None,
        amounts=tuple(
            facts.Amount(kind=a.kind, value=a.value, currency=a.currency, as_of=a.as_of, source=a.source)  # type: ignore[arg-type]
            for a in tie.amounts
        ),
        awards=(),
        statements=(),
        history=(),
        verified_at=tie.verified_at,
        verified_by=tie.verified_by,
        reviewed_by=None,
        sources=_sources(tie.sources),
    )


Rows = dict[type[Base], list[dict[str, object]]]


def fill(path: Path, world: list[Fact]) -> None:
    """Make the tables of a world's facts."""
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _hurry)
    Base.metadata.create_all(engine)
    rows: Rows = {table: [] for table in (Company, Site, Source, Ownership, Agency, Tie, Amount)}
    for one in world:
        _add(rows, one, one.body)
    with engine.begin() as connection:
        for table, found in rows.items():
            if found:
                connection.execute(table.__table__.insert(), found)  # type: ignore[attr-defined]
    engine.dispose()


def _hurry(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = OFF")


def _add(rows: Rows, one: Fact, body: dict[str, object]) -> None:
    table = {"company": Company, "domain": Site, "ownership": Ownership, "agency": Agency, "tie": Tie}[one.type]
    names = {column.name.removesuffix("_id"): column.name for column in table.__table__.columns if column.name != "id"}
    row = {column: body[name] for name, column in names.items()}
    rows[table].append(row if table is Site else {"id": one.id, **row})
    if table in (Ownership, Tie):
        for source in body["sources"]:  # type: ignore[attr-defined]
            rows[Source].append({"claim": one.id, **source})
    for amount in body.get("amounts", ()):  # type: ignore[attr-defined]
        rows[Amount].append({"tie_id": one.id, **amount})
