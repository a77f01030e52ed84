"""Search on a made-up world: what it finds, what it says of it, and that letters in the middle of a name accuse
nobody. What the real seed's names lead to is tested in tests/test_search_data.py."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.db import Database
from app.lookup.spelling import folded
from app.main import create_app
from tests.conftest import make_settings
from tests.copies import publish_first
from tests.keys import publish
from tests.web.reading import BROWSER, page, text
from tests.worlds import World, company, domain


def widened(world: World) -> World:
    """The made-up world with names that hold one another's letters, as "office" holds "ice"."""
    added = [
        company("office", domains=[domain("my-office.com"), domain("officer.co.uk")], aliases=["Post It"]),
        company("shore", domains=[domain("shop.shore.com"), domain("seashoe.com")], legal_name="Bigshore, Inc."),
    ]
    world.companies |= {record["id"]: record for record in added}
    world.companies["bigco"]["aliases"] = ["Cloud Nine", "BC"]
    world.companies["shoes"]["aliases"] = ["Footgear"]
    world.agencies["us-dod"]["aliases"] = ["Pentagram"]
    return world


@pytest.fixture
def world(world: World) -> World:
    return widened(world)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of that world, for tests that change nothing: one for all of them."""
    folder = tmp_path_factory.mktemp("search")
    settings = make_settings(folder, seed_dir=widened(World(folder / "seed")).write())
    database = Database(settings)
    publish_first(database, settings.seed_dir)
    database.close()
    with TestClient(create_app(settings), base_url="http://govties.test") as client:
        yield client


def asked(client: TestClient, q: str, **more: str) -> str | None:
    """Where a search leads at once, or None where it lists."""
    response = client.get("/", params={"q": q, **more}, headers=BROWSER, follow_redirects=False)
    if response.status_code == 200:
        return None
    assert (response.status_code, response.headers["cache-control"]) == (303, "private, max-age=60")
    return response.headers["location"]


def result(client: TestClient, q: str, lang: str = "en") -> str:
    return page(client, "/", q=q, lang=lang).partition('class="result"')[2].partition("</section>")[0]


def linked(body: str) -> list[str]:
    return re.findall(r'<li><a href="([^"]*)">', body)


@pytest.mark.parametrize(
    ("q", "where"),
    [
        ("ICE", "/agencies/us-ice"),
        (" i.c.e. ", "/agencies/us-ice"),
        ("immigration AND customs enforcement", "/agencies/us-ice"),
        ("bigco", "/companies/bigco"),
        ("bigshore inc", "/companies/shore"),
        ("cloud nine", "/companies/bigco?as=Cloud+Nine"),
        ("pentagram", "/agencies/us-dod?as=Pentagram"),
        ("clou", None),
        ("big", None),
        ("bigco.com", None),
    ],
)
def test_what_is_called_just_so_goes_to_its_page(made_up: TestClient, q: str, where: str | None) -> None:
    assert asked(made_up, q) == where
    if where:
        assert asked(made_up, q, lang="es") == f"{where}{'&' if '?' in where else '?'}lang=es"


@pytest.mark.parametrize(("q", "name"), [("cloud nine", "Bigco"), ("pentagram", "Department of Defense")])
def test_the_page_says_by_which_alias_it_is_the_answer(made_up: TestClient, q: str, name: str) -> None:
    body = text(page(made_up, "/", q=q))
    assert f"You looked for “{q.title()}”. We list it under {name}." in body
    where = asked(made_up, q) or ""
    assert "You looked for" not in text(page(made_up, where.replace(q.title().replace(" ", "+"), "a+crime")))
    assert "You looked for" not in text(page(made_up, where.partition("?")[0]))
    assert "Ha buscado" in text(page(made_up, "/", q=q, lang="es"))


def test_a_name_of_two_shows_both_and_goes_to_neither(client: TestClient, world: World, database: Database) -> None:
    world.companies["office"]["aliases"] = ["ICE"]
    exceptions = 'exceptions:\n  - {rule: alias-clash, file: companies/office.yml, claim: ICE, reason: "Both."}\n'
    (world.write() / "exceptions.yml").write_text(exceptions)
    publish(database, world.folder)
    assert asked(client, "ice") is None
    assert sorted(linked(result(client, "ice"))) == ["/agencies/us-ice", "/companies/office?as=ICE"]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("fic", []),  # in the middle of a name
        ("ice ", ["/agencies/us-ice"]),
        ("hore", []),
        ("shoe", ["/companies/shoes"]),  # not seashoe.com
        ("sho", ["/companies/shoes", "/companies/shore"]),
        ("seas", ["/companies/shore"]),
        ("sea", []),  # sites from four letters on
        ("shop", ["/companies/shore"]),  # any label
        ("offi", ["/companies/office"]),
        ("my-off", ["/companies/office"]),
        ("co.uk", []),  # a public suffix is nobody's own
        ("foot", ["/companies/shoes?as=Footgear"]),
        ("gear", []),
        ("homeland", ["/agencies/us-dhs"]),
    ],
)
def test_words_and_labels_match_where_they_begin(made_up: TestClient, q: str, found: list[str]) -> None:
    if (where := asked(made_up, q)) is not None:
        assert [where] == found
    else:
        assert linked(result(made_up, q)) == found


@pytest.mark.parametrize(
    ("q", "said"),
    [
        ("foot", "Shoes Ties of its owner We list “Footgear” under Shoes · owned by Bigco"),
        ("seas", "Shore Not researched runs seashoe.com"),
        ("bigs", "Shore Not researched Bigshore, Inc."),
        ("immig", "Immigration and Customs Enforcement agency"),
    ],
)
def test_a_result_says_why_it_is_one_with_state_and_owner(made_up: TestClient, q: str, said: str) -> None:
    assert text(f"<{result(made_up, q)}") == f"1 result {said}"


@pytest.mark.parametrize(
    ("q", "name"),
    [("biggco", "Bigco"), ("big co", "Bigco"), ("footgaer", "Footgear"), ("shooes.com", "Shoes"), ("oficce", None)],
)
def test_a_typing_error_is_asked_about_first(made_up: TestClient, q: str, name: str | None) -> None:
    body = text(f"<{result(made_up, q)}")
    assert body.startswith(f"Did you mean {name}?") == (name is not None)
    assert "We don't know" in body or f"Nobody has researched {q}" in body
    assert "¿Quiso decir" in text(page(made_up, "/", q="biggco", lang="es"))


@pytest.mark.parametrize("q", ["fox", "ofi", "shoo", "no such company", "cnn.com"])
def test_what_is_unknown_is_no_verdict_and_no_guess(made_up: TestClient, q: str) -> None:
    body = text(f"<{result(made_up, q)}")
    assert "Did you mean" not in body
    assert "That says nothing about it, good or bad." in body or "This says nothing either way." in body


def test_many_results_are_counted_and_lead_to_the_list(client: TestClient, world: World, database: Database) -> None:
    for at in range(12):
        world.companies[f"zed{at}"] = {"id": f"zed{at}", "name": f"Zed {at}", "sources": {}, "domains": []}
    publish(database, world.write())
    body = result(client, "zed", lang="es")
    assert "12 resultados" in body
    assert len(linked(body)) == 10
    (more,) = re.findall(r'<a class="more" href="([^"]*)"', body)
    assert len(re.findall("/companies/zed", page(client, html.unescape(more)))) == 12


def listed(client: TestClient, **params: str) -> list[dict[str, Any]]:
    companies: list[dict[str, Any]] = client.get("/v1/companies", params=params).json()["companies"]
    return companies


def test_the_interface_finds_by_the_same_rules_and_says_why(client: TestClient) -> None:
    by = {each["id"]: each["found_by"] for each in listed(client, q="sho")}
    assert by == {"shoes": {"kind": "name", "text": "Shoes"}, "shore": {"kind": "name", "text": "Shore"}}
    assert listed(client, q="seas")[0]["found_by"] == {"kind": "site", "text": "seashoe.com"}
    assert listed(client, q="nine") == [
        {"id": "bigco", "name": "Bigco", "url": "/companies/bigco", "found_by": {"kind": "alias", "text": "Cloud Nine"}}
    ]
    assert {each["found_by"] for each in listed(client)} == {None}
    assert [each["id"] for each in listed(client, q="co", agency="us-ice")] == ["code"]
    assert listed(client, q="big", agency="us-dhs") == []
    profile, agency = client.get("/v1/companies/bigco").json(), client.get("/v1/agencies/us-dod").json()
    assert (profile["aliases"], agency["aliases"]) == (["Cloud Nine", "BC"], ["Pentagram"])
    assert "Footgear" in text(page(client, "/companies", q="footg"))


def test_a_list_that_a_text_finds_goes_on_where_it_stopped(
    client: TestClient, world: World, database: Database
) -> None:
    for at in range(60):
        world.companies[f"zed{at}"] = {"id": f"zed{at}", "name": f"Zed {at % 7}{at}", "sources": {}, "domains": []}
    publish(database, world.write())
    first = client.get("/v1/companies?q=zed").json()
    rest = client.get(first["next"]).json()
    names = [each["name"] for each in (*first["companies"], *rest["companies"])]
    assert (len(first["companies"]), rest["next"]) == (50, None)
    assert names == sorted(set(names))
    assert len(names) == 60


def test_suggestions_say_what_they_rest_on(made_up: TestClient) -> None:
    def suggested(q: str) -> list[tuple[str, str, str, bool]]:
        found = made_up.get("/v1/names", params={"q": q}).json()["names"]
        return [(each["name"], each["detail"], each["url"], each["alike"]) for each in found]

    assert suggested("clou") == [("Bigco", "Cloud Nine", "/companies/bigco?as=Cloud+Nine", False)]
    assert suggested("biggco") == [("Bigco", "", "/companies/bigco", True)]
    assert suggested("ffic") == []
    assert suggested("seas") == [("seashoe.com", "Shore", "/?q=seashoe.com", False)]


def spelled(world: World) -> Iterator[str]:
    for record in (*world.companies.values(), *world.agencies.values()):
        yield from (record[field] for field in ("name", "legal_name", "short_name") if field in record)
        yield from record.get("aliases", ())
        yield from (each["name"] for each in record.get("domains", ()))


def test_nothing_is_found_by_letters_that_merely_stand_in_it(made_up: TestClient, world: World) -> None:
    """Whatever is typed: parts of all names, from anywhere in them, and any text."""
    everything = sorted(spelled(world))
    parts = st.sampled_from(everything).flatmap(
        lambda name: st.tuples(st.integers(0, len(name) - 1), st.integers(1, 9)).map(
            lambda cut: name[cut[0] : cut[0] + cut[1]]
        )
    )

    @given(parts | st.text(max_size=6))
    def holds(q: str) -> None:
        q = q.replace("\0", "").strip()
        for found in listed(made_up, q=q) if q else []:
            record = world.companies[found["id"]]
            names = [record["name"], record.get("legal_name", ""), *record.get("aliases", ())]
            words = [f" {folded(name)}" for name in names if folded(name)]
            labels = [
                label for site in record["domains"] for label in re.findall(r"(?=(?:^|\.)([^.]+\..*))", site["name"])
            ]
            by_name = any(f" {folded(q)}" in name for name in words)
            assert by_name or (len(q) >= 4 and any(label.startswith(q.lower()) for label in labels)), (q, found)

    holds()
