"""Releases: the number that rows point at, the files that readers take, and the log of changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json


class Release(Base):
    """One immutable release. The highest number is the current one."""

    __tablename__ = "release"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    content_hash: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, int]] = mapped_column(Json)


class ReleaseFile(Base):
    """A file of a release, kept in the database so that it is committed with its rows and reaches every replica."""

    __tablename__ = "release_file"

    release: Mapped[int] = mapped_column(ForeignKey("release.number"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    role: Mapped[str] = mapped_column(String(30))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Change(Base):
    """One change of one claim between a release and the one before."""

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_release", "release"),)

    cursor: Mapped[int] = mapped_column(Integer, primary_key=True)
    release: Mapped[int] = mapped_column(ForeignKey("release.number"))
    claim: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(20))
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
