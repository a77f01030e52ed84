"""The pages as a browser gets them: what they say."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.keys import publish
from tests.web.reading import BROWSER, page, text
from tests.worlds import World, source


def test_home_has_a_search_box_and_says_what_the_data_holds(client: TestClient) -> None:
    body = page(client, "/")
    assert '<label for="q">' in body
    assert "6 companies, 7 sites and 4 ties in release 1" in text(body)
    assert 'class="answer"' not in body


@pytest.mark.parametrize(
    "q", ["shoes.com", "  WWW.Shoes.com. ", "https://user@www.shoes.com:8443/a?b#c", "shoes.com/x"]
)
def test_home_answers_a_domain_or_a_url(client: TestClient, q: str) -> None:
    body = page(client, "/", q=q)
    assert "Shoes is owned by Bigco, which has 1 documented tie with ICE." in text(body)
    assert "This is a tie of Bigco, not of Shoes." in text(body)
    assert 'href="/companies/bigco"' in body
    assert "Bigco met the agency." in text(body)


def test_home_finds_companies_by_name(client: TestClient) -> None:
    body = page(client, "/", q="big")
    assert re.findall(r'<li><a href="(/companies/[^"]*)">([^<]*)</a>', body) == [("/companies/bigco", "Bigco")]
    assert "1 result" in text(body)


@pytest.mark.parametrize("q", ["nobody.org", "www.nobody.co.uk"])
def test_home_never_calls_an_unknown_site_clean(client: TestClient, q: str) -> None:
    said = text(page(client, "/", q=q))
    assert f"Nobody has researched {q} for govties yet. This says nothing either way." in said
    assert "Not researched" in said


@pytest.mark.parametrize("q", ["no such company", "..", "http://", "a b.com", "\0", "%", "_", "\\", "é" * 300])
def test_home_says_that_junk_names_nothing(client: TestClient, q: str) -> None:
    assert "We don't know" in text(page(client, "/", q=q))


def test_home_names_hosted_content(client: TestClient) -> None:
    said = text(page(client, "/", q="someone.sites.bigco.com"))
    assert "Hosted content" in said
    assert "Bigco Sites" in said
    assert "ICE" not in said.partition("Bigco Sites")[2]


def test_a_query_that_is_too_long_is_refused(client: TestClient) -> None:
    assert client.get("/", params={"q": "x" * 4097}).status_code == 422


def test_only_https_sources_are_links(client: TestClient, world: World, database: Database) -> None:
    shoes = world.companies["shoes"]
    shoes["sources"]["page"] = source("company_statement", "Shoes") | {
        "url": "http://plain.example/page",
        "archive_url": "http://web.archive.org/web/2020/page",
    }
    publish(database, world.write())
    body = page(client, "/companies/shoes")
    assert 'href="http:' not in body.partition("<main")[2]
    assert "http://plain.example/page" in text(body)
    assert "address without https, not linked" in text(body)
    assert "web.archive.org" not in body
    assert 'href="https://www.usaspending.gov/award/CONT_AWD_1_7012_-NONE-_-NONE-/"' in body


def test_company_page_shows_what_is_known_and_says_who_says_so(client: TestClient) -> None:
    said = text(page(client, "/companies/bigco"))
    for expected in (
        "Bigco has 1 documented tie with ICE.",
        "Title of bigco-ice-cloud",
        "Immigration and Customs Enforcement (ICE)",
        "government record",
        "ended Mar 2014",
        "Code is owned by Bigco since Oct 25, 2018",
        "This is a tie of Code, a company that Bigco owns.",
        "bigco.co.uk",
        "Facts that are no ties",
        "Bigco met the agency.",
        "Checked by our software on Jan 2, 2026. Not yet reviewed by a person.",
        "no archived copy known",
        "As of release 1",
    ):
        assert expected in said
    for path in ("/companies/code", "/corrections?company=bigco", "/v1/companies/bigco"):
        assert f'href="{path}"' in page(client, "/companies/bigco")


def test_company_page_lists_what_was_searched(client: TestClient) -> None:
    said = text(page(client, "/companies/looked"))
    assert "2 places were searched" in said
    assert "Jan 2, 2026: USAspending. prime awards, all agencies" in said


@pytest.mark.parametrize("name", ["nothing", "a/b", "%00", "x" * 400, "shoes/"])
def test_a_bad_address_is_a_page_for_people_and_a_problem_for_programs(client: TestClient, name: str) -> None:
    body = page(client, f"/companies/{name}", 404)
    assert "Nothing stands at this address." in text(body)
    assert "No hay nada en esta dirección." in text(page(client, f"/companies/{name}", 404, lang="es"))
    for accept in ("*/*", "application/json", ""):
        response = client.get(f"/companies/{name}", headers={"Accept": accept})
        assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")
        assert response.headers["cache-control"] == "no-store"


def test_the_missing_page_is_not_cached_and_keeps_the_headers(client: TestClient) -> None:
    headers = client.get("/companies/nothing", headers=BROWSER).headers
    assert headers["cache-control"] == "no-store"
    assert headers["vary"] == "Accept"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_the_interface_answers_problems_whatever_a_client_accepts(client: TestClient) -> None:
    for path in ("/v1/companies/nothing", "/v1/nothing", "/schemas/nothing.json", "/static/nothing.css"):
        response = client.get(path, headers=BROWSER)
        assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nothing", 404, "Nothing stands at this address."),
        ("/extension/nothing.zip", 404, "Nothing stands at this address."),
        ("/corrections?before=x", 422, "before: Input should be a valid integer"),
        ("/?lang=fr", 422, "lang: Input should be"),
    ],
)
def test_every_error_has_a_page_for_people(client: TestClient, path: str, status: int, said: str) -> None:
    assert said in text(page(client, path, status))
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


def test_before_the_first_release_a_page_says_that_there_is_none(settings: Settings, database: Database) -> None:
    with TestClient(create_app(settings)) as client:
        response = client.get("/", headers=BROWSER)
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        assert "We can't reach the data at the moment. Try again in 5 seconds." in text(response.text)
        assert "Privacy" in page(client, "/privacy")


@pytest.mark.parametrize("path", ["/", "/?q=shoes.com", "/companies/bigco", "/corrections?company=bigco"])
def test_the_other_language_is_the_same_page(client: TestClient, path: str) -> None:
    english = page(client, path)
    assert '<html lang="en">' in english
    found = re.search(r'<a href="([^"]*)" hreflang="es" lang="es">Español</a>', english)
    assert found
    spanish = page(client, html.unescape(found[1]))
    assert '<html lang="es">' in spanish
    back = re.search(r'<a href="([^"]*)" hreflang="en" lang="en">English</a>', spanish)
    assert back
    assert html.unescape(back[1]) == path
    assert "Pregunta" in spanish or "vínculo" in spanish or "corrección" in spanish


@pytest.mark.parametrize("path", ["//evil.example/x", "///evil.example/x", "/%2Fevil.example/x", "/%09/evil.example/x"])
def test_the_other_language_of_no_page_is_on_this_site(client: TestClient, path: str) -> None:
    body = page(client, f"http://govties.test{path}", status=404)
    assert re.findall(r'<a href="([^"]*)" hreflang="es"', body) == ["/evil.example/x?lang=es"]


def test_spanish_stays_spanish_from_page_to_page(client: TestClient) -> None:
    body = page(client, "/companies/shoes", lang="es")
    assert "Shoes es propiedad de Bigco, que tiene 1 vínculo documentado con ICE." in text(body)
    inner = re.findall(r'href="(/(?:companies/|corrections|"|\?)[^"]*)"', body)
    switched = [link for link in inner if "lang=es" not in link]
    assert switched == ["/companies/shoes"], "only the switch leads to English"


@pytest.mark.parametrize("path", ["/", "/?q=shoes.com", "/companies/bigco", "/corrections"])
def test_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "img-src", "form-action")} == {"'self'"}
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "public, max-age=60"
    again = client.get(path, headers={"If-None-Match": headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.fixture(params=["https://github.com/x/issues", "mailto:fix@govties.example"])
def with_contact(request: pytest.FixtureRequest, settings: Settings, client: TestClient) -> Iterator[TestClient]:
    changed = settings.model_copy(update={"contact": request.param})
    with TestClient(create_app(changed), base_url="http://govties.test") as other:
        yield other


def test_corrections_page_gives_the_contact(with_contact: TestClient) -> None:
    assert re.search(r'<a href="(https://github|mailto:fix)', page(with_contact, "/corrections"))


@pytest.mark.parametrize("lang", ["en", "es"])
def test_without_a_contact_the_corrections_page_offers_the_form_alone(client: TestClient, lang: str) -> None:
    body = page(client, "/corrections", lang=lang)
    assert 'href="/suggest?' in body
    assert "GOVTIES" not in body


@pytest.mark.parametrize(
    ("asked", "named"),
    [("company=shoes", "Shoes"), ("tie=bigco-ice-cloud", "Bigco"), ("company=nobody", None), ("", None)],
)
def test_the_corrections_page_calls_a_company_by_its_name(client: TestClient, asked: str, named: str | None) -> None:
    said = text(page(client, f"/corrections?{asked}"))
    assert ("You came from:" in said) is (named is not None)
    assert named is None or f"You came from: {named} What to send" in said


def test_a_company_not_researched_does_not_look_as_if_it_had_no_ties(client: TestClient) -> None:
    said = text(page(client, "/companies/quiet"))
    assert "We haven't checked Quiet for government ties yet." in said
    assert "No tie is recorded" not in said
    looked = text(page(client, "/companies/looked"))
    assert "No tie is recorded here." in looked
    assert "haven't checked" not in looked
    assert "Todavía no hemos comprobado si Quiet" in text(page(client, "/companies/quiet", lang="es"))


def test_templates_switch_escaping_off_nowhere() -> None:
    for template in (Path(__file__).parents[2] / "app/web/templates").glob("*.html"):
        assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup", template.read_text("utf-8")), template.name


@pytest.mark.slow
def test_the_real_seed_makes_a_page_for_every_company(real: TestClient) -> None:
    after = "/v1/companies"
    seen = 0
    while after:
        listed = real.get(after).json()
        for company in listed["companies"]:
            body = page(real, company["url"])
            assert html.escape(company["name"]).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in body
            assert 'href="http:' not in body.partition("<main")[2]
            seen += 1
        after = listed["next"]
    assert seen > 25


def test_the_real_seed_answers_zappos(real: TestClient) -> None:
    body = page(real, "/", q="zappos.com")
    assert "Zappos is owned by Amazon, which has" in text(body)
    assert "This is a tie of Amazon, not of Zappos." in text(body)
