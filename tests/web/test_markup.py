"""Nothing in the data or in a request becomes markup."""

import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from tests.keys import publish
from tests.web.reading import page
from tests.worlds import CHECKED, World, domain, owner, source, tie

OWN = "http://127.0.0.1:8000"  # the public address, where no setting gives another
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 61 * 67 }}",
)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("lang", ["en", "es"])
def test_what_a_request_says_never_becomes_markup(client: TestClient, payload: str, lang: str) -> None:
    asked = [
        page(client, "/", q=payload, lang=lang),
        page(client, "/", q=f"{payload}.com", lang=lang, more=payload),
        page(client, "/corrections", company=payload, tie=payload, lang=lang),
        page(client, f"/companies/{payload}", 404, lang=lang, more=payload),
    ]
    for body in asked:
        _assert_harmless(body)
    assert html.escape(payload).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in asked[0]


class _Markup(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.scripts: list[dict[str, str | None]] = []
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.scripts += [dict(attrs)] if tag == "script" else []
        self.attributes += [(name, value or "") for name, value in attrs]


DATA = {"type": "application/ld+json"}


def _is_own(script: dict[str, str | None]) -> bool:
    """Whether it is the one script that pages have: the suggestions of the search box."""
    own = script.keys() == {"type", "src"} and script["type"] == "module"
    return own and bool(re.fullmatch(r"/static/search\.js\?v=[0-9a-f]+", script["src"] or ""))


def _assert_harmless(body: str) -> None:
    markup = _Markup(body)
    foreign = [script for script in markup.scripts if script != DATA and not _is_own(script)]
    assert foreign == [], "a script runs that is not a file of ours"
    assert markup.tags.count("img") <= 1, "the brand's icon is the only image"
    # In data for machines the bracket is escaped as JSON has it.
    assert "b id" not in body.replace("&lt;b id", "").replace("\\u003cb id", "")
    for name, value in markup.attributes:
        assert not name.startswith("on"), f"an event handler: {name}={value}"
        if name in ("href", "src", "action"):
            assert re.match(r"/(?!/)|https://|#", value.removeprefix(OWN)), (
                f"a link out of the pages that is not https: {value}"
            )
    assert "4087" not in body, "a template expression was worked out"


@pytest.mark.parametrize(
    "planted",
    [
        "<script>",
        '<script src="/static/other.js">',
        '<script type="text/javascript">',
        '<script type="module" src="/static/search.js?v=1" onerror="x">',
        '<script type="module" src="https://other.example/static/search.js?v=1">',
        "<img src=/x><img src=/x>",
        '<p onclick="x">',
        "<svg onload=x>",
        '<a href="javascript:x">',
        '<a href="http://x">',
        "<a href=//x>",
        '<b id="name">',
        "4087",
    ],
)
def test_the_check_for_markup_bites(planted: str) -> None:
    with pytest.raises(AssertionError):
        _assert_harmless(f"<title>t</title>{planted}")


def _marked(name: str) -> str:
    return f'<b id="{name}">{{{{ 61 * 67 }}}}</b>'


def _payload_company() -> dict[str, Any]:
    """A company with a marked payload in every free text that a page can show."""
    told = {
        "type": "press",
        "url": "https://paper.example/story",
        **{field: _marked(f"source-{field}") for field in ("publisher", "title", "quote", "locator")},
    }
    data = {
        **source("dataset", _marked("dataset-publisher")),
        "dataset": {field: _marked(f"dataset-{field}") for field in ("name", "version", "licence")},
    }
    return {
        "id": "bad",
        "name": _marked("name"),
        "legal_name": _marked("legal-name"),
        "aliases": [_marked("alias")],
        "sources": {"told": told, "data": data},
        "domains": [domain("bad.com", sources=["data"])],
        "owners": [owner("bigco", sources=["told"])],
        "ties": [_payload_tie()],
        "notes": [
            {"id": "bad-note", "kind": "pitch", "date": "2018", "text": _marked("note"), "sources": ["told"], **CHECKED}
        ],
    }


def _payload_tie() -> dict[str, Any]:
    return tie(
        "bad-tie",
        agency="us-bad",
        kind="supplier_of_contractor",
        evidence="single_report",
        sources=["told"],
        **{field: _marked(field) for field in ("title", "summary", "recipient", "via_name")},
        amounts=[{"kind": "reported", "value": "12", "as_of": "2020", "source": "told"}],
        statements=[{"by": "bad", "date": "2020", "quote": _marked("statement"), "source": "told"}],
        claim_status="disputed",
        history=[{"date": "2020", "status": "disputed", "note": _marked("history")}],
    )


SHOWN = (
    *("name", "legal-name", "alias", "source-publisher", "source-title", "source-quote", "source-locator"),
    *("dataset-publisher", "dataset-name", "dataset-version", "dataset-licence"),
    *("history", "title", "summary", "recipient", "via_name", "statement", "note", "agency-name", "agency-short_name"),
)


@pytest.fixture
def payloads(client: TestClient, world: World, database: Database) -> TestClient:
    """A client of the made-up world with the company of payloads in it."""
    agency = {field: _marked(f"agency-{field}") for field in ("name", "short_name")}
    world.agencies["us-bad"] = {"id": "us-bad", "country": "US", **agency}
    world.companies["bad"] = _payload_company()
    world.companies["looked"]["research"][0]["searched"] = [
        {"where": _marked("where"), "what": _marked("what")},
        {"where": "The Paper", "what": "its archive"},
    ]
    world.hosted["platforms"][1]["platform"] = _marked("platform")
    publish(database, world.write())
    return client


@pytest.mark.parametrize("lang", ["en", "es"])
def test_no_text_of_a_company_becomes_markup(payloads: TestClient, lang: str) -> None:
    company = page(payloads, "/companies/bad", lang=lang)
    pages = {
        "company": company,
        "owner": page(payloads, "/companies/bigco", lang=lang),
        "tie": page(payloads, "/ties/bad-tie", lang=lang),
        "answer": page(payloads, "/", q="bad.com", lang=lang),
        "owner's answer": page(payloads, "/", q="bigco.com", lang=lang),
        "found": page(payloads, "/", q="id name", lang=lang),
        "asked as": page(payloads, "/", q=_marked("alias"), lang=lang),
        "agency": page(payloads, "/agencies/us-bad", lang=lang),
        "agencies": page(payloads, "/agencies", lang=lang),
        "sites": page(payloads, "/agencies/us-bad/sites", lang=lang),
        "companies": page(payloads, "/companies", lang=lang),
        "home": page(payloads, "/", lang=lang),
        "searched": page(payloads, "/companies/looked", lang=lang),
        "hosted": page(payloads, "/", q="x.sites.bigco.com", lang=lang),
    }
    for body in pages.values():
        _assert_harmless(body)
    missing = [name for name in SHOWN if f"&lt;b id=&#34;{name}&#34;&gt;" not in company]
    assert not missing, "these fields are not shown, so this test proves nothing about them"
    assert "&lt;b id=&#34;where&#34;&gt;" in pages["searched"]
    assert "&lt;b id=&#34;what&#34;&gt;" in pages["searched"]
    assert "&lt;b id=&#34;platform&#34;&gt;" in pages["hosted"]
