"""Hostile data runs nowhere: a payload in every text of the snapshot, the status and the settings."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.looks import open_all
from tests.e2e.states import KEPT, REFRESH, STATES, Stage

pytestmark = pytest.mark.browser

PAYLOADS = {
    "markup": "\"><img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>",
    "script": "javascript:document.title='pwned'",
    "data": "data:text/html,<script>document.title='pwned'</script>",
}
SITES = [
    STATES[name].url
    for name in ("documented", "via-owner", "none-found", "ended", "hosted", "single-report", "disputed")
]
# `keep` names the fields that the popup matches on: with a payload there too it can only say that it is broken.
PLANT = (
    "async ({ payload, keep }) => {"
    + KEPT
    + """
  let planted = 0;
  const spoil = (value, key) => {
    if (typeof value === "string") return keep.includes(key) ? value : (planted++, payload);
    if (Array.isArray(value)) return value.map((each) => spoil(each, key));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, spoil(each, name)]));
  };
  await saveData(facts, bytes(spoil(snapshot, "")));
  const status = { checkedAt: payload, error: payload, failures: 1 };
  const settings = { agencies: [payload], kinds: null, sites: [payload] };
  await chrome.storage.local.set({ status });
  if (keep.length === 0) await chrome.storage.local.set({ settings });
  return planted;
}"""
)
MATCHED = [
    "id", "names", "state", "kind", "apex", "children", "status", "claim_status", "evidence",
    "agency", "company", "held_by", "holders", "notes", "owner", "ties", "without",
]  # fmt: skip
ELEMENTS = "img, script, iframe, object, embed, svg, style, form, [onerror], [onclick], [onload], [style]"


@pytest.fixture(autouse=True)
def clean(stage: Stage) -> Iterator[None]:
    yield
    stage.reset()
    for page in stage.browser.context.pages[1:]:
        page.close()


def plant(stage: Stage, payload: str, keep: list[str]) -> int:
    planted: int = stage.backstage.evaluate(PLANT, {"payload": payload, "keep": keep})
    return planted


# When an image that comes later has failed, those before it have too, and what they call has run.
FAILED_IMAGE = """() => new Promise((done) => {
  const image = new Image();
  image.onerror = () => setTimeout(done);
  image.src = "missing-" + Math.random();
})"""


def harm(page: Page) -> list[Any]:
    """What a payload has reached: elements of its own, addresses that lead elsewhere, or the page's title."""
    open_all(page)
    page.evaluate(FAILED_IMAGE)
    elements = page.locator("main").locator(ELEMENTS).evaluate_all("all => all.map((e) => e.outerHTML)")
    hrefs = page.locator("[href], [src]").evaluate_all("all => all.map((e) => e.href || e.src)")
    away = [href for href in hrefs if not href.startswith(("https://", "chrome-extension://", "http://127.0.0.1:"))]
    return [*elements, *away, *([page.title()] if page.title() == "pwned" else [])]


@pytest.mark.parametrize("keep", [MATCHED, []], ids=["what is shown", "everything"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_runs(stage: Stage, payload: str, keep: list[str]) -> None:
    assert plant(stage, PAYLOADS[payload], keep) > 100
    page = stage.browser.popup_page(None)
    for url in SITES:
        for lang in ("en", "es"):
            stage.browser.show_popup(page, url, lang)
            assert harm(page) == []
            if keep and "bigco" in url:
                assert PAYLOADS[payload] in (page.locator(".tie h3").first.text_content() or ""), "it is shown, as text"
    for name in ("options", "welcome"):
        page = stage.browser.extension_page(f"{name}/{name}.html")
        assert harm(page) == []
        if name == "options":
            page.get_by_label("Only these; a department").check()
            assert harm(page) == []
            assert PAYLOADS[payload] in (page.locator("dl").text_content() or ""), "it is shown, as text"


def test_harm_would_be_seen(stage: Stage) -> None:
    page = stage.browser.popup_page(SITES[0])
    page.evaluate("""() => {
      const link = Object.assign(document.createElement("a"), { href: "javascript:1" });
      document.querySelector("main").append(new Image(), link);
      document.title = "pwned";
    }""")
    assert len(harm(page)) == 3


def test_a_payload_in_the_address_is_only_a_name(stage: Stage) -> None:
    for url in ("https://bigco.com/<script>alert(1)</script>", "https://x%3Cimg%3E.com/", "javascript:alert(1)"):
        assert harm(stage.browser.popup_page(url)) == []


def test_after_hostile_data_the_next_update_mends_everything(stage: Stage) -> None:
    plant(stage, PAYLOADS["markup"], [])
    page = stage.browser.popup_page(SITES[0])
    page.evaluate(REFRESH)
    stage.reset()
    page.reload()
    assert page.locator(".verdict h2").inner_text() == "Documented ties"
