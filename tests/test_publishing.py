"""How a change becomes a release, on both databases: whole or not at all, and never in what was published before."""

import hashlib
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from app import models, publishing
from app.db import Database
from app.domains.match import Entry
from app.errors import AppError
from app.lookup import facts
from app.lookup.answer import company_answer
from app.models import Base
from app.publishing import BadSeed, Published, publish_seed
from app.queries import read
from app.settings import ROOT, Settings
from tests.conftest import make_settings
from tests.worlds import World, domain, owner, tie

Rows = dict[str, list[tuple[Any, ...]]]


def rows(database: Database) -> Rows:
    """All rows of all tables."""
    with database.read() as session:
        return {
            name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for name, table in Base.metadata.tables.items()
        }


def new(before: Rows, after: Rows) -> dict[str, int]:
    """How many rows each table has gained."""
    gained = {name: len(after[name]) - len(before[name]) for name in after}
    return {name: count for name, count in gained.items() if count}


def changes(database: Database, release: int) -> dict[str, models.Change]:
    with database.read() as session:
        found = session.scalars(select(models.Change).where(models.Change.release == release)).all()
        session.expunge_all()
    assert len({change.claim for change in found}) == len(found)
    return {change.claim: change for change in found}


def release(database: Database, number: int) -> models.Release:
    with database.read() as session:
        return session.get_one(models.Release, number)


def read_world(database: Database, number: int, companies: set[str] | None = None) -> facts.World:
    with database.read() as session:
        return read.load_world(session, session.get_one(models.Release, number), companies)


def read_names(database: Database, number: int) -> dict[str, Entry]:
    with database.read() as session:
        return {entry.name: entry for entry in read.entries(session, number)}


def snapshot(database: Database, number: int) -> tuple[models.ReleaseFile, bytes]:
    with database.read() as session:
        found = read.release_file(session, number, "snapshot.json")
    assert found is not None
    return found


@pytest.fixture
def first(database: Database, settings: Settings) -> Published:
    """Release 1: the made-up world."""
    return publish_seed(database, settings.seed_dir)


def again(database: Database, world: World) -> Published:
    return publish_seed(database, world.write())


def test_the_first_release(first: Published, database: Database) -> None:
    made = rows(database)
    versioned = ("company", "agency", "stop", "research", "claim")
    assert first.release == 1
    assert first.counts == {"companies": 6, "domains": 7, "ties": 4}
    assert first.changes == sum(len(made[name]) for name in versioned) == len(made["change"])
    row = release(database, 1)
    assert row.counts == first.counts
    assert re.fullmatch("[0-9a-f]{64}", row.content_hash)
    assert abs(row.published_at.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=1)
    for table in (models.Company, models.Agency, models.Stop, models.Research, models.Claim):
        with database.read() as session:
            spans = session.execute(select(table.from_release, table.to_release)).all()
        assert {tuple(span) for span in spans} == {(1, None)}


def test_the_change_log_of_the_first_release_says_all_of_it(first: Published, database: Database) -> None:
    logged = changes(database, 1)
    assert {change.kind for change in logged.values()} == {"added"}
    after = logged["bigco-ice-cloud"].after
    assert after is not None
    assert (after["title"], after["agency"]) == ("Title of bigco-ice-cloud", "us-ice")


def test_the_snapshot_is_the_release_s_file(first: Published, database: Database) -> None:
    described, body = snapshot(database, 1)
    assert (described.size, described.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert json.loads(body)["version"] == 1
    assert set(json.loads(body)["names"]) == set(read_names(database, 1))


def test_nothing_changed_is_no_release(first: Published, database: Database, world: World) -> None:
    before = rows(database)
    assert again(database, world) == Published(1, 0, first.counts)
    assert rows(database) == before


def test_the_order_and_form_of_a_file_are_no_change(first: Published, database: Database, world: World) -> None:
    for path in sorted((world.write() / "companies").iterdir()):
        record = json.loads(path.read_text("utf-8"))
        turned = dict(reversed(record.items()))
        path.write_text("# a comment\n" + json.dumps(turned), "utf-8")
    assert publish_seed(database, world.folder).changes == 0


def test_an_edit_changes_the_rows_of_one_tie(first: Published, database: Database, world: World) -> None:
    before = rows(database)
    world.companies["bigco"]["ties"][0]["title"] = "Another title"
    assert again(database, world) == Published(2, 1, first.counts)
    after = rows(database)
    expected = {"claim": 1, "tie": 1, "source": 1, "tie_award": 1, "release": 1, "release_file": 1, "change": 1}
    assert new(before, after) == expected
    # Of what was there only one cell has changed: the old row's end.
    columns = [column.name for column in Base.metadata.tables["claim"].columns]
    gone = set(map(repr, before["claim"])) - set(map(repr, after["claim"]))
    assert len(gone) == 1
    spans = [
        (row[columns.index("from_release")], row[columns.index("to_release")])
        for row in after["claim"]
        if row[columns.index("id")] == "bigco-ice-cloud"
    ]
    assert sorted(spans, key=repr) == [(1, 2), (2, None)]
    for name in after.keys() - {"claim"}:
        assert set(map(repr, before[name])) <= set(map(repr, after[name])), name
    assert {name: change.kind for name, change in changes(database, 2).items()} == {"bigco-ice-cloud": "changed"}


def edit_everything(world: World) -> None:
    """One change of every kind, in every table."""
    bigco = world.companies["bigco"]
    bigco |= {"legal_name": "Bigco Incorporated"}
    bigco["ties"][0] |= {"status": "ended", "valid_to": "2021", "title": "Over"}
    bigco["notes"][0]["text"] = "They never met."
    bigco["sources"]["award"]["title"] = "Award"
    world.companies["shoes"]["owners"] = [owner("bigco", valid_to="2022"), owner("quiet", valid_from="2022")]
    world.companies["code"]["domains"].append(domain("code.org"))
    world.companies["looked"]["research"][0]["date"] = "2026-02-02"
    world.agencies["us-ice"]["short_name"] = "I.C.E."
    world.hosted["platforms"][1]["platform"] = "Sites by Bigco"
    del world.companies["old"]


def test_an_old_release_stays_exactly_as_it_was(first: Published, database: Database, world: World) -> None:
    whole, names, body = read_world(database, 1), read_names(database, 1), snapshot(database, 1)[1]
    parts = {name: read_world(database, 1, {name}) for name in whole.companies}
    edit_everything(world)
    assert again(database, world).release == 2
    assert read_world(database, 1) == whole
    assert read_names(database, 1) == names
    assert {name: read_world(database, 1, {name}) for name in whole.companies} == parts
    assert snapshot(database, 1)[1] == body


def test_the_new_release_has_every_edit(first: Published, database: Database, world: World) -> None:
    edit_everything(world)
    again(database, world)
    made, names = read_world(database, 2), read_names(database, 2)
    bigco = made.companies["bigco"]
    assert (bigco.legal_name, bigco.ties[1].title, bigco.notes[0].text) == (
        "Bigco Incorporated",
        "Over",
        "They never met.",
    )
    assert bigco.ties[1].sources[0].title == "Award"
    assert [(edge.owner, edge.valid_to) for edge in made.owners["shoes"]] == [("bigco", "2022"), ("quiet", None)]
    assert made.companies["looked"].research[0].date == "2026-02-02"
    assert made.agencies["us-ice"].short_name == "I.C.E."
    assert "old" not in made.companies
    assert "old.com" not in names
    assert (names["code.org"].company, names["sites.bigco.com"].platform) == ("code", "Sites by Bigco")


def test_a_removal_closes_rows_and_is_logged_without_a_body(first: Published, database: Database, world: World) -> None:
    before = rows(database)
    del world.companies["old"]
    done = again(database, world)
    assert done == Published(2, 3, {"companies": 5, "domains": 6, "ties": 3})
    assert new(before, rows(database)) == {"release": 1, "release_file": 1, "change": 3}
    logged = changes(database, 2)
    assert logged.keys() == {"old", "old-ice", "old-domain-old-dot-com"}
    assert {(change.kind, change.after, change.note) for change in logged.values()} == {("removed", None, None)}


def test_what_comes_back_opens_a_new_row(first: Published, database: Database, world: World) -> None:
    old = world.companies.pop("old")
    again(database, world)
    world.companies["old"] = old
    assert again(database, world).release == 3
    assert read_world(database, 3).companies == read_world(database, 1).companies
    assert "old" not in read_world(database, 2).companies
    assert release(database, 3).content_hash == release(database, 1).content_hash != release(database, 2).content_hash


def mark(claim: dict[str, Any], status: str, note: str = "Because.") -> None:
    claim |= {"claim_status": status, "history": [{"date": "2026-03", "status": status, "note": note}]}


@pytest.mark.parametrize("status", ["disputed", "corrected", "retracted"])
def test_the_log_says_what_became_of_a_claim_and_why(
    status: str, first: Published, database: Database, world: World
) -> None:
    mark(world.companies["bigco"]["ties"][0], status)
    assert again(database, world).changes == 1
    change = changes(database, 2)["bigco-ice-cloud"]
    assert (change.kind, change.note, change.before) == (status, "Because.", None)
    assert (change.after is None) == (status == "retracted")


def everything_said(database: Database, number: int) -> str:
    """All that a reader of a release can get at."""
    with database.read() as session:
        found = [
            read.search_companies(session, number, text="code"),
            read.search_companies(session, number, agency="us-ice"),
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


def test_a_domain_that_was_handed_over_names_its_company_of_today(database: Database, world: World) -> None:
    world.companies["quiet"]["domains"].append(domain("shoes.com", valid_to="2019"))
    world.companies["shoes"]["domains"][0]["valid_from"] = "2019"
    again(database, world)
    assert read_names(database, 1)["shoes.com"].company == "shoes"


def test_an_answer_needs_only_its_own_part_of_the_world(first: Published, database: Database, world: World) -> None:
    world.companies["shoes"]["owners"] = [owner("quiet", valid_to="2016"), owner("code", valid_from="2016")]
    world.companies["shoes"]["ties"] = [tie("shoes-via", kind="reseller", via="old")]
    world.companies["shoes"]["sources"] |= {"award": world.companies["bigco"]["sources"]["award"]}
    again(database, world)
    whole = read_world(database, 2)
    for name in whole.companies:
        assert company_answer(read_world(database, 2, {name}), name) == company_answer(whole, name)


def test_the_content_hash_is_of_the_content_alone(
    first: Published, database: Database, settings: Settings, tmp_path: Path
) -> None:
    other = Database(make_settings(tmp_path / "other"))
    other.migrate()
    publish_seed(other, settings.seed_dir)
    assert release(other, 1).content_hash == release(database, 1).content_hash
    other.close()


def test_money_dates_and_codes_come_back_as_written(database: Database, world: World) -> None:
    amounts = [
        {"kind": "reported", "value": value, "as_of": "2018-10", "source": "award"}
        for value in ("19400000", "2053653.84", "0.10", "9" * 13 + ".99")
    ]
    world.companies["bigco"]["ties"][0] |= {"amounts": amounts, "cage": "01234", "recipient": "O'BIG & CÖ \\ %"}
    again(database, world)
    held = next(t for t in read_world(database, 1).companies["bigco"].ties if t.id == "bigco-ice-cloud")
    assert [amount.value for amount in held.amounts] == [amount["value"] for amount in amounts]
    assert [amount.as_of for amount in held.amounts] == ["2018-10"] * 4
    assert (held.cage, held.recipient, held.status_as_of) == ("01234", "O'BIG & CÖ \\ %", "2020-01")


def test_the_longest_values_the_checks_let_through_fit_their_columns(database: Database, world: World) -> None:
    line, slug = "é" * 300, "s" * 80
    world.agencies[slug] = {"id": slug, "name": line, "short_name": "é" * 100, "country": "US"}
    tied = tie("t" * 80, agency=slug, title=line, summary="é" * 2000, awards=["CONT_AWD_" + "1" * 191])
    tied |= {"kind": "reseller", "via_name": line, "recipient": line, "verified_by": "h" * 39}
    site = domain("a" * 63 + "." + "b" * 63 + ".com")
    award = world.companies["bigco"]["sources"]["award"] | {"publisher": line, "title": line, "locator": line}
    page = {"url": "https://x.example/" + "u" * 3000, "publisher": "P", "type": "press"}
    searched = [{"where": line, "what": "é" * 2000}] * 2
    world.companies[slug] = {
        "id": slug,
        "name": line,
        "legal_name": line,
        "sources": {"award": award, "page": page},
        "domains": [site],
        "ties": [tied],
        "research": [{"id": "r" * 80, "date": "2020", "by": "b" * 39, "searched": searched}],
    }
    world.hosted["platforms"].append({"name": "n" * 60 + ".com", "platform": line, "apex": "stop", "company": slug})
    again(database, world)
    assert read_world(database, 1).companies[slug].ties[0].title == line


def test_a_bad_seed_changes_nothing(first: Published, database: Database, world: World) -> None:
    before = rows(database)
    world.companies["code"]["ties"][0]["title"] = "A good edit"
    world.companies["quiet"]["domains"][0]["name"] = "co.uk"
    world.companies["old"]["colour"] = "red"
    with pytest.raises(BadSeed) as caught:
        again(database, world)
    assert (caught.value.status, len(caught.value.problems)) == (422, 2)
    assert rows(database) == before


class CrashError(Exception):
    pass


@pytest.mark.parametrize("step", ["_log_changes", "write", "_write_snapshot"])
def test_a_crash_in_the_middle_leaves_the_old_release(
    step: str, first: Published, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real_step = rows(database), getattr(publishing, step)

    def crash(*args: Any) -> None:
        real_step(*args)
        raise CrashError

    edit_everything(world)
    with monkeypatch.context() as patched:
        patched.setattr(publishing, step, crash)
        with pytest.raises(CrashError):
            again(database, world)
    assert rows(database) == before
    assert again(database, world).release == 2


KILLED = """
import os, sys
from pathlib import Path
from app import publishing
from app.db import Database
from app.settings import load_settings
publishing._write_snapshot = lambda session, release: (session.flush(), os._exit(9))
publishing.publish_seed(Database(load_settings()), Path(sys.argv[1]))
"""


def run_python(settings: Settings, script: str, *args: str) -> subprocess.Popen[str]:
    environment = {"GOVTIES_DATABASE_URL": settings.database, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script, *args]
    return subprocess.Popen(command, env=environment, cwd=settings.seed_dir, text=True, stderr=subprocess.PIPE)


def test_a_process_that_dies_in_the_middle_leaves_the_old_release(
    first: Published, database: Database, settings: Settings, world: World
) -> None:
    before = rows(database)
    edit_everything(world)
    with run_python(settings, KILLED, str(world.write())) as process:
        assert process.wait(60) == 9
    assert rows(database) == before
    assert again(database, world).release == 2


@pytest.fixture
def writing(database: Database) -> Iterator[threading.Event]:
    """Another writer that holds the lock until the event is set."""
    holds, may_go = threading.Event(), threading.Event()

    def write() -> None:
        with database.write():
            holds.set()
            may_go.wait(30)

    thread = threading.Thread(target=write)
    thread.start()
    assert holds.wait(30)
    yield may_go
    may_go.set()
    thread.join()


def test_one_writer_wins_and_the_other_is_told(
    first: Published, database: Database, world: World, writing: threading.Event
) -> None:
    before = rows(database)  # readers are not held up
    edit_everything(world)
    with pytest.raises(AppError) as caught:
        again(database, world)
    assert (caught.value.type, caught.value.status) == ("busy", 409)
    assert rows(database) == before


def test_many_at_once_publish_one_release(database: Database, world: World) -> None:
    seed, together = world.write(), threading.Barrier(6)
    outcomes: list[int | str] = []

    def publish() -> None:
        together.wait()
        try:
            outcomes.append(publish_seed(database, seed).release)
        except AppError as error:
            outcomes.append(error.type)

    threads = [threading.Thread(target=publish) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 6
    assert 1 in outcomes
    assert set(outcomes) <= {1, "busy"}
    assert len(rows(database)["release"]) == 1


def test_migrations_go_down_and_up_again_with_data_in_them(
    first: Published, database: Database, settings: Settings
) -> None:
    before = read_world(database, 1)
    database.migrate("base")
    with database.read() as session:
        assert inspect(session.connection()).get_table_names() == ["alembic_version"]
    database.migrate()
    assert {name: len(found) for name, found in rows(database).items() if found} == {}
    publish_seed(database, settings.seed_dir)
    assert read_world(database, 1).companies == before.companies


def test_migrating_again_keeps_the_data(first: Published, database: Database) -> None:
    before = rows(database)
    database.migrate()
    assert rows(database) == before


MIGRATE = """
from app.db import Database
from app.settings import load_settings
Database(load_settings()).migrate()
"""


@pytest.mark.stack
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_four_processes_migrate_at_once(settings: Settings) -> None:
    processes = [run_python(settings, MIGRATE) for _ in range(4)]
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in processes] == [("", 0)] * 4
    database = Database(settings)
    assert {name for name, found in rows(database).items() if found} == set()
    with database.read() as session:
        assert len(session.execute(text("SELECT * FROM alembic_version")).all()) == 1
    database.close()
