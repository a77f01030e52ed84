"""Companies, agencies, names that are no company's own, and research entries."""

from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, Versioned, one_current


class Company(Versioned, Base):
    """A company. Never a natural person (trust.md 9)."""

    __tablename__ = "company"
    __table_args__ = one_current("company")

    name: Mapped[str] = mapped_column(String(300))
    legal_name: Mapped[str | None] = mapped_column(String(300))


class Agency(Versioned, Base):
    """A government agency and the one above it."""

    __tablename__ = "agency"
    __table_args__ = one_current("agency")

    name: Mapped[str] = mapped_column(String(300))
    short_name: Mapped[str] = mapped_column(String(100))
    country: Mapped[str] = mapped_column(String(2))
    parent: Mapped[str | None] = mapped_column(String(80))
    toptier: Mapped[str | None] = mapped_column(String(3))
    subtier: Mapped[str | None] = mapped_column(String(4))


class Stop(Versioned, Base):
    """A name at which the walk up a host's labels ends without accusing its owner: hosted content, a government's
    suffix, a public suffix. `id` is the name itself; `apex` and `children` say what the name and those below are."""

    __tablename__ = "stop"
    __table_args__ = one_current("stop")

    kind: Mapped[str] = mapped_column(String(20))
    apex: Mapped[str] = mapped_column(String(10))
    children: Mapped[str] = mapped_column(String(10))
    platform: Mapped[str | None] = mapped_column(String(300))
    company: Mapped[str | None] = mapped_column(String(80))


class Research(Versioned, Base):
    """What was searched for a company, and when: the ground of `none_found`."""

    __tablename__ = "research"
    __table_args__ = (*one_current("research"), Index("ix_research_company", "company"))

    company: Mapped[str] = mapped_column(String(80))
    date: Mapped[str] = mapped_column(String(10))
    by: Mapped[str] = mapped_column(Text)
    searched: Mapped[list[dict[str, Any]]] = mapped_column(Json)
