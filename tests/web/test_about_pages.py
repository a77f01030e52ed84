"""Home, search, about, coverage, and what machines read: sitemap, robots, JSON-LD, languages, ETags."""

import json
import re
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fastapi import Request
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.render.wording import Lang
from app.settings import Settings
from app.web import templating
from tests.keys import publish
from tests.web.conftest import TODAY
from tests.web.reading import BROWSER, page, text
from tests.worlds import World

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PAGES = ("/", "/companies", "/agencies", "/agencies/us-ice", "/about", "/about/coverage", "/corrections", "/privacy")


def linked(body: str) -> dict[str, object]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
    assert found
    told: dict[str, object] = json.loads(found[1])
    assert told["@context"] == "https://schema.org"
    return told


def test_home_says_what_this_is_what_changed_and_how_much_there_is(client: TestClient) -> None:
    said = text(page(client, "/"))
    assert "Ties with a government record 50 %" in said
    assert "Ties checked by a second person 0 %" in said
    assert "Added, tie: Title of old-ice" in said
    assert "for Firefox (zip)" in said


def names(client: TestClient, q: str, **more: str) -> list[tuple[str, str]]:
    response = client.get("/v1/names", params={"q": q, **more})
    assert response.headers["cache-control"] == "private, max-age=60", "no shared cache keeps what is typed"
    return [(name["kind"], name["url"]) for name in response.json()["names"]]


def test_suggestions_are_companies_agencies_and_sites(client: TestClient) -> None:
    assert names(client, "bi") == [("company", "/companies/bigco")]
    assert names(client, "bigc") == [
        ("company", "/companies/bigco"),
        ("site", "/?q=bigco.co.uk"),
        ("site", "/?q=bigco.com"),
    ]
    assert names(client, "https://www.shoe")[-1] == ("site", "/?q=shoes.com")
    assert names(client, "ice", lang="es") == [("agency", "/agencies/us-ice?lang=es")]
    assert names(client, "biggco") == [("company", "/companies/bigco")]
    for junk in ("", " ", "\0", "%", "_", "\\", "é" * 200):
        assert names(client, junk) == []
    assert client.get("/v1/names", params={"q": "x" * 201}).status_code == 422


def test_a_new_release_has_new_names_and_figures(client: TestClient, world: World, database: Database) -> None:
    assert names(client, "newco") == []
    world.companies["newco"] = {"id": "newco", "name": "Newco", "sources": {}, "domains": []}
    publish(database, world.write())
    assert names(client, "newco") == [("company", "/companies/newco")]
    assert "7 companies" in text(page(client, "/"))


def test_about_explains_every_state_and_leads_to_the_licence(client: TestClient) -> None:
    body = page(client, "/about")
    for state in ("Documented ties", "Reported by one source", "Ties of its owner", "Searched, none found"):
        assert state in text(body)
    assert 'rel="license' in body


def test_coverage_tells_what_the_release_rests_on(client: TestClient) -> None:
    body = page(client, "/about/coverage")
    days = (TODAY - date(2026, 1, 2)).days
    assert f"Ties 4 50 % 0 % 0 % {days} days" in text(body)
    assert _figures(body)[1:3] == ["3 with a tie of their own", "1 without a tie, with a dated search"]
    assert linked(body)["@type"] == "Dataset"


def _figures(body: str) -> list[str]:
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", body)
    return [f"{value} {name}" for name, value in pairs]


def test_the_sitemaps_name_every_page_in_both_languages(client: TestClient) -> None:
    index = ET.fromstring(client.get("/sitemap.xml").content)
    (part,) = [loc.text or "" for loc in index.iter(f"{SITEMAP}loc")]
    urls = ET.fromstring(client.get(part.partition("8000")[2]).content)
    paths = [(loc.text or "").partition("8000")[2] for loc in urls.iter(f"{SITEMAP}loc")]
    assert {*PAGES, "/companies/bigco", "/agencies/us-dod", "/ties/bigco-ice-cloud"} <= set(paths)
    for path in paths:
        page(client, path)
    assert all(client.get(f"/sitemaps/{wrong}.xml").status_code == 404 for wrong in (0, 2, -1))
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in client.get("/robots.txt").text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_describes_itself_to_machines(client: TestClient, path: str) -> None:
    for lang, other in (("en", "es_ES"), ("es", "en_US")):
        body = page(client, path, lang=lang)
        assert other not in body
        assert f'<link rel="alternate" hreflang="es" href="http://127.0.0.1:8000{path}?lang=es">' in body
        titles = re.findall(r"<title>(.*?) · govties</title>|og:title\" content=\"(.*?)\"", body)
        assert titles[0][0] == titles[1][1]
        assert re.search(r'<meta name="description" content="[^"]{20,}">', body)
        assert "/changes.atom" in body
        assert '<meta property="og:image" content="http://127.0.0.1:8000/static/icon.png">' in body


def test_the_picture_of_shared_links_is_there(client: TestClient) -> None:
    picture = client.get("/static/icon.png")
    assert (picture.headers["content-type"], picture.content[1:4]) == ("image/png", b"PNG")


def test_structured_data_cannot_leave_its_element(client: TestClient, world: World, database: Database) -> None:
    world.agencies["us-ice"]["name"] = "</script><script>alert(1)</script>"
    publish(database, world.write())
    body = page(client, "/agencies/us-ice")
    assert linked(body)["name"] == "</script><script>alert(1)</script>"
    assert "<script>alert" not in body


def test_results_of_a_search_are_not_for_search_engines(client: TestClient) -> None:
    assert '<meta name="robots" content="noindex">' in page(client, "/", q="big")
    assert '<meta name="robots" content="noindex">' in page(client, "/nothing", 404)
    assert "noindex" not in page(client, "/")


@pytest.fixture
def counted(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of templates as they are rendered."""
    rendered: list[str] = []
    render = templating._body

    def counting(request: Request, name: str, lang: Lang, settings: Settings, **values: Any) -> bytes:
        rendered.append(name)
        return render(request, name, lang, settings, **values)

    monkeypatch.setattr(templating, "_body", counting)
    return rendered


@pytest.mark.parametrize("path", PAGES)
def test_a_known_page_is_not_made_again(client: TestClient, counted: list[str], path: str) -> None:
    tag = client.get(path).headers["etag"]
    counted.clear()
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, counted) == (304, b"", [])
    assert again.headers["etag"] == tag
    assert "default-src 'none'" in again.headers["content-security-policy"]


def test_the_tag_changes_with_release_language_coding_code_and_day(
    client: TestClient, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tag(path: str = "/", **headers: str) -> str:
        return client.get(path, headers={"Accept-Encoding": "identity", **headers}).headers["etag"]

    tags = [
        tag(),
        tag("/?lang=es"),
        tag("/about"),
        tag(**{"Accept-Encoding": "br"}),
        tag(**{"Accept-Encoding": "gzip"}),
    ]
    world.companies["shoes"]["name"] = "Boots"
    publish(database, world.write())
    tags.append(tag())
    monkeypatch.setattr(templating, "code_version", lambda: "other")
    tags.append(tag())
    monkeypatch.setattr(templating, "today", lambda: date(2027, 1, 1))
    tags.append(tag())
    assert len(set(tags)) == len(tags)
    assert tag() == tags[-1]


def test_files_of_the_pages_are_kept_for_good_under_their_version(client: TestClient) -> None:
    body = page(client, "/")
    for path in re.findall(r'(?:href|src)="(/static/[^"]*\?v=[^"]*)"', body):
        assert "immutable" in client.get(path).headers["cache-control"]
    assert "cache-control" not in client.get("/static/site.css?v=old").headers


def test_pages_are_light_and_ask_nobody_else(real: TestClient) -> None:
    for path in (*PAGES, "/agencies/us-dhs", "/agencies/us-dod/sites", "/companies/amazon", "/companies/microsoft"):
        response = real.get(path, headers=BROWSER | {"Accept-Encoding": "gzip"})
        wire = int(response.headers["content-length"])
        for file in re.findall(r'(?:src|rel="stylesheet" href)="(/[^"]*)"', response.text):
            wire += len(real.get(file).content)
        assert wire < 60_000, path
        loaded = re.findall(r'<(?:script|link rel="(?:stylesheet|icon)"|img)[^>]*(?:src|href)="([^"]*)"', response.text)
        assert loaded
        assert all(address.startswith("/static/") for address in loaded)


def test_settings_are_part_of_the_tag(client: TestClient, settings: Settings) -> None:
    with TestClient(create_app(settings.model_copy(update={"contact": "mailto:a@b.example"}))) as other:
        assert other.get("/about").headers["etag"] != client.get("/about").headers["etag"]
