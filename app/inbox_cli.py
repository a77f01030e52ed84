"""`govties inbox`: read what was sent, accept it as an edit of the seed, or decline it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from app.db import Database
from app.errors import NotFound
from app.inbox.edit import Edit, edit_of
from app.inbox.store import decide, erase_old
from app.inbox.suggestion import Kind, State, ticket_of
from app.models import Suggestion
from app.queries import suggestions as query
from app.queries.read import iso
from app.seeding.editing import replace
from app.seeding.reader import read_tree
from app.settings import Settings, load_settings
from app.terminal import out, show

inbox_cli = typer.Typer(no_args_is_help=True, help="What readers sent in: list, show, accept, decline.")
Ticket = Annotated[str, typer.Argument(help="The ticket, or its first letters where no other begins so.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in public words. Name no person.", min=1, max=2000)]
HEAD = 60


@contextmanager
def _opened() -> Iterator[tuple[Settings, Database]]:
    """The database, after what has been kept long enough is erased."""
    settings = load_settings()
    database = Database(settings)
    try:
        erase_old(database, settings)
        yield settings, database
    finally:
        database.close()


@inbox_cli.command("list")
def list_suggestions(
    state: Annotated[
        State | None, typer.Option(help="open, accepted or declined; without it all that are open.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Suggestions, the oldest first."""
    with _opened() as (_, database), database.read() as session:
        found = query.suggestions(session, state or State.OPEN)
    if as_json:
        out.print_json(json.dumps([_whole(row) for row in found]))
        return
    if not found:
        show("Nothing waits for a decision." if state in (None, State.OPEN) else f"Nothing is {state}.")
    for row in found:
        about = row.tie or row.company or row.domain or ""
        head = " ".join((row.text or "(erased)").split())[:HEAD]
        show(f"{row.id}  {iso(row.created_at)[:10]}  {row.kind:<13}  {about:<30}  {head}")


@inbox_cli.command("show")
def show_suggestion(
    ticket: Ticket, as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False
) -> None:
    """One suggestion, whole."""
    with _opened() as (_, database):
        row = _found(database, ticket)
    if as_json:
        out.print_json(json.dumps(_whole(row)))
        return
    for name, value in _whole(row).items():
        if value is not None:
            show(f"{name:>12}  {value}")
    if row.kind == Kind.COMPANY_REPLY:
        show(f"{'look':>12}  Is that page the company's own? On a platform anyone can have a page on its domain.")


@inbox_cli.command("accept")
def accept(
    ticket: Ticket,
    reason: Reason,
    as_patch: Annotated[
        bool, typer.Option("--patch", help="Print the edit as a patch for `git apply`; write nothing into the seed.")
    ] = False,
) -> None:
    """Accept: write the edit into the seed, with blanks to fill in, and say so on the public ticket."""
    with _opened() as (settings, database):
        row = _found(database, ticket)
        tree = read_tree(settings.seed_dir)
        with database.write() as session:
            decide(session, row.id, State.ACCEPTED, reason)
            edit = edit_of(row, tree, settings.seed_dir, datetime.now(UTC).date())
            if not as_patch:
                replace(edit.path, edit.after)
    if as_patch:
        out.print(edit.patch(settings.seed_dir), markup=False, highlight=False, end="")
    else:
        _next_steps(row, edit)


def _next_steps(row: Suggestion, edit: Edit) -> None:
    show(f"Accepted. {edit.path} has the source and blanks to fill in. Now:")
    show(f"  git switch -c suggestion-{row.id[:8]}")
    show("  govties seed check      names every blank with its line")
    show("  govties seed apply      publishes, when nothing is blank any more")


@inbox_cli.command("decline")
def decline(ticket: Ticket, reason: Reason) -> None:
    """Decline, with a reason that the public ticket shows. What was sent is erased after some days."""
    with _opened() as (settings, database):
        row = _found(database, ticket)
        with database.write() as session:
            decide(session, row.id, State.DECLINED, reason)
    show(f"Declined. What was sent is erased after {settings.suggestion_declined_days} days; the reason stays.")


def _found(database: Database, ticket: str) -> Suggestion:
    with database.read() as session:
        found = [row for row in query.suggestions(session) if ticket and row.id.startswith(ticket.lower())]
    if len(found) != 1:
        raise NotFound("suggestion", ticket)
    return found[0]


def _whole(row: Suggestion) -> dict[str, str | None]:
    """What a maintainer sees: the public ticket, and what was sent."""
    return {**ticket_of(row).model_dump(), "text": row.text, "source_url": row.source_url}
