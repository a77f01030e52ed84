"""Selects suggestions."""

from sqlalchemy import select

from app.db import ReadSession
from app.models import Suggestion


def suggestion(session: ReadSession, ticket: str) -> Suggestion | None:
    """The suggestion of a ticket."""
    return session.get(Suggestion, ticket)


def suggestions(session: ReadSession, state: str | None = None) -> list[Suggestion]:
    """Suggestions of one state or of all, the oldest first."""
    query = select(Suggestion).order_by(Suggestion.created_at, Suggestion.id)
    return list(session.scalars(query.where(Suggestion.state == state) if state else query))
