"""Imported award records: files, awards, their years, and rollups. Money is whole cents in a BIGINT: exact on both
databases, and quick to sum and to page by."""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class AwardFile(Base):
    """A file whose rows are published. `made` is its date, `since` and `until` the first and last action in it."""

    __tablename__ = "award_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    layout: Mapped[str] = mapped_column(String(30))
    made: Mapped[str | None] = mapped_column(String(10))
    since: Mapped[str | None] = mapped_column(String(10))
    until: Mapped[str | None] = mapped_column(String(10))
    rows_read: Mapped[int] = mapped_column(BigInteger)
    rows_kept: Mapped[int] = mapped_column(BigInteger)
    rows_quarantined: Mapped[int] = mapped_column(BigInteger)


class Award(Base):
    """What the imported files say of one award to one company, as it stands on the page of `company`: its own, or that
    of a company (`held_by`) which it owned at the time of the actions counted here.

    `kind` is `award`, `idv` or `subaward`; of a subaward, `key` is the prime award's and `number` its own. `digest` is
    the hash of the row, by which a change is noticed.
    """

    __tablename__ = "award"
    __table_args__ = (
        Index("ix_award_rank", "company", "obligated", "row"),
        Index("ix_award_agency_rank", "company", "agency", "obligated", "row"),
        Index("ix_award_key", "key"),
    )

    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    company: Mapped[str] = mapped_column(String(80))
    held_by: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(Text)
    agency: Mapped[str] = mapped_column(String(80))
    recipient: Mapped[str | None] = mapped_column(Text)
    uei: Mapped[str | None] = mapped_column(String(12))
    cage: Mapped[str | None] = mapped_column(String(5))
    matched_by: Mapped[str] = mapped_column(String(20))
    matched_value: Mapped[str] = mapped_column(Text)
    prime: Mapped[str | None] = mapped_column(Text)
    obligated: Mapped[int] = mapped_column(BigInteger)
    deobligated: Mapped[int] = mapped_column(BigInteger)
    current_value: Mapped[int | None] = mapped_column(BigInteger)
    potential_value: Mapped[int | None] = mapped_column(BigInteger)
    first_action: Mapped[str] = mapped_column(String(10))
    last_action: Mapped[str] = mapped_column(String(10))
    ends: Mapped[str | None] = mapped_column(String(10))
    actions: Mapped[int]
    modifications: Mapped[int]
    ended: Mapped[str | None] = mapped_column(String(20))
    figures: Mapped[str] = mapped_column(String(20))
    parent_award: Mapped[str | None] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(32))


class AwardYear(Base):
    """What was obligated for an award in one fiscal year (from 1 October of the year before)."""

    __tablename__ = "award_year"
    __table_args__ = (Index("ix_award_year_rank", "company", "fiscal_year", "obligated", "award"),)

    award: Mapped[int] = mapped_column(ForeignKey("award.row", ondelete="CASCADE"), primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    company: Mapped[str] = mapped_column(String(80))
    agency: Mapped[str] = mapped_column(String(80))
    obligated: Mapped[int] = mapped_column(BigInteger)


class AwardRollup(Base):
    """Sums over the awards on a company's page, by agency and fiscal year; year 0 is all of them, whole awards of
    summary files included, which say nothing of years. Values of orders under a vehicle that is counted too are left
    out of `current_value` and `potential_value`: the vehicle's include them. Subawards are never part of the rest."""

    __tablename__ = "award_rollup"

    company: Mapped[str] = mapped_column(String(80), primary_key=True)
    agency: Mapped[str] = mapped_column(String(80), primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    awards: Mapped[int]
    actions: Mapped[int]
    obligated: Mapped[int] = mapped_column(BigInteger)
    deobligated: Mapped[int] = mapped_column(BigInteger)
    current_value: Mapped[int | None] = mapped_column(BigInteger)
    potential_value: Mapped[int | None] = mapped_column(BigInteger)
    first_action: Mapped[str | None] = mapped_column(String(10))
    last_action: Mapped[str | None] = mapped_column(String(10))
    subawards: Mapped[int]
    subaward_amount: Mapped[int] = mapped_column(BigInteger)
