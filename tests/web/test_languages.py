"""A Spanish page: what the data says in English is marked as English, and said to be."""

from html.parser import HTMLParser

from starlette.testclient import TestClient

from app.db import Database
from app.render.wording import say
from tests.keys import publish
from tests.web.reading import page, text
from tests.worlds import World, source

PAGES = ("/", "/ties/bigco-ice-cloud", "/companies/bigco", "/companies/looked", "/agencies/us-ice", "/corrections")
# Those that are told of a company's ties.
TELLING = PAGES[1:3]
# Elements without content, which no end tag closes.
VOID = {"br", "hr", "img", "input", "link", "meta"}


class _Languages(HTMLParser):
    """The texts of a page's main part, each with the language of the element that it lies in."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.texts: list[tuple[str, str | None]] = []
        self._open: list[str | None] = [None]
        self.feed(body.partition("<main")[2].partition(">")[2].partition("</main>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append(dict(attrs).get("lang") or self._open[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append((data, self._open[-1]))


def speaking(world: World) -> set[str]:
    """Give every text of the world a mark of its own; returns the marks."""
    marks = [f"English{at:02}" for at in range(15)]
    words = iter(marks)
    bigco, looked = world.companies["bigco"], world.companies["looked"]
    told = {"title": next(words), "quote": next(words), "locator": next(words)}
    bigco["sources"]["told"] = source("company_statement", "Bigco", **told)
    bare = {"quote": next(words), "title": next(words)}
    bigco["sources"]["bare"] = source("press", "The Post", **bare) | {"url": "http://post.example/a"}
    bigco["ties"][0] |= {
        "title": next(words),
        "summary": next(words),
        "sources": ["award", "told", "bare"],
        "amounts": [{"kind": "ceiling", "value": "5000", "as_of": "2016-03", "source": "told"}],
        "statements": [{"by": "bigco", "date": "2020-02", "quote": next(words), "source": "told"}],
        "claim_status": "disputed",
        "history": [{"date": "2021", "status": "disputed", "note": next(words)}],
    }
    bigco["notes"][0]["text"] = next(words)
    for place in looked["research"][0]["searched"]:
        place.update(where=next(words), what=next(words))
    bigco["ties"][1]["summary"] = next(words)
    assert next(words, None) is None
    return set(marks)


def test_every_english_text_of_a_spanish_page_says_that_it_is(
    client: TestClient, world: World, database: Database
) -> None:
    marks = speaking(world)
    publish(database, world.write())
    shown = set()
    for path, q in (*((path, "") for path in PAGES), ("/", "bigco.com")):
        for said, lang in _Languages(page(client, path, lang="es", q=q)).texts:
            here = {mark for mark in marks if mark in said}
            assert not here or lang == "en", f"{path}: {said!r} passes for Spanish"
            shown |= here
    assert shown == marks, "a text of the data is on none of these pages"


def test_it_says_once_that_they_are_english_and_only_there(client: TestClient) -> None:
    for path in TELLING:
        assert text(page(client, path, lang="es")).count(say("es", "page.in_english")) == 1
        assert say("en", "page.in_english") not in text(page(client, path))
