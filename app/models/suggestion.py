"""What readers sent in. The one table that the web process writes; no person is named in it."""

from datetime import datetime

from sqlalchemy import DateTime, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Suggestion(Base):
    """A correction, an addition or a company's reply. `id` is the public ticket: 100 random bits. Neither sender nor
    address is kept. `text` and `source_url` are erased in time (docs/privacy.md); `erased_at` says when."""

    __tablename__ = "suggestion"
    __table_args__ = (Index("ix_suggestion_state", "state", "created_at"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    company: Mapped[str | None] = mapped_column(String(80))
    domain: Mapped[str | None] = mapped_column(String(253))
    tie: Mapped[str | None] = mapped_column(String(300))
    text: Mapped[str | None] = mapped_column(Text)
    source_url: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decision: Mapped[str | None] = mapped_column(Text)
    erased_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
