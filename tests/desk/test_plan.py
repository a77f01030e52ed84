"""The plan against brute force: all answers of the release before and of the one that publishing makes."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest

from app.db import Database
from app.desk.plan import Plan, plan
from app.domains.names import parse_host
from app.lookup.answer import Answer, company_answer
from app.lookup.badge import Badge, badge_of
from app.lookup.facts import Release
from app.lookup.service import resolve
from app.queries import read
from app.render.wording import with_summary
from app.seeding.checks import check
from app.seeding.reader import read_tree
from tests.conftest import make_settings
from tests.copies import publish_first
from tests.keys import publish
from tests.seeding.bad_seeds import sources
from tests.seeding.seeds import Change, add, both, put
from tests.worlds import Record, World, company, domain, owner, source, tie

SAME = Release(version=0, published_at="")
T = TypeVar("T")


class Written(Protocol):
    """Seed files under a folder."""

    folder: Path

    def write(self) -> Path: ...


class Whole:
    """The current release with every part of it loaded, and its answers about any names."""

    def __init__(self, database: Database) -> None:
        with database.read() as session:
            row = read.current_release(session)
            assert row
            self._world = replace(read.load_world(session, row), release=SAME)
            self.index = {entry.name: entry for entry in read.entries(session, row.number)}

    def answers(self, names: set[str]) -> dict[str, Answer]:
        return {name: self._answer(name) for name in names}

    def _answer(self, name: str) -> Answer:
        hit = resolve(parse_host(name), self.index, SAME)
        if isinstance(hit, Answer):
            return with_summary(hit, "en")
        return replace(with_summary(company_answer(self._world, hit.company), "en"), query=name, domain=hit.domain)


def compared(database: Database, world: Written) -> Plan:
    """Plan, publish, and compare all answers before and after with what the plan said."""
    tree = read_tree(world.write())
    assert [str(problem) for problem in check(tree)] == []
    found, old = plan(database, tree), Whole(database)
    done = publish(database, world.folder, allow_shrink=True)
    new = Whole(database)
    names = old.index.keys() | new.index.keys()
    before, after = old.answers(names), new.answers(names)
    differing = sorted(name for name in names if before[name] != after[name])
    badges = {name: (badge_of(before[name]), badge_of(after[name])) for name in differing}
    texts = {name: (before[name].summary, after[name].summary) for name in differing}
    assert list(found.answers) == differing
    assert {each.domain: (each.before, each.after) for each in found.badges} == changed(badges)
    assert {name: (each.before, each.after) for each in found.texts for name in each.domains} == changed(texts)
    assert len(found.changes) == done.changes
    return found


def changed(pairs: dict[str, tuple[T, T]]) -> dict[str, tuple[T, T]]:
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@pytest.fixture
def held(tmp_path: Path, world: World) -> Database:
    """A database with the made-up world as release 1."""
    database = Database(make_settings(tmp_path))
    publish_first(database, world.write())
    return database


AWARD = source("government_record", "USAspending.gov")


def new_tie(holder: str, **more: Any) -> Change:
    record = tie(f"{holder}-new", **{"evidence": "record", "sources": ["new"], **more})
    return both(sources(holder, new=AWARD), add(holder, "ties", record))


def agency(which: str, **more: Any) -> Change:
    return lambda world: world.agencies[which].update(more)


def moved_away(world: World) -> None:
    del world.companies["old"]["domains"], world.companies["old"]["sources"]["page"]


RETRACTED = {"claim_status": "retracted", "history": [{"date": "2026-01-03", "status": "retracted", "note": "Wrong."}]}
NEW = company("new", domains=[domain("new.com"), domain("shop.bigco.com")], owners=[owner("quiet")])

EDITS: list[tuple[str, Change, dict[str, tuple[Badge, Badge]]]] = [
    ("nothing", put("quiet"), {}),
    (
        "a tie of a company by itself",
        new_tie("quiet"),
        {n: (Badge("not_researched", "plain", 0), Badge("documented", "documented", 1)) for n in ("quiet.com",)}
        | {n: (Badge("not_researched", "plain", 0), Badge("documented", "documented", 1))
           for n in ("pages.com", "www.pages.com")},
    ),
    (
        "a tie that ends",
        put("code", "ties", 0, status="ended", valid_to="2021"),
        {
            "code.com": (Badge("documented", "single_report", 2), Badge("via_owner", "via_owner", 1)),
            "bigco.com": (Badge("documented", "documented", 2), Badge("documented", "documented", 1)),
            "bigco.co.uk": (Badge("documented", "documented", 2), Badge("documented", "documented", 1)),
        },
    ),
    (
        "a company sold",
        put("shoes", "owners", 0, valid_to="2024"),
        {"shoes.com": (Badge("via_owner", "via_owner", 1), Badge("not_researched", "plain", 0))},
    ),
    ("a quote alone", put("quiet", "sources", "page", quote="We sell quiet."), {}),
]  # fmt: skip


@pytest.mark.parametrize(("title", "change", "badges"), EDITS, ids=[each[0].replace(" ", "-") for each in EDITS])
def test_the_plan_names_the_badges_that_change(
    title: str, change: Change, badges: dict[str, tuple[Badge, Badge]], held: Database, world: World
) -> None:
    change(world)
    found = compared(held, world)
    assert {each.domain: (each.before, each.after) for each in found.badges} == badges


OTHERS: list[tuple[str, Change]] = [
    ("another name of an owner", put("bigco", name="Biggest")),
    ("another short name of an agency", agency("us-ice", short_name="I.C.E.")),
    ("a retraction", put("bigco", "ties", 0, **RETRACTED)),
    ("a name below another's", lambda world: world.companies.update(new=NEW)),
    ("a name goes", lambda world: world.companies["bigco"]["domains"].pop()),
    ("a name moves", both(moved_away, add("quiet", "domains", domain("old.com")))),
    ("a domain that is over", put("old", "domains", 0, valid_to="2020")),
    ("a platform that goes", lambda world: world.hosted["platforms"].pop()),
    ("a platform of another company", lambda world: world.hosted["platforms"][0].update(company="old")),
    ("another owner", put("shoes", "owners", 0, owner="old")),
    ("a contractor", new_tie("quiet", kind="reseller", via="old")),
    ("research", lambda world: world.companies["looked"].pop("research")),
    ("a company of its own kind goes", lambda world: world.companies.pop("old")),
]


@pytest.mark.parametrize(("title", "change"), OTHERS, ids=[each[0].replace(" ", "-") for each in OTHERS])
def test_the_plan_is_what_publishing_does(title: str, change: Change, held: Database, world: World) -> None:
    change(world)
    compared(held, world)


class Editor:
    """Edits a world at random so that it stays sound."""

    def __init__(self, number: int, world: World) -> None:
        self.chance = random.Random(number)
        self.world = world
        self.count = 0

    def edit(self) -> str:
        moves: list[Callable[[], object]] = [
            self.add_tie, self.end_tie, self.rename, self.sell, self.buy, self.new_company, self.drop_domain,
            self.add_domain, self.retract, self.agency,
        ]  # fmt: skip
        move = self.chance.choice(moves)
        move()
        return move.__name__

    def _company(self) -> Record:
        return self.world.companies[self.chance.choice(sorted(self.world.companies))]

    def _ties(self) -> list[Record]:
        ties = [t for c in self.world.companies.values() for t in c.get("ties", ())]
        return [t for t in ties if t.get("claim_status") != "retracted"]

    def _next(self) -> int:
        self.count += 1
        return self.count

    def add_tie(self) -> None:
        record, number = self._company(), self._next()
        single = self.chance.random() < 0.5
        record["sources"][f"r{number}"] = source("press" if single else "government_record", f"Publisher {number}")
        evidence = "single_report" if single else "record"
        status = self.chance.choice(["active", "unknown", "ended"])
        made = tie(f"t-{number}", evidence=evidence, sources=[f"r{number}"], status=status)
        record.setdefault("ties", []).append(made)

    def end_tie(self) -> None:
        for each in self.chance.sample(self._ties(), k=min(1, len(self._ties()))):
            each.update(status="ended", valid_to="2022")

    def rename(self) -> None:
        self._company()["name"] += "s"

    def sell(self) -> None:
        owned = [o for c in self.world.companies.values() for o in c.get("owners", ()) if "valid_to" not in o]
        for each in owned[:1]:
            each["valid_to"] = "2023"

    def buy(self) -> None:
        free = [c for c in sorted(self.world.companies) if not self.world.companies[c].get("owners")]
        if len(free) < 2:
            return
        bought, by = self.chance.sample(free, 2)
        if any(o["owner"] == bought for c in self.world.companies.values() for o in c.get("owners", ())):
            return  # it has companies below it: its buyer may be one of them
        record = self.world.companies[bought]
        record["sources"].setdefault("page", source("company_statement", "Deal"))
        record["owners"] = [owner(by, valid_from="2020")]

    def new_company(self) -> None:
        number = self._next()
        record = company(f"n{number}", domains=[domain(f"n{number}.com"), domain(f"n{number}.bigco.com")])
        self.world.companies[f"n{number}"] = record

    def add_domain(self) -> None:
        record, number = self._company(), self._next()
        record["sources"].setdefault("page", source("company_statement", "Page"))
        record.setdefault("domains", []).append(domain(f"d{number}.code.com"))

    def drop_domain(self) -> None:
        with_many = [c for c in self.world.companies.values() if len(c.get("domains", ())) > 1]
        for record in with_many[:1]:
            record["domains"].pop(self.chance.randrange(len(record["domains"])))

    def retract(self) -> None:
        for each in self.chance.sample(self._ties(), k=min(1, len(self._ties()))):
            each.update(RETRACTED)

    def agency(self) -> None:
        self.world.agencies["us-ice"]["short_name"] = f"ICE{self._next()}"


@pytest.mark.parametrize("number", range(4))
def test_the_plan_equals_brute_force_after_random_edits(number: int, held: Database, world: World) -> None:
    editor = Editor(number, world)
    for _ in range(8):
        done = [editor.edit() for _ in range(editor.chance.choice([1, 1, 2, 4]))]
        try:
            compared(held, world)
        except AssertionError as error:
            raise AssertionError(f"after {done}") from error


def test_before_the_first_release_everything_is_new(tmp_path: Path, world: World) -> None:
    database = Database(make_settings(tmp_path / "empty"))
    database.migrate()
    found = plan(database, read_tree(world.write()))
    assert found.release == 0
    assert {change.kind for change in found.changes} == {"added"}
    assert "bigco.com" in {each.domain for each in found.badges}


def test_a_plan_writes_nothing(held: Database, world: World, tmp_path: Path) -> None:
    files = {path: path.read_bytes() for path in (tmp_path / "var").rglob("*.db")}
    assert files
    new_tie("quiet")(world)
    plan(held, read_tree(world.write()))
    assert {path: path.read_bytes() for path in files} == files
