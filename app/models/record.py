"""Everything curated: one row a record, valid from a release to a release."""

from sqlalchemy import ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base

CURRENT = text("to_release IS NULL")


class Record(Base):
    """A company, an agency, a stop, a research entry or a claim: part of every release n with
    from_release <= n < to_release (none = still current).

    A row is not changed: an edit closes it and opens another, so a reader that pins a release number sees exactly that
    release. The one exception is a retraction, which takes the text out of every row that held it (trust.md 12).
    `body` is the record as JSON with sorted keys, `digest` its SHA-256; the other columns repeat what queries ask for.
    """

    __tablename__ = "record"
    __table_args__ = (
        Index("ix_record_id", "type", "id"),
        Index("ix_record_company", "company", "type"),
        Index("ix_record_owner", "owner"),
        Index("ix_record_agency", "agency"),
        Index("ix_record_name", "name"),
        Index("uq_record_current", "type", "id", unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT),
    )

    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(20))
    id: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(64))
    from_release: Mapped[int] = mapped_column(ForeignKey("release.number"))
    to_release: Mapped[int | None] = mapped_column(ForeignKey("release.number"), default=None)
    body: Mapped[str] = mapped_column(Text)
    company: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str | None] = mapped_column(String(300))
    legal_name: Mapped[str | None] = mapped_column(String(300))
    owner: Mapped[str | None] = mapped_column(String(80))
    agency: Mapped[str | None] = mapped_column(String(80))
    kind: Mapped[str | None] = mapped_column(String(30))
    valid_to: Mapped[str | None] = mapped_column(String(10))
    retracted: Mapped[bool] = mapped_column(default=False)


class TieAward(Base):
    """A government award record that a tie lists, by USAspending's unique key."""

    __tablename__ = "tie_award"

    record_row: Mapped[int] = mapped_column(ForeignKey("record.row"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), index=True)
