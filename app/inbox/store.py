"""Puts suggestions in, decides on them, erases what has been kept long enough."""

import base64
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from app.db import Database, WriteSession
from app.errors import AppError, NotFound
from app.inbox.suggestion import NewSuggestion, State
from app.models import Suggestion
from app.settings import Settings

# A reason that a maintainer cannot have given; pages say it in the reader's language.
EXPIRED = "Nobody decided on this in time; what was sent has been erased. It may be sent again."


def new_ticket() -> str:
    """A public name for a suggestion: 100 random bits in 20 letters and digits, which nobody guesses."""
    return base64.b32encode(secrets.token_bytes(13)).decode().lower()[:20]


def put_in(database: Database, new: NewSuggestion) -> Suggestion:
    """Keep a suggestion. Raises Unavailable where the database cannot take it."""
    row = Suggestion(
        id=new_ticket(),
        kind=new.kind,
        state=State.OPEN,
        company=new.company,
        domain=new.domain,
        tie=new.tie,
        text=new.text,
        source_url=new.source_url,
        created_at=datetime.now(UTC).replace(microsecond=0),
    )
    with database.inbox() as session:
        session.add(row)
        session.flush()
        session.expunge(row)
    return row


def decide(session: WriteSession, ticket: str, state: State, reason: str) -> Suggestion:
    """Accept or decline an open suggestion, with a public reason. Raises NotFound, and AppError `decided` where it has
    been decided on before."""
    row = session.get(Suggestion, ticket, with_for_update=True)
    if row is None:
        raise NotFound("suggestion", ticket)
    if row.state != State.OPEN:
        raise AppError("decided", 409, f"Suggestion {ticket} has been {row.state} already: {row.decision}")
    row.state, row.decision = state, reason
    row.decided_at = datetime.now(UTC).replace(microsecond=0)
    session.flush()
    return row


def erase_old(database: Database, settings: Settings, now: datetime | None = None) -> int:
    """Erase what was sent and declined `suggestion_declined_days` ago, and what nobody decided on for
    `suggestion_open_days`, which is declined so. Returns how many were erased. Raises Unavailable."""
    moment = now or datetime.now(UTC)
    kept = update(Suggestion).where(Suggestion.erased_at.is_(None))
    nothing = {"text": None, "source_url": None, "erased_at": moment}
    until = moment - timedelta(days=settings.suggestion_open_days)
    late = kept.where(Suggestion.state == State.OPEN, Suggestion.created_at < until)
    until = moment - timedelta(days=settings.suggestion_declined_days)
    declined = kept.where(Suggestion.state == State.DECLINED, Suggestion.decided_at < until)
    ended = {"state": State.DECLINED, "decision": EXPIRED, "decided_at": moment}
    with database.inbox() as session:
        done = [session.execute(late.values(**nothing, **ended)), session.execute(declined.values(**nothing))]
        return sum(int(getattr(result, "rowcount", 0)) for result in done)
