"""How a change becomes a release, on both databases, and never changes what was published before."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from app import models
from app.db import Database
from app.lookup.answer import company_answer
from app.models import Base
from app.publishing import Published
from app.settings import Settings
from tests.conftest import make_settings
from tests.keys import publish
from tests.releases_read import again, changes, edit_everything, new, read_names, read_world, release, rows, snapshot
from tests.worlds import World, domain, owner, tie


def test_the_first_release(database: Database, settings: Settings) -> None:
    first = publish(database, settings.seed_dir)
    made = rows(database)
    assert first.release == 1
    assert first.counts == {"companies": 6, "domains": 7, "ties": 4}
    assert first.changes == len(made["record"]) == len(made["change"])
    row = release(database, 1)
    assert row.counts == first.counts
    assert re.fullmatch("[0-9a-f]{64}", row.content_hash)
    assert abs(row.published_at.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=1)
    with database.read() as session:
        spans = session.execute(select(models.Record.from_release, models.Record.to_release)).all()
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
    assert publish(database, world.folder).changes == 0


def test_an_edit_changes_the_rows_of_one_tie(first: Published, database: Database, world: World) -> None:
    before = rows(database)
    world.companies["bigco"]["ties"][0]["title"] = "Another title"
    assert again(database, world) == Published(2, 1, first.counts)
    after = rows(database)
    expected = {"record": 1, "tie_award": 1, "release": 1, "release_file": 2, "manifest": 1, "step": 1, "change": 1}
    assert new(before, after) == expected
    # Of what was there only one cell has changed: the old row's end.
    columns = [column.name for column in Base.metadata.tables["record"].columns]
    gone = set(map(repr, before["record"])) - set(map(repr, after["record"]))
    assert len(gone) == 1
    spans = [
        (row[columns.index("from_release")], row[columns.index("to_release")])
        for row in after["record"]
        if row[columns.index("id")] == "bigco-ice-cloud"
    ]
    assert sorted(spans, key=repr) == [(1, 2), (2, None)]
    for name in after.keys() - {"record"}:
        assert set(map(repr, before[name])) <= set(map(repr, after[name])), name
    assert {name: change.kind for name, change in changes(database, 2).items()} == {"bigco-ice-cloud": "changed"}


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
    assert new(before, rows(database)) == {"release": 1, "release_file": 2, "manifest": 1, "step": 1, "change": 3}
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
    publish(other, settings.seed_dir)
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
    world.agencies[slug] = {"id": slug, "name": "ü" * 300, "short_name": "ö" * 100, "country": "US"}
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
