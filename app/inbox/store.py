"""Puts suggestions in, decides on them, erases what has been kept long enough."""

import base64
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from app.db import Database, InboxSession, WriteSession
from app.errors import AppError, NotFound
from app.inbox.suggestion import NewSuggestion, State
from app.models import Suggestion

# A reason that a maintainer cannot have given; pages say it in the reader's language.
EXPIRED = "Nobody decided on this in time; what was sent has been erased. It may be sent again."
# More than people read; a flood stops here.
MAX_OPEN = 5_000


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


def erase_old(session: WriteSession | InboxSession, open_days: int, declined_days: int, now: datetime) -> int:
    """Erase the text and the address of what was declined `declined_days` ago, and of what nobody decided on for
    `open_days`, which is declined so. Returns how many were erased."""
    kept = update(Suggestion).where(Suggestion.erased_at.is_(None))
    nothing = {"text": None, "source_url": None, "erased_at": now}
    late = kept.where(Suggestion.state == State.OPEN, Suggestion.created_at < now - timedelta(days=open_days))
    declined = kept.where(
        Suggestion.state == State.DECLINED, Suggestion.decided_at < now - timedelta(days=declined_days)
    )
    ended = {"state": State.DECLINED, "decision": EXPIRED, "decided_at": now}
    done = [session.execute(late.values(**nothing, **ended)), session.execute(declined.values(**nothing))]
    return sum(int(getattr(result, "rowcount", 0)) for result in done)
