"""Releases: the number that rows point at, the files that readers take, and the log of changes."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json


class Release(Base):
    """One immutable release. The highest number is the current one.

    `shrunk` is the last release, up to this one, that was allowed to lose many domains. `withdrawn` says that a claim
    in it was retracted since: its files are gone (trust.md 12).
    """

    __tablename__ = "release"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    content_hash: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, int]] = mapped_column(Json)
    note: Mapped[str | None] = mapped_column(Text)
    shrunk: Mapped[int | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)


class ReleaseFile(Base):
    """A file of a release, ready to send in two encodings; in the database, so that it is committed with the rows and
    reaches every replica. `size` (bytes) and `sha256` are of the decoded bytes. A withdrawn file has none left."""

    __tablename__ = "release_file"

    release: Mapped[int] = mapped_column(ForeignKey("release.number"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    role: Mapped[str] = mapped_column(String(30))
    from_release: Mapped[int | None]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    br: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    gzip: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class Manifest(Base):
    """The signed manifest of a release: exact bytes and Ed25519 signature, replaced when it is signed afresh."""

    __tablename__ = "manifest"

    release: Mapped[int] = mapped_column(ForeignKey("release.number"), primary_key=True)
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    key_id: Mapped[str] = mapped_column(String(16))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class Step(Base):
    """What a release changed in the snapshot of the one before, by id: deltas over several releases are made of it."""

    __tablename__ = "step"

    release: Mapped[int] = mapped_column(ForeignKey("release.number"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class Change(Base):
    """One change of one record between a release and the one before. `before_row` and `after_row` are rows of
    `record`; the text stands there alone, so that a retraction takes it out of the log too."""

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_release", "release"),
        Index("ix_change_kind", "kind"),
        Index("ix_change_company", "company", "cursor"),
    )

    cursor: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    release: Mapped[int] = mapped_column(ForeignKey("release.number"))
    type: Mapped[str] = mapped_column(String(20))
    claim: Mapped[str] = mapped_column(String(300))
    company: Mapped[str | None] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    before_row: Mapped[int | None] = mapped_column(ForeignKey("record.row"))
    after_row: Mapped[int | None] = mapped_column(ForeignKey("record.row"))
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
