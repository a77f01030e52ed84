"""The pages of companies and ties in a real Chromium: for every eye, hand and ear, and deaf to planted markup."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request, expect

from tests.e2e.looks import SIGHTS, open_all, overflow, tab_to, violations
from tests.e2e.planted import PLANTED
from tests.waiting import until

pytestmark = pytest.mark.browser

REAL = {"company": "/companies/linkedin", "tie": "/ties/microsoft-ice-azure-government"}
LIGHT = 60_000  # bytes of a page with all that it asks for


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize(("width", "scheme"), SIGHTS)
def test_axe_finds_nothing_and_nothing_is_too_wide(
    server: str, browser: Browser, name: str, width: int, scheme: Any
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(server + REAL[name])
    open_all(page)
    assert violations(page, colours=width == 360) == []
    assert overflow(page) == 0
    page.close()


@pytest.mark.parametrize(
    "path", ["/companies/bad", "/ties/bad-gone", "/companies/bad?release=1", "/ties/bad-tie?lang=es"]
)
def test_axe_finds_nothing_where_there_is_a_chart_a_dispute_a_retraction_or_an_old_release(
    planted: str, tab: Page, path: str
) -> None:
    tab.set_viewport_size({"width": 360, "height": 800})
    tab.goto(planted + path)
    open_all(tab)
    assert violations(tab) == []
    assert overflow(tab) == 0


def test_faults_that_are_planted_are_found(server: str, tab: Page) -> None:
    tab.set_viewport_size({"width": 360, "height": 800})
    tab.goto(server + REAL["company"])
    tab.evaluate("document.documentElement.removeAttribute('lang')")
    tab.evaluate("document.querySelector('.tree li').append(Object.assign(new Image(), {src: '/static/icon.svg'}))")
    tab.evaluate("document.querySelector('.why').style.color = '#ccc'")
    tab.evaluate("document.querySelector('.hop').style.width = '500px'")
    assert {"html-has-lang", "image-alt", "color-contrast"} <= {rule.partition(":")[0] for rule in violations(tab)}
    assert overflow(tab) > 0


def test_without_script_from_the_owner_to_a_release_that_can_be_cited(server: str, browser: Browser) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(server + "/companies/linkedin")
    page.locator(".tree").get_by_role("link", name="Microsoft", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Microsoft")
    page.locator(".times").get_by_role("link", name="Azure Government").click()
    expect(page.locator("article:target")).to_contain_text("Microsoft")
    page.locator("article:target h3 a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Azure Government for ICE")
    page.locator(".quoted a").click()
    assert page.url.endswith("/ties/microsoft-ice-azure-government?release=1")
    page.get_by_role("link", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert "release=1" in page.url
    page.close()


def test_by_keyboard_alone(server: str, tab: Page) -> None:
    tab.goto(server + "/companies/linkedin")
    tab_to(tab, "Ties with government agencies")
    tab.keyboard.press("Enter")
    assert tab.evaluate("location.hash") == "#ties"
    tab_to(tab, "ICE: Library access licence")
    tab.keyboard.press("Enter")
    tab_to(tab, "Library access licence")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Library access licence")


def test_a_screen_reader_hears_who_owns_whom_and_the_ties_in_time(server: str, tab: Page) -> None:
    tab.goto(server + "/companies/linkedin")
    tree = tab.get_by_role("list", name="Owners and owned companies").aria_snapshot()
    assert tree.index('link "Microsoft"') < tree.index("LinkedIn is owned by Microsoft since Dec 8, 2016")
    assert tree.count("- list") > 1, "the owned stand in a list within the owner's"
    times = tab.get_by_role("region", name="The ties in time").aria_snapshot()
    assert "from Mar 5, 2018 · last attested Mar 5, 2018" in times
    assert "img" not in times, "the drawing says nothing that the words do not"


def test_the_chart_can_be_reached_and_moved_by_keyboard(planted: str, tab: Page) -> None:
    tab.set_viewport_size({"width": 360, "height": 800})
    tab.goto(planted + "/companies/bad")
    figure = tab.locator("figure[tabindex]")
    figure.focus()
    tab.keyboard.press("ArrowRight")
    until(lambda: figure.evaluate("figure => figure.scrollLeft > 0"))


def _dismiss(dialog: Dialog, seen: list[str]) -> None:
    seen.append(dialog.message)
    dialog.dismiss()


@pytest.mark.parametrize(
    "path",
    [
        *("/companies/bad", "/companies/bad?lang=es", "/companies/bigco", "/companies/bad?release=1"),
        *("/ties/bad-tie", "/ties/bad-tie?lang=es", "/ties/bad-tie?release=1", "/ties/bad-gone"),
    ],
)
def test_markup_in_every_field_stays_text(planted: str, tab: Page, path: str) -> None:
    wrong: list[str] = []
    asked: list[str] = []
    tab.on("dialog", lambda dialog: _dismiss(dialog, wrong))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda line: wrong.append(line.text) if line.type in ("error", "warning") else None)
    tab.goto(planted + path, wait_until="load")
    assert tab.locator("[data-planted], [onclick], [onerror]").count() == 0
    assert PLANTED in tab.locator("main").inner_text(), "it is shown at all"
    assert [line for line in wrong if "410" not in line] == []
    assert [url for url in asked if not url.startswith(f"{planted}/") or url.endswith("/x")] == []


def test_markup_that_got_through_would_be_seen(planted: str, tab: Page) -> None:
    tab.goto(planted + "/companies/bad")
    tab.evaluate(
        "(planted) => document.querySelector('h1').insertAdjacentHTML('beforeend', planted)", f'<p x="{PLANTED}'
    )
    assert tab.locator("[data-planted]").count() > 0


@pytest.mark.parametrize("path", ["/companies/microsoft", "/companies/google", REAL["tie"]])
def test_a_page_is_light_with_all_that_it_asks_for(server: str, tab: Page, path: str) -> None:
    seen: list[Request] = []
    tab.on("requestfinished", lambda request: seen.append(request))
    tab.goto(server + path, wait_until="networkidle")
    assert len(seen) >= 3, "page, styles, icon"
    assert sum(request.sizes()["responseBodySize"] for request in seen) < LIGHT
