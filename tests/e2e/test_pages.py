"""The pages in a real Chromium, on the real seed: reachable for everybody, silent towards others."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.looks import SIGHTS, violations

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "result": "/?q=zappos.com",
    "company": "/companies/microsoft",
    "corrections": "/corrections?company=microsoft",
}
MAX_TABS = 8  # skip link, brand, five links, then the box


@pytest.fixture
def new_page(browser: Browser) -> Iterator["Opener"]:
    """Opens pages that are closed at the end."""
    opener = Opener(browser)
    yield opener
    opener.close()


class Opener:
    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[Any] = []

    def __call__(self, width: int = 1440, **options: Any) -> Page:
        context = self._browser.new_context(viewport={"width": width, "height": 900}, **options)
        self._contexts.append(context)
        page: Page = context.new_page()
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "scheme"), SIGHTS)
def test_axe_finds_nothing(server: str, new_page: Opener, name: str, width: int, scheme: str) -> None:
    page = new_page(width, color_scheme=scheme)
    page.goto(server + PAGES[name])
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert violations(page, colours=width == 360) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"


@pytest.mark.parametrize("path", ["/", "/companies", "/suggest"])
def test_with_forced_colours_a_button_keeps_its_border(server: str, new_page: Opener, path: str) -> None:
    page = new_page(forced_colors="active")
    page.goto(server + path)
    for button in page.get_by_role("button").all():
        style, width, colour = button.evaluate(
            "(each) => ['Style', 'Width', 'Color'].map((part) => getComputedStyle(each)['borderTop' + part])"
        )
        assert (style, width) == ("solid", "1px")
        assert colour.startswith("rgb("), f"{colour} is not seen"
    assert page.get_by_role("button").count() > 0


def test_axe_finds_planted_faults(server: str, new_page: Opener) -> None:
    page = new_page(360)
    page.goto(server + "/")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('label').remove()")
    page.evaluate("document.querySelector('h1').style.color = '#ddd'")
    rules = {violation.partition(":")[0] for violation in violations(page)}
    assert {"html-has-lang", "label", "color-contrast"} <= rules


def test_a_page_too_wide_would_be_seen(server: str, new_page: Opener) -> None:
    page = new_page(360)
    page.goto(server + "/")
    page.evaluate("document.querySelector('h1').style.width = '500px'")
    assert page.evaluate("document.documentElement.scrollWidth") > 360


def test_without_javascript(server: str, new_page: Opener) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(server + "/")
    page.get_by_role("textbox").fill("https://www.zappos.com/shoes?x=1")
    page.get_by_role("button").click()
    expect(page.locator(".answer")).to_contain_text("Zappos is owned by Amazon")
    page.locator(".tie").first.get_by_text("source").last.click()
    expect(page.locator(".tie").first.locator(".sources li").first).to_be_visible()
    page.get_by_role("link", name="Amazon", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Amazon")
    page.get_by_role("link", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")


def test_by_keyboard_alone(server: str, new_page: Opener) -> None:
    page = new_page(360)
    page.goto(server + "/")
    focused: list[str] = []
    while len(focused) < MAX_TABS and (not focused or focused[-1] != "q"):
        page.keyboard.press("Tab")
        focused.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert focused[0] == "skip"
    assert focused[-1] == "q", f"tabs went to {focused}"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", "focus can be seen"
    page.keyboard.type("zappos.com")
    page.keyboard.press("Enter")
    expect(page.locator(".answer h2")).to_have_text("zappos.com")
    expect(page.locator(".answer")).to_contain_text("Zappos is owned by Amazon")


def test_the_skip_link_comes_into_sight_and_leads_to_the_content(server: str, new_page: Opener) -> None:
    page = new_page()
    page.goto(server + "/companies/microsoft")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"


@pytest.mark.parametrize(
    "path", [*PAGES.values(), "/companies/nothing", "/?q=%3Cscript%3Ealert(1)%3C/script%3E", "/docs"]
)
def test_no_other_origin_is_asked_and_nothing_goes_wrong(server: str, new_page: Opener, path: str) -> None:
    page = new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(f"a dialog: {dialog.message}"))
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(server + path, wait_until="networkidle")
    if path == "/docs":
        expect(page.locator(".opblock").first).to_be_visible()
    # Chromium itself reports the status of a page that is missing.
    expected = ["404"] if path == "/companies/nothing" else []
    assert [line for line in wrong if not any(status in line for status in expected)] == []
    assert asked, "requests are seen at all"
    assert [url for url in asked if not url.startswith((f"{server}/", "data:"))] == []


def test_a_request_to_another_origin_would_be_stopped(server: str, new_page: Opener) -> None:
    page = new_page()
    page.goto(server + "/")
    script = "document.body.append(Object.assign(new Image(), {src: 'http://other.invalid/pixel.png'}))"
    with page.expect_console_message(lambda said: "Content Security Policy" in said.text):
        page.evaluate(script)


def test_the_missing_page_helps(server: str, new_page: Opener) -> None:
    page = new_page()
    response = page.goto(server + "/companies/nothing")
    assert response
    assert response.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
    page.get_by_role("main").get_by_role("link").click()
    expect(page.get_by_role("combobox")).to_be_visible()
