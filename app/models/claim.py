"""The claims: what every claim carries, then domains, ownership, ties and notes (joined-table inheritance)."""

from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Json, Versioned, one_current


class Source(Base):
    """A page that says what a claim says, in the order in which the claim lists it."""

    __tablename__ = "source"

    claim_row: Mapped[int] = mapped_column(ForeignKey("claim.row"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    publisher: Mapped[str] = mapped_column(String(300))
    type: Mapped[str] = mapped_column(String(30))
    title: Mapped[str | None] = mapped_column(String(300))
    published_at: Mapped[str | None] = mapped_column(String(10))
    retrieved_at: Mapped[str | None] = mapped_column(String(10))
    archive_url: Mapped[str | None] = mapped_column(Text)
    quote: Mapped[str | None] = mapped_column(Text)
    locator: Mapped[str | None] = mapped_column(String(300))
    dataset: Mapped[dict[str, str] | None] = mapped_column(Json)


class Claim(Versioned, Base):
    """What trust.md asks of every claim. `company` is the one in whose file it stands."""

    __tablename__ = "claim"
    __table_args__ = (*one_current("claim"), Index("ix_claim_company", "company", "type"))
    __mapper_args__ = {"polymorphic_on": "type"}

    type: Mapped[str] = mapped_column(String(20))
    company: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[str | None] = mapped_column(String(10))
    valid_to: Mapped[str | None] = mapped_column(String(10))
    claim_status: Mapped[str] = mapped_column(String(20))
    history: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    verified_at: Mapped[str] = mapped_column(String(10))
    verified_by: Mapped[str] = mapped_column(String(40))
    reviewed_by: Mapped[str | None] = mapped_column(String(40))
    sources: Mapped[list[Source]] = relationship(order_by=Source.position, lazy="raise")


class DomainClaim(Claim):
    """*This company operates this domain.*"""

    __tablename__ = "domain_claim"
    __mapper_args__ = {"polymorphic_identity": "domain"}

    row: Mapped[int] = mapped_column(ForeignKey("claim.row"), primary_key=True)
    name: Mapped[str] = mapped_column(String(253), index=True)


class Ownership(Claim):
    """*This company is owned by that one.*"""

    __tablename__ = "ownership"
    __mapper_args__ = {"polymorphic_identity": "ownership"}

    row: Mapped[int] = mapped_column(ForeignKey("claim.row"), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80), index=True)
    kind: Mapped[str] = mapped_column(String(20))


class Amount(Base):
    """One figure of a tie; kinds are never added up. `source` is the position of the tie's source."""

    __tablename__ = "amount"

    tie_row: Mapped[int] = mapped_column(ForeignKey("tie.row"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[Decimal] = mapped_column(Numeric(17, 2))
    currency: Mapped[str] = mapped_column(String(3))
    as_of: Mapped[str] = mapped_column(String(10))
    source: Mapped[int]


class Statement(Base):
    """What a company said about a tie."""

    __tablename__ = "statement"

    tie_row: Mapped[int] = mapped_column(ForeignKey("tie.row"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(String(80))
    date: Mapped[str] = mapped_column(String(10))
    quote: Mapped[str] = mapped_column(Text)
    source: Mapped[int]


class TieAward(Base):
    """A government award record that a tie lists, by USAspending's unique key."""

    __tablename__ = "tie_award"

    tie_row: Mapped[int] = mapped_column(ForeignKey("tie.row"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), index=True)


class Tie(Claim):
    """*This company has a tie with an agency.*"""

    __tablename__ = "tie"
    __mapper_args__ = {"polymorphic_identity": "tie"}

    row: Mapped[int] = mapped_column(ForeignKey("claim.row"), primary_key=True)
    agency: Mapped[str] = mapped_column(String(80), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    via: Mapped[str | None] = mapped_column(String(80))
    via_name: Mapped[str | None] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(20))
    status_as_of: Mapped[str] = mapped_column(String(10))
    evidence: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str | None] = mapped_column(String(300))
    uei: Mapped[str | None] = mapped_column(String(12))
    cage: Mapped[str | None] = mapped_column(String(5))
    amounts: Mapped[list[Amount]] = relationship(order_by=Amount.position, lazy="raise")
    statements: Mapped[list[Statement]] = relationship(order_by=Statement.position, lazy="raise")
    awards: Mapped[list[TieAward]] = relationship(order_by=TieAward.position, lazy="raise")


class Note(Claim):
    """A sourced fact that is no tie: never in state, count or badge."""

    __tablename__ = "note"
    __mapper_args__ = {"polymorphic_identity": "note"}

    row: Mapped[int] = mapped_column(ForeignKey("claim.row"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    date: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    agency: Mapped[str | None] = mapped_column(String(80))
