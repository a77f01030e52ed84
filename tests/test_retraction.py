"""What becomes of claims that are disputed, corrected or retracted, from the seed to every reader."""

from typing import Any

import pytest

from app.db import Database
from app.lookup.answer import company_answer
from app.publishing import Published
from app.queries import pages, read
from tests.releases_read import again, changes, read_names, read_world, snapshot
from tests.worlds import World


def mark(claim: dict[str, Any], status: str, note: str = "Because.") -> None:
    claim |= {"claim_status": status, "history": [{"date": "2026-03", "status": status, "note": note}]}


@pytest.mark.parametrize("status", ["disputed", "corrected", "retracted"])
def test_the_log_says_what_became_of_a_claim_and_why(
    status: str, first: Published, database: Database, world: World
) -> None:
    mark(world.companies["bigco"]["ties"][0], status)
    assert again(database, world).changes == 1
    change = changes(database, 2)["bigco-ice-cloud"]
    assert (change.kind, change.note, change.before is None) == (status, "Because.", status == "retracted")
    assert (change.after is None) == (status == "retracted")


def everything_said(database: Database, number: int) -> str:
    """All that a reader of a release can get at."""
    with database.read() as session:
        found = [
            read.list_companies(session, number),
            read.list_companies(session, number, agency="us-ice"),
            pages.sites_with(session, number, "code"),
            read.agency_ties(session, number, "us-ice"),
            read.tie_holder(session, number, "code-ice-licence"),
        ]
    whole = read_world(database, number)
    answers = [company_answer(whole, name) for name in whole.companies]
    logged = [(change.after, change.before) for change in changes(database, number).values()]
    return f"{found} {whole} {answers} {read_names(database, number)} {snapshot(database, number)[1]!r} {logged}"


def test_a_retracted_tie_is_nowhere(first: Published, database: Database, world: World) -> None:
    text_of_it = ("code-ice-licence", "Title of code-ice-licence", "Summary of code-ice-licence")
    assert all(part in everything_said(database, 1) for part in text_of_it)
    mark(world.companies["code"]["ties"][0], "retracted", "The document was a forgery.")
    again(database, world)
    assert not [part for part in text_of_it if part in everything_said(database, 2)]
    assert changes(database, 2)["code-ice-licence"].note == "The document was a forgery."
    assert changes(database, 1)["code-ice-licence"].after is None
    assert read_world(database, 2).companies["code"].ties == ()


def test_a_tie_that_was_retracted_before_the_first_release_is_nowhere(database: Database, world: World) -> None:
    mark(world.companies["code"]["ties"][0], "retracted", "The document was a forgery.")
    again(database, world)
    assert "Title of code-ice-licence" not in everything_said(database, 1)
    change = changes(database, 1)["code-ice-licence"]
    assert (change.kind, change.after, change.note) == ("retracted", None, "The document was a forgery.")


def test_retracted_domains_owners_and_notes_are_gone(first: Published, database: Database, world: World) -> None:
    mark(world.companies["code"]["domains"][0], "retracted")
    mark(world.companies["shoes"]["owners"][0], "retracted")
    mark(world.companies["bigco"]["notes"][0], "retracted")
    again(database, world)
    whole = read_world(database, 2)
    assert "code.com" not in read_names(database, 2)
    assert (whole.companies["code"].domains, whole.companies["bigco"].notes) == ((), ())
    assert "shoes" not in whole.owners
    assert [edge.company for edge in whole.owned["bigco"]] == ["code"]


def test_a_disputed_tie_counts(first: Published, database: Database, world: World) -> None:
    mark(world.companies["bigco"]["ties"][0], "disputed")
    again(database, world)
    answer = company_answer(read_world(database, 2), "shoes")
    assert (answer.state, answer.ties[0].claim_status) == ("via_owner", "disputed")
    assert answer.ties[0].history[0].note == "Because."
