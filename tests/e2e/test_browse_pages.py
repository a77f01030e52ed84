"""Home, agencies, companies and the pages about the service in a real Chromium: for every eye, hand and ear."""

import re

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from tests.e2e.looks import open_all, overflow, tab_to, violations
from tests.e2e.planted import PLANTED

pytestmark = pytest.mark.browser

PAGES = (
    *("/agencies", "/agencies/us-dhs", "/agencies/us-dod/sites", "/companies", "/about", "/about/coverage"),
    *("/privacy", "/?q=mircosoft", "/nothing"),
)
WIDTHS = (360, 768, 1440)


def wrongs(page: Page) -> list[str]:
    """A list that fills with what goes wrong on the page from now on: errors, dialogs, what the policy stops."""
    wrong: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        wrong.append(dialog.message)
        dialog.dismiss()

    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", dismiss)
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    return wrong


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_page_suits_every_width_and_scheme(server: str, tab: Page, lang: str) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    wrong = wrongs(tab)
    for path in PAGES:
        tab.goto(f"{server}{path}{'&' if '?' in path else '?'}lang={lang}")
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 900})
            assert overflow(tab) <= 0, f"{path} is wider than {width}"
            if lang == "es":
                continue  # the same colours and elements
            for scheme in ("light", "dark") if width == 360 else ("light",):  # colours are the same at every width
                tab.emulate_media(color_scheme=scheme)
                assert violations(tab, colours=width == 360) == [], f"{path} at {width}, {scheme}"
    assert [line for line in wrong if "404" not in line] == []
    assert [url for url in asked if not url.startswith(f"{server}/")] == []


def test_faults_would_be_found(server: str, tab: Page) -> None:
    tab.goto(server + "/agencies/us-dhs")
    tab.evaluate("""() => {
      document.querySelector(".wide").removeAttribute("tabindex");
      document.querySelector(".list").style.width = "3000px";
      document.querySelector(".choice a").style.color = "#bbb";
    }""")
    rules = {found.partition(":")[0] for found in violations(tab)}
    assert "color-contrast" in rules
    tab.evaluate("document.querySelector('.wide').style.overflow = 'visible'")
    assert overflow(tab) > 0


def test_suggestions_by_keyboard(server: str, tab: Page) -> None:
    wrong = wrongs(tab)
    tab.goto(server + "/")
    box, options = tab.get_by_role("combobox"), tab.get_by_role("option")
    tab_to(tab, "A site, a company, a brand or an agency")
    expect(box).to_have_attribute("aria-expanded", "false")
    with tab.expect_response(lambda reply: "q=palan&" in reply.url):  # a list that comes later takes the choice away
        tab.keyboard.type("palan")
    expect(options.first).to_contain_text("Palantir")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert violations(tab) == [], "with the list open"
    tab.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("palan")
    tab.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    tab.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(f"{server}/companies/palantir")
    assert wrong == []


def test_suggestions_by_touch_and_in_spanish(server: str, tab: Page) -> None:
    tab.goto(server + "/?lang=es")
    options = tab.get_by_role("option")
    tab.locator("#q").fill("amazn")
    expect(options).to_contain_text(["¿Quiso decir Amazon?"])
    tab.locator("#q").fill("ice")
    expect(options.first).to_contain_text("Immigration")
    options.first.click()
    expect(tab).to_have_url(f"{server}/agencies/us-ice?lang=es")
    expect(tab.locator("html")).to_have_attribute("lang", "es")


def test_without_suggestions_the_box_still_works(server: str, tab: Page) -> None:
    def away(route: Route) -> None:
        route.abort()

    tab.route("**/v1/names*", away)
    tab.goto(server + "/")
    tab.locator("#q").press_sequentially("mircosoft")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Did you mean Microsoft?")).to_be_visible()
    tab.get_by_role("main").get_by_role("link", name="Microsoft").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Microsoft")


def test_from_the_box_to_sites_of_an_agency_without_script(server: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(server + "/")
    page.get_by_role("textbox").fill("homeland")
    page.get_by_role("button").click()
    page.get_by_role("link", name="U.S. Department of Homeland Security").click()
    page.wait_for_load_state()  # a click waits for a page to begin, not for its last row
    before = page.locator(".list").first.locator("tbody tr").count()
    page.get_by_role("link", name="DHS alone").click()
    expect(page.get_by_role("link", name="DHS alone")).to_have_attribute("aria-current", "true")
    page.wait_for_load_state()
    assert 0 < page.locator(".list").first.locator("tbody tr").count() < before
    page.get_by_role("link", name="beginning").click()
    expect(page).to_have_url(f"{server}/agencies/us-dhs?of=own&sort=since")
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").first.click()
    assert taken.value.suggested_filename == "us-dhs-ties.csv"
    page.goto(server + "/agencies/us-dhs/sites")
    page.get_by_role("link", name="Ties", exact=True).click()
    expect(page.get_by_role("columnheader", name="Ties")).to_have_attribute("aria-sort", "descending")
    context.close()


def test_the_filters_by_keyboard(server: str, tab: Page) -> None:
    tab.goto(server + "/agencies/us-ice")
    tab_to(tab, tab.get_by_role("link", name="ended (").inner_text())
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(re.compile("status="))
    expect(tab.locator("[aria-current=true]")).to_have_count(3)
    tab.goto(server + "/companies")
    tab_to(tab, "Name or site")
    tab.keyboard.type("git")
    tab.keyboard.press("Enter")
    expect(tab.locator(".columns li")).to_contain_text(["GitHub"])


def test_no_planted_markup_becomes_an_element(planted: str, tab: Page) -> None:
    wrong = wrongs(tab)
    for path in ("/", "/companies", "/agencies", "/agencies/us-bad", "/agencies/us-bad/sites", "/?q=planted"):
        for lang in ("en", "es"):
            tab.goto(f"{planted}{path}{'&' if '?' in path else '?'}lang={lang}", wait_until="networkidle")
            open_all(tab)
            assert tab.locator("[data-planted], [onclick]").count() == 0, path
            if path != "/":
                assert PLANTED in (tab.locator("main").text_content() or ""), f"{path}: it is shown, as text"
    tab.goto(planted + "/")
    tab.locator("#q").press_sequentially("img data")
    expect(tab.get_by_role("option").first).to_contain_text(PLANTED)
    assert tab.locator("[data-planted]").count() == 0
    tab.goto(f"{planted}/about/coverage")
    tab.evaluate("document.querySelector('main').innerHTML = '<img data-planted src=/x>'")
    assert tab.locator("[data-planted]").count() == 1, "it would be seen"
    assert [line for line in wrong if "404" not in line] == []


def test_on_paper_there_are_no_controls_and_links_have_addresses(server: str, tab: Page) -> None:
    tab.goto(server + "/agencies/us-ice")
    tab.emulate_media(media="print")
    for part in (".top nav", ".choices"):
        expect(tab.locator(part).first).to_be_hidden()
    tab.goto(server + "/about")
    shown = tab.locator('main a[rel~="license"]').evaluate("link => getComputedStyle(link, '::after').content")
    assert "creativecommons.org" in shown
